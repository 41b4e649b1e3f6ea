import { describe, expect, test } from 'vitest';
import type { Past } from '../../../../lib/sitniks/likeness.ts';
import { oursIn, readNewest } from '../../../../lib/sitniks/open-api/find.ts';
import type { Newest } from '../../../../lib/sitniks/open-api/newest.ts';
import { type OrderRow, orderRow } from '../../../../lib/sitniks/open-api/order-row.ts';
import { parsedOrder } from '../../../kit/parsed-order.ts';

const SINCE = Date.parse('2026-01-01T10:00:00Z');
const order = parsedOrder('order-1');
const client = { phone: order.customer.phone };
const products = [{ sku: 'DRESS-RED-116', quantity: 1, price: 1200 }];
const row = (id: number, changes: object = {}): OrderRow =>
  orderRow.parse({ id, orderNumber: id + 1000, client, products, ...changes });
const stranger = { phone: '+380991112233' };
const otherLines = [{ sku: 'BELT', quantity: 1, price: 300 }];

describe('by its number', () => {
  const mine = (id: number, changes: object = {}) => row(id, { externalId: 'order-1', ...changes });

  test('an order is found, with what calls and people know it by', () => {
    expect(oursIn([row(1, { externalId: 'order-2' }), mine(2)], order)).toEqual({
      result: 'found',
      crmOrderId: '2',
      crmOrderNumber: '1002',
      likeness: 'agrees',
    });
  });

  test.each(['Order-1', 'order-10', 'order', ' order-1', '', undefined])('it is not %j', (externalId) => {
    expect(oursIn([row(1, { externalId })], order)).toBeUndefined();
  });

  test.each([
    [
      'what agrees',
      [mine(1, { client: stranger }), mine(2), mine(3, { client: null, products: null })],
      '2',
      'agrees',
    ],
    [
      'what says nothing, before what says no',
      [
        mine(1, { client: stranger }),
        mine(2, { products: otherLines }),
        mine(3, { client: null, products: null }),
      ],
      '3',
      'nothing_to_compare',
    ],
    [
      'one of the same customer, before one of another',
      [mine(1, { client: stranger }), mine(2, { products: otherLines }), mine(3, { client: stranger })],
      '2',
      'other_lines',
    ],
    ['the first, where all are alike', [mine(1), mine(2), mine(3)], '1', 'agrees'],
  ])('of several it is %s', (_, rows, crmOrderId, likeness) => {
    expect(oursIn(rows, order)).toMatchObject({ crmOrderId, likeness, times: 3 });
  });

  test('one that is on two pages is one', () => {
    expect(oursIn([mine(1), mine(1)], order)).not.toHaveProperty('times');
  });

  test('it is found where nothing else of it is known', () => {
    expect(oursIn([mine(1)], { external_id: 'order-1' })).toMatchObject({ crmOrderId: '1' });
  });
});

describe('what the newest orders prove', () => {
  const newest = (rows: readonly OrderRow[], changes: Partial<Newest> = {}): Newest => ({
    rows,
    isWhole: true,
    why: '',
    ...changes,
  });
  const proven = (read: Newest, past: Partial<Past> = {}) =>
    readNewest(read, order, { since: SINCE, ...past });

  test('ours is there, though not all were read, and others may be it too', () => {
    const rows = [row(1), row(2, { externalId: 'order-1' })];
    expect(proven(newest(rows, { isWhole: false, why: 'so' }))).toMatchObject({
      result: 'found',
      crmOrderId: '2',
    });
  });

  test.each([
    ['there is none', []],
    ["all have another's number", [row(1, { externalId: 'order-2' })]],
    ['what has no number is from before', [row(1, { createdAt: '2026-01-01T09:59:59.999Z' })]],
    ["or has another's phone", [row(1, { client: stranger })]],
    ['or other lines', [row(1, { products: otherLines })]],
  ])('ours is not there, where %s', (_, rows) => {
    expect(proven(newest(rows))).toEqual({ result: 'absent' });
  });

  test.each([
    ['is like it', {}],
    ['has an empty number', { externalId: '' }],
    ['says nothing of itself', { client: null, products: null }],
    ['is as old as it can be', { createdAt: '2026-01-01T10:00:00Z' }],
  ])('it may be one without a number that %s', (_, changes) => {
    expect(proven(newest([row(1, { externalId: 'order-2' }), row(2, changes)]))).toEqual({
      result: 'unproven',
      why: 'it has orders without a number that may be this one',
      candidates: ['1002'],
    });
  });

  test('it may be one that is not like it, where it was otherwise once; but not an older one', () => {
    const rows = [
      row(1, { client: stranger }),
      row(2, { products: otherLines }),
      row(3, { createdAt: '2026-01-01T09:00:00Z' }),
      row(4, { externalId: 'order-2' }),
    ];
    expect(proven(newest(rows), { wasOtherwise: true })).toMatchObject({ candidates: ['1001', '1002'] });
    expect(proven(newest(rows), { wasOtherwise: false })).toEqual({ result: 'absent' });
  });

  test('nothing is proven where not all were read, and it is said why', () => {
    expect(proven(newest([row(1, { externalId: 'order-2' })], { isWhole: false, why: 'so' }))).toEqual({
      result: 'unproven',
      why: 'so',
      candidates: [],
    });
  });

  test('five that may be it are shown, the newest', () => {
    const rows = [1, 2, 3, 4, 5, 6].map((id) => row(id));
    expect(proven(newest(rows))).toMatchObject({ candidates: ['1001', '1002', '1003', '1004', '1005'] });
  });
});
