import { describe, expect, test } from 'vitest';
import type { Order } from '../../../../lib/order/order.ts';
import { PERSONAL } from '../../../kit/orders.ts';
import { parsedOrder } from '../../../kit/parsed-order.ts';
import { type Answers, FREE, KEY, list, memoryAccount, STATUSES } from './memory-account.ts';

const order = parsedOrder('order-1');
const refusing = (message: string, status = 400) => ({ status, body: { statusCode: status, message } });
const MADE = { status: 201, body: { id: 500_001, orderNumber: 1041, externalId: 'order-1' } };
const CREATED = { ok: true, crmOrderId: '500001', crmOrderNumber: '1041' };

const creating = (answers: Answers = {}, settings: object = {}, sought: Order = order) => {
  const account = memoryAccount(answers);
  return { ...account, create: () => account.client(settings).create(sought, KEY) };
};
const withSkus = (...skus: string[]) =>
  parsedOrder('order-1', {
    items: skus.map((sku) => ({ product_id: '1', sku, price: 10, quantity: 1 })),
  });
/** A catalogue with these SKUs. */
const having =
  (...skus: string[]): Answers[string] =>
  ({ url }) =>
    list(
      skus.map((sku, i) => ({ id: 9001 + i, sku })).filter((row) => row.sku === url.searchParams.get('sku')),
    );

test('an order is sent once, with the ids of the account', async () => {
  const { create, asked, sent } = creating();
  expect(await create()).toEqual(CREATED);
  expect(asked()).toEqual([
    'GET orders/statuses?limit=100&skip=0',
    'GET products/variations?sku=DRESS-RED-116&limit=100&skip=0',
    'POST orders',
  ]);
  expect(sent('POST orders')).toMatchObject([
    { externalId: 'order-1', statusId: 11, products: [{ productVariationId: 9001 }] },
  ]);
});

test.each([
  ['Лі', 'two letters'],
  ['🌸🌸', 'two signs, though each takes the place of two letters'],
])('«%s», %s, is no name', async (name) => {
  const { create, requests } = creating({}, {}, { ...order, customer: { ...order.customer, name } });
  expect(await create()).toEqual({
    ok: false,
    type: 'VALIDATION',
    message: 'Sitniks takes a customer only with a name of 3 letters or more',
    mayHaveReachedCrm: false,
    reasons: [{ code: 'name_invalid', pointer: '#/customer/name' }],
  });
  expect(requests).toEqual([]);
});

test('«Лія» is one', async () => {
  const { create } = creating({}, {}, { ...order, customer: { ...order.customer, name: 'Лія' } });
  expect(await create()).toEqual(CREATED);
});

describe('what the catalogue does not have', () => {
  const three = withSkus('A', 'BELT', 'B', 'A');
  const answers = { 'GET products/variations': having('BELT') };

  test('is named, each line of it, and each SKU once', async () => {
    const { create, sent } = creating(answers, {}, three);
    expect(await create()).toEqual({
      ok: false,
      type: 'VALIDATION',
      message: "Sitniks' catalogue has nothing on sale under A, B",
      mayHaveReachedCrm: false,
      reasons: [
        { code: 'sku_unknown', pointer: '#/items/0/sku' },
        { code: 'sku_unknown', pointer: '#/items/2/sku' },
        { code: 'sku_unknown', pointer: '#/items/3/sku' },
      ],
    });
    expect(sent('POST orders')).toEqual([]);
  });

  test('is a line with title and price where the shop wants it so', async () => {
    const { create, sent } = creating(answers, { unknownSku: 'title' }, three);
    expect(await create()).toEqual(CREATED);
    expect(sent('POST orders')).toMatchObject([
      { products: [{ title: 'A' }, { productVariationId: 9001 }, { title: 'B' }, { title: 'A' }] },
    ]);
  });
});

test.each<[string, Answers, object]>([
  ['the statuses', { 'GET orders/statuses': { status: 503 } }, { type: 'CONNECTION' }],
  ['the goods', { 'GET products/variations': { status: 401 } }, { type: 'AUTHENTICATION' }],
  ['a status of that name', { 'GET orders/statuses': list([]) }, { type: 'CONFIGURATION' }],
])('without %s nothing is sent, and nothing in doubt', async (_, answers, expected) => {
  const { create, sent } = creating(answers);
  expect(await create()).toMatchObject({ ok: false, mayHaveReachedCrm: false, ...expected });
  expect(sent('POST orders')).toEqual([]);
});

