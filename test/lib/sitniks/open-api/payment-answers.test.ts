import { describe, expect, test } from 'vitest';
import type { Payment } from '../../../../lib/order/payment.ts';
import { type Answers, FREE, KEY, memoryAccount } from './memory-account.ts';

const GET = 'GET orders/7';
const POST = 'POST transactions';
const costs = (totalPrice: unknown) => ({ body: { id: 7, totalPrice } });
const BOOKED = { status: 201, body: { id: 1, orderId: 7 } };

function paying(answers: Answers = {}, payment: Payment = { amount: 700.5 }, paidBeside = 0) {
  const account = memoryAccount({ [GET]: costs(1200), [POST]: BOOKED, ...answers });
  const book = () => account.client({ settlementAccountId: 61 }).book?.('7', payment, paidBeside, KEY);
  return { ...account, book };
}
const TOO_MUCH = {
  ok: false,
  type: 'VALIDATION',
  mayHaveReachedCrm: false,
  reasons: [{ code: 'payment_too_much' }],
};

test('a payment is booked by one call, after a look at the order', async () => {
  const { book, asked, sent } = paying();
  expect(await book()).toEqual({ ok: true });
  expect(asked()).toEqual([GET, POST]);
  expect(sent(POST)).toEqual([{ orderId: 7, settlementAccountId: 61, amount: 700.5 }]);
});

test('with what was said of it', async () => {
  const { book, sent } = paying({}, { amount: 700.5, comment: 'LiqPay 1' });
  await book();
  expect(sent(POST)).toEqual([{ orderId: 7, settlementAccountId: 61, amount: 700.5, comment: 'LiqPay 1' }]);
});

test.each([
  ['all at once', 1200, 0, '1200'],
  ['the rest', 199.99, 1000.01, 1200],
  // 0.1 + 0.2 is more than 0.3.
  ['to the kopiyka', 0.1, 0.2, 0.3],
])('what the order costs may be paid: %s', async (_, amount, beside, total) => {
  expect(await paying({ [GET]: costs(total) }, { amount }, beside).book()).toEqual({ ok: true });
});

test.each([
  ['more at once', 1200.01, 0],
  ['more with what is paid', 200, 1000.01],
  ['anything where all is paid', 0.01, 1200],
])('not %s', async (_, amount, beside) => {
  const { book, sent } = paying({}, { amount }, beside);
  expect(await book()).toEqual({
    ...TOO_MUCH,
    message: `${amount} would be more than the order costs in Sitniks (1200, and ${beside} is paid)`,
  });
  expect(sent(POST)).toEqual([]);
});

const UNREAD = {
  type: 'CONNECTION',
  message: 'Look-up: Sitniks answered /orders/{id} with 200, but not with an order that can be read',
};

describe('before it', () => {
  test.each<[string, Answers[string], object]>([
    [
      'an order that is gone is told as gone',
      { status: 404 },
      { type: 'VALIDATION', reasons: [{ code: 'order_gone' }] },
    ],
    ['a failure as one of the look', { status: 503 }, { type: 'CONNECTION' }],
    ['a refusal as one of the set-up', { status: 400 }, { type: 'CONFIGURATION' }],
    ['no answer as none', new TypeError('fetch failed'), { type: 'CONNECTION' }],
    ['a shut key as that', { status: 429 }, { type: 'RATE_LIMIT' }],
    [
      'an order that says no price as refused',
      costs(null),
      { type: 'VALIDATION', reasons: [{ code: 'payment_refused' }] },
    ],
    ['what is no order as a look that failed', { body: '<html>' }, UNREAD],
    ['and what has not come, too', { body: 'x'.repeat(1024 * 1024 + 1) }, UNREAD],
  ])('%s, and nothing was sent', async (_, answer, expected) => {
    const { book, sent } = paying({ [GET]: answer });
    expect(await book()).toMatchObject({ ok: false, mayHaveReachedCrm: false, ...expected });
    expect(sent(POST)).toEqual([]);
  });

  test('a look that failed is named', async () => {
    const { book } = paying({ [GET]: { status: 503 } });
    expect(await book()).toHaveProperty('message', 'Look-up of /orders/{id}: The CRM failed (503)');
  });
});

describe('the answer', () => {
  test.each([
    ['bare', BOOKED.body],
    ['within data', { data: BOOKED.body }],
    ['without its order', { id: 1 }],
    ['with none for its order', { id: 1, orderId: null }],
    ['with what is no order', { id: 1, orderId: {} }],
  ])('is a payment, %s', async (_, body) => {
    expect(await paying({ [POST]: { status: 200, body } }).book()).toEqual({ ok: true });
  });

  test.each([
    ['is no payment', { amount: 1 }, 'but not with a payment'],
    ['is no JSON', '<html>', 'but not with a payment'],
    ['is empty', '', 'but not with a payment'],
    ['is too large', 'x'.repeat(1024 * 1024 + 1), 'but not with a payment'],
    ["is another order's", { id: 1, orderId: 8 }, "but with another order's payment"],
    ["is another order's, within data", { data: { id: 1, orderId: 8 } }, "but with another order's payment"],
  ])('leaves it in doubt where it %s', async (_, body, what) => {
    expect(await paying({ [POST]: { status: 201, body } }).book()).toEqual({
      ok: false,
      type: 'CONNECTION',
      message: `Sitniks answered 201, ${what}`,
      mayHaveReachedCrm: true,
    });
  });

  test.each([400, 404, 405, 422])('%i is a refusal', async (status) => {
    expect(await paying({ [POST]: { status } }).book()).toEqual({
      ok: false,
      type: 'VALIDATION',
      message: `Sitniks refuses the payment (${status})`,
      mayHaveReachedCrm: false,
      reasons: [{ code: 'payment_refused' }],
    });
  });

  test('409 may mean that it is there', async () => {
    expect(await paying({ [POST]: { status: 409 } }).book()).toEqual({
      ok: false,
      type: 'CONNECTION',
      message: 'Sitniks answered 409',
      mayHaveReachedCrm: true,
    });
  });

  test.each<[string, Answers[string], object]>([
    ['a failure', { status: 503 }, { type: 'CONNECTION', mayHaveReachedCrm: true }],
    ['a redirect', { status: 302 }, { type: 'CONFIGURATION', mayHaveReachedCrm: false }],
    ['a refused key', { status: 401 }, { type: 'AUTHENTICATION', mayHaveReachedCrm: false }],
    ['a shut key', { status: 429 }, { type: 'RATE_LIMIT', mayHaveReachedCrm: false }],
    ['none', new TypeError('fetch failed'), { type: 'CONNECTION', mayHaveReachedCrm: true }],
  ])('is what it is of a creation: %s', async (_, answer, expected) => {
    expect(await paying({ [POST]: answer }).book()).toMatchObject({ ok: false, ...expected });
  });
});

test('whose turn does not come any more is told so', async () => {
  const { client, sent } = memoryAccount({ [GET]: costs(1200) });
  let turns = 1;
  const pace = { ...FREE, turn: async () => (turns-- > 0 ? 0 : 9_000) };
  const { book } = client({ settlementAccountId: 61 }, { pace });
  expect(await book?.('7', { amount: 1 }, 0, KEY)).toMatchObject({
    ok: false,
    type: 'RATE_LIMIT',
    mayHaveReachedCrm: false,
    retryAfterMs: 9_000,
  });
  expect(sent(POST)).toEqual([]);
});
