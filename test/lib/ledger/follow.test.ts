import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../lib/explanations/failure.ts';
import {
  asking,
  heldUntil,
  isBehind,
  isGivenUp,
  isReached,
  isToFollow,
  type MoveEnd,
  moved,
  moving,
} from '../../../lib/ledger/follow.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { ORDER_STATES } from '../../../lib/ledger/states.ts';
import type { StatusOf } from '../../../lib/ledger/status.ts';
import type { Step } from '../../../lib/ledger/step.ts';
import { ORDER_STATUSES } from '../../../lib/order/order-status.ts';
import { NOW, recordOf } from '../../kit/memory-consumer.ts';

const LATER = NOW + 5000;
const LEASE = NOW + 65_000;
const down: Failure = { type: 'CONNECTION', message: 'down', reasons: [{ code: 'crm_unreachable' }] };
const refused: Failure = {
  type: 'VALIDATION',
  message: 'no',
  reasons: [{ code: 'status_refused' }, { code: 'order_gone' }, { code: 'status_refused' }],
};

/** In the CRM as new, and to be paid there. */
const statusOf = (changes: Partial<StatusOf> = {}): StatusOf => ({
  wanted: 'PAID',
  in_crm: 'NEW',
  attempts: 0,
  ...changes,
});
const inCrm = (status: StatusOf | undefined = statusOf(), changes: Partial<LedgerRecord> = {}) =>
  recordOf({ state: 'synced', crm_order_id: '7', status, ...changes });

describe('asked for a status', () => {
  test('that is further, an order is to have it, and its history says so', () => {
    const record = inCrm(statusOf({ attempts: 2, error: down }));
    expect(asking(record, 'PROCESSING', LATER)).toEqual({
      ...record,
      status: { wanted: 'PROCESSING', in_crm: 'NEW', attempts: 0 },
      history: [
        ...record.history,
        { at: '2026-01-01T10:00:05.000Z', step: 'status_asked', status: 'PROCESSING' },
      ],
    });
  });

  test.each([undefined, 'NEW', 'PENDING_PAYMENT', 'PAID'] as const)(
    'that is no further (%s), an order that is to be paid stays as it is',
    (status) => {
      const record = inCrm();
      expect(asking(record, status, LATER)).toBe(record);
    },
  );

  test('that it is to be new is no news of an order of which nobody has said otherwise', () => {
    const record = recordOf({ status: undefined });
    expect(asking(record, 'NEW', LATER)).toBe(record);
    expect(asking(record, 'PAID', LATER).status).toMatchObject({ wanted: 'PAID' });
  });
});

describe('an order', () => {
  test.each([
    ['is to be further', statusOf(), true],
    ['is as far as it is to be', statusOf({ in_crm: 'PAID' }), false],
    ['is further than it is to be', statusOf({ in_crm: 'PROCESSING' }), false],
    ['is nobody knows how far', statusOf({ in_crm: undefined }), true],
    ['has no status that follows', undefined, false],
  ])('that %s is behind: %s', (_what, status, is) => {
    expect(isBehind(recordOf({ state: 'synced', status }))).toBe(is);
  });

  test.each([
    ['NEW', true],
    ['PENDING_PAYMENT', true],
    ['PAID', false],
    ['PROCESSING', false],
  ] as const)('that waits for its payment in the CRM has reached %s: %s', (asked, is) => {
    expect(isReached(inCrm(statusOf({ in_crm: 'PENDING_PAYMENT' })), asked)).toBe(is);
  });

  test('of whose status nothing is known has reached none', () => {
    for (const asked of ORDER_STATUSES) {
      expect(isReached(recordOf({ state: 'synced', status: undefined }), asked)).toBe(false);
      expect(isReached(inCrm(statusOf({ in_crm: undefined })), asked)).toBe(false);
    }
  });

  test.each(ORDER_STATES.filter((state) => state !== 'synced'))(
    'that is %s, and so not in the CRM, is neither behind there nor has reached anything',
    (state) => {
      expect(isBehind(inCrm(statusOf(), { state }))).toBe(false);
      expect(isReached(inCrm(statusOf(), { state }), 'NEW')).toBe(false);
    },
  );
});

describe('a status is given up', () => {
  test.each([
    ['that has failed, and is not to be tried again by itself', statusOf({ error: down }), undefined, true],
    ['not while its backoff runs', statusOf({ error: down }), LATER, false],
    ['not before it has failed', statusOf(), undefined, false],
    ['not where there is none', undefined, undefined, false],
  ])('%s', (_what, status, not_before, is) => {
    expect(isGivenUp(recordOf({ state: 'synced', status, not_before }))).toBe(is);
  });
});

