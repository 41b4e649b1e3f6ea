import { expect, test } from 'vitest';
import { bodyKeeper } from '../../../lib/dead-letters/bodies.ts';
import type { Letter } from '../../../lib/dead-letters/letter.ts';
import type { FailureType } from '../../../lib/explanations/failure.ts';

const letter = (
  body: string,
  reason: FailureType = 'CONNECTION',
  content_hash: string | undefined = 'hash',
): Letter => ({
  body,
  reason,
  reasons: [{ code: 'crm_unreachable' }],
  error_message: undefined,
  attempts: 4,
  redriven: 0,
  parkedAt: 0,
  submitted_by: undefined,
  start: undefined,
  traceparent: undefined,
  external_id: '1042',
  content_hash,
  messageId: 'message',
  receiptHandle: 'receipt',
});

test('only a body that may be sent back is kept', () => {
  const hold = bodyKeeper();
  const none = undefined;
  expect(hold(letter('a')).body).toBe('a');
  expect(hold(letter('a', 'NO_REASON')).body).toBe('a');
  expect(hold(letter('a', 'VALIDATION')).body).toBe(none);
  expect(hold({ ...letter('a'), content_hash: none }).body).toBe(none);
  // Nothing but a status, of an order that has a letter of its own.
  expect(hold({ ...letter('a'), content_hash: none, asks: 'PAID' }).body).toBe('a');
});

test('ten thousand large letters are held by their ids, with no more of their bodies than fit: all of them used to be', () => {
  const body = 'x'.repeat(26_000);
  const hold = bodyKeeper();
  const held = Array.from({ length: 10_000 }, () => hold(letter(body)));
  expect(held.every(({ receiptHandle }) => receiptHandle === 'receipt')).toBe(true);
  const characters = held.reduce((sum, one) => sum + (one.body?.length ?? 0), 0);
  // At most two bytes each, in a function that has 512 MB.
  expect(characters).toBeLessThanOrEqual(32 * 1024 * 1024);
  expect(characters).toBeGreaterThan(30 * 1024 * 1024);
});

test('a smaller one still fits where a larger one did not', () => {
  const hold = bodyKeeper(10);
  expect(['1234567', '12345', '123', '1'].map((body) => hold(letter(body)).body)).toEqual([
    '1234567',
    undefined,
    '123',
    undefined,
  ]);
});
