import { describe, expect, test } from 'vitest';
import { parseJson } from '../../../lib/order/parse-json.ts';

describe('a JSON text', () => {
  test.each(['', ' ', '{', 'undefined', "{'a':1}", '\uFEFF\uFEFF1', '<html>'])('%j is none', (text) => {
    expect(parseJson(text)).toBeUndefined();
  });

  test('may begin with a byte order mark', () => {
    expect(parseJson('\uFEFF {"id":7}')).toEqual({ id: 7 });
  });

  test.each([
    '9007199254740992',
    '9007199254740993',
    '-9007199254740993',
    '12345678901234567890',
    '9007199254740993e0',
    `1${'0'.repeat(40)}`,
  ])('keeps the digits of %s, which no number could hold', (digits) => {
    expect(parseJson(digits)).toBe(digits);
    expect(parseJson(`{"data":[{"id": ${digits} }]}`)).toEqual({ data: [{ id: digits }] });
  });

  test.each([0, -1, 1042, 12.5, 1e3, 9_007_199_254_740_991])('reads %d as the number that it is', (value) => {
    expect(parseJson(String(value))).toBe(value);
  });
});
