/** Every field of an order, every way in which our own validation refuses it, and the reason that is told. */
import { describe, expect, test } from 'vitest';
import { fieldReason, reasonsOfFields } from '../../../lib/explanations/field-reasons.ts';
import { orderSchema, readOrder } from '../../../lib/order/order.ts';
import { PERSONAL, sampleOrder } from '../../kit/orders.ts';

const refused = (json: string) => {
  const reading = readOrder(json);
  if (reading.ok) throw new Error('This is an order');
  return reasonsOfFields(reading.errors);
};

/** The sample with one field set, or taken out where the value is `undefined`. */
const withField = (path: string, value: unknown): string =>
  JSON.stringify(set(sampleOrder('1042'), path.split('.'), value));

function set(target: object, [name = '', ...rest]: string[], value: unknown): object {
  const entries = Object.entries(target).map(([key, child]: [string, unknown]) => {
    if (key !== name) return [key, child];
    return [
      key,
      rest.length > 0 && typeof child === 'object' && child !== null ? set(child, rest, value) : value,
    ];
  });
  return Array.isArray(target) ? entries.map(([, child]) => child) : Object.fromEntries(entries);
}

const LONG = 'x'.repeat(20_000);

/** What is told when the field is missing, of the wrong type, empty, too long, and has a control character in it. */
const TEXT_FIELDS = {
  external_id: ['number_invalid', 'field_invalid', 'number_invalid', 'number_invalid', 'number_invalid'],
  source: ['field_missing', 'field_invalid', 'field_missing', 'field_invalid', 'field_invalid'],
  'customer.name': ['name_missing', 'field_invalid', 'name_missing', 'name_invalid', 'name_invalid'],
  'customer.phone': ['phone_missing', 'field_invalid', 'phone_missing', 'phone_invalid', 'phone_invalid'],
  'delivery.method': [
    'field_missing',
    'field_invalid',
    'field_missing',
    'delivery_method_invalid',
    'delivery_method_invalid',
  ],
  'delivery.city': ['city_missing', 'field_invalid', 'city_missing', 'city_invalid', 'city_invalid'],
  'delivery.address': [
    'branch_missing',
    'field_invalid',
    'branch_missing',
    'branch_invalid',
    'branch_invalid',
  ],
  'items.0.product_id': ['field_missing', 'field_invalid', 'field_invalid', 'field_invalid', 'field_invalid'],
  'items.0.sku': ['sku_missing', 'field_invalid', 'sku_missing', 'field_invalid', 'field_invalid'],
  payment_method: [
    'field_missing',
    'field_invalid',
    'field_missing',
    'payment_method_invalid',
    'payment_method_invalid',
  ],
} as const;

describe.each(Object.entries(TEXT_FIELDS))('%s', (path, [missing, wrongType, empty, tooLong, control]) => {
  const pointer = `#/${path.replaceAll('.', '/')}`;
  test.each([
    ['missing', undefined, missing],
    ['null', null, wrongType],
    ['a list', [], wrongType],
    ['empty', '', empty],
    ['too long', LONG, tooLong],
    ['with a control character in it', 'a\u0000b', control],
  ])('%s', (_how, value, code) => {
    expect(refused(withField(path, value))).toContainEqual({ code, pointer });
  });
});

/** Fields with rules of their own. */
const OTHERS: [path: string, value: unknown, code: string][] = [
  ['customer', undefined, 'field_missing'],
  ['customer', 'Olena', 'field_invalid'],
  ['delivery', undefined, 'field_missing'],
  ['delivery', 7, 'field_invalid'],
  ['external_id', 'a b', 'number_invalid'],
  ['external_id', '..', 'number_invalid'],
  ['customer.phone', '112', 'phone_invalid'],
  ['customer.phone', 'немає', 'phone_invalid'],
  ['customer.phone', 671234567, 'field_invalid'],
  ['items', undefined, 'items_missing'],
  ['items', [], 'items_missing'],
  ['items', {}, 'field_invalid'],
  ['items', Array.from({ length: 101 }, () => sampleOrder('1').items[0]), 'field_invalid'],
  ['items.0', 7, 'field_invalid'],
  ['items.0.product_id', 1.5, 'field_invalid'],
  ['items.0.price', undefined, 'price_invalid'],
  ['items.0.price', -0.01, 'price_invalid'],
  ['items.0.price', 10_000_001, 'price_invalid'],
  ['items.0.price', 0.001, 'price_invalid'],
  ['items.0.price', '1200', 'field_invalid'],
  ['items.0.quantity', undefined, 'quantity_invalid'],
  ['items.0.quantity', 0, 'quantity_invalid'],
  ['items.0.quantity', 10_001, 'quantity_invalid'],
  ['items.0.quantity', '1', 'field_invalid'],
  ['status', 'Нові заявки', 'field_invalid'],
  ['status', null, 'field_invalid'],
];

