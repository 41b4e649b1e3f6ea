import { describe, expect, test } from 'vitest';
import { parseJson } from '../../../lib/order/parse-json.ts';

test('keeps them however deep they stand, and beside others', () => {
  expect(parseJson('[1,{"a":[9007199254740993,{"b":9007199254740995}]},"9007199254740997"]')).toEqual([
    1,
    { a: ['9007199254740993', { b: '9007199254740995' }] },
    '9007199254740997',
  ]);
});

describe('a JSON text', () => {
  test.each([
    '',
    ' ',
    '{',
    'undefined',
    "{'a':1}",
    '\uFEFF\uFEFF1',
    '<html>',
    '\uFEFF',
    ' \uFEFF{}',
    '{}\uFEFF',
    'ï»¿{}',
  ])('%j is none', (text) => {
    expect(parseJson(text)).toBeUndefined();
  });

  test('may begin with a byte order mark', () => {
    for (const text of [
      '\uFEFF {"id":7}',
      '\uFEFF{"id":7}\r\n',
      '\uFEFF\r\n{"id":7}',
      '\uFEFF\t{"id" :\n7 } ',
    ])
      expect(parseJson(text)).toEqual({ id: 7 });
    expect(parseJson('\uFEFF[]')).toEqual([]);
    expect(parseJson('\uFEFF"\uFEFF"')).toBe('\uFEFF');
  });

  test.each([
    '9007199254740992',
    '9007199254740993',
    '-9007199254740993',
    '12345678901234567890',
    '9007199254740993e0',
    `1${'0'.repeat(40)}`,
    '9.007199254740993e15',
    '90071992547409930E-1',
    '9007199254740993.0',
    '-12345678901234567890',
    '18446744073709551615',
  ])('keeps the digits of %s, which no number could hold', (digits) => {
    expect(parseJson(digits)).toBe(digits);
    expect(parseJson(`{"data":[{"id": ${digits} }]}`)).toEqual({ data: [{ id: digits }] });
  });

  test.each([0, -1, 1042, 12.5, 1e3, 9_007_199_254_740_991])('reads %d as the number that it is', (value) => {
    expect(parseJson(String(value))).toBe(value);
  });
});
