import { describe, expect, test } from 'vitest';
import type { ClaimDecision } from '../../../lib/ledger/claim.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { textHash } from '../../../lib/order/content-hash.ts';
import type { OrderMessage } from '../../../lib/queues/codec.ts';
import { parkConflict, parkMalformed } from '../../../lib/sync/poison-message.ts';
import { memoryConsumer, messageOf, NOW, recordOf } from '../../kit/memory-consumer.ts';

const down = () => Promise.reject(new TypeError('down'));

describe('a message that is no order', () => {
  const ERRORS = [{ pointer: '#/customer/phone', code: 'invalid_phone', detail: 'No phone.' }];
  const ERROR = {
    type: 'MALFORMED',
    message: '#/customer/phone invalid_phone',
    reasons: [{ code: 'phone_invalid', pointer: '#/customer/phone' }],
  };
  const LINE = {
    level: 'warn',
    message: 'Message is not an order: parked',
    error_type: 'MALFORMED',
    problems: '#/customer/phone invalid_phone',
  };

  test('is told, parked and logged, and whoever asks for its number hears of it', async () => {
    const { deps, ledger, letters, told, lines } = memoryConsumer();
    const message = messageOf({ external_id: '1042' }, { messageId: 'm-1', start: 3 });
    await parkMalformed(message, ERRORS, deps);
    expect(told).toEqual([
      {
        id: expect.stringMatching(/^evt_/),
        type: 'rejected',
        at: '2026-01-01T10:00:00.000Z',
        external_id: '1042',
        submitted_by: 'bot',
        attempts: 0,
        error: ERROR,
      },
    ]);
    expect(letters).toEqual([
      { message, parking: { external_id: '1042', attempts: 0, error: ERROR, parkedAt: NOW } },
    ]);
    expect(await ledger.get('1042')).toMatchObject({
      state: 'rejected',
      content_hash: textHash(message.body),
      submitted_by: 'bot',
      start: 3,
      error: ERROR,
      history: [{ at: '2026-01-01T10:00:00.000Z', step: 'rejected' }],
    });
    expect(lines).toEqual([{ ...LINE, external_id: '1042' }]);
  });

  test('without a number is in no ledger, and parked all the same', async () => {
    const { deps, ledger, letters, told, lines } = memoryConsumer();
    await parkMalformed(messageOf({}), ERRORS, { ...deps, ledger: { ...ledger, replace: down } });
    expect([told.length, letters.length]).toEqual([1, 1]);
    expect(letters[0]?.parking.external_id).toBeUndefined();
    expect(lines).toEqual([LINE]);
  });

  test('does not disturb the order that has its number', async () => {
    const { deps, ledger } = memoryConsumer();
    const known = await ledger.replace(recordOf({ state: 'synced' }));
    await parkMalformed(messageOf({ external_id: '1042' }), ERRORS, deps);
    expect(await ledger.get('1042')).toEqual(known);
  });

  test('that cannot be noted is done with all the same: its letter is what counts', async () => {
    const { deps, ledger, letters, lines } = memoryConsumer();
    const message = messageOf({ external_id: '1042' });
    await parkMalformed(message, ERRORS, { ...deps, ledger: { ...ledger, replace: down } });
    expect(letters).toHaveLength(1);
    expect(lines).toEqual([
      { level: 'warn', message: 'Refusal not recorded', external_id: '1042', error_name: 'TypeError' },
      { ...LINE, external_id: '1042' },
    ]);
  });

  test('is not parked before it is told, and not noted before it is parked', async () => {
    const { deps, ledger, letters } = memoryConsumer();
    const message = messageOf({ external_id: '1042' });
    await expect(parkMalformed(message, ERRORS, { ...deps, outcomes: { send: down } })).rejects.toThrow(
      'down',
    );
    expect(letters).toEqual([]);
    await expect(parkMalformed(message, ERRORS, { ...deps, deadLetters: { park: down } })).rejects.toThrow(
      'down',
    );
    expect(ledger.records.size).toBe(0);
  });
});

describe('an order under the number of another', () => {
  const conflict = (
    reason: 'number_taken' | 'correction_too_late',
    record: Partial<LedgerRecord> = {},
  ): Extract<ClaimDecision, { result: 'conflict' }> => ({
    result: 'conflict',
    reason,
    record: recordOf({ state: 'synced', crm_order_id: '7', ...record }),
  });
  const SUBMISSION = { external_id: '1042', content_hash: 'h2', submitted_by: 'bot', redriven: 0 };

  async function desk() {
    const consumer = memoryConsumer();
    return {
      ...consumer,
      parkIt: (reason: 'number_taken' | 'correction_too_late', message: Partial<OrderMessage> = {}) =>
        parkConflict(messageOf({}, message), SUBMISSION, conflict(reason), consumer.deps),
    };
  }

  test.each([
    ['number_taken', /^Another order has this external_id/],
    ['correction_too_late', /as 7: correct it there$/],
  ] as const)('is told, kept aside, parked and logged: %s', async (reason, why) => {
    const { parkIt, ledger, letters, told, lines } = await desk();
    await parkIt(reason);
    const error = { type: 'CONFLICT', message: expect.stringMatching(why), reasons: [{ code: reason }] };
    expect(told).toMatchObject([
      { type: 'parked', at: '2026-01-01T10:00:00.000Z', external_id: '1042', attempts: 0, error },
    ]);
    expect(letters).toEqual([
      { message: messageOf({}), parking: { external_id: '1042', attempts: 0, error, parkedAt: NOW } },
    ]);
    expect(await ledger.getAside('1042', 'bot')).toMatchObject({
      state: 'parked',
      content_hash: 'h2',
      settled_at: NOW,
      error,
    });
    expect(lines).toEqual([
      { level: 'warn', message: 'Order parked', error_type: 'CONFLICT', reasons: reason },
    ]);
  });

  test('that is told of already is one more letter, and no news', async () => {
    const { parkIt, letters, told, lines } = await desk();
    await parkIt('number_taken');
    await parkIt('number_taken', { redriven: 1 });
    expect([told.length, letters.length]).toEqual([1, 2]);
    expect(lines.slice(1)).toEqual([{ level: 'info', message: 'Order told of already: parked again' }]);
  });
});

test('what is told of a message has the same id when it is delivered again, and another when it is sent again', async () => {
  const { deps, told } = memoryConsumer();
  for (const changes of [{}, { receiveCount: 2 }, { sentAt: NOW + 1 }])
    await parkMalformed(messageOf({ external_id: '1042' }, changes), [], deps);
  const [first, again, sentAgain] = told.map(({ id }) => id);
  expect(again).toBe(first);
  expect(sentAgain).not.toBe(first);
});
