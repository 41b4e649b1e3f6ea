import { describe, expect, test } from 'vitest';
import { isOfStatus, toLetter } from '../../../lib/dead-letters/letter.ts';
import { contentHash } from '../../../lib/order/content-hash.ts';
import { sampleOrder } from '../../kit/orders.ts';
import { parsedOrder } from '../../kit/parsed-order.ts';

const letterOf = (body: object | string) =>
  toLetter({
    Body: typeof body === 'string' ? body : JSON.stringify(body),
    MessageId: 'message',
    ReceiptHandle: 'receipt',
    Attributes: { SentTimestamp: '1000' },
  });

describe('a letter is read as', () => {
  test('an order: with its number, what it says, and how far it is to be', () => {
    const letter = letterOf(sampleOrder('1042'));
    expect(letter).toMatchObject({
      external_id: '1042',
      content_hash: contentHash(parsedOrder('1042')),
      asks: 'NEW',
      messageId: 'message',
      receiptHandle: 'receipt',
    });
    expect(letter.former_hash).toBeUndefined();
    expect(isOfStatus(letter)).toBe(false);
  });

  test('the same order when it is further, known as it was named before as well', () => {
    const letter = letterOf(sampleOrder('1042', { status: 'PAID' }));
    expect(letter).toMatchObject({ content_hash: contentHash(parsedOrder('1042')), asks: 'PAID' });
    expect(letter.former_hash).toMatch(/^[\da-f]{64}$/);
  });

  test.each([
    ['a status', { external_id: '1042', status: 'PAID' }, undefined],
    ['a payment', { external_id: '1042', status: 'PAID', payment: { amount: 100.5 } }, 100.5],
  ])('%s: no order, and no copy of one', (_what, body, pays) => {
    const letter = letterOf(body);
    expect(letter).toMatchObject({ external_id: '1042', content_hash: undefined, asks: 'PAID' });
    expect(letter.pays).toBe(pays);
    expect(isOfStatus(letter)).toBe(true);
  });

  test.each([
    ['no JSON', 'not json', undefined],
    ['no order', { external_id: '1042', customer: {} }, '1042'],
  ])('%s: with its number, where that can be read', (_what, body, external_id) => {
    const letter = letterOf(body);
    expect(letter).toMatchObject({ external_id, content_hash: undefined, asks: undefined });
    expect(isOfStatus(letter)).toBe(false);
  });
});

test('what SQS itself has moved has been there since it was first sent, for no reason that anybody wrote', () => {
  expect(letterOf(sampleOrder('1042'))).toMatchObject({ reason: 'NO_REASON', parkedAt: 1000, redriven: 0 });
});
