import { inspect } from 'node:util';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AWS_CLIENT_OPTIONS } from '../../../lib/lambda/aws.ts';
import { UnusableSecret } from '../../../lib/secrets/secret.ts';
import { readApiKey } from '../../../lib/sitniks/api-key.ts';
import { type Secrets, startSecrets } from '../../../local/secrets.ts';
import { closedPort, type HttpServer, startHttpServer } from '../../kit/http-server.ts';

const NAME = 'sitniks-orders/dev/api-key';
const clients: SecretsManagerClient[] = [];

function clientOf(endpoint: string, maxAttempts = 1): SecretsManagerClient {
  const client = new SecretsManagerClient({
    ...AWS_CLIENT_OPTIONS,
    endpoint,
    maxAttempts,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  clients.push(client);
  return client;
}

let secrets: Secrets;
/** Answers as AWS does where the stand-in cannot. */
let aws: HttpServer;
let answer: { status: number; body: object };

beforeAll(async () => {
  secrets = await startSecrets({ secrets: { [NAME]: '' } });
  aws = await startHttpServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(answer.body));
    });
  });
});
beforeEach(() => secrets.fail(undefined));
afterAll(async () => {
  for (const client of clients) client.destroy();
  await secrets.stop();
  await aws.stop();
});

const read = (secret: string) => {
  secrets.set(NAME, secret);
  return readApiKey(clientOf(secrets.url), NAME);
};

async function complaint(reading: Promise<string>): Promise<string> {
  const error: unknown = await reading.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UnusableSecret)) throw new Error('Not refused as a setting', { cause: error });
  expect(error.message).toContain(NAME);
  return inspect(error, { depth: 9, showHidden: true });
}

describe('a secret', () => {
  test.each([
    ['the key itself', 'k-123'],
    ['the key with a line break at its end, as an editor leaves it', 'k-123\n'],
    ['the key between spaces', ' \t k-123 \r\n'],
    ['the key after a byte order mark, as PowerShell writes it', '\uFEFFk-123\r\n'],
    ['the key after one that was read as Windows-1252', 'ï»¿k-123'],
    ['the key after one that was read as Windows-1251', 'п»їk-123'],
    ['JSON after a byte order mark', '\uFEFF{"SNITKIX_API_KEY":"k-123"}'],
    ['JSON with a byte order mark before the key', '{"SNITKIX_API_KEY":"\uFEFFk-123"}'],
    ['the key after one that was read as CP866', 'я╗┐k-123'],
    ['the key before a byte order mark', 'k-123\r\n\uFEFF'],
    ['the key with a zero width space, as a page has it', 'k-123\u200b'],
    ['the key between marks of direction, as a chat has it', '\u2068k-123\u2069'],
    ['the key with a soft hyphen and a joiner', 'k\u00ad-1\u206023'],
    ['the key between no-break spaces', '\u00a0k-123\u202f'],
    ['the key in quotation marks', '"k-123"\n'],
    ['the key in quotation marks after a byte order mark', '\uFEFF"k-123"'],
    ['JSON with Windows line ends', '{\r\n  "SNITKIX_API_KEY": "k-123\\r\\n"\r\n}\r\n'],
    ['JSON with an escaped byte order mark', '{"SNITKIX_API_KEY":"\\ufeffk-123"}'],
    ['JSON with SNITKIX_API_KEY', '{"SNITKIX_API_KEY":"k-123"}'],
    ['JSON with more in it', ' {\n "note": {"by": 1}, "SNITKIX_API_KEY": " k-123\\n" }\n'],
  ])('may be %s', async (_what, secret) => {
    expect(await read(secret)).toBe('k-123');
  });

  test('may hold any character that a header can', async () => {
    const key = Array.from({ length: 0x7f - 0x21 }, (_, i) => String.fromCharCode(0x21 + i)).join('');
    expect(await read(`{"SNITKIX_API_KEY":${JSON.stringify(key)}}`)).toBe(key);
    expect(new Headers({ authorization: `Bearer ${key}` }).get('authorization')).toBe(`Bearer ${key}`);
  });

  const EMPTY = 'is empty';
  const NO_KEY = 'has no text under SNITKIX_API_KEY';
  const NO_JSON = 'looks like JSON, but is not';
  const NO_HEADER = 'holds a character that cannot be sent in a header';

  test.each([
    ['of white space', ' \n ', EMPTY],
    ['with an empty key', '{"SNITKIX_API_KEY":""}', EMPTY],
    ['with a key of another name', '{"SITNIKS_API_KEY":"tell-tale"}', NO_KEY],
    ['with a key that is no text', '{"SNITKIX_API_KEY":["tell-tale"]}', NO_KEY],
    ['that is broken JSON', '{"SNITKIX_API_KEY":"tell-tale"', NO_JSON],
    ['of two lines', 'tell-tale\nx', NO_HEADER],
    ['of two words', 'Bearer tell-tale', NO_HEADER],
    ['with a zero byte', 'tell\u0000tale', NO_HEADER],
    ['with a letter that is not ASCII', 'tell-tale-ї', NO_HEADER],
    ['in quotation marks that a person types', '“tell-tale”', NO_HEADER],
    ['in one quotation mark, and a space', '"tell tale', NO_HEADER],
    ['in UTF-16 that was read byte for byte', 't\u0000e\u0000l\u0000l\u0000', NO_HEADER],
    ['in UTF-16 that was read as UTF-8', '\uFFFD\uFFFDt\u0000e\u0000l\u0000l\u0000', NO_HEADER],
    ['with an empty text in quotation marks', '""', EMPTY],
    ['of nothing that can be seen', '\u200b\u2060\uFEFF', EMPTY],
    ['that is a list', '["tell-tale", "x y"]', NO_HEADER],
    ['with a line break inside of JSON', '{"SNITKIX_API_KEY":"tell\\r\\ntale: x"}', NO_HEADER],
  ])('%s is refused: it says why, and prints nothing of it', async (_what, secret, why) => {
    const told = await complaint(read(secret));
    expect(told).toContain(`The secret ${NAME} ${why}`);
    expect(told).not.toMatch(/tell|tale/);
  });

  test('that is binary is refused', async () => {
    answer = { status: 200, body: { Name: NAME, SecretBinary: Buffer.from('tell-tale').toString('base64') } };
    const told = await complaint(readApiKey(clientOf(aws.url), NAME));
    expect(told).toContain('binary');
    expect(told).not.toMatch(/tell-tale|dGVsbC10YWxl/);
  });
});