describe('there is something to do for whoever asks for a status', () => {
  const givenUp = inCrm(statusOf({ error: refused }));

  test.each([
    ['where it is further', inCrm(), 'PROCESSING', true],
    ['not where it is what is wanted already', inCrm(), 'PAID', false],
    [
      'not where it is what is wanted, and will be tried again',
      { ...givenUp, not_before: LATER },
      'PAID',
      false,
    ],
    ['where it is what is wanted, and was given up', givenUp, 'PAID', true],
    ['not where what was given up is further', givenUp, 'NEW', false],
    ['where it is further than what was given up', givenUp, 'PROCESSING', true],
    ['not where no status is asked for', givenUp, undefined, false],
    ['not where the order is new as it is', recordOf({ status: undefined }), 'NEW', false],
    ['where nobody has said otherwise, and now it is paid', recordOf({ status: undefined }), 'PAID', true],
  ] as const)('%s', (_what, record, status, is) => {
    expect(isToFollow(record, status)).toBe(is);
  });
});

describe('nobody moves an order on', () => {
  test.each([
    ['until the lease is over, and then its backoff', LEASE, LEASE + 1, LEASE + 1],
    ['until its backoff is over, and then the lease', LEASE + 1, LEASE, LEASE + 1],
    ['until the lease is over', LEASE, undefined, LEASE],
    ['until its backoff is over', undefined, LATER, LATER],
    ['but at once where there is neither', undefined, undefined, 0],
  ])('%s', (_when, lease_until, not_before, until) => {
    expect(heldUntil(recordOf({ lease_until, not_before }))).toBe(until);
  });
});

describe('taken in hand, an order', () => {
  test('is held by its lease, one attempt further, with neither backoff nor error', () => {
    const known = statusOf({ attempts: 1, error: down });
    const record = inCrm(known, { not_before: NOW });
    expect(moving(record, known, LEASE)).toEqual({
      record: {
        ...record,
        status: statusOf({ attempts: 2 }),
        lease_until: LEASE,
        not_before: undefined,
      },
      status: 'PAID',
      attempts: 2,
      leaseUntil: LEASE,
    });
  });

  test('that had been given up is begun anew', () => {
    const known = statusOf({ attempts: 4, error: down });
    const { attempts, record } = moving(inCrm(known), known, LEASE);
    expect([attempts, record.status?.attempts]).toEqual([1, 1]);
  });
});

