import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createCallers, type KnownCaller, readCallers } from '../../../lib/callers/callers.ts';
import { type CachedOptions, cached } from '../../../lib/secrets/cached.ts';
import { UnusableSecret } from '../../../lib/secrets/secret.ts';
import { type Secrets, startSecrets } from '../../../local/secrets.ts';

const NAME = 'test/intake-tokens';
const WHSEC = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

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

const read = (value: unknown) => {
  secrets.set(NAME, typeof value === 'string' ? value : JSON.stringify(value));
  return readCallers(client, NAME);
};

/** The callers as a function keeps them, with a clock that the test turns. */
function callersAt(options: Partial<CachedOptions<readonly KnownCaller[]>> = {}) {
  const clock = { now: 0 };
  const known = cached({
    load: () => readCallers(client, NAME),
    ttlMs: 300_000,
    retryMs: 60_000,
    now: () => clock.now,
    ...options,
  });
  return { callers: createCallers(known), clock };
}

describe('the secret', () => {
  test('holds a token, two, or tokens and signing secrets for each caller', async () => {
    const callers = await read({
      bot: 't-1',
      'site.shop_2': ['t-new', 't-old'],
      erp: { tokens: 't-3', signing_secrets: [WHSEC] },
    });
    expect(
      callers.map(({ name, digests, signingSecrets }) => [name, digests.length, signingSecrets]),
    ).toEqual([
      ['bot', 1, []],
      ['site.shop_2', 2, []],
      ['erp', 1, [WHSEC]],
    ]);
  });

  test('is kept as digests: no token is in memory, and so in no dump', async () => {
    expect(JSON.stringify(await read({ bot: 'sk-tell-tale' }))).not.toContain('tell-tale');
  });

  test.each([
    '\uFEFF',
    '\uFEFF\r\n',
    'ï»¿',
    'п»ї',
    'я╗┐',
    '\uFEFF\uFEFF',
    ' \uFEFF',
    '\u200b',
    '\u2060\u00a0',
  ])('may begin with %j, as editors and shells on Windows write it', async (start) => {
    await read(`${start}{"bot":"t-1"}\r\n`);
    expect((await callersAt().callers.find('t-1'))?.name).toBe('bot');
    await read('{"bot":"\uFEFFt-1 "}');
    expect((await callersAt().callers.find('t-1'))?.name).toBe('bot');
  });

  test.each([
    ['a token with a zero width space', '{"bot":"t-1\u200b"}'],
    ['a token between marks of direction', '{"bot":"\u2068t-1\u2069"}'],
    ['a token with a soft hyphen', '{"bot":"t\u00ad-1"}'],
    ['a name after a byte order mark', '{"\uFEFFbot":"t-1"}'],
    ['a list of them', '{"bot":["\uFEFFt-0\\r\\n","\u200bt-1"]}'],
    ['one beside signing secrets', `{"bot":{"tokens":"t-1\uFEFF","signing_secrets":"\u200b${WHSEC} "}}`],
    ['Windows line ends', '{\r\n\t"bot": "t-1"\r\n}\r\n'],
  ])('is read with what nobody sees in it: %s', async (_what, secret) => {
    await read(secret);
    expect((await callersAt().callers.find('t-1'))?.name).toBe('bot');
  });

  test.each([
    '__proto__',
    'constructor',
    'toString',
    'hasOwnProperty',
    '__defineGetter__',
    'valueOf',
    'prototype',
    '__lookupSetter__',
  ])('may call a caller %s', async (name) => {
    await read(`{"demo":"a","${name}":"b"}`);
    const { callers } = callersAt();
    expect((await callers.find('b'))?.name).toBe(name);
    expect((await callers.find('a'))?.name).toBe('demo');
  });

  test('that has a token that could be guessed is named, by place, and lets nobody in', async () => {
    const readWith = async (value: object) => {
      await read(value);
      return readCallers(client, NAME, 16);
    };
    await expect(readWith({ site: 'x'.repeat(16), bot: 'x' })).rejects.toThrow(
      'entry 2 is not a caller with tokens of 16 characters or more',
    );
    await expect(readWith({ bot: ['x'.repeat(16), 'sk-tell-tale'] })).rejects.not.toThrow('tell-tale');
    await expect(readWith({ bot: { tokens: 'short' } })).rejects.toBeInstanceOf(UnusableSecret);
    await expect(readWith({ bot: 'x'.repeat(16) })).resolves.toHaveLength(1);
  });

  test('that is empty lets nobody in', async () => {
    expect(await read({})).toEqual([]);
  });

  test.each([
    ['sk-tell-tale', 'is not JSON'],
    ['["sk-tell-tale"]', 'it is not an object'],
    ['"sk-tell-tale"', 'it is not an object'],
    [{ a: 't-1', 'sk tell tale': 'b' }, 'entry 2 is not a caller with tokens'],
    [{ ['sk-tell-tale'.repeat(9)]: 'b' }, 'entry 1 is not a caller with tokens'],
    [{ bot: '' }, 'entry 1'],
    ['{"sk-tell-tale":"a","b":"x","sk-tell-tale":"c"}', 'a name comes twice'],
    ['{"bot":"a","\\u0062ot":"c"}', 'a name comes twice'],
    ['{"__proto__":"a","__proto__":"b"}', 'a name comes twice'],
    ['{"bot":{"tokens":"tell","tokens":"tale"}}', 'a name comes twice'],
    ['{"bot":"a", "demo":"b",\n"bot":"c"}', 'a name comes twice'],
    ['{"bot":"a","\uFEFFbot":"c"}', 'a name comes twice'],
    ['{"constructor":"a","x":"b","constructor":"c"}', 'a name comes twice'],
    ['{"bot":{"__proto__":"tell-tale","tokens":"a"}}', 'entry 1 is not a caller with tokens'],
    ['{"a":"sk-tell-tale","b":"sk-tell\u200b-tale"}', 'gives two callers the same token'],
    ['{"a":"sk-tell-tale","b":{"tokens":" sk-tell-tale"}}', 'gives two callers the same token'],
    ['{"sk-tell-tale":"a",}', 'is not JSON'],
    ["{'sk-tell-tale':'a'}", 'is not JSON'],
    ['{“sk-tell-tale”:“a”}', 'is not JSON'],
    ['s\u0000k\u0000-tell-tale', 'is not JSON'],
    ['{"__proto__":7}', 'entry 1 is not a caller with tokens'],
    [{ bot: [] }, 'entry 1'],
    [{ bot: 'sk tell\ntale' }, 'entry 1'],
    [{ bot: 7, b: 't', c: null }, 'entry 1 is not a caller with tokens, entry 3 is not a caller with tokens'],
    [{ bot: { tokens: 't', signing_secret: 'sk-tell-tale' } }, 'entry 1'],
    [{ bot: { tokens: 't', signing_secrets: 'sk-tell-tale' } }, 'entry 1'],
    [{ bot: { tokens: 't', signing_secrets: 'whsec_dGVsbC10YWxl' } }, 'entry 1'],
    [{ a: 'sk-tell-tale', b: ['x', 'sk-tell-tale'] }, 'gives two callers the same token'],
  ])('%j is refused, and nothing of it is told', async (value, why) => {
    const error: unknown = await read(value).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(UnusableSecret);
    expect(String(error)).toContain(`The secret ${NAME} `);
    expect(String(error)).toContain(why);
    expect(String(error)).not.toMatch(/tell|dGVs/);
  });
});

