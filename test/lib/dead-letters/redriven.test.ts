import { describe, expect, test } from 'vitest';
import type { Letter } from '../../../lib/dead-letters/letter.ts';
import { returnsOf, toSendNow } from '../../../lib/dead-letters/redriven.ts';
import { accepted } from '../../../lib/ledger/start.ts';

const MINUTE = 60_000;
const NOW = Date.parse('2026-01-01T12:00:00Z');

const letter = (external_id: string, minutesAgo: number, redriven = 0): Letter => ({
  body: '{}',
  reason: 'CONNECTION',
  reasons: [{ code: 'crm_unreachable' }],
  error_message: undefined,
  attempts: 4,
  redriven,
  parkedAt: NOW - minutesAgo * MINUTE,
  submitted_by: undefined,
  start: undefined,
  traceparent: undefined,
  external_id,
  content_hash: 'h',
  messageId: `${external_id}-${redriven}`,
  receiptHandle: '',
});

const turn = (...letters: Letter[]) =>
  toSendNow(returnsOf(letters.map((one) => ({ letter: one, record: undefined }))), 5 * MINUTE, NOW).map(
    ({ external_id }) => external_id,
  );

test('a status and a payment of one order are no copies of each other, nor of the order', () => {
  const status = { content_hash: undefined, asks: 'PAID' as const };
  const letters = [
    letter('a', 20),
    { ...letter('a', 20), ...status },
    { ...letter('a', 20), ...status, pays: 100 },
    { ...letter('a', 20), ...status, pays: 250.5 },
  ];
  expect(returnsOf(letters.map((one) => ({ letter: one, record: undefined })))).toHaveLength(4);
});

describe('the probe', () => {
  test.each([
    [0, 5],
    [1, 15],
    [2, 45],
    [3, 135],
    [4, 405],
  ])('after %i returns, not before %i minutes have passed', (redriven, minutes) => {
    expect(turn(letter('a', minutes - 0.1, redriven))).toEqual([]);
    expect(turn(letter('a', minutes, redriven))).toEqual(['a']);
  });

  test('five returns of one lone order outlast a night', () => {
    const minutes = [0, 1, 2, 3, 4].reduce((sum, redriven) => sum + 5 * 3 ** redriven, 0);
    expect(minutes).toBeGreaterThan(10 * 60);
  });

  test('is what was sent back least often, the oldest of those; the others follow in the same order', () => {
    expect(turn(letter('c', 500, 1), letter('b', 10), letter('a', 20), letter('d', 900, 2))).toEqual([
      'a',
      'b',
      'c',
      'd',
    ]);
  });

  test('does not wait for another that is not due, and takes it along', () => {
    expect(turn(letter('young', 1), letter('due', 15, 1))).toEqual(['due', 'young']);
  });
});

test('two letters of one order are sent once, as what was sent back most often', () => {
  const [order, ...others] = returnsOf(
    [letter('a', 60, 0), letter('a', 50, 1)].map((one) => ({ letter: one, record: undefined })),
  );
  expect(others).toEqual([]);
  expect(order).toMatchObject({ external_id: 'a', newest: { redriven: 1 }, version: 0 });
  expect(order?.letters).toHaveLength(2);
});

test('letters of one number are copies of each other only if they say the same, for the same caller', () => {
  const one = { ...letter('a', 60), submitted_by: 'bot' };
  const others = [
    { ...one, redriven: 1 },
    { ...one, submitted_by: 'site' },
    { ...one, content_hash: 'other' },
  ];
  const returns = returnsOf([one, ...others].map((each) => ({ letter: each, record: undefined })));
  expect(returns.map(({ letters }) => letters.length)).toEqual([2, 1, 1]);
});

describe('of copies, that one is sent back', () => {
  const newestOf = (...letters: Letter[]) => {
    const [order, ...others] = returnsOf(letters.map((one) => ({ letter: one, record: undefined })));
    expect(others).toEqual([]);
    return order?.newest;
  };
  const [first, second] = [
    { ...letter('a', 60), messageId: 'first' },
    { ...letter('a', 50), messageId: 'second' },
  ];

  test('which knows of the most returns, for what forgets one returns for ever', () => {
    const returned = { ...letter('a', 70, 2), messageId: 'returned' };
    for (const copies of [
      [returned, second],
      [second, returned],
    ]) {
      expect(newestOf(...copies)).toMatchObject({ messageId: 'returned', redriven: 2 });
    }
  });

  test('which was parked last, where that says nothing', () => {
    expect(newestOf(first, second)?.messageId).toBe('second');
    expect(newestOf(second, first)?.messageId).toBe('second');
  });
});

test.each([
  ['body was not kept', { body: undefined }],
  ['number cannot be read', { external_id: undefined }],
])('a letter whose %s has its turn another time', (_what, changes) => {
  const held = { ...letter('a', 60), ...changes };
  expect(returnsOf([{ letter: held, record: undefined }])).toEqual([]);
});

test('an order is sent at the version at which it was judged', () => {
  const record = { ...accepted({ external_id: 'a', content_hash: 'h' }, NOW), version: 7 };
  expect(returnsOf([{ letter: letter('a', 60), record }])).toMatchObject([{ external_id: 'a', version: 7 }]);
});
