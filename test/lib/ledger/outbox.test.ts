import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../lib/explanations/failure.ts';
import { conflicted, ended } from '../../../lib/ledger/end.ts';
import { outcomeOf } from '../../../lib/ledger/outbox.ts';
import { eventId, outcomeSchema } from '../../../lib/ledger/outcome.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { accepted, restarted } from '../../../lib/ledger/start.ts';

const NOW = Date.parse('2026-01-01T10:00:00Z');
const known = accepted(
  { external_id: '1042', content_hash: 'f'.repeat(64), submitted_by: 'bot' },
  NOW - 5000,
);
const error: Failure = { type: 'CONNECTION', message: 'down', reasons: [{ code: 'crm_unreachable' }] };
const syncing: LedgerRecord = { ...known, state: 'syncing', attempts: 1 };
const park = (record: LedgerRecord, now = NOW) =>
  ended(record, { state: 'parked', error, doubt: undefined, notBefore: undefined, costsAttempt: true }, now);
const sync = (record: LedgerRecord, now = NOW) => ended(record, { state: 'synced', crmOrderId: '1001' }, now);

describe('the outcome that a record stands for', () => {
  test('says what came of the order, when, and why', () => {
    expect(outcomeOf(park(syncing))).toEqual({
      id: expect.stringMatching(/^evt_[\da-f]{32}$/),
      type: 'parked',
      at: '2026-01-01T10:00:00.000Z',
      external_id: '1042',
      submitted_by: 'bot',
      attempts: 1,
      crm_order_id: undefined,
      error,
    });
    expect(outcomeOf(sync(syncing))).toMatchObject({
      type: 'synced',
      crm_order_id: '1001',
      error: undefined,
    });
  });

  test('can be read again from the queue', () => {
    for (const record of [park(syncing), sync(syncing)]) {
      const outcome = outcomeOf(record);
      expect(outcomeSchema.parse(JSON.parse(JSON.stringify(outcome)))).toEqual(
        JSON.parse(JSON.stringify(outcome)),
      );
    }
  });

  test('is none while the order is on its way', () => {
    for (const state of ['accepted', 'syncing', 'retrying', 'in_doubt'] as const) {
      expect(outcomeOf({ ...known, state, settled_at: NOW })).toBeUndefined();
    }
  });

  test('is the same whenever it is told, whatever was noted in the meantime', () => {
    const record = sync(syncing);
    const later = { ...conflicted(record, 'number_taken', NOW + 1000), version: 9 };
    expect(outcomeOf(later)).toEqual(outcomeOf(record));
  });

  test('is another for every end of the order, and for every order', () => {
    const again = restarted(park(syncing), known, NOW + 1000);
    const ids = [
      outcomeOf(park(syncing)),
      outcomeOf(sync(syncing)),
      outcomeOf(park({ ...again, state: 'syncing' }, NOW + 2000)),
      outcomeOf(park({ ...syncing, external_id: '1043' })),
    ].map((outcome) => outcome?.id);
    expect(new Set(ids).size).toBe(4);
  });

  test('is no news where it was sent back from the dead-letter queue, and parked again for the same cause', () => {
    const other: Failure = { ...error, reasons: [{ code: 'key_refused' }] };
    const inOtherWords: Failure = { ...error, reasons: [{ code: 'in_doubt' }] };
    const parkedAgain = (redriven: number, cause = error) =>
      outcomeOf(
        ended(
          { ...restarted(park(syncing), { ...known, redriven }, NOW + 1000), state: 'syncing' },
          { state: 'parked', error: cause, doubt: undefined, notBefore: undefined, costsAttempt: true },
          NOW + 2000,
        ),
      );
    expect(parkedAgain(1)).toBeUndefined();
    expect(parkedAgain(1, inOtherWords)).toBeUndefined();
    expect(parkedAgain(1, other)?.type).toBe('parked');
    // Whoever sent it again waits for an answer.
    expect(parkedAgain(0)?.type).toBe('parked');
  });

  test('is a recovery where the order had been parked, and none where it had to be corrected', () => {
    const parkedBefore = restarted(park(syncing), known, NOW + 1000);
    expect(outcomeOf(sync({ ...parkedBefore, state: 'syncing' }))?.type).toBe('recovered');
    const rejectedBefore = restarted(
      ended(
        syncing,
        { state: 'rejected', error, doubt: undefined, notBefore: undefined, costsAttempt: true },
        NOW,
      ),
      known,
      NOW + 1000,
    );
    expect(outcomeOf(sync({ ...rejectedBefore, state: 'syncing' }))?.type).toBe('synced');
  });
});

test('an id tells apart what is put together differently', () => {
  expect(eventId('a', 'bc')).not.toBe(eventId('ab', 'c'));
  expect(eventId('a', 1)).toBe(eventId('a', 1));
});
