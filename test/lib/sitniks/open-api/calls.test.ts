import { describe, expect, test } from 'vitest';
import { type CallOptions, createCall } from '../../../../lib/sitniks/open-api/calls.ts';
import { type CrmAnswer, memoryCrm } from '../../../kit/memory-crm.ts';
import { FREE, KEY } from './memory-account.ts';

const CALLING = { apiKey: KEY, until: 60_000 };

function calling(answer: CrmAnswer | Error = {}, options: Partial<CallOptions> = {}) {
  const { fetch, requests } = memoryCrm(() => answer);
  const shut: number[] = [];
  const pace = { ...FREE, shut: (ms: number) => void shut.push(ms) };
  const call = createCall({ baseUrl: 'https://crm.example', timeoutMs: 10_000, pace, fetch, ...options });
  return { call, requests, shut };
}

test.each([
  'https://crm.example',
  'https://crm.example/',
  'https://crm.example//',
  'https://crm.example/open-api',
  'https://crm.example/open-api/',
])('%s is where the API is', async (baseUrl) => {
  const { call, requests } = calling({}, { baseUrl });
  await call('orders', {}, CALLING);
  expect(requests.map(({ url }) => url.href)).toEqual(['https://crm.example/open-api/orders']);
});

test('what only begins like the API, or has it in its middle, is a path of the shop', async () => {
  const { call, requests } = calling({}, { baseUrl: 'https://crm.example/open-api/v2' });
  await call('orders', {}, CALLING);
  expect(requests.map(({ url }) => url.pathname)).toEqual(['/open-api/v2/open-api/orders']);
});

test('a question has its words in the address, the key in its head, and no body', async () => {
  const { call, requests } = calling();
  await call('orders', { query: { externalId: 'a&b', limit: 20 } }, CALLING);
  expect(requests).toMatchObject([{ method: 'GET', body: undefined }]);
  expect(requests.map(({ url }) => url.search)).toEqual(['?externalId=a%26b&limit=20']);
  expect(requests.map(({ headers }) => Object.fromEntries(headers))).toEqual([
    { accept: 'application/json', authorization: `Bearer ${KEY}`, 'user-agent': 'sitniks-orders' },
  ]);
});

test('what is sent is JSON, and says so', async () => {
  const { call, requests } = calling();
  await call('orders/7/status', { method: 'PUT', body: { statusId: 13 } }, CALLING);
  expect(requests).toMatchObject([{ method: 'PUT', body: { statusId: 13 } }]);
  expect(requests.map(({ headers }) => headers.get('content-type'))).toEqual(['application/json']);
});

test('whose turn it is not has sent nothing, and is told when it is', async () => {
  const asked: number[] = [];
  const turn = async (until: number) => asked.push(until) * 9_000;
  const { call, requests } = calling({}, { pace: { ...FREE, turn } });
  expect(await call('orders', {}, CALLING)).toMatchObject({
    ok: false,
    type: 'RATE_LIMIT',
    mayHaveReachedCrm: false,
    retryAfterMs: 9_000,
  });
  expect(asked).toEqual([CALLING.until]);
  expect(requests).toEqual([]);
});

test.each([200, 201, 400, 404, 503])('what %i means, the one who asked can tell', async (status) => {
  const { call, shut } = calling({ status, body: { id: 7 } });
  expect(await call('orders', {}, CALLING)).toMatchObject({
    ok: true,
    answer: { answered: true, status, body: '{"id":7}' },
  });
  expect(shut).toEqual([]);
});

test('and so where there is no answer at all', async () => {
  const { call, shut } = calling(new TypeError('fetch failed', { cause: { code: 'ECONNREFUSED' } }));
  expect(await call('orders', {}, CALLING)).toMatchObject({
    ok: true,
    answer: { answered: false, mayHaveBeenSent: false },
  });
  expect(shut).toEqual([]);
});

describe('after a 429 the key is left alone', () => {
  test.each<[string, string | undefined, Partial<CallOptions>, number]>([
    ['for 65 s, where it does not say', undefined, {}, 65_000],
    ['for as long as it is set, where it does not say', undefined, { shutMs: 3_000 }, 3_000],
    ['for as long as it says', '7', {}, 7_000],
    ['for as long as it says, though that is longer', '120', { shutMs: 3_000 }, 120_000],
    ['for 15 minutes at most', '86400', {}, 900_000],
    ['for as long at most as it is set', '86400', { mostShutMs: 60_000 }, 60_000],
    ['no longer than that either where it does not say', undefined, { mostShutMs: 2_000 }, 2_000],
  ])('%s', async (_, retryAfter, options, ms) => {
    const headers = { ...(retryAfter !== undefined && { 'retry-after': retryAfter }) };
    const { call, shut } = calling({ status: 429, headers }, options);
    expect(await call('orders', {}, CALLING)).toMatchObject({
      ok: false,
      type: 'RATE_LIMIT',
      mayHaveReachedCrm: false,
      retryAfterMs: ms,
    });
    expect(shut).toEqual([ms]);
  });
});
