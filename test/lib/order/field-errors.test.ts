import { describe, expect, test } from 'vitest';
import { summarise } from '../../../lib/order/field-errors.ts';
import { readOrder } from '../../../lib/order/order.ts';
import { sampleOrder } from '../../kit/orders.ts';

const LIMIT = 64 * 1024;

function errorsOf(json: string) {
  const reading = readOrder(json);
  if (reading.ok) throw new Error('This is an order');
  return reading.errors;
}

/** As many entries as fit into a body of 64 KiB. */
const filled = (entry: string) => {
  const json = JSON.stringify(sampleOrder('1'));
  const [before = '', after = ''] = JSON.stringify(sampleOrder('1', { items: [] })).split('[]');
  const room = LIMIT - json.length;
  return `${before}[${Array.from({ length: Math.floor(room / (entry.length + 1)) }, () => entry).join(',')}]${after}`;
};

describe('an answer stays small', () => {
  test.each([
    ['empty items', filled('{}')],
    ['items of the wrong type', filled('0')],
    ['items with fields of their own', filled('{"abcdefghijklmnopqrstuvwxyzabcdefghijklmn":0}')],
    [
      'one object with thousands of unknown fields',
      JSON.stringify(Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`f_${letters(i)}`, 0]))),
    ],
    ['a field with a name of 60 KiB', JSON.stringify({ ['x'.repeat(60_000)]: 1 })],
  ])('to 64 KiB of %s', (_what, json) => {
    expect(json.length).toBeLessThanOrEqual(LIMIT);
    const errors = errorsOf(json);
    expect(errors.length).toBeGreaterThan(0);
    expect(errors.length).toBeLessThanOrEqual(100);
    expect(JSON.stringify(errors).length).toBeLessThan(100_000);
    expect(summarise(errors).length).toBeLessThan(1_000);
  });
});

/** 0 is a, 1 is b, 26 is ba: names without digits. */
function letters(number: number): string {
  const letter = String.fromCharCode(97 + (number % 26));
  return number < 26 ? letter : letters(Math.floor(number / 26)) + letter;
}

describe('what is told of an unknown field', () => {
  const withKey = (key: string) => errorsOf(JSON.stringify({ ...sampleOrder('1'), [key]: 1 }));

  test('is its name, where that can be a slip of the pen', () => {
    expect(withKey('adress')).toEqual([
      {
        pointer: '#/adress',
        code: 'unknown_field',
        detail: 'adress is not a field of an order: check its spelling, or leave it out.',
      },
    ]);
  });

  test.each([
    '+380671234567',
    'olena@example.com',
    'Олена',
    'Olena Kovalenko',
    'a'.repeat(41),
    'k3y',
    '',
    '../etc',
    '<b>',
  ])('is not its name where that may be data: %s', (key) => {
    expect(withKey(key)).toEqual([
      { pointer: '#', code: 'unknown_field', detail: 'The body has a field that an order does not have.' },
    ]);
  });
});

describe('the summary', () => {
  test('is one line of places and codes', () => {
    const errors = errorsOf(JSON.stringify(sampleOrder('1', { source: '', items: [{}] })));
    expect(summarise(errors)).toBe(
      '#/source too_small; #/items/0/product_id required; #/items/0/sku required; #/items/0/price required; #/items/0/quantity required',
    );
  });

  test('never has the name of an unknown field, at any depth', () => {
    const order = sampleOrder('1');
    const json = JSON.stringify({ ...order, olena: 1, customer: { ...order.customer, kovalenko: 1 } });
    expect(summarise(errorsOf(json))).toBe('#/customer unknown_field; # unknown_field');
  });

  test('names ten, and counts the others', () => {
    const errors = Array.from({ length: 13 }, (_, i) => ({ pointer: `#/${i}`, code: 'x', detail: '' }));
    expect(summarise(errors)).toMatch(/^#\/0 x; .*#\/9 x; and 3 more$/);
    expect(summarise(errors.slice(0, 10))).not.toContain('more');
  });
});

test('each detail is a sentence that can be shown to whoever has sent the order', () => {
  const details = errorsOf(
    JSON.stringify({
      external_id: '',
      source: 1,
      customer: { name: '', phone: 'x', email: 'x' },
      delivery: { method: 'x'.repeat(65), city: 'a\nb' },
      items: [],
      status: 'X',
    }),
  ).map(({ detail }) => detail);
  expect(details).toEqual([
    'external_id must be 1 to 128 of the characters A-Z a-z 0-9 _ . : -.',
    'source must be a string.',
    'customer.name must not be empty.',
    'customer.phone is not a possible phone number: send it like +380671234567 or 067 123 45 67.',
    'delivery.method must have at most 64 characters.',
    'delivery.city must not contain control characters or line breaks.',
    'delivery.address is required.',
    'items must have at least 1 entry.',
    'payment_method is required.',
    'status must be one of NEW, PENDING_PAYMENT, PAID, PROCESSING.',
    'customer.email is not an e-mail address: an order goes on without it.',
  ]);
});
