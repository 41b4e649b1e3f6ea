import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { callbackEndpoints, readEndpoints } from '../../../lib/callbacks/endpoints.ts';
import { UnusableSecret } from '../../../lib/secrets/secret.ts';
import { type Secrets, startSecrets } from '../../../local/secrets.ts';
import { whsec } from '../../kit/callback-receiver.ts';
import { recordingLog } from '../../kit/recording-log.ts';

const NAME = 'test/callbacks';
const URL_OF_BOT = 'https://bot.example.com/hooks/sitniks?v=1';

let secrets: Secrets;
let client: SecretsManagerClient;
beforeAll(async () => {
  secrets = await startSecrets({ secrets: { [NAME]: '{}' } });
  client = new SecretsManagerClient({
    region: 'eu-central-1',
    endpoint: secrets.url,
    maxAttempts: 1,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
});
afterAll(async () => {
  client.destroy();
  await secrets.stop();
});
beforeEach(() => secrets.fail(undefined));

const write = (value: unknown) =>
  secrets.set(NAME, typeof value === 'string' ? value : JSON.stringify(value));
const read = (value: unknown) => {
  write(value);
  return readEndpoints(client, NAME);
};
const one = (changes: object) => ({ bot: { url: URL_OF_BOT, signing_secrets: whsec(1), ...changes } });

describe('the secret', () => {
  test('holds for each caller where it is told, and one or more secrets to sign with, the new one first', async () => {
    const { byCaller } = await read({
      bot: { url: URL_OF_BOT, signing_secrets: whsec(1) },
      'site.shop_2': { url: 'http://localhost:4020', signing_secrets: [whsec(2), whsec(3)] },
    });
    expect([...byCaller]).toEqual([
      ['bot', { url: new URL(URL_OF_BOT), signingSecrets: [whsec(1)] }],
      ['site.shop_2', { url: new URL('http://localhost:4020'), signingSecrets: [whsec(2), whsec(3)] }],
    ]);
  });

  test('may hold a chat of Telegram’s in place of an endpoint, or beside it', async () => {
    const telegram = { bot_token: '123456:ABCdefGhIJKlmNoPQRsTUVwxyZ', chat: -100200300 };
    const { byCaller, chats } = await read({
      shop: { telegram },
      both: { url: URL_OF_BOT, signing_secrets: whsec(1), telegram: { ...telegram, chat: '@the_shop' } },
      bot: { url: URL_OF_BOT, signing_secrets: whsec(1) },
    });
    expect([...byCaller.keys()]).toEqual(['both', 'bot']);
    expect([...chats]).toEqual([
      ['shop', { botToken: telegram.bot_token, chat: '-100200300' }],
      ['both', { botToken: telegram.bot_token, chat: '@the_shop' }],
    ]);
  });

  test.each([
    ['nothing', {}],
    ['secrets without an address', { signing_secrets: whsec(1) }],
    ['an address without secrets', { url: URL_OF_BOT }],
    [
      'a chat, and secrets without an address',
      {
        signing_secrets: whsec(1),
        telegram: { bot_token: '123456:ABCdefGhIJKlmNoPQRsTUVwxyZ', chat: 1 },
      },
    ],
  ])('says nowhere that a caller is told: %s', async (_what, entry) => {
    await expect(read({ bot: entry })).rejects.toThrow(UnusableSecret);
  });

  test('that is empty is for nobody', async () => {
    expect((await read({})).byCaller.size).toBe(0);
  });

  test('has another version each time that it is written, be it with the same text', async () => {
    const first = await read(one({}));
    expect((await readEndpoints(client, NAME)).version).toBe(first.version);
    expect((await read(one({}))).version).not.toBe(first.version);
  });

  test.each([
    'https://bot.example.com',
    'https://bot.example.com:8443/hook',
    'http://localhost:4020/hook',
    'http://127.0.0.1:4020',
    'http://[::1]:4020',
  ])('may name %s', async (url) => {
    expect((await read(one({ url }))).byCaller.get('bot')?.url).toEqual(new URL(url));
  });

  test.each([
    'http://bot.example.com',
    'http://169.254.169.254/latest/meta-data',
    'https://user:tell-tale@bot.example.com',
    'https://tell-tale@bot.example.com',
    'https://bot.example.com/#tell-tale',
    'https://bot.example.com/#',
    'ftp://bot.example.com',
    'bot.example.com/tell-tale',
    'https://',
    '',
  ])('may not name %j, and does not tell it', async (url) => {
    const error: unknown = await read(one({ url })).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(UnusableSecret);
    expect(String(error)).toBe(
      `UnusableSecret: The secret ${NAME} cannot be used: entry 1 is not a caller with an https url and signing_secrets, or with telegram: bot_token and chat`,
    );
  });

  test.each([
    ['no JSON', '{"bot": tell-tale}', 'is not JSON'],
    ['a list', '["tell-tale"]', 'it is not an object'],
    ['null', 'null', 'it is not an object'],
    ['a name with a space', { ...one({}), 'tell tale': one({}).bot }, 'entry 2 is not a caller'],
    ['a URL alone', { bot: URL_OF_BOT }, 'entry 1'],
    ['a caller twice', '{"bot":{},"bot":{"tell":"tale"}}', 'a name comes twice'],
    ['a __proto__ that is none', '{"__proto__":"tell-tale"}', 'entry 1 is not a caller'],
    ['no signing secret', one({ signing_secrets: undefined }), 'entry 1'],
    ['an empty list of them', one({ signing_secrets: [] }), 'entry 1'],
    ['six of them', one({ signing_secrets: [1, 2, 3, 4, 5, 6].map(whsec) }), 'entry 1'],
    ['one without its prefix', one({ signing_secrets: 'tell-tale' }), 'entry 1'],
    ['one that is too short', one({ signing_secrets: [whsec(1), 'whsec_dGVsbC10YWxl'] }), 'entry 1'],
    ['a field that is none', one({ tell_tale: true }), 'entry 1'],
  ])('with %s is refused, and nothing of it is told', async (_what, value, why) => {
    const error: unknown = await read(value).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(UnusableSecret);
    expect(String(error)).toContain(`The secret ${NAME} `);
    expect(String(error)).toContain(why);
    expect(String(error)).not.toMatch(/tell|dGVs|whsec_\w|bot\./);
  });
});

test.each(['\uFEFF', 'ï»¿', 'п»ї', '\r\n\uFEFF', 'я╗┐', '\u200b', '\u2068\u2069'])(
  'a secret may begin with %j',
  async (start) => {
    write(`${start}${JSON.stringify(one({}))}`);
    expect((await readEndpoints(client, NAME)).byCaller.get('bot')?.url).toEqual(new URL(URL_OF_BOT));
  },
);

describe('the endpoints of a container', () => {
  const options = { CALLBACKS_SECRET: NAME, CALLBACKS_TTL_SECONDS: 0, CALLBACKS_RETRY_SECONDS: 0 };

  test('are read once for all outcomes of a batch, and kept for a while', async () => {
    write(one({}));
    const endpoints = callbackEndpoints(
      client,
      { ...options, CALLBACKS_TTL_SECONDS: 60 },
      recordingLog().log,
    );
    const before = secrets.count(NAME);
    await Promise.all(Array.from({ length: 10 }, () => endpoints.get()));
    await endpoints.get();
    expect(secrets.count(NAME)).toBe(before + 1);
  });

  test.each([
    ['Secrets Manager is down', () => secrets.fail('unavailable')],
    ['what was written cannot be used', () => write('{ tell-tale')],
  ])('are the old ones while %s, which is said', async (_what, fail) => {
    write(one({}));
    const { log, lines } = recordingLog();
    const endpoints = callbackEndpoints(client, options, log);
    const known = await endpoints.get();
    fail();
    expect(await endpoints.get()).toBe(known);
    expect(lines).toMatchObject([
      { level: 'warn', message: 'Endpoints not refreshed: the old ones are used' },
    ]);
    expect(JSON.stringify(lines)).not.toContain('tell-tale');
  });
});
