import { describe, expect, test } from 'vitest';
import { createOpenApiClient } from '../../../../lib/sitniks/open-api/client.ts';
import { openApiSettings } from '../../../../lib/sitniks/open-api/settings.ts';
import { parsedOrder } from '../../../kit/parsed-order.ts';
import { type Answers, FREE, KEY, list, memoryAccount } from './memory-account.ts';

const TIMEOUT_MS = 10_000;
const order = parsedOrder('order-1');

const ANSWERS: Answers = {
  'GET orders': list([]),
  'GET orders/7': { body: { id: 7, totalPrice: 1200 } },
  'PUT orders/7/status': {},
  'POST transactions': { status: 201, body: { id: 1 } },
};

/** By each call of a container: how long from now it may wait for a turn, at most. */
async function patience(call: (crm: ReturnType<ReturnType<typeof memoryAccount>['client']>) => unknown) {
  const { client } = memoryAccount(ANSWERS);
  const untils: number[] = [];
  const turn = async (until: number) => {
    untils.push(until);
    return 0;
  };
  const before = Date.now();
  await call(client({ settlementAccountId: 61 }, { pace: { ...FREE, turn }, timeoutMs: TIMEOUT_MS }));
  const after = Date.now();
  return { untils, before, after };
}

describe('every call of a container waits for its turn as long as an order has time', () => {
  test.each<[string, number, Parameters<typeof patience>[0], number]>([
    ['a creation', 3, (crm) => crm.create(order, KEY), 1],
    ['a look-up', 3, (crm) => crm.find(order, KEY, { since: 0 }), 1.5],
    ['a status', 3, (crm) => crm.setStatus('7', 'PAID', KEY), 1],
    ['a payment', 2, (crm) => crm.book?.('7', { amount: 1 }, 0, KEY), 1],
  ])('%s, in its %i calls', async (_, calls, call, timeouts) => {
    const { untils, before, after } = await patience(call);
    expect(untils).toHaveLength(calls);
    expect(new Set(untils).size).toBe(1);
    for (const until of untils) {
      expect(until).toBeGreaterThanOrEqual(before + timeouts * TIMEOUT_MS);
      expect(until).toBeLessThanOrEqual(after + timeouts * TIMEOUT_MS);
    }
  });
});

test('what it has looked up, it knows for the next call, of whatever kind', async () => {
  const { client, asked } = memoryAccount(ANSWERS);
  const container = client();
  await container.create(order, KEY);
  await container.create(parsedOrder('order-2', { status: 'PAID' }), KEY);
  await container.setStatus('7', 'PAID', KEY);
  expect(asked().filter((call) => /statuses|variations/.test(call))).toHaveLength(2);
});

test('and asks for it again after its time', async () => {
  const { client, asked } = memoryAccount(ANSWERS);
  const container = client({}, { lookUpTtlMs: 0 });
  await container.create(order, KEY);
  await container.create(parsedOrder('order-2'), KEY);
  expect(asked().filter((call) => /statuses|variations/.test(call))).toHaveLength(4);
});

test("goods are looked for in the shop's warehouse", async () => {
  const { client, asked } = memoryAccount();
  await client({ warehouseId: 41 }).create(order, KEY);
  expect(asked()).toContainEqual(expect.stringContaining('&warehouseId=41'));
});

test('a container has its part of the calls of the key, and no more', async () => {
  const { fetch, requests } = memoryAccount(ANSWERS);
  // Of 10 calls in 10 s one for each of ten: the second call of the look-up is not to be had in time.
  const settings = openApiSettings.parse({ callsIn10Seconds: 10 });
  const options = { baseUrl: 'https://crm.example', timeoutMs: 3_000, settings, containers: 10, fetch };
  const container = createOpenApiClient(options);
  expect(await container.find(order, KEY, { since: 0 })).toMatchObject({ ok: false, type: 'RATE_LIMIT' });
  expect(requests).toHaveLength(1);
});

test('payments are booked where there is an account for them', () => {
  const { client } = memoryAccount();
  expect(client({ settlementAccountId: 61 }).book).toBeTypeOf('function');
  expect(client()).not.toHaveProperty('book');
});
