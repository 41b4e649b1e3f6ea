/** The model of what it costs and how long a backlog takes: its arithmetic here, its clock in `npm run model -- --check`. */

import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { advice } from '../../bench/model/advice.ts';
import { bill, CALLS_PER_ORDER, totalOf } from '../../bench/model/bill.ts';
import { compared } from '../../bench/model/check.ts';
import { batchSeconds, drain, overheadOf } from '../../bench/model/drain.ts';
import { panelOf, SIZES, shopAsDeployed, titleOf } from '../../bench/model/panels.ts';
import { picture } from '../../bench/model/picture.ts';
import { PRICES } from '../../bench/model/prices.ts';
import { ASSUMED, type Shop } from '../../bench/model/shop.ts';
import { asDeployed } from '../../bench/model/stack.ts';
import { sampleOrder } from '../kit/orders.ts';
import { startRelay } from '../kit/relay.ts';

const shop = (changes: Partial<Shop> = {}): Shop => ({
  ...ASSUMED,
  orders: 10_000,
  batch: 10,
  concurrency: 5,
  proofCallsPerMinute: 6,
  doorMemoryMb: 1769,
  askMemoryMb: 1769,
  memoryMb: 512,
  proofMemoryMb: 256,
  stack: { metrics: 16, alarmMetrics: 30, dashboards: 1, secrets: 4 },
  isFreeUsed: true,
  ...changes,
});

describe('a backlog', () => {
  test('takes as long as the rounds of batches that the containers make', () => {
    const at = shop({ crmMs: 500, orderMs: 0, batchMs: 0 });
    expect(batchSeconds(at)).toBe(1);
    expect(drain(50, at)).toEqual({ perSecond: 50, seconds: 1, wall: 'the containers' });
    expect(drain(51, at).seconds).toBe(2);
    expect(drain(500, { ...at, concurrency: 10 }).seconds).toBe(5);
  });

  test('meets the wall of what the CRM takes, whatever the containers could do', () => {
    const at = shop({ crmMs: 500, crmPerSecond: 1 });
    expect(drain(600, at)).toEqual({ perSecond: 1, seconds: 600, wall: "the CRM's limit" });
    expect(drain(600, { ...at, concurrency: 100 }).seconds).toBe(600);
    expect(drain(600, { ...at, crmPerSecond: 1000 }).wall).toBe('the containers');
  });

  test('that was measured says what a container’s own work takes, by which it is predicted again', () => {
    const at = shop({ crmMs: 2000, orderMs: 0, batchMs: 0, concurrency: 2 });
    const batchMs = overheadOf(60, 15, at);
    expect(drain(60, { ...at, batchMs }).seconds).toBeCloseTo(15);
    expect(overheadOf(60, 1, at)).toBe(0);
  });

  test('that is measured 15 % off is within, and more is not', () => {
    const at = shop({ crmMs: 1000, orderMs: 0, batchMs: 0, concurrency: 2 });
    const { predicted } = compared(at, 100, 0);
    expect(compared(at, 100, predicted / 0.86).isWithin).toBe(true);
    expect(compared(at, 100, predicted / 0.84).isWithin).toBe(false);
    expect(compared(at, 100, predicted / 1.16).isWithin).toBe(false);
    expect(compared(at, 100, Number.NaN).isWithin).toBe(false);
  });
});

describe('a bill', () => {
  const usdOf = (changes: Partial<Shop>, prices = PRICES as Parameters<typeof bill>[1]) =>
    totalOf(bill(shop(changes), prices));

  test('grows with the orders, and by no more than they do', () => {
    const [small, large] = [usdOf({ isFreeUsed: false }), usdOf({ isFreeUsed: false, orders: 20_000 })];
    expect(large).toBeGreaterThan(small);
    expect(large).toBeLessThan(2 * small);
  });

  test('is less by what AWS gives every month, and no line is below nothing', () => {
    expect(usdOf({ isFreeUsed: true })).toBeLessThan(usdOf({ isFreeUsed: false }));
    for (const { usd } of bill(shop({ orders: 0 }), PRICES)) expect(usd).toBeGreaterThanOrEqual(0);
  });

  test('takes what is free from all lines of one price together', () => {
    const lines = bill(shop({ orders: 1_000_000, proofCallsPerMinute: 60 }), PRICES).filter(
      ({ price }) => price === 'lambdaGbSecond',
    );
    expect(lines).toHaveLength(2);
    const seconds = lines.reduce((all, { quantity }) => all + quantity, 0);
    const { usd, free } = PRICES.lambdaGbSecond;
    expect(totalOf(lines)).toBeCloseTo((seconds - free) * usd);
  });

  test('is by the prices that the reader gives', () => {
    const dearer = { ...PRICES, dynamodbWrite: { usd: 1, free: 0 } };
    expect(usdOf({}, dearer)).toBeGreaterThan(80_000);
  });

  test('counts what the template has', async () => {
    const { stack, batch, concurrency } = await asDeployed();
    expect({ batch, concurrency }).toEqual({ batch: 10, concurrency: 5 });
    expect(stack.metrics).toBeGreaterThan(10);
    // The two over all functions are a metric for each.
    expect(stack.alarmMetrics).toBeGreaterThan(2 * 8);
    expect(stack).toMatchObject({ dashboards: 1, secrets: 4 });
  });
});

