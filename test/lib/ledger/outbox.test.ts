import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../lib/explanations/failure.ts';
import { conflicted, ended } from '../../../lib/ledger/end.ts';
import { isUntold, lastOutcome, outcomeOf, withOutcome } from '../../../lib/ledger/outbox.ts';
import { eventId, outcomeSchema } from '../../../lib/ledger/outcome.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { accepted, restarted } from '../../../lib/ledger/start.ts';
import type { Step } from '../../../lib/ledger/step.ts';

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

const SECOND = 1000;
/** A record after these steps, a second apart, the last of them at `NOW`. */
function afterSteps(state: LedgerRecord['state'], ...steps: Omit<Step, 'at'>[]): LedgerRecord {
  const at = (i: number) => new Date(NOW - (steps.length - 1 - i) * SECOND).toISOString();
  const history = steps.map((step, i) => ({ ...step, at: at(i) }));
  return { ...known, state, attempts: 1, settled_at: NOW, error, history };
}
const came: Omit<Step, 'at'> = { step: 'accepted' };
const syncs: Omit<Step, 'at'> = { step: 'syncing' };
const returned: Omit<Step, 'at'> = { step: 'returned' };
const parked: Omit<Step, 'at'> = { step: 'parked', error_type: 'AUTHENTICATION', reasons: ['key_refused'] };
const once = [came, syncs, parked];
const again = [returned, syncs, parked];

describe('an order that was parked again', () => {
  test.each<[string, Omit<Step, 'at'>[]]>([
    ['as the time before', [...once, ...again]],
    ['as the time before, whatever was noted since', [...once, ...again, { step: 'conflict' }]],
    ['as the time before, again and again', [...once, ...again, ...again]],
    [
      'for the same causes in another order',
      [
        came,
        { step: 'parked', reasons: ['sku_missing', 'key_refused'] },
        returned,
        { step: 'parked', reasons: ['key_refused', 'sku_missing'] },
      ],
    ],
    [
      'for another cause that passes by itself',
      [
        came,
        { step: 'parked', reasons: ['crm_unreachable'] },
        returned,
        { step: 'parked', reasons: ['crm_busy', 'in_doubt'] },
      ],
    ],
    [
      'for a cause of the same type, where it has no code',
      [
        came,
        { step: 'parked', error_type: 'UNKNOWN' },
        returned,
        { step: 'parked', error_type: 'UNKNOWN', reasons: [] },
      ],
    ],
  ])('%s, is no news', (_how, steps) => {
    expect(outcomeOf(afterSteps('parked', ...steps))).toBeUndefined();
  });

  test.each<[string, Omit<Step, 'at'>[]]>([
    ['for another cause', [...once, returned, syncs, { ...parked, reasons: ['sku_missing'] }]],
    [
      'for one cause more',
      [...once, returned, syncs, { ...parked, reasons: ['key_refused', 'sku_missing'] }],
    ],
    [
      'for a cause of another type, where neither has a code',
      [came, { step: 'parked', error_type: 'UNKNOWN' }, returned, { step: 'parked', error_type: 'CONFLICT' }],
    ],
    ['after whoever sent it began it anew', [...once, { step: 'restarted' }, syncs, parked]],
    [
      'after it came back, and was then begun anew',
      [...once, returned, { step: 'restarted' }, syncs, parked],
    ],
    ['after it was rejected in the meantime', [...once, returned, { ...parked, step: 'rejected' }, ...again]],
    ['of which no earlier end is on record', [came, ...again]],
    ['of which nothing earlier is on record', [parked]],
  ])('%s, is news', (_how, steps) => {
    expect(outcomeOf(afterSteps('parked', ...steps))).toMatchObject({ type: 'parked' });
  });

  test('and is in the CRM at last, is news: it has recovered', () => {
    const record = afterSteps('synced', ...once, ...again, returned, syncs, { step: 'synced' });
    expect(outcomeOf(record)).toMatchObject({ type: 'recovered', at: '2026-01-01T10:00:00.000Z' });
    expect(lastOutcome(record)).toEqual(outcomeOf(record));
  });

  test.each([
    ['once more', [...again], 3],
    ['twice more', [...again, ...again], 6],
    ['once more, and then had its number asked for', [...again, { step: 'conflict' } as const], 4],
  ])('%s, was told last that it was parked the first time, by the same id', (_how, steps, secondsAgo) => {
    const last = lastOutcome(afterSteps('parked', ...once, ...steps));
    const first = outcomeOf({ ...afterSteps('parked', ...once), settled_at: NOW - secondsAgo * SECOND });
    expect(last).toEqual(first);
    expect(last?.at).toBe(new Date(NOW - secondsAgo * SECOND).toISOString());
  });

  test('for another cause, was told last that it was parked for that', () => {
    const record = afterSteps('parked', ...once, returned, { ...parked, reasons: ['sku_missing'] });
    expect(lastOutcome(record)).toEqual(outcomeOf(record));
    expect(lastOutcome(record)?.at).toBe('2026-01-01T10:00:00.000Z');
  });
});

describe('what there is to tell', () => {
  test('is none of what has no end on record', () => {
    expect(outcomeOf({ ...afterSteps('synced', ...once), settled_at: undefined })).toBeUndefined();
    expect(lastOutcome(afterSteps('retrying', came))).toBeUndefined();
  });

  test('is told after what is still to be told, and nothing is noted where there is none', () => {
    const [first, second] = [park(syncing).outbox ?? [], sync(syncing)];
    expect(first).toHaveLength(1);
    expect(withOutcome({ ...second, outbox: first }).outbox).toEqual([...first, outcomeOf(second)]);
    expect(withOutcome(known)).toBe(known);
    const parkedAgain = afterSteps('parked', ...once, ...again);
    expect(withOutcome(parkedAgain)).toBe(parkedAgain);
  });

  test('is untold while it is in the outbox', () => {
    expect(isUntold(park(syncing))).toBe(true);
    expect(isUntold({ ...known, outbox: [] })).toBe(false);
    expect(isUntold(known)).toBe(false);
  });

  test('has an id of its own for each caller, and for what has none', () => {
    const ids = ['bot', 'site', undefined].map(
      (submitted_by) => outcomeOf({ ...park(syncing), submitted_by })?.id,
    );
    expect(new Set(ids).size).toBe(3);
  });
});