describe('a failure of Secrets Manager', () => {
  test.each([
    'ResourceNotFoundException',
    'AccessDeniedException',
    'DecryptionFailure',
    'InvalidRequestException',
    'InvalidParameterException',
    'ValidationException',
  ])('%s is a setting: asking again does not help', async (type) => {
    answer = {
      status: 400,
      body: { __type: type, Message: 'User: arn:aws:sts::123:assumed-role/x is not …' },
    };
    expect(await complaint(readApiKey(clientOf(aws.url), NAME))).toContain(type);
  });

  test('a secret that is not there is a setting', async () => {
    const reading = readApiKey(clientOf(secrets.url), 'missing');
    await expect(reading).rejects.toThrow(UnusableSecret);
    await expect(reading).rejects.toThrow(
      /^The secret missing cannot be read \(ResourceNotFoundException\)$/,
    );
  });

  test.each([
    ['InternalServiceError', 500],
    ['ThrottlingException', 400],
    ['ExpiredTokenException', 400],
    ['UnrecognizedClientException', 400],
  ])('%s passes, and is handed on', async (type, status) => {
    answer = { status, body: { __type: type, Message: 'later' } };
    const reading = readApiKey(clientOf(aws.url), NAME);
    await expect(reading).rejects.toMatchObject({ name: type });
    await expect(reading).rejects.not.toBeInstanceOf(UnusableSecret);
  });

  test('an outage passes, and is handed on', async () => {
    secrets.fail('unavailable');
    await expect(readApiKey(clientOf(secrets.url), NAME)).rejects.toMatchObject({
      name: 'InternalServiceError',
    });
    const nobody = readApiKey(clientOf(`http://127.0.0.1:${await closedPort()}`), NAME);
    await expect(nobody).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await expect(nobody).rejects.not.toBeInstanceOf(UnusableSecret);
  });

  test('a Secrets Manager that does not answer is given up soon, long before the function is', async () => {
    secrets.fail('hang');
    const started = performance.now();
    await expect(readApiKey(clientOf(secrets.url), NAME)).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
