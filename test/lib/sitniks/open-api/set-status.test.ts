import { describe, expect, test } from 'vitest';
import type { OrderStatus } from '../../../../lib/order/order.ts';
import { type Answers, FREE, KEY, list, memoryAccount, STATUSES } from './memory-account.ts';

const seen = (title: string | undefined) => ({ body: { id: 7, status: title && { id: 1, title } } });
const SET = { status: 200, body: { id: 7 } };
const GET = 'GET orders/7';
const PUT = 'PUT orders/7/status';

function moving(answers: Answers, status: OrderStatus = 'PAID') {
  const account = memoryAccount({ [GET]: seen('Нові заявки'), [PUT]: SET, ...answers });
  return { ...account, move: () => account.client().setStatus('7', status, KEY) };
}

test('an order is looked at, and moved on by one call', async () => {
  const { move, asked, sent } = moving({});
  expect(await move()).toEqual({ ok: true, status: 'PAID' });
  expect(asked()).toEqual(['GET orders/statuses?limit=100&skip=0', GET, PUT]);
  expect(sent(PUT)).toEqual([{ statusId: 13 }]);
});

test('an id goes into the address as it is', async () => {
  const { client, asked } = memoryAccount({});
  await client().setStatus('a:7', 'PAID', KEY);
  expect(asked()).toContain('GET orders/a%3A7');
});

test.each<[OrderStatus, string, OrderStatus]>([
  ['PAID', 'ОПЛАЧЕНО', 'PAID'],
  ['PAID', 'Оформлено замовлення', 'PROCESSING'],
  ['NEW', ' Виставлено рахунок ', 'PENDING_PAYMENT'],
])('asked for %s, an order that is at «%s» stays there', async (status, title, at) => {
  const { move, sent } = moving({ [GET]: seen(title) }, status);
  expect(await move()).toEqual({ ok: true, status: at });
  expect(sent(PUT)).toEqual([]);
});

test("one that a person has moved to a status of the shop's own stays there", async () => {
  const { move, sent } = moving({ [GET]: seen('Відправлено') });
  expect(await move()).toMatchObject({
    ok: false,
    type: 'CONFLICT',
    mayHaveReachedCrm: false,
    reasons: [{ code: 'status_by_hand' }],
  });
  expect(sent(PUT)).toEqual([]);
});

test.each([
  ['says no status', seen(undefined)],
  ['has a status without a title', { body: { id: 7, status: { id: 11 } } }],
  ['cannot be read', { body: '<html>' }],
])('one that %s is moved: nothing speaks against it', async (_, answer) => {
  const { move, sent } = moving({ [GET]: answer });
  expect(await move()).toEqual({ ok: true, status: 'PAID' });
  expect(sent(PUT)).toHaveLength(1);
});

test.each<[string, Answers, object]>([
  ['the statuses cannot be read', { 'GET orders/statuses': { status: 503 } }, { type: 'CONNECTION' }],
  ['there is no such status', { 'GET orders/statuses': list([]) }, { type: 'CONFIGURATION' }],
  [
    'the order is gone',
    { [GET]: { status: 404 } },
    { type: 'VALIDATION', reasons: [{ code: 'order_gone' }] },
  ],
  ['the look at it fails', { [GET]: { status: 503 } }, { type: 'CONNECTION' }],
  ['what it has is not to be seen', { [GET]: { body: 'x'.repeat(1024 * 1024 + 1) } }, { type: 'CONNECTION' }],
  ['the look at it is redirected', { [GET]: { status: 302 } }, { type: 'CONFIGURATION' }],
  ['the look at it is not answered', { [GET]: new TypeError('fetch failed') }, { type: 'CONNECTION' }],
  ['the key is shut', { [GET]: { status: 429 } }, { type: 'RATE_LIMIT', retryAfterMs: 65_000 }],
])('nothing is moved where %s', async (_, answers, expected) => {
  const { move, sent } = moving(answers);
  expect(await move()).toMatchObject({ ok: false, mayHaveReachedCrm: false, ...expected });
  expect(sent(PUT)).toEqual([]);
});

test('a look that is not answered is told as a look', async () => {
  const { move } = moving({ [GET]: new TypeError('fetch failed') });
  expect(await move()).toHaveProperty('message', expect.stringMatching(/^Look-up of \/orders\/\{id\}: /));
});

describe('a move that fails', () => {
  test.each([
    ['by a failure', { status: 503 }, { type: 'CONNECTION' }],
    ['by a redirect', { status: 302 }, { type: 'CONFIGURATION' }],
    ['without an answer', new TypeError('fetch failed'), { type: 'CONNECTION' }],
    ['because the key is shut', { status: 429 }, { type: 'RATE_LIMIT' }],
    ['because the key is refused', { status: 401 }, { type: 'AUTHENTICATION' }],
  ])('%s leaves nothing in doubt, and is not made again', async (_, answer, expected) => {
    const { move, asked } = moving({ [PUT]: answer });
    expect(await move()).toMatchObject({ ok: false, mayHaveReachedCrm: false, ...expected });
    expect(asked()).toHaveLength(3);
  });

  const NEW_ID = list([...STATUSES.slice(0, 2), { id: 33, title: 'ОПЛАЧЕНО' }, ...STATUSES.slice(3)]);
  const REFUSED = { status: 400, body: { message: 'status_must_be_valid' } };

  test('because its id is an old one is made again with the new one', async () => {
    const { move, sent } = moving({
      'GET orders/statuses': [list(STATUSES), NEW_ID],
      [PUT]: [REFUSED, SET],
    });
    expect(await move()).toEqual({ ok: true, status: 'PAID' });
    expect(sent(PUT)).toEqual([{ statusId: 13 }, { statusId: 33 }]);
  });

  test('is made again once only', async () => {
    const { move, sent } = moving({
      'GET orders/statuses': [list(STATUSES), NEW_ID, list([])],
      [PUT]: REFUSED,
    });
    expect(await move()).toMatchObject({ type: 'VALIDATION', reasons: [{ code: 'status_refused' }] });
    expect(sent(PUT)).toHaveLength(2);
  });

  test.each([
    ['the id is the same', list(STATUSES)],
    ['it cannot be asked for', { status: 503 }],
  ])('is told as it was refused, where %s', async (_, anew) => {
    const { move, sent } = moving({ 'GET orders/statuses': [list(STATUSES), anew], [PUT]: REFUSED });
    expect(await move()).toMatchObject({
      ok: false,
      type: 'VALIDATION',
      mayHaveReachedCrm: false,
      reasons: [{ code: 'status_refused' }],
    });
    expect(sent(PUT)).toHaveLength(1);
  });
});

test('whose turn does not come any more is told so', async () => {
  const { client, sent } = memoryAccount({ [GET]: seen('Нові заявки') });
  let turns = 2;
  const pace = { ...FREE, turn: async () => (turns-- > 0 ? 0 : 9_000) };
  expect(await client({}, { pace }).setStatus('7', 'PAID', KEY)).toMatchObject({
    ok: false,
    type: 'RATE_LIMIT',
    retryAfterMs: 9_000,
  });
  expect(sent(PUT)).toEqual([]);
});