describe('a token', () => {
  test('is found among all, and only whole', async () => {
    await read({ bot: 't-1', site: ['t-new', 't-old'] });
    const { callers } = callersAt();
    expect((await callers.find('t-1'))?.name).toBe('bot');
    expect((await callers.find('t-old'))?.name).toBe('site');
    expect((await callers.find('t-new'))?.name).toBe('site');
    for (const wrong of ['', 't', 't-', 't-11', 'T-1', 't-1 ', 'x'.repeat(10_000)]) {
      expect(await callers.find(wrong)).toBeUndefined();
    }
  });

  test('is changed without an outage: both hold while both are in the secret', async () => {
    await read({ bot: 'old' });
    const { callers, clock } = callersAt();
    expect(await callers.find('old')).toBeDefined();
    await read({ bot: ['new', 'old'] });
    expect(await callers.find('new')).toBeDefined();
    expect(await callers.find('old')).toBeDefined();
    await read({ bot: 'new' });
    clock.now += 300_000;
    expect(await callers.find('old')).toBeUndefined();
  });

  test('that nobody has costs at most one fetch a minute, however many are tried', async () => {
    await read({ bot: 't' });
    const { callers, clock } = callersAt();
    await callers.find('t');
    const before = secrets.count(NAME);
    await Promise.all(Array.from({ length: 50 }, (_, n) => callers.find(`wrong-${n}`)));
    await callers.find('wrong');
    expect(secrets.count(NAME)).toBe(before + 1);
    clock.now += 60_000;
    await callers.find('wrong');
    expect(secrets.count(NAME)).toBe(before + 2);
  });

  test('whose signature is refused is looked up anew, once a minute, as an unknown token is', async () => {
    await read({ bot: { tokens: 't', signing_secrets: WHSEC } });
    const { callers, clock } = callersAt();
    await callers.find('t');
    const newWhsec = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
    await read({ bot: { tokens: 't', signing_secrets: newWhsec } });
    const before = secrets.count(NAME);
    expect((await callers.findNewer('t'))?.signingSecrets).toEqual([newWhsec]);
    expect(await Promise.all(Array.from({ length: 50 }, () => callers.findNewer('t')))).toEqual(
      Array(50).fill(undefined),
    );
    expect(secrets.count(NAME)).toBe(before + 1);
    clock.now += 60_000;
    expect((await callers.findNewer('t'))?.signingSecrets).toEqual([newWhsec]);
  });

  test('is known while Secrets Manager is down, after it has been read once', async () => {
    await read({ bot: 't' });
    const stale: unknown[] = [];
    const { callers, clock } = callersAt({ onStale: (error) => stale.push(error) });
    await callers.find('t');
    secrets.fail('unavailable');
    clock.now += 300_000;
    expect(await callers.find('t')).toBeDefined();
    expect(await callers.find('wrong')).toBeUndefined();
    expect(stale.length).toBeGreaterThan(0);
  });

  test('cannot be told while Secrets Manager is down from the start, and can be as soon as it is not', async () => {
    await read({ bot: 't' });
    secrets.fail('unavailable');
    const { callers } = callersAt();
    await expect(callers.find('t')).rejects.toThrow();
    secrets.fail(undefined);
    expect(await callers.find('t')).toBeDefined();
  });
});
