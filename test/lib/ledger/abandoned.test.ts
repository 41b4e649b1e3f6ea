import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../lib/explanations/failure.ts';
import { isLost, LOST, lost, MOVED, movedBySqs } from '../../../lib/ledger/abandoned.ts';
import { lastSeenOfLost, MESSAGE_LIFE_MS } from '../../../lib/ledger/message-life.ts';
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
const iso = (at: number): string => new Date(at).toISOString();
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

describe('what follows an order that is in the CRM', () => {
  const down: Failure = { type: 'CONNECTION', message: 'down', reasons: [{ code: 'crm_unreachable' }] };
  const NEVER = { type: 'NO_REASON', reasons: [{ code: 'never_followed' }] };
  const inCrm = (changes: Partial<LedgerRecord>) =>
    seen({ state: 'synced', crm_order_id: '7', history: [stepAt(NOW, 'synced')], ...changes });
  const behind = { wanted: 'PAID', in_crm: 'NEW', attempts: 1 } as const;
  const waiting = { amount: 300, state: 'waiting', attempts: 0 } as const;

  test.each<[what: string, changes: Partial<LedgerRecord>, lastSeen: number]>([
    ['a status, since it was asked for', { status: behind }, NOW],
    [
      'a status that failed, since the end of its backoff',
      { status: { ...behind, error: down }, not_before: NOW + HOUR },
      NOW + HOUR,
    ],
    ['a status in hand, since the end of the lease', { status: behind, lease_until: NOW + HOUR }, NOW + HOUR],
    ['a payment, since it was asked for', { payments: [{ ...waiting, asked_at: NOW + HOUR }] }, NOW + HOUR],
    [
      'a payment that failed, since the end of its backoff',
      { payments: [{ ...waiting, asked_at: NOW, not_before: NOW + HOUR }] },
      NOW + HOUR,
    ],
    ['a payment of which nothing else is known, since the last step', { payments: [waiting] }, NOW],
    [
      'a payment in hand, since the end of the lease',
      { payments: [{ ...waiting, state: 'sending' }], lease_until: NOW + HOUR },
      NOW + HOUR,
    ],
  ])('is lost as an order is: %s', (_what, changes, lastSeen) => {
    const record = inCrm(changes);
    expect(isLost(record, lastSeen + LIFE)).toBe(false);
    expect(isLost(record, lastSeen + LIFE + 1)).toBe(true);
  });

  test('is not seen in what has been booked, nor before there is any history', () => {
    const booked = { ...waiting, amount: 100, state: 'booked', asked_at: NOW + HOUR } as const;
    const record = inCrm({ payments: [booked, { ...waiting, asked_at: NOW + 1 }] });
    expect(isLost(record, NOW + LIFE + 2)).toBe(true);
    expect(isLost(inCrm({ history: [], payments: [{ ...waiting, asked_at: NOW }] }), NOW + LIFE)).toBe(false);
  });

  test.each<[what: string, status: LedgerRecord['status']]>([
    ['there is none', undefined],
    ['it has followed', { ...behind, in_crm: 'PAID' }],
    ['it was given up', { ...behind, error: down }],
  ])('says nothing of a status where %s', (_what, status) => {
    const record = lost(inCrm({ status, payments: [waiting] }));
    expect(record.status).toEqual(status);
    expect(record.outbox).toMatchObject([{ type: 'payment_not_booked', amount: 300 }]);
  });

  test('is told again where it is lost again, after it was asked for once more', () => {
    for (const state of ['waiting', 'sending'] as const) {
      const once = lost(inCrm({ payments: [{ ...waiting, state }] }));
      const again = lost({
        ...once,
        outbox: undefined,
        payments: [{ ...waiting, state, asked_at: NOW + 3 * LIFE }],
      });
      expect(again.outbox).toMatchObject([{ type: 'payment_not_booked', at: iso(NOW + 4 * LIFE) }]);
    }
  });

  test.each<[what: string, changes: Partial<LedgerRecord>]>([
    ['there is nothing', {}],
    ['its status has followed', { status: { ...behind, in_crm: 'PAID' } }],
    ['its status was given up, which is told, and has a letter', { status: { ...behind, error: down } }],
    ['its payment is booked', { payments: [{ ...waiting, state: 'booked' }] }],
    ['its payment waits for a person', { payments: [{ ...waiting, state: 'in_doubt', error: down }] }],
    ['its payment could not be booked', { payments: [{ ...waiting, state: 'not_booked', error: down }] }],
    [
      'the order itself is not there, which is told',
      { state: 'parked', payments: [waiting], status: behind },
    ],
  ])('is never lost where %s', (_what, changes) => {
    expect(isLost(inCrm(changes), NOW + 2 * LIFE)).toBe(false);
  });

  test('is told, each for itself, and the order stays where it is', () => {
    const record = inCrm({
      status: behind,
      lease_until: NOW,
      not_before: NOW,
      payments: [
        { ...waiting, amount: 100, state: 'booked' },
        waiting,
        { ...waiting, amount: 40, state: 'sending', attempts: 2 },
      ],
    });
    const { outbox, ...rest } = lost(record);
    const at = new Date(NOW + LIFE).toISOString();
    expect(rest).toMatchObject({
      state: 'synced',
      start: 3,
      status: { ...behind, error: NEVER },
      payments: [
        { amount: 100, state: 'booked' },
        { amount: 300, state: 'not_booked', error: NEVER },
        { amount: 40, state: 'in_doubt', error: { reasons: [{ code: 'payment_unproven' }] } },
      ],
    });
    expect([rest.lease_until, rest.not_before]).toEqual([undefined, undefined]);
    expect(outbox).toMatchObject([
      { type: 'status_not_changed', at, status: 'PAID', error: NEVER },
      { type: 'payment_not_booked', at, amount: 300, error: NEVER },
      { type: 'payment_not_booked', at, amount: 40, error: { type: 'UNPROVEN' } },
    ]);
    expect(rest.history.slice(1)).toMatchObject([
      { step: 'status_not_changed', status: 'PAID', error_type: 'NO_REASON', reasons: ['never_followed'] },
      { step: 'payment_not_booked', amount: 300 },
      { step: 'payment_not_booked', amount: 40 },
    ]);
    expect(isLost(lost(record), NOW + 9 * LIFE)).toBe(false);
  });

  test('of an order that is lost itself, what was paid is told after it', () => {
    expect(lost(seen({ payments: [waiting], status: behind })).outbox).toMatchObject([
      { type: 'parked', error: { reasons: [{ code: 'lost_track' }] } },
      { type: 'payment_not_booked', amount: 300, error: NEVER },
    ]);
    expect(movedBySqs(seen({ payments: [waiting] }), NOW).outbox).toMatchObject([{ type: 'parked' }]);
  });
});
