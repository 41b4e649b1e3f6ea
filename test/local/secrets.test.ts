import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type Secrets, startSecrets } from '../../local/secrets.ts';
import { until } from '../kit/until.ts';

const NAME = 'sitniks-orders/local/crm';
const lines: string[] = [];
let secrets: Secrets;
let client: SecretsManagerClient;
beforeAll(async () => {
  secrets = await startSecrets({ secrets: { [NAME]: 'first' }, log: (line) => lines.push(line) });
  client = new SecretsManagerClient({
    endpoint: secrets.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
});
afterEach(() => {
  secrets.fail(undefined);
  secrets.set(NAME, 'first');
});
afterAll(async () => {
  client.destroy();
  await secrets.stop();
});

const read = (SecretId = NAME) => client.send(new GetSecretValueCommand({ SecretId }));

test('the AWS client reads a secret, by name or by ARN', async () => {
  const answer = await read();

  expect(answer).toMatchObject({
    Name: NAME,
    SecretString: 'first',
    VersionId: expect.any(String),
    VersionStages: ['AWSCURRENT'],
    CreatedDate: expect.any(Date),
  });
  expect(await read(answer.ARN)).toMatchObject({ Name: NAME, SecretString: 'first' });
  expect(answer.$metadata.httpStatusCode).toBe(200);
});

test('each new value is a new version', async () => {
  const before = await read();
  secrets.set(NAME, 'second');

  const after = await read();
  expect(after.SecretString).toBe('second');
  expect(after.VersionId).not.toBe(before.VersionId);
});

test('the AWS client rotates a secret', async () => {
  const put = await client.send(new PutSecretValueCommand({ SecretId: NAME, SecretString: 'rotated' }));

  expect(secrets.get(NAME)).toBe('rotated');
  expect(await read()).toMatchObject({ SecretString: 'rotated', VersionId: put.VersionId });
  const missing = new PutSecretValueCommand({ SecretId: 'missing', SecretString: 'x' });
  await expect(client.send(missing)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/json'])(
  'so does a PUT of the raw value as %s',
  async (type) => {
    const response = await fetch(`${secrets.url}/_local/secrets/${encodeURIComponent(NAME)}`, {
      method: 'PUT',
      headers: { 'content-type': type },
      body: '{"a": 1}&=',
    });

    expect(response.status).toBe(204);
    expect((await read()).SecretString).toBe('{"a": 1}&=');
  },
);

test('an unknown secret, an unknown action and a wrong parameter are refused by name', async () => {
  await expect(read('missing')).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: "Secrets Manager can't find the specified secret.",
  });
  const previous = new GetSecretValueCommand({ SecretId: NAME, VersionStage: 'AWSPREVIOUS' });
  await expect(client.send(previous)).rejects.toMatchObject({ name: 'InvalidParameterException' });

  const response = await fetch(secrets.url, {
    method: 'POST',
    headers: { 'x-amz-target': 'secretsmanager.DeleteSecret', 'content-type': 'application/x-amz-json-1.1' },
    body: '{}',
  });
  expect(response.status).toBe(400);
  expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.1');
  expect(await response.json()).toMatchObject({ __type: 'UnknownOperationException' });
});

test('counts the reads of each secret, failed ones included', async () => {
  const before = secrets.count(NAME);
  await read();
  secrets.fail('unavailable');
  await expect(read()).rejects.toMatchObject({
    name: 'InternalServiceError',
    $metadata: { httpStatusCode: 500 },
  });

  expect(secrets.count(NAME)).toBe(before + 2);
  expect(secrets.calls()[NAME]).toBe(before + 2);
  expect(secrets.count('never asked')).toBe(0);
});

test('hangs for as long as it is told to', async () => {
  secrets.fail('hang');
  const before = secrets.count(NAME);
  const abort = new AbortController();
  const hanging = client.send(new GetSecretValueCommand({ SecretId: NAME }), { abortSignal: abort.signal });
  await until(() => secrets.count(NAME) > before);
  abort.abort();
  await expect(hanging).rejects.toMatchObject({ name: 'AbortError' });

  secrets.fail(undefined);
  expect((await read()).SecretString).toBe('first');
});

test('stop ends at once, whatever hangs', async () => {
  const other = await startSecrets({ secrets: { a: 'b' } });
  other.fail('hang');
  const hanging = fetch(other.url, {
    method: 'POST',
    headers: { 'x-amz-target': 'secretsmanager.GetSecretValue' },
    body: '{"SecretId":"a"}',
  });
  const refused = expect(hanging).rejects.toThrow();
  await until(() => other.count('a') === 1);
  await other.stop();
  await refused;
});

test('no value is ever logged', () => {
  expect(lines).toContain(`secretsmanager.GetSecretValue ${NAME} 200`);
  for (const line of lines) expect(line).not.toMatch(/first|second|rotated/);
});