test('an order makes as many calls as the model says', async () => {
  const calls = new Map<string, number>();
  const requestSchema = z.object({ request: z.custom<{ getHeader(name: string): unknown }>() });
  const count = (message: unknown) => {
    const target = String(requestSchema.parse(message).request.getHeader('x-amz-target'));
    calls.set(target, (calls.get(target) ?? 0) + 1);
  };
  // Nobody is in a hurry: what times out is called again.
  const settings = { CRM_TIMEOUT_MS: '5000', CALLBACK_TIMEOUT_MS: '5000' };
  const relay = await startRelay({ feed: false, visibilitySeconds: 30, timeoutMs: 60_000, settings });
  subscribe('http.client.request.start', count);
  try {
    const counted = () => ({
      reads: calls.get('DynamoDB_20120810.GetItem') ?? 0,
      writes: calls.get('DynamoDB_20120810.PutItem') ?? 0,
      sends: calls.get('AmazonSQS.SendMessage') ?? 0,
    });
    const { door, after } = CALLS_PER_ORDER;
    await relay.post(sampleOrder('counted'));
    expect(counted()).toEqual({ reads: door.ledgerReads, writes: door.ledgerWrites, sends: door.sends });
    calls.clear();
    relay.feed();
    await relay.drained(60_000);
    expect(counted()).toEqual({ reads: after.tableReads, writes: after.tableWrites, sends: after.sends });
  } finally {
    unsubscribe('http.client.request.start', count);
    await relay.stop();
  }
}, 180_000);

describe('what to change', () => {
  test('is nothing for a small shop, and for a middling one', () => {
    expect(advice(shop({ orders: 100 }))).toEqual([]);
    expect(advice(shop({ orders: 10_000 }))).toEqual([]);
  });

  test.each<[string, Partial<Shop>, RegExp]>([
    ['more look-ups for the proof', { orders: 1_000_000 }, /^proofCallsPerMinute=62/],
    ['more containers', { orders: 50_000_000 }, /^syncConcurrency=11\b/],
    ['a larger allowance of the key', { orders: 1_000_000, crmPerSecond: 1 }, /ask Sitniks for more calls/],
    [
      'patience after an outage',
      { orders: 1_000_000, crmPerSecond: 1 },
      /556 min to catch up: .*the CRM's limit/,
    ],
    ['a wider door', { orders: 50_000_000 }, /ThrottlingRateLimit/],
  ])('is %s', (_what, changes, said) => {
    expect(advice(shop(changes))).toEqual(expect.arrayContaining([expect.stringMatching(said)]));
  });
});

test('the picture in the docs is of the template as it is now', async () => {
  const shop = await shopAsDeployed();
  const panels = SIZES.map((orders) => panelOf({ ...shop, orders, isFreeUsed: true }));
  const drawn = readFileSync(new URL('../../docs/costs.svg', import.meta.url), 'utf8');
  // Else: npm run model -- --svg
  expect(drawn).toBe(picture(titleOf(shop), panels));
});

test('a picture has every size, and is well-formed whatever a line says', () => {
  const lines = bill(shop(), PRICES);
  const svg = picture('a < b & "c"', [
    { orders: 100, lines, says: ['x'] },
    { orders: 10_000, lines: [], says: [] },
  ]);
  expect(svg).toContain('10,000 orders a month: $0.00');
  expect(svg).toContain('a &lt; b &amp; &quot;c&quot;');
  expect(svg.match(/<rect /g)).toHaveLength(1 + 8);
});
