import { describe, expect, test } from 'vitest';
import { age, parseDuration, parseRate } from '../../../bin/orders/duration.ts';
import { customerOf, messageOf } from '../../../bin/orders/masked.ts';
import { printable } from '../../../bin/orders/output.ts';
import { PERSONAL, sampleOrder } from '../../kit/orders.ts';

describe('durations and rates', () => {
  test.each([
    ['90s', 90_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['3d', 259_200_000],
  ])('%s is %i ms', (text, ms) => expect(parseDuration(text)).toBe(ms));

  test.each([
    ['2/s', 500],
    ['30/m', 2000],
    ['0.5/s', 2000],
  ])('%s is one every %i ms', (text, ms) => expect(parseRate(text)).toBe(ms));

  test.each(['', '2', 'h', '-1h', '2w', '2/s', '2 h'])('%j is no duration', (text) => {
    expect(() => parseDuration(text)).toThrow();
  });
  test.each(['', '2', '0/s', '-1/s', '2/w', '/s'])('%j is no rate', (text) => {
    expect(() => parseRate(text)).toThrow();
  });

  test.each([
    [-5, '0 s'],
    [45, '45 s'],
    [725, '12 min'],
    [12_000, '3 h 20 min'],
    [7200, '2 h'],
    [345_600, '4 d'],
    [360_000, '4 d 4 h'],
  ])('%i seconds are %s', (seconds, words) => expect(age(seconds * 1000)).toBe(words));
});

describe('a customer', () => {
  const body = JSON.stringify(sampleOrder('1042'));

  test('is masked, and shown in full only on demand', () => {
    expect(customerOf(body, false)).toEqual({ name: 'О••• К•••', phone: '•••67' });
    expect(customerOf(body, true)).toEqual({ name: PERSONAL.name, phone: '067 123 45 67' });
  });

  test.each(['not json', '[]', '{"customer":7}', '{"customer":{"name":{}}}', '{"customer":{"name":" "}}'])(
    'of %s is not known',
    (text) => expect(customerOf(text, true)).toEqual({ name: null, phone: null }),
  );

  test('with a short phone hides all of it', () => {
    expect(customerOf('{"customer":{"phone":12345}}', false)).toEqual({ name: null, phone: '•••' });
  });

  test('is taken out of the message about the order', () => {
    const message = `The phone 067 123 45 67 of ${PERSONAL.name} is not valid`;
    expect(messageOf(message, body, false)).not.toMatch(/Олена|Коваленко|123/);
    expect(messageOf(message, body, true)).toBe(message);
    expect(messageOf(undefined, body, false)).toBeNull();
  });
});

test('a text from outside cannot move the cursor or forge a line', () => {
  expect(printable('a\u001b[2Jb\r\nc\u2028d\u202ee')).toBe('a [2Jb c d e');
});
