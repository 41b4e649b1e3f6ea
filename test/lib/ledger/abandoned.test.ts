import { describe, expect, test } from 'vitest';
import {
  isLost,
  LOST,
  lastSeenOfLost,
  lost,
  MESSAGE_LIFE_MS,
  MOVED,
  movedBySqs,
} from '../../../lib/ledger/abandoned.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { ORDER_STATES } from '../../../lib/ledger/states.ts';
import type { Step } from '../../../lib/ledger/step.ts';
import { NOW, recordOf } from '../../kit/memory-consumer.ts';

const HOUR = 60 * 60 * 1000;
/** The life of a message, and what clocks may differ by. */
const LIFE = MESSAGE_LIFE_MS + HOUR;
const stepAt = (at: number, step: Step['step'] = 'syncing'): Step => ({
  at: new Date(at).toISOString(),
  step,
});
/** Tried, and seen for the last time at `NOW`. */
const seen = (changes: Partial<LedgerRecord> = {}) =>
  recordOf({
    state: 'retrying',
    attempts: 2,
    start: 3,
    history: [stepAt(NOW - 3 * HOUR, 'accepted'), stepAt(NOW - 2 * HOUR), stepAt(NOW, 'retrying')],
    ...changes,
  });

describe('an order is lost', () => {
  test('once it has not been seen for longer than its message lives', () => {
    expect(lastSeenOfLost(NOW + LIFE)).toBe(NOW);
    expect(isLost(seen(), NOW + LIFE)).toBe(false);
    expect(isLost(seen(), NOW + LIFE + 1)).toBe(true);
  });

  test.each(['lease_until', 'not_before'] as const)('not before that long after its %s', (until) => {
    const record = seen({ [until]: NOW + HOUR });
    expect(isLost(record, NOW + LIFE + HOUR)).toBe(false);
    expect(isLost(record, NOW + LIFE + HOUR + 1)).toBe(true);
  });

  test.each(ORDER_STATES)('never where it has an end: %s', (state) => {
    const hasEnd = ['synced', 'rejected', 'parked'].includes(state);
    expect(isLost(seen({ state }), NOW + 2 * LIFE)).toBe(!hasEnd);
  });

  test('where nothing says when it was seen', () => {
    expect(isLost(seen({ history: [] }), NOW)).toBe(true);
    expect(isLost(seen({ history: [{ at: 'some day', step: 'accepted' }] }), NOW)).toBe(true);
  });
});

describe.each([
  [
    'moved to the dead letters by SQS',
    MOVED,
    NOW + 5000,
    (record: LedgerRecord) => movedBySqs(record, NOW + 5000),
  ],
  ['lost', LOST, NOW + LIFE, lost],
] as const)('an order whose message is %s', (_how, error, at, abandoned) => {
  test('is parked, at the start that it was in, and its submitter is to be told why', () => {
    const record = seen({ lease_until: NOW, not_before: NOW });
    expect(abandoned(record)).toEqual({
      ...record,
      state: 'parked',
      error,
      lease_until: undefined,
      not_before: undefined,
      settled_at: at,
      outbox: [
        {
          id: expect.stringMatching(/^evt_[\da-f]{32}$/),
          type: 'parked',
          at: new Date(at).toISOString(),
          external_id: '1042',
          submitted_by: 'bot',
          attempts: 2,
          error,
        },
      ],
      history: [
        ...record.history,
        {
          ...stepAt(at, 'parked'),
          attempt: 2,
          error_type: 'NO_REASON',
          reasons: error.reasons?.map(({ code }) => code),
        },
      ],
    });
  });

  test.each([
    ['was in hand: nobody knows how far the call got', { state: 'syncing' }, 'h1'],
    ['was in doubt', { state: 'in_doubt', doubt: 'h0' }, 'h0'],
    ['was in hand, and in doubt before', { state: 'syncing', doubt: 'h0' }, 'h0'],
  ] as const)('may be in the CRM all the same where it %s', (_what, changes, doubt) => {
    expect(abandoned(seen(changes))).toMatchObject({
      doubt,
      maybe_sent: [doubt],
      error: { ...error, reasons: [{ code: 'in_doubt' }, ...(error.reasons ?? [])] },
    });
  });
});

test('what is lost is told as the same, whenever it is found to be', () => {
  expect(lost(seen())).toEqual(lost(seen()));
  expect(lost(seen({ history: [] })).settled_at).toBe(LIFE);
});