describe('after an attempt to move it on', () => {
  const known = statusOf({ attempts: 1 });
  const hand = moving(inCrm(known), known, LEASE);
  const afterMove = (end: MoveEnd, changes: Partial<LedgerRecord> = {}) =>
    moved({ ...hand.record, ...changes }, hand, end, LATER);
  const free = { ...hand.record, lease_until: undefined, not_before: undefined };
  /** What was asked for while the attempt ran. */
  const overtaken = { status: statusOf({ wanted: 'PROCESSING' }) };
  const later: MoveEnd = { result: 'later', error: down, notBefore: LATER + 30_000, costsAttempt: true };
  const givenUp: MoveEnd = { result: 'given_up', error: refused, isReturn: false };

  test.each([
    ['moved', { result: 'moved', status: 'PAID' }],
    ['to be tried later', later],
    ['given up', givenUp],
  ] as const)('that is %s, nothing is written where the order is in other hands', (_how, end) => {
    expect(afterMove(end, { lease_until: LEASE + 1 })).toBeUndefined();
    expect(afterMove(end, { lease_until: undefined })).toBeUndefined();
    expect(afterMove(end, { status: undefined })).toBeUndefined();
  });

  test('it is there, and its submitter is to be told so after what it is to be told already', () => {
    const before = afterMove({ result: 'moved', status: 'NEW' })?.outbox ?? [];
    expect(before).toHaveLength(1);
    expect(afterMove({ result: 'moved', status: 'PAID' }, { outbox: before })).toEqual({
      ...free,
      status: { wanted: 'PAID', in_crm: 'PAID', attempts: 0 },
      outbox: [
        ...before,
        {
          id: expect.stringMatching(/^evt_[\da-f]{32}$/),
          type: 'status_changed',
          at: '2026-01-01T10:00:05.000Z',
          external_id: '1042',
          submitted_by: 'bot',
          attempts: 0,
          crm_order_id: '7',
          status: 'PAID',
        },
      ],
      history: [...free.history, { at: '2026-01-01T10:00:05.000Z', step: 'status_changed', status: 'PAID' }],
    });
  });

  test.each([
    ['NEW', 'PAID'],
    ['PAID', 'PAID'],
    ['PROCESSING', 'PROCESSING'],
  ] as const)('that the CRM has as %s by now, it is to be %s: never back', (status, wanted) => {
    expect(afterMove({ result: 'moved', status })?.status).toEqual({ wanted, in_crm: status, attempts: 0 });
  });

  test('what was asked for in the meantime is still to come', () => {
    expect(afterMove({ result: 'moved', status: 'PAID' }, overtaken)?.status).toEqual({
      wanted: 'PROCESSING',
      in_crm: 'PAID',
      attempts: 0,
    });
  });

  test.each([
    ['an attempt is counted', {}, true, 2],
    ['a rate limit is not', {}, false, 1],
    ['what was asked for since is at its beginning', overtaken, true, 0],
    ['what was asked for since is at its beginning, whatever it cost', overtaken, false, 0],
  ])('that failed for now, it waits, nobody is told, and %s', (_what, changes, costsAttempt, attempts) => {
    const status = changes === overtaken ? overtaken.status : hand.record.status;
    expect(afterMove({ ...later, costsAttempt }, changes)).toEqual({
      ...free,
      not_before: LATER + 30_000,
      status: { ...status, attempts, error: down },
    });
  });

  test('that is given up, it says why, and its submitter is to be told, each cause once', () => {
    expect(afterMove(givenUp)).toEqual({
      ...free,
      status: statusOf({ attempts: 2, error: refused }),
      outbox: [
        {
          id: expect.stringMatching(/^evt_[\da-f]{32}$/),
          type: 'status_not_changed',
          at: '2026-01-01T10:00:05.000Z',
          external_id: '1042',
          submitted_by: 'bot',
          attempts: 2,
          crm_order_id: '7',
          status: 'PAID',
          error: refused,
        },
      ],
      history: [
        ...free.history,
        {
          at: '2026-01-01T10:00:05.000Z',
          step: 'status_not_changed',
          status: 'PAID',
          reasons: ['status_refused', 'order_gone'],
          error_type: 'VALIDATION',
        },
      ],
    });
  });

  test('that is given up for no cause that has a code, it says none', () => {
    const noCode: Failure = { type: 'UNKNOWN', message: 'no' };
    expect(afterMove({ ...givenUp, error: noCode })?.history.at(-1)?.reasons).toEqual([]);
  });

  test('what was asked for since is not given up with it: it begins, and nobody is told anything', () => {
    expect(
      afterMove(givenUp, { status: statusOf({ wanted: 'PROCESSING', attempts: 3, error: down }) }),
    ).toEqual({
      ...free,
      status: statusOf({ wanted: 'PROCESSING' }),
    });
  });

  describe('that is given up once more', () => {
    const at = new Date(NOW).toISOString();
    const before: Step = {
      at,
      step: 'status_not_changed',
      status: 'PAID',
      reasons: ['status_refused', 'order_gone'],
    };
    const again = (history: Step[], isReturn = true) => afterMove({ ...givenUp, isReturn }, { history });

    test.each([
      ['for the cause it had before other things happened', [before, { at, step: 'conflict' }]],
      ['for the cause it had', [before]],
    ] as const)('after a return, is no news %s: only the history says so', (_what, history) => {
      const record = again([...history]);
      expect(record?.outbox).toBeUndefined();
      expect(record?.status).toEqual(statusOf({ attempts: 2, error: refused }));
      expect(record?.history).toEqual([
        ...history,
        { ...before, at: '2026-01-01T10:00:05.000Z', error_type: 'VALIDATION' },
      ]);
    });

    test.each<[string, Step[], boolean]>([
      ['where whoever asked again waits for an answer', [before], false],
      ['where it never was before', [{ at, step: 'status_asked', status: 'PAID' }], true],
      ['where nothing was noted before', [], true],
      ['for another cause', [{ ...before, reasons: ['order_gone'] }], true],
      ['where no cause was noted before', [{ ...before, reasons: undefined }], true],
      ['in another status', [{ ...before, status: 'PENDING_PAYMENT' }], true],
      ['where the last time was for another cause', [before, { ...before, reasons: ['order_gone'] }], true],
    ])('is told %s', (_what, history, isReturn) => {
      expect(again(history, isReturn)?.outbox).toMatchObject([{ type: 'status_not_changed' }]);
    });
  });

  test('what is told has an id of its own for each order, caller, status, kind and moment', () => {
    const told = (record: LedgerRecord | undefined) => record?.outbox?.at(-1)?.id;
    const paid: MoveEnd = { result: 'moved', status: 'PAID' };
    const ids = [
      afterMove(paid),
      afterMove(paid, { external_id: '1043' }),
      afterMove(paid, { submitted_by: 'site' }),
      afterMove(paid, { submitted_by: undefined }),
      afterMove({ result: 'moved', status: 'PROCESSING' }),
      afterMove(givenUp),
      moved(hand.record, hand, paid, LATER + 1),
    ].map(told);
    expect(new Set(ids).size).toBe(7);
    expect(told(afterMove(paid))).toBe(ids[0]);
  });
});
