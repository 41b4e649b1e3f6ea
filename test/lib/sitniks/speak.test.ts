import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openApiSettings } from '../../../lib/sitniks/open-api/settings.ts';
import { type SpeakOptions, speak } from '../../../lib/sitniks/speak.ts';
import { type HttpServer, startHttpServer } from '../../kit/http-server.ts';

const KEY = 'sandbox-key';
const SOUGHT = { external_id: 'order-1' };

let crm: HttpServer;
let paths: string[];
beforeAll(async () => {
  crm = await startHttpServer(({ url = '' }, response) => {
    paths.push(url.replace(/\?.*/, ''));
    response.end('{"data":[]}');
  });
});
beforeEach(() => {
  paths = [];
});
afterAll(() => crm.stop());

const speaking = (dialect: SpeakOptions['dialect'], changes: Partial<SpeakOptions> = {}) =>
  speak({
    dialect,
    baseUrl: crm.url,
    timeoutMs: 10_000,
    openApi: () => openApiSettings.parse({ settlementAccountId: 61, callsIn10Seconds: 1000 }),
    ...changes,
  });

describe('`open-api`', () => {
  test('is spoken at its address, by its settings', async () => {
    const dialect = speaking('open-api');
    expect(dialect.book).toBeTypeOf('function');
    await dialect.find(SOUGHT, KEY, { since: 0 });
    expect([...new Set(paths)]).toEqual(['/open-api/orders']);
  });

  test('is spoken at a pace that is given', async () => {
    const pace = { turn: async () => 9_000, shut: () => undefined };
    expect(await speaking('open-api', { pace }).find(SOUGHT, KEY)).toMatchObject({
      ok: false,
      retryAfterMs: 9_000,
    });
    expect(paths).toEqual([]);
  });
});

test('`orders` is spoken at its address, and needs no settings', async () => {
  const unset = () => {
    throw new Error('not set');
  };
  const dialect = speaking('orders', { openApi: unset });
  expect(dialect.book).toBeUndefined();
  await dialect.find(SOUGHT, KEY);
  expect(paths.length).toBeGreaterThan(0);
  for (const path of paths) expect(path).not.toContain('open-api');
});
