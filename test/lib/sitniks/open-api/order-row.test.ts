import { describe, expect, test } from 'vitest';
import { numberOf, orderRow } from '../../../../lib/sitniks/open-api/order-row.ts';

const NOTHING_SAID = { facts: {} };

test('an order is read as far as it matters', () => {
  const row = {
    id: 500_001,
    orderNumber: 1041,
    externalId: 'order-1',
    createdAt: '2026-01-01T12:00:00+02:00',
    status: { id: 13, title: 'ОПЛАЧЕНО', color: 'green' },
    totalPrice: 700.5,
    client: { phone: '+380671234567', fullname: 'Олена' },
    products: [{ sku: 'DRESS', quantity: 2, price: 350.25, title: 'Сукня' }],
    manager: { id: 3 },
  };
  expect(orderRow.parse(row)).toEqual({
    id: '500001',
    orderNumber: '1041',
    externalId: 'order-1',
    createdAt: Date.parse('2026-01-01T10:00:00Z'),
    status: { id: '13', title: 'ОПЛАЧЕНО', color: 'green' },
    totalPrice: 700.5,
    facts: { phone: '+380671234567', lines: [{ sku: 'DRESS', quantity: 2, price: 350.25 }] },
  });
});

test.each([
  ['an order that a manager made by hand', {}],
  [
    'one with nothing in its fields',
    {
      orderNumber: null,
      externalId: null,
      createdAt: null,
      status: null,
      totalPrice: null,
      client: null,
      products: null,
    },
  ],
  [
    'one whose fields are of another form',
    {
      orderNumber: {},
      externalId: {},
      createdAt: 'yesterday',
      status: 13,
      totalPrice: 'much',
      client: 'Олена',
      products: 'DRESS',
      offers: {},
    },
  ],
])('%s has its id, and says no more', (_, row) => {
  expect(orderRow.parse({ id: 7, ...row })).toEqual({ id: '7', ...NOTHING_SAID });
});

test.each([[undefined], [null], [{}], [{ id: null }], [{ id: 'Олена Коваленко' }], [[]]])(
  'what has no id is no order: %j',
  (row) => {
    expect(orderRow.safeParse(row).success).toBe(false);
  },
);

test('numbers may come as texts, and texts as numbers', () => {
  const row = {
    id: '7',
    externalId: 1042,
    totalPrice: '700.50',
    client: { phone: 380671234567 },
    products: [
      { sku: 116, quantity: '2', price: '350.25' },
      { productVariation: { sku: 117 }, quantity: 1, price: 0 },
    ],
  };
  expect(orderRow.parse(row)).toMatchObject({
    id: '7',
    externalId: '1042',
    totalPrice: 700.5,
    facts: {
      phone: '380671234567',
      lines: [
        { sku: '116', quantity: 2, price: 350.25 },
        { sku: '117', quantity: 1, price: 0 },
      ],
    },
  });
});

describe('the lines of an order', () => {
  const linesOf = (row: object) => orderRow.parse({ id: 7, ...row }).facts.lines;

  test.each([
    ['products', { products: [{ sku: 'A' }] }],
    ['offers', { offers: [{ sku: 'A' }] }],
    ['products, where there are both', { products: [{ sku: 'A' }], offers: [{ sku: 'B' }] }],
    ['what is in their variation', { products: [{ productVariation: { sku: 'A' } }] }],
    ['their own SKU, where there are both', { products: [{ sku: 'A', productVariation: { sku: 'B' } }] }],
    ['no variation that cannot be read', { products: [{ sku: 'A', productVariation: 'B' }] }],
  ])('are %s', (_, row) => {
    expect(linesOf(row)).toEqual([{ sku: 'A' }]);
  });

  test('may say nothing that can be compared', () => {
    expect(linesOf({ products: [{ title: 'Сукня' }] })).toEqual([{}]);
  });
});

test('people call an order by its number, and by its id where it has none', () => {
  expect(numberOf({ id: '500001', orderNumber: '1041' })).toBe('1041');
  expect(numberOf({ id: '500001', orderNumber: undefined })).toBe('500001');
});
