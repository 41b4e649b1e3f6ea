import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Payment } from '../../../../lib/order/payment.ts';
import { createOpenApiClient } from '../../../../lib/sitniks/open-api/client.ts';
import { openApiSettings } from '../../../../lib/sitniks/open-api/settings.ts';
import { createSitniksClient } from '../../../../lib/sitniks/orders/client.ts';
import type { CrmFailure } from '../../../../lib/sitniks/result.ts';
import { FAULTS, type FaultName } from '../../../../local/sandbox/faults.ts';
import { type Sandbox, startSandbox } from '../../../../local/sandbox/server.ts';
import { parsedOrder } from '../../../kit/parsed-order.ts';

const KEY = 'sandbox-key';
const order = parsedOrder('order-1');
const TOTAL = order.items.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
const PAYMENT = { amount: 700.5, comment: 'LiqPay 2489121' };

let sandbox: Sandbox;
let id: string;
beforeAll(async () => {
  sandbox = await startSandbox();
});
beforeEach(async () => {
  sandbox.reset();
  const made = await client({}, 10_000).create(order, KEY);
  id = made.ok ? made.crmOrderId : '';
});
afterAll(() => sandbox.stop());

const client = (settings: object = {}, timeoutMs = 300) =>
  createOpenApiClient({
    baseUrl: sandbox.url,
    timeoutMs,
    containers: 1,
    settings: openApiSettings.parse({ callsIn10Seconds: 1000, settlementAccountId: 61, ...settings }),
    pace: { turn: async () => 0, shut: () => undefined },
  });

const book = async (crmOrderId: string, payment: Payment, paidBeside: number, timeoutMs?: number) =>
  client({}, timeoutMs).book?.(crmOrderId, payment, paidBeside, KEY);

test('a payment is booked on the order, on the account that is set, with what was said of it', async () => {
  expect(await book(id, PAYMENT, 0, 10_000)).toEqual({ ok: true });
  expect(sandbox.transactions()).toEqual([
    { id: 1, orderId: Number(id), settlementAccountId: 61, ...PAYMENT },
  ]);
});

test.each([
  ['more than the order costs', { amount: TOTAL + 0.01 }, 0],
  ['more with what is paid already', { amount: 0.01 }, TOTAL],
])('%s is not booked', async (_, payment, beside) => {
  expect(await book(id, payment, beside)).toMatchObject({
    type: 'VALIDATION',
    mayHaveReachedCrm: false,
    reasons: [{ code: 'payment_too_much' }],
  });
  expect(await book(id, { amount: TOTAL }, 0)).toEqual({ ok: true });
  expect(sandbox.transactions()).toHaveLength(1);
});

test('without an account to book it on, and in the other dialect, there is no such call', () => {
  const withoutAccount = client({ settlementAccountId: undefined });
  const otherDialect = createSitniksClient({ baseUrl: sandbox.url, timeoutMs: 300 });
  expect([withoutAccount.book, otherDialect.book]).toEqual([undefined, undefined]);
  expect(client().book).toBeTypeOf('function');
});

test('an order that is gone is called so', async () => {
  expect(await book('7', PAYMENT, 0)).toMatchObject({ reasons: [{ code: 'order_gone' }] });
});

const SURE = false;
const IN_DOUBT = true;
/** Of each fault: what kind it is, and whether the payment may be there. `undefined`: it is booked. */
const AFTER: Readonly<Record<FaultName, [CrmFailure['type'], boolean] | undefined>> = {
  status: ['CONNECTION', IN_DOUBT],
  rate_limit: ['RATE_LIMIT', SURE],
  unauthorized: ['AUTHENTICATION', SURE],
  validation: ['VALIDATION', SURE],
  timeout: ['CONNECTION', IN_DOUBT],
  reset: ['CONNECTION', IN_DOUBT],
  lost_response: ['CONNECTION', IN_DOUBT],
  late_commit: ['CONNECTION', IN_DOUBT],
  stalled_body: ['CONNECTION', IN_DOUBT],
  redirect: ['CONFIGURATION', SURE],
  html_ok: ['CONNECTION', IN_DOUBT],
  error_ok: ['CONNECTION', IN_DOUBT],
  no_id: undefined,
  wrong_id: undefined,
  huge_body: ['CONNECTION', IN_DOUBT],
  slow: undefined,
  bad_gateway: ['CONNECTION', IN_DOUBT],
  empty_ok: ['CONNECTION', IN_DOUBT],
};

test.each(FAULTS)('after %s it is said whether the payment may be there', async (fault) => {
  sandbox.setFault({ fault, on: 'payment', ...(fault === 'slow' && { latency_ms: 10 }) });
  const result = await book(id, PAYMENT, 0);
  const after = AFTER[fault];
  if (after === undefined) return expect(result).toEqual({ ok: true });
  expect(result).toMatchObject({ ok: false, type: after[0], mayHaveReachedCrm: after[1] });
  // What is said to be sure is so.
  if (!after[1]) expect(sandbox.transactions()).toEqual([]);
});

test.each([
  [400, SURE],
  [404, SURE],
  [409, IN_DOUBT],
  [422, SURE],
  [503, IN_DOUBT],
])('after %i it is said as well', async (status, mayHaveReachedCrm) => {
  sandbox.setFault({ fault: 'status', status, on: 'payment' });
  expect(await book(id, PAYMENT, 0)).toMatchObject({ ok: false, mayHaveReachedCrm });
});

test.each(['status', 'timeout', 'lost_response', 'html_ok'] as const)(
  'after %s of the look before it, nothing has been sent',
  async (fault) => {
    sandbox.setFault({ fault, on: 'search' });
    expect(await book(id, PAYMENT, 0)).toMatchObject({ ok: false, mayHaveReachedCrm: false });
    expect(sandbox.transactions()).toEqual([]);
  },
);