describe('where Sitniks refuses an id', () => {
  const REFUSED = { ok: false, type: 'CONFIGURATION', mayHaveReachedCrm: false };
  const CODES = [
    'status_must_be_valid',
    'status_id_not_found',
    'product_variation_must_be_valid',
    'productvariation_id_must_exist',
    'item_not_found',
    'itemId_must_be_valid',
    'ITEM_ID_MUST_BE_VALID',
    'variation_must_exist',
    'body: status_must_be_valid, please',
  ];
  const MOVED = list([{ id: 31, title: 'Нові заявки' }, ...STATUSES.slice(1)]);

  test.each(CODES)('with %s, it is a fault of the set-up, and nobody else need do anything', async (code) => {
    const { create, sent } = creating({ 'POST orders': refusing(code) });
    expect(await create()).toMatchObject({ ...REFUSED, reasons: [{ code: 'crm_misconfigured' }] });
    expect(sent('POST orders')).toHaveLength(1);
  });

  test('the ids are asked for anew, and it is sent again with a new status', async () => {
    const { create, sent } = creating({
      'GET orders/statuses': [list(STATUSES), MOVED],
      'POST orders': [refusing('status_must_be_valid'), MADE],
    });
    expect(await create()).toEqual(CREATED);
    expect(sent('POST orders')).toMatchObject([{ statusId: 11 }, { statusId: 31 }]);
  });

  test('or with a new variation', async () => {
    const { create, sent } = creating({
      'GET products/variations': [
        list([{ id: 9001, sku: 'DRESS-RED-116' }]),
        list([{ id: 9007, sku: 'DRESS-RED-116' }]),
      ],
      'POST orders': [refusing('product_variation_must_be_valid'), MADE],
    });
    expect(await create()).toEqual(CREATED);
    expect(sent('POST orders')).toMatchObject([
      { products: [{ productVariationId: 9001 }] },
      { products: [{ productVariationId: 9007 }] },
    ]);
  });

  test('it is sent again once only, and the second answer counts', async () => {
    const { create, sent } = creating({
      'GET orders/statuses': [list(STATUSES), MOVED],
      'POST orders': [refusing('status_must_be_valid'), { status: 503 }],
    });
    expect(await create()).toMatchObject({ ok: false, type: 'CONNECTION', mayHaveReachedCrm: true });
    expect(sent('POST orders')).toHaveLength(2);
  });

  test('it is asked for the same goods, whatever they are called now, in the order of the lines', async () => {
    const { create, sent } = creating(
      {
        'GET products/variations': having('A', 'B'),
        'POST orders': refusing('variation_not_found'),
      },
      {},
      withSkus('A', 'B'),
    );
    expect(await create()).toMatchObject(REFUSED);
    expect(sent('POST orders')).toHaveLength(1);
  });

  test('and they cannot be had any more, that is told, and nothing is in doubt', async () => {
    const { create, sent } = creating({
      'GET orders/statuses': [list(STATUSES), { status: 503 }],
      'POST orders': refusing('status_must_be_valid'),
    });
    expect(await create()).toMatchObject({ ok: false, type: 'CONNECTION', mayHaveReachedCrm: false });
    expect(sent('POST orders')).toHaveLength(1);
  });

  test.each([
    ['other words', refusing('phone_must_be_valid'), 'VALIDATION'],
    ['what only ends like it', refusing('mystatus_must_be_valid'), 'VALIDATION'],
    ['a body that says nothing', { status: 400 }, 'VALIDATION'],
    ['another status', refusing('status_must_be_valid', 422), 'VALIDATION'],
    ['a failure', refusing('status_must_be_valid', 500), 'CONNECTION'],
    ['no answer', new TypeError('fetch failed'), 'CONNECTION'],
  ])('it does not by %s', async (_, answer, type) => {
    const { create, asked } = creating({ 'POST orders': answer });
    expect(await create()).toMatchObject({ ok: false, type });
    expect(asked()).toHaveLength(3);
  });
});

describe('the answer to a creation', () => {
  test.each<[string, object, object]>([
    ['with its number', MADE.body, {}],
    ['with a number that is none', { ...MADE.body, externalId: null }, {}],
    ['with no number of its own', { id: 7 }, { crmOrderId: '7', crmOrderNumber: '7' }],
  ])('is the order, %s', async (_, body, changes) => {
    expect(await creating({ 'POST orders': { status: 200, body } }).create()).toEqual({
      ...CREATED,
      ...changes,
    });
  });

  test.each([
    ['is no order with an id', { orderNumber: 1041 }, 'not with an order that has an id'],
    ['is no JSON', '<html>', 'not with an order that has an id'],
    ['is empty', '', 'not with an order that has an id'],
    ['is of another order', { ...MADE.body, externalId: 'order-2' }, "with another order's number"],
    ['is far too large', 'x'.repeat(1024 * 1024 + 1), 'the body did not come, or was too large'],
  ])('leaves it in doubt where it %s', async (_, body, message) => {
    expect(await creating({ 'POST orders': { status: 201, body } }).create()).toEqual({
      ok: false,
      type: 'CONNECTION',
      message: `The CRM answered 201, but ${message}`,
      mayHaveReachedCrm: true,
    });
  });

  test.each([
    [199 + 1, CREATED],
    [299, CREATED],
    [302, { type: 'CONFIGURATION', mayHaveReachedCrm: false }],
    [409, { type: 'CONFLICT', mayHaveReachedCrm: false }],
    [500, { type: 'CONNECTION', mayHaveReachedCrm: true }],
  ])('of %i is read as such', async (status, expected) => {
    const body = status < 300 ? MADE.body : '';
    expect(await creating({ 'POST orders': { status, body } }).create()).toMatchObject(expected);
  });

  test('that says nothing of anybody is told without whom it is about', async () => {
    const { create } = creating({
      'POST orders': refusing(`phone ${PERSONAL.phone} of ${PERSONAL.name} (${KEY})`),
    });
    const refusal = JSON.stringify(await create());
    for (const word of [PERSONAL.phone, PERSONAL.name, KEY]) expect(refusal).not.toContain(word);
  });

  test('after which the key is shut, is asked for later', async () => {
    const { create, asked } = creating({ 'POST orders': { status: 429, headers: { 'retry-after': '7' } } });
    expect(await create()).toMatchObject({
      ok: false,
      type: 'RATE_LIMIT',
      mayHaveReachedCrm: false,
      retryAfterMs: 7_000,
    });
    expect(asked()).toHaveLength(3);
  });
});

test('whose turn does not come any more is told so, and the order has not been sent', async () => {
  const { client, sent } = memoryAccount();
  let turns = 2;
  const pace = { ...FREE, turn: async () => (turns-- > 0 ? 0 : 9_000) };
  expect(await client({}, { pace }).create(order, KEY)).toMatchObject({
    ok: false,
    type: 'RATE_LIMIT',
    retryAfterMs: 9_000,
  });
  expect(sent('POST orders')).toEqual([]);
});