test.each(OTHERS)('%s as %j is %s', (path, value, code) => {
  const pointer = `#/${path.replaceAll('.', '/')}`;
  expect(refused(withField(path, value))).toEqual([{ code, pointer }]);
});

test.each(['olena', `${'x'.repeat(300)}@example.com`, 7])(
  'customer.email as %j is told where the order is refused for something else',
  (email) => {
    const { name, phone } = PERSONAL;
    expect(
      refused(JSON.stringify(sampleOrder('1042', { source: '', customer: { name, phone, email } }))),
    ).toEqual([
      { code: 'field_missing', pointer: '#/source' },
      { code: 'email_invalid', pointer: '#/customer/email' },
    ]);
  },
);

test('no field of an order is left out here', () => {
  const { customer, delivery, items, ...rest } = orderSchema.shape;
  const named = [
    ...Object.keys(rest),
    ...Object.keys(customer.shape).map((name) => `customer.${name}`),
    ...Object.keys(delivery.shape).map((name) => `delivery.${name}`),
    ...Object.keys(items.def.element.shape).map((name) => `items.0.${name}`),
  ];
  // Alone it costs no order: see below.
  const seen = new Set([...Object.keys(TEXT_FIELDS), ...OTHERS.map(([path]) => path), 'customer.email']);
  expect(named.filter((name) => !seen.has(name))).toEqual([]);
});

describe('a body as a whole', () => {
  test.each([
    '',
    'not json',
    '{"external_id":',
    '[]',
    'null',
    '7',
    '"order"',
    '['.repeat(20) + ']'.repeat(20),
  ])('that is %j is not an order', (json) => {
    expect(refused(json)).toContainEqual({ code: 'not_an_order' });
  });

  test('all that is wrong is told, each with its place', () => {
    const reasons = refused(
      JSON.stringify({ ...sampleOrder('1042'), customer: {}, items: [{ sku: 'A', price: -1, quantity: 1 }] }),
    );
    expect(reasons).toEqual([
      { code: 'name_missing', pointer: '#/customer/name' },
      { code: 'phone_missing', pointer: '#/customer/phone' },
      { code: 'field_missing', pointer: '#/items/0/product_id' },
      { code: 'price_invalid', pointer: '#/items/0/price' },
    ]);
  });

  test('what is stored of it stays small', () => {
    const items = Array.from({ length: 90 }, () => ({}));
    expect(refused(JSON.stringify(sampleOrder('1042', { items })))).toHaveLength(20);
  });
});

describe('a field that does not belong', () => {
  test('twice: its place is told', () => {
    const json = JSON.stringify(sampleOrder('1042')).replace('"phone":', '"phone":"1","phone":');
    expect(refused(json)).toEqual([{ code: 'field_twice', pointer: '#/customer/phone' }]);
  });

  test.each([
    ['in the order', { kovalenko: 1 }, [{ code: 'field_unknown' }]],
    [
      'in a part of it',
      { delivery: { ...sampleOrder('1').delivery, kovalenko: 1 } },
      [{ code: 'field_unknown', pointer: '#/delivery' }],
    ],
  ])('unknown %s: where is told, and not its name', (_where, changes, reasons) => {
    expect(refused(JSON.stringify(sampleOrder('1042', changes)))).toEqual(reasons);
  });
});

test('no value of the order is in a reason', () => {
  const order = sampleOrder('1042');
  const json = JSON.stringify({
    ...order,
    [PERSONAL.phone]: PERSONAL.name,
    customer: { name: '', phone: `${PERSONAL.phone}999999`, email: PERSONAL.name, [PERSONAL.email]: 1 },
    delivery: { ...order.delivery, address: `${PERSONAL.address}\u0000` },
  });
  expect(JSON.stringify(refused(json))).not.toMatch(/Олена|Коваленко|380671234567|example|Таємна/);
});

test('a field that has no reason of its own has the general one', () => {
  expect(fieldReason('source', 'missing')).toBe('field_missing');
  expect(fieldReason('source', 'invalid')).toBe('field_invalid');
  expect(fieldReason('no.such.field', 'invalid')).toBe('field_invalid');
});
