import { describe, expect, test } from 'vitest';
import { summarise } from '../../../lib/order/field-errors.ts';
import { structureErrors } from '../../../lib/order/json-structure.ts';
import { readExternalId, readOrder } from '../../../lib/order/order.ts';
import { PERSONAL, sampleOrder } from '../../kit/orders.ts';

const KNOWN = new Set(['items', 'sku', 'phone']);
const of = (json: string) => structureErrors(json, KNOWN).map(({ pointer, code }) => `${pointer} ${code}`);
const nested = (depth: number) => `${'['.repeat(depth)}1${']'.repeat(depth)}`;

describe('a key that comes twice', () => {
  test('is told with its place', () => {
    expect(of('{"items":[{"sku":1},{"sku":1,"phone":2,"sku":3}]}')).toEqual([
      '#/items/1/sku duplicate_field',
    ]);
    expect(structureErrors('{"phone":1,"phone":1}', KNOWN)[0]?.detail).toBe(
      'phone comes more than once: send it once.',
    );
  });

  test('is the same key however it is written', () => {
    expect(of(String.raw`{"sku":1,"\u0073ku":2}`)).toEqual(['#/sku duplicate_field']);
    expect(of(String.raw`{"a\"b":1,"a\u0022b":2}`)).toEqual(['# duplicate_field']);
  });

  test('is told without its name where that is not one of ours: it may be personal', () => {
    const json = `{"items":[{"${PERSONAL.phone}":1,"${PERSONAL.phone}":2}],"x":{"sku":1,"sku":1}}`;
    expect(of(json)).toEqual(['#/items/0 duplicate_field', '# duplicate_field']);
    expect(JSON.stringify(structureErrors(json, KNOWN))).not.toContain('380');
  });

  test.each([
    '{"sku":{"sku":{"sku":1}}}',
    '[{"sku":1},{"sku":1}]',
    '{"items":["sku","sku",":","}","{"],"sku":"\\"sku\\":1,{"}',
    '{"sku":["a,b",{"phone":"sku"}],"phone":"sku"}',
    '"sku"',
    '',
  ])('is not seen where there is none: %s', (json) => {
    expect(of(json)).toEqual([]);
  });
});

describe('nesting', () => {
  test('may be 16 deep and no deeper, whatever is in the brackets', () => {
    expect(of(nested(16))).toEqual([]);
    expect(of(nested(17))).toEqual(['# too_deep']);
    expect(of(`{"items":[1,{"sku":${nested(17)}}]}`)).toEqual(['#/items/1/sku too_deep']);
    expect(of(`${'{"a":'.repeat(17)}1${'}'.repeat(17)}`)).toEqual(['# too_deep']);
    expect(of(JSON.stringify({ sku: nested(99) }))).toEqual([]);
  });
});

test('a MiB of anything is gone through in no time, and without a stack overflow', () => {
  // Not the time that passes: neighbours want their share of the processor.
  const started = process.cpuUsage();
  for (const json of [
    JSON.stringify({ sku: '\n'.repeat(500_000) }),
    JSON.stringify({ sku: 'x'.repeat(1_000_000) }),
    nested(500_000),
    `{${Array(150_000).fill('"a":1').join()}}`,
    JSON.stringify(Array(500_000).fill(1)),
    JSON.stringify(Object.fromEntries(Array.from({ length: 80_000 }, (_, n) => [`key-${n}`, 1]))),
  ]) {
    structureErrors(json, KNOWN);
  }
  expect(process.cpuUsage(started).user / 1000).toBeLessThan(3000);
});

describe('an order, at the edge and by the queue alike', () => {
  const json = JSON.stringify(sampleOrder('1042'));
  const problems = (text: string) => {
    const reading = readOrder(text);
    return reading.ok ? [] : reading.errors.map(({ pointer, code }) => `${pointer} ${code}`);
  };

  test.each([
    ['a phone twice', json.replace('"phone":', '"phone":"1","phone":'), '#/customer/phone duplicate_field'],
    ['__proto__', json.replace('{', '{"__proto__":{"status":"PAID"},'), '#/__proto__ unknown_field'],
    [
      '__proto__ further in',
      json.replace('"sku"', '"__proto__":1,"sku"'),
      '#/items/0/__proto__ unknown_field',
    ],
    ['constructor', json.replace('{', '{"constructor":{"prototype":{}},'), '#/constructor unknown_field'],
    ['a price beyond all numbers', json.replace('1200', '1e400'), '#/items/0/price invalid_type'],
    ['one below them', json.replace('1200', '-1e400'), '#/items/0/price invalid_type'],
    [
      'a quantity that no number holds',
      json.replace(':1}', ':9007199254740993}'),
      '#/items/0/quantity too_big',
    ],
    [
      'a product_id that no number holds',
      json.replace('"123"', '1e400'),
      '#/items/0/product_id invalid_type',
    ],
    ['a lone surrogate', json.replace('Олена', String.raw`\ud800`), '#/customer/name control_character'],
    ['half of a pair', json.replace('telegram', String.raw`\udc00x`), '#/source control_character'],
    ['a null character', json.replace('mono', String.raw`\u0000`), '#/payment_method control_character'],
  ])('with %s is refused by its place', (_what, text, problem) => {
    expect(problems(text)).toContain(problem);
  });

  test('keeps nothing of __proto__, nor is anything else changed by it', () => {
    readOrder(json.replace('{', '{"__proto__":{"polluted":true},'));
    expect('polluted' in {}).toBe(false);
  });

  test('of two problems both are told, and the line for the log holds no name that is not ours', () => {
    const text = json
      .replace('"phone":', '"phone":"1","phone":')
      .replace('{', `{"${PERSONAL.email}":{"sku":1,"sku":2},`);
    const reading = readOrder(text);
    expect(reading.ok ? '' : summarise(reading.errors)).toBe(
      '# duplicate_field; #/customer/phone duplicate_field; # unknown_field',
    );
  });

  test('whose id comes twice has none', () => {
    expect(readExternalId('{"external_id":"1","external_id":"2"}')).toBeUndefined();
    expect(readExternalId('{"external_id":"1","a":1,"a":2}')).toBe('1');
  });
});
