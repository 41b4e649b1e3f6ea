import { describe, expect, test } from 'vitest';
import { contentHash, contentOf, textHash } from '../../../lib/order/content-hash.ts';
import { readOrder } from '../../../lib/order/order.ts';
import { sampleOrder } from '../../kit/orders.ts';
import { parsedOrder } from '../../kit/parsed-order.ts';

function hashOf(json: string): string {
  const reading = readOrder(json);
  if (!reading.ok) throw new Error(JSON.stringify(reading.errors));
  return contentHash(reading.order);
}
const order = sampleOrder('1042');
const hash = hashOf(JSON.stringify(order));

test('is SHA-256 in hex', () => {
  expect(hash).toMatch(/^[\da-f]{64}$/);
  expect(textHash('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

describe('makes no difference of the way in which an order is written', () => {
  const { status: _, ...withoutStatus } = order;
  test.each([
    ['with indentation', JSON.stringify(order, null, 2)],
    [
      'with its keys the other way round',
      JSON.stringify(Object.fromEntries(Object.entries(order).reverse())),
    ],
    ['with a byte order mark', `\uFEFF${JSON.stringify(order)}`],
    ['with escapes for its letters', JSON.stringify(order).replace(/[^ -~]/g, escaped)],
    ['without the status that it has anyway', JSON.stringify(withoutStatus)],
    ['further on', JSON.stringify({ ...order, status: 'PAID' })],
    ['with the phone in E.164', JSON.stringify(order).replace('067 123 45 67', '+380671234567')],
    ['with space around a text', JSON.stringify({ ...order, source: ' telegram ' })],
    ['with product_id as a number', JSON.stringify(order).replace('"123"', '123')],
    ['with the price as 1200.00', JSON.stringify(order).replace('1200', '1200.00')],
    ['with the price as 1.2e3', JSON.stringify(order).replace('1200', '1.2e3')],
    ['as it comes from a first reading', JSON.stringify(readAgain())],
  ])('%s', (_how, json) => {
    expect(hashOf(json)).toBe(hash);
  });

  function escaped(char: string): string {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  }
  function readAgain() {
    const reading = readOrder(JSON.stringify(order));
    return reading.ok && reading.order;
  }
});

describe('makes a difference of what an order says', () => {
  const { email: _, ...withoutEmail } = order.customer;
  const [item] = order.items;
  test.each<[string, object]>([
    ['its number', { external_id: '1043' }],
    ['another phone', { customer: { ...order.customer, phone: '067 123 45 68' } }],
    ['no e-mail', { customer: withoutEmail }],
    ['a kopiyka more', { items: [{ ...item, price: 1200.01 }] }],
    ['one more', { items: [{ ...item, quantity: 2 }] }],
    ['the same again', { items: [item, item] }],
    ['upper case', { source: 'Telegram' }],
  ])('%s', (_what, changes) => {
    expect(hashOf(JSON.stringify({ ...order, ...changes }))).not.toBe(hash);
  });
});

test('an order is known by the name that it had while its status still counted', () => {
  const [asNew, asPaid] = ['NEW', 'PAID'].map((status) => parsedOrder('1042', { status }));
  if (asNew === undefined || asPaid === undefined) throw new Error('no orders');
  expect(contentOf(asNew)).toEqual({ content_hash: textHash(JSON.stringify(asNew)) });
  expect(contentOf(asPaid)).toEqual({
    content_hash: contentHash(asNew),
    former_hash: textHash(JSON.stringify(asPaid)),
  });
});
