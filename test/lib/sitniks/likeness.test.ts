import { describe, expect, test } from 'vitest';
import { type Facts, type Likeness, likenessOf } from '../../../lib/sitniks/likeness.ts';
import { parsedOrder } from '../../kit/parsed-order.ts';

const order = parsedOrder('1042', {
  customer: { name: 'Олена Коваль', phone: '+380671234567' },
  items: [
    { product_id: '1', sku: 'DRESS-RED-116', price: 1200.5, quantity: 1 },
    { product_id: '2', sku: 'SOCKS', price: 60, quantity: 3 },
  ],
});
const DRESS = { sku: 'DRESS-RED-116', quantity: 1, price: 1200.5 };
const SOCKS = { sku: 'SOCKS', quantity: 3, price: 60 };

describe("what the CRM has under an order's number", () => {
  test.each<[what: string, facts: Facts, likeness: Likeness]>([
    ['nothing but an id', {}, 'nothing_to_compare'],
    ['no lines', { lines: [] }, 'nothing_to_compare'],
    ['lines that say nothing', { lines: [{}, {}] }, 'nothing_to_compare'],
    ['the same phone', { phone: '+380671234567' }, 'agrees'],
    ['the same phone, written otherwise', { phone: '067 123-45-67' }, 'agrees'],
    ['another phone', { phone: '+380501234567' }, 'contradicts'],
    ['a phone that is masked', { phone: '+380*****4567' }, 'nothing_to_compare'],
    ['a phone that is no phone', { phone: 'ні' }, 'nothing_to_compare'],
    ['the same lines', { lines: [DRESS, SOCKS] }, 'agrees'],
    ['the same lines in another order', { lines: [SOCKS, DRESS] }, 'agrees'],
    [
      'a line split in two',
      { lines: [DRESS, { ...SOCKS, quantity: 1 }, { ...SOCKS, quantity: 2 }] },
      'agrees',
    ],
    ['SKUs alone, in small letters', { lines: [{ sku: 'dress-red-116' }, { sku: ' socks ' }] }, 'agrees'],
    ['a line less', { lines: [DRESS] }, 'contradicts'],
    ['another SKU', { lines: [DRESS, { ...SOCKS, sku: 'HAT' }] }, 'contradicts'],
    ['another quantity', { lines: [DRESS, { ...SOCKS, quantity: 2 }] }, 'contradicts'],
    ['another price', { lines: [DRESS, { ...SOCKS, price: 61 }] }, 'contradicts'],
    [
      'quantities and prices alone',
      {
        lines: [
          { quantity: 1, price: 1200.5 },
          { quantity: 3, price: 60 },
        ],
      },
      'agrees',
    ],
    ['lines of which only some have a SKU', { lines: [DRESS, { quantity: 3, price: 60 }] }, 'agrees'],
    ['lines of which only some have a price', { lines: [DRESS, { sku: 'SOCKS', quantity: 3 }] }, 'agrees'],
    ['the same phone, and other lines', { phone: '+380671234567', lines: [SOCKS] }, 'other_lines'],
    ['another phone, and other lines', { phone: '+380501234567', lines: [SOCKS] }, 'contradicts'],
    ['another phone, and the same lines', { phone: '+380501234567', lines: [DRESS, SOCKS] }, 'contradicts'],
  ])('%s', (_, facts, likeness) => {
    expect(likenessOf(order, facts)).toBe(likeness);
  });
});

test('an order of which only the number is known can be compared with nothing', () => {
  const sought = { external_id: '1042' };
  expect(likenessOf(sought, { phone: '+380671234567', lines: [DRESS] })).toBe('nothing_to_compare');
});
