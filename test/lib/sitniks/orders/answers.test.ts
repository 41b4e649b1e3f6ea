import { describe, expect, test } from 'vitest';
import type { Exchange } from '../../../../lib/http-calls/exchange.ts';
import { readCreated, readFoundPage, readStatusOf } from '../../../../lib/sitniks/orders/answers.ts';
import { parsedOrder } from '../../../kit/parsed-order.ts';

const answer = (body: object): Exchange => ({
  answered: true,
  status: 200,
  headers: new Headers(),
  body: JSON.stringify(body),
});
const order = parsedOrder('1042');

test('an external_id that comes back as a number is the same id', () => {
  expect(readCreated(answer({ id: 7, external_id: 1042 }), order, 'key')).toEqual({
    ok: true,
    crmOrderId: '7',
  });
});

test.each(['Олена +380671234567', '', 'x'.repeat(65), 'two words'])('%j is no id of an order', (id) => {
  const result = readCreated(answer({ id }), order, 'key');
  expect(result).toMatchObject({ ok: false, type: 'CONNECTION', mayHaveReachedCrm: true });
  if (id !== '') expect(JSON.stringify(result)).not.toContain(id);
});

describe('a success that proves nothing leaves the order in doubt, and says why', () => {
  const success = (body: string | undefined): Exchange => ({
    answered: true,
    status: 201,
    headers: new Headers(),
    body,
  });

  test.each<[body: string | undefined, why: string]>([
    [undefined, 'the body did not come, or was too large'],
    ['<h1>OK</h1>', 'not with an order in JSON'],
    ['{"external_id":"1042"}', 'without an id'],
    ['{"id":7,"external_id":"1043"}', "with another order's id"],
  ])('%j: %s', (body, why) => {
    expect(readCreated(success(body), order, 'key')).toEqual({
      ok: false,
      type: 'CONNECTION',
      message: `The CRM answered 201, but ${why}`,
      mayHaveReachedCrm: true,
    });
  });

  test('but an id is enough, under either name, and whichever member is null', () => {
    expect(readCreated(success('{"id":7}'), order, 'key')).toEqual({ ok: true, crmOrderId: '7' });
    expect(readCreated(success('{"id":null,"order_id":"8","external_id":null}'), order, 'key')).toEqual({
      ok: true,
      crmOrderId: '8',
    });
  });

  test.each([undefined, '<h1>OK</h1>', '{}'])('%j is no list of orders, and no status', (body) => {
    expect(readFoundPage(success(body), order, 'key')).toEqual({
      ok: false,
      type: 'CONNECTION',
      message: 'Look-up: the CRM answered 201, but not with a list of orders',
      mayHaveReachedCrm: false,
    });
    expect(readStatusOf(success(body))).toBeUndefined();
  });

  test('nor is there a status in no answer, or in one that is no success', () => {
    expect(readStatusOf({ answered: false, mayHaveBeenSent: true, reason: 'lost' })).toBeUndefined();
    const failed: Exchange = {
      answered: true,
      status: 404,
      headers: new Headers(),
      body: '{"status":"ОПЛАЧЕНО"}',
    };
    expect(readStatusOf(failed)).toBeUndefined();
    expect(readStatusOf(success('{"status":" ОПЛАЧЕНО "}'))).toBe('PAID');
  });
});

test.each([
  [401, 'AUTHENTICATION'],
  [429, 'RATE_LIMIT'],
  [503, 'CONNECTION'],
])('a look-up that is answered with %d is %s, and puts nothing in doubt', (status, type) => {
  const failed: Exchange = { answered: true, status, headers: new Headers(), body: '' };
  expect(readFoundPage(failed, order, 'key')).toMatchObject({ ok: false, type, mayHaveReachedCrm: false });
});

describe('a creation that is refused', () => {
  const refused = (status: number, body: unknown): Exchange => ({
    answered: true,
    status,
    headers: new Headers(),
    body: JSON.stringify(body),
  });
  const unknownSku = { message: 'Validation failed', errors: { 'items.0.sku': ['SKU A-1 not found'] } };

  test.each([400, 422])('with %d says for which reasons', (status) => {
    expect(readCreated(refused(status, unknownSku), order, 'key')).toEqual({
      ok: false,
      type: 'VALIDATION',
      message: `The CRM refuses the order (${status}): Validation failed: items.0.sku: SKU A-1 not found`,
      mayHaveReachedCrm: false,
      reasons: [{ code: 'sku_unknown', pointer: '#/items/0/sku' }],
    });
  });

  test('has its reasons taken from the whole text, and its words kept without the customer', () => {
    const { name, phone } = order.customer;
    const result = readCreated(refused(422, { message: `${name}: invalid phone ${phone}` }), order, 'key');
    expect(result).toMatchObject({
      message: 'The CRM refuses the order (422): [removed]: invalid phone [removed]',
      reasons: [{ code: 'phone_invalid' }],
    });
  });

  test('in a list of texts is told with all of them', () => {
    const body = {
      statusCode: 400,
      message: ['phone is not valid', 'city is unknown'],
      error: 'Bad Request',
    };
    expect(readCreated(refused(400, body), order, 'key')).toMatchObject({
      message: 'The CRM refuses the order (400): phone is not valid; city is unknown',
      reasons: [{ code: 'phone_invalid' }, { code: 'city_invalid' }],
    });
  });

  test('in words that nobody knows is said to be that', () => {
    expect(readCreated(refused(422, { message: 'Щось пішло не так' }), order, 'key')).toMatchObject({
      message: 'The CRM refuses the order (422): Щось пішло не так',
      reasons: [{ code: 'refused_unknown' }],
    });
  });

  test.each([
    [409, 'Order already exists'],
    [422, 'Замовлення вже існує'],
  ])('with %d «%s» is of an order that is there already', (status, message) => {
    expect(readCreated(refused(status, { message }), order, 'key')).toEqual({
      ok: false,
      type: 'CONFLICT',
      message: `The CRM has this order already (${status}): ${message}`,
      mayHaveReachedCrm: false,
      reasons: [{ code: 'duplicate_in_crm' }],
    });
  });

  test('with 409 that says nothing, or nothing that is understood, is a conflict for a person', () => {
    expect(readCreated(refused(409, {}), order, 'key')).toMatchObject({
      type: 'CONFLICT',
      reasons: [{ code: 'duplicate_in_crm' }],
    });
    const other = { message: 'Клієнт з таким телефоном вже існує' };
    expect(readCreated(refused(409, other), order, 'key')).toMatchObject({
      type: 'CONFLICT',
      message: 'The CRM refuses the order (409): Клієнт з таким телефоном вже існує',
      reasons: [{ code: 'refused_unknown' }],
    });
  });

  test('with 409 that speaks of something else is a refusal', () => {
    expect(readCreated(refused(409, { message: 'Product is out of stock' }), order, 'key')).toMatchObject({
      type: 'VALIDATION',
      message: 'The CRM refuses the order (409): Product is out of stock',
      reasons: [{ code: 'out_of_stock' }],
    });
  });

  test.each([401, 404, 429, 500])('with %d has no reasons but its type', (status) => {
    expect(readCreated(refused(status, unknownSku), order, 'key')).not.toHaveProperty('reasons');
  });

  test.each([400, 409, 422])('is another thing than a look-up with %d, which is about no order', (status) => {
    const result = readFoundPage(refused(status, unknownSku), order, 'key');
    expect(result).toMatchObject({ ok: false, type: 'CONFIGURATION', mayHaveReachedCrm: false });
    expect(result).not.toHaveProperty('reasons');
  });
});
