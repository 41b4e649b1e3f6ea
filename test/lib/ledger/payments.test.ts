import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../lib/explanations/failure.ts';
import { LIFE_MS } from '../../../lib/ledger/message-life.ts';
import { PAYMENT_STATES, type PaymentOf } from '../../../lib/ledger/payment.ts';
import {
  askingToBook,
  type BookingEnd,
  booked,
  booking,
  declined,
  isToBook,
  paidBeside,
  paymentHeldUntil,
  paymentOf,
  seenBooked,
} from '../../../lib/ledger/payments.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import type { Step } from '../../../lib/ledger/step.ts';
import { NOW, recordOf } from '../../kit/memory-consumer.ts';

const AT = new Date(NOW).toISOString();
const LATER = NOW + 5000;
const AT_LATER = new Date(LATER).toISOString();
const LEASE = NOW + 65_000;
const down: Failure = { type: 'CONNECTION', message: 'down', reasons: [{ code: 'crm_unreachable' }] };
const refused: Failure = {
  type: 'VALIDATION',
  message: 'no',
  reasons: [{ code: 'payment_refused' }, { code: 'order_gone' }, { code: 'payment_refused' }],
};

const payment = (changes: Partial<PaymentOf> = {}): PaymentOf => ({
  amount: 300,
  state: 'waiting',
  attempts: 0,
  ...changes,
});
/** What else was paid for the same order, on either side of the payment that it is about. */
const [before, behind] = [payment({ amount: 100, state: 'booked' }), payment({ amount: 500 })];
const inCrm = (payments?: PaymentOf[], changes: Partial<LedgerRecord> = {}) =>
  recordOf({ state: 'synced', crm_order_id: '7', payments, ...changes });

describe('of what was paid', () => {
  test('each payment is known by its amount', () => {
    expect(paymentOf(inCrm([before, payment()]), 300)).toEqual(payment());
    expect(paymentOf(inCrm([before]), 300)).toBeUndefined();
    expect(paymentOf(inCrm(), 300)).toBeUndefined();
  });

  test.each([
    ['waiting', 0],
    ['sending', 100],
    ['booked', 100],
    ['in_doubt', 100],
    ['not_booked', 0],
  ] as const)('what is %s counts as %s of 100 in the CRM', (state, counts) => {
    expect(paidBeside(inCrm([payment({ amount: 100, state })]), 300)).toBe(counts);
  });

  test('what is in the CRM beside a payment is added up to the kopiyka, without the payment itself', () => {
    const paid = [0.1, 0.2, 300, 19.99].map((amount) => payment({ amount, state: 'booked' }));
    expect(paidBeside(inCrm(paid), 300)).toBe(20.29);
    expect(paidBeside(inCrm(), 300)).toBe(0);
  });
});

describe('asked to book a payment', () => {
  test('that is new, an order is to have it, beside what it has', () => {
    const record = inCrm([before]);
    expect(askingToBook(record, 300, NOW)).toEqual({
      ...record,
      payments: [before, payment({ asked_at: NOW })],
    });
    expect(askingToBook(inCrm(), 300, NOW).payments).toEqual([payment({ asked_at: NOW })]);
  });

  test('that could not be booked, it is begun anew, and nothing else with it', () => {
    const record = inCrm([before, payment({ state: 'not_booked', attempts: 4, error: refused }), behind]);
    expect(isToBook(record, 300, NOW)).toBe(true);
    expect(askingToBook(record, 300, NOW)).toEqual({
      ...record,
      payments: [before, payment({ asked_at: NOW }), behind],
    });
  });

  test.each(PAYMENT_STATES.filter((state) => state !== 'not_booked'))(
    'that is %s, it stays as it is: the same again is a repeat',
    (state) => {
      const record = inCrm([payment({ state, attempts: 2 })]);
      expect(isToBook(record, 300, NOW)).toBe(false);
      expect(askingToBook(record, 300, NOW)).toBe(record);
    },
  );
});

describe('a payment that waits is to be booked anew', () => {
  const late = NOW + LIFE_MS + 1;
  test.each<[when: string, payment: Partial<PaymentOf>, now: number, isToBe: boolean]>([
    ['once its message is nowhere', { asked_at: NOW }, late, true],
    ['but not as long as its message lives', { asked_at: NOW }, late - 1, false],
    ['but not as long as it was to come back', { asked_at: NOW, not_before: NOW + 1 }, late, false],
    ['but not where nobody knows when it was asked for', {}, late, false],
    ['but never what was sent', { asked_at: NOW, state: 'sending' }, late, false],
  ])('%s', (_when, changes, now, isToBe) => {
    const record = inCrm([payment(changes)]);
    expect(isToBook(record, 300, now)).toBe(isToBe);
    expect(askingToBook(record, 300, now) !== record).toBe(isToBe);
  });
});

describe('nobody sends a payment', () => {
  test.each([
    ['until the lease is over, and then its backoff', LEASE, LEASE + 1, LEASE + 1],
    ['until its backoff is over, and then the lease', LEASE + 1, LEASE, LEASE + 1],
    ['until the lease of its order is over', LEASE, undefined, LEASE],
    ['until its backoff is over', undefined, LATER, LATER],
    ['but at once where there is neither', undefined, undefined, 0],
  ])('%s', (_when, lease_until, not_before, until) => {
    expect(paymentHeldUntil(inCrm([payment({ not_before })], { lease_until }), 300)).toBe(until);
  });

  test('before the lease is over, though nothing is known of the payment', () => {
    expect(paymentHeldUntil(inCrm(undefined, { lease_until: LEASE }), 300)).toBe(LEASE);
    expect(paymentHeldUntil(inCrm(), 300)).toBe(0);
  });
});

describe('taken in hand, a payment', () => {
  test('may be in the CRM from now on, and its order is held by a lease', () => {
    const record = inCrm([before, payment({ attempts: 1, not_before: NOW, error: down }), behind]);
    expect(booking(record, 300, LEASE)).toEqual({
      record: {
        ...record,
        payments: [before, payment({ state: 'sending', attempts: 2 }), behind],
        lease_until: LEASE,
      },
      amount: 300,
      attempts: 2,
      leaseUntil: LEASE,
    });
  });

  test.each([
    ['of which nothing is known', undefined],
    ['that could not be booked', [payment({ state: 'not_booked', attempts: 4 })]],
  ])('%s is at its first attempt', (_what, payments) => {
    const { attempts, record } = booking(inCrm(payments), 300, LEASE);
    expect([attempts, paymentOf(record, 300)?.attempts]).toEqual([1, 1]);
  });
});

describe('after an attempt to book it', () => {
  const hand = booking(inCrm([before, payment({ attempts: 1 }), behind]), 300, LEASE);
  const afterBooking = (end: BookingEnd, changes: Partial<LedgerRecord> = {}) =>
    booked({ ...hand.record, ...changes }, hand, end, LATER);
  const free = { ...hand.record, lease_until: undefined };
  const done: BookingEnd = { result: 'booked' };
  const later: BookingEnd = { result: 'later', error: down, notBefore: LATER + 30_000, costsAttempt: true };
  const failed = (result: 'not_booked' | 'in_doubt', isReturn = false): BookingEnd => ({
    result,
    error: refused,
    isReturn,
  });
  const id = expect.stringMatching(/^evt_[\da-f]{32}$/);

  test.each([
    ['that is booked', done],
    ['that is to be tried later', later],
    ['that cannot be booked', failed('not_booked')],
    ['of which nobody knows', failed('in_doubt')],
  ])('%s, nothing is written where the order is in other hands', (_how, end) => {
    expect(afterBooking(end, { lease_until: LEASE + 1 })).toBeUndefined();
    expect(afterBooking(end, { lease_until: undefined })).toBeUndefined();
  });

  test('it is booked, and its submitter is to be told so after what it is to be told already', () => {
    const outbox = afterBooking(done)?.outbox ?? [];
    expect(outbox).toHaveLength(1);
    expect(afterBooking(done, { outbox })).toEqual({
      ...free,
      payments: [before, payment({ state: 'booked', attempts: 2 }), behind],
      outbox: [
        ...outbox,
        {
          id,
          type: 'payment_booked',
          at: AT_LATER,
          external_id: '1042',
          submitted_by: 'bot',
          attempts: 2,
          crm_order_id: '7',
          amount: 300,
        },
      ],
      history: [...free.history, { at: AT_LATER, step: 'payment_booked', amount: 300 }],
    });
  });

  test.each([
    ['an attempt is counted', true, 2],
    ['a rate limit is not', false, 1],
  ])('that failed for now, it waits, nobody is told, and %s', (_what, costsAttempt, attempts) => {
    expect(afterBooking({ ...later, costsAttempt })).toEqual({
      ...free,
      payments: [before, payment({ attempts, not_before: LATER + 30_000, error: down }), behind],
    });
  });

  test.each(['not_booked', 'in_doubt'] as const)(
    'it is %s, says why, and its submitter is to be told, each cause once',
    (state) => {
      expect(afterBooking(failed(state))).toEqual({
        ...free,
        payments: [before, payment({ state, attempts: 2, error: refused }), behind],
        outbox: [
          {
            id,
            type: 'payment_not_booked',
            at: AT_LATER,
            external_id: '1042',
            submitted_by: 'bot',
            attempts: 2,
            crm_order_id: '7',
            amount: 300,
            error: refused,
          },
        ],
        history: [
          ...free.history,
          {
            at: AT_LATER,
            step: 'payment_not_booked',
            amount: 300,
            error_type: 'VALIDATION',
            reasons: ['payment_refused', 'order_gone'],
          },
        ],
      });
    },
  );

  test('that failed for no cause that has a code, it says none', () => {
    const noCode: Failure = { type: 'UNKNOWN', message: 'no' };
    const end: BookingEnd = { result: 'not_booked', error: noCode, isReturn: false };
    expect(afterBooking(end)?.history.at(-1)?.reasons).toEqual([]);
  });

  describe('that has failed once more', () => {
    const told: Step = {
      at: AT,
      step: 'payment_not_booked',
      amount: 300,
      reasons: ['payment_refused', 'order_gone'],
    };

    test.each<[string, Step[]]>([
      ['for the cause it had', [told]],
      ['for the cause it had before other things happened', [told, { at: AT, step: 'conflict' }]],
    ])('after a return, is no news %s', (_what, history) => {
      expect(afterBooking(failed('not_booked', true), { history })).toEqual({
        ...free,
        payments: [before, payment({ state: 'not_booked', attempts: 2, error: refused }), behind],
        history,
      });
    });

    test.each<[string, Step[], boolean]>([
      ['where whoever asked again waits for an answer', [told], false],
      ['where it never was before', [{ at: AT, step: 'payment_booked', amount: 300 }], true],
      ['where nothing was noted before', [], true],
      ['for another cause', [{ ...told, reasons: ['order_gone'] }], true],
      ['where no cause was noted before', [{ ...told, reasons: undefined }], true],
      ['of another payment', [{ ...told, amount: 100 }], true],
      ['where the last time was for another cause', [told, { ...told, reasons: ['order_gone'] }], true],
    ])('is told %s', (_what, history, isReturn) => {
      expect(afterBooking(failed('not_booked', isReturn), { history })?.outbox).toMatchObject([
        { type: 'payment_not_booked', amount: 300 },
      ]);
    });
  });

  test('what is told has an id of its own for each order, caller, amount, kind and moment', () => {
    const idOf = (record: LedgerRecord | undefined) => record?.outbox?.at(-1)?.id;
    const ids = [
      afterBooking(done),
      afterBooking(done, { external_id: '1043' }),
      afterBooking(done, { submitted_by: 'site' }),
      afterBooking(done, { submitted_by: undefined }),
      booked(hand.record, { ...hand, amount: 100 }, done, LATER),
      afterBooking(failed('not_booked')),
      booked(hand.record, hand, done, LATER + 1),
    ].map(idOf);
    expect(new Set(ids).size).toBe(7);
    expect(idOf(afterBooking(done))).toBe(ids[0]);
  });
});

describe('where no payment can be booked', () => {
  const notSetUp: Failure = {
    type: 'CONFIGURATION',
    message: 'no',
    reasons: [{ code: 'payment_not_set_up' }],
  };
  const unproven: Failure = { type: 'UNPROVEN', message: 'unknown', reasons: [{ code: 'payment_unproven' }] };
  const decline = (record: LedgerRecord, isReturn = false) =>
    declined(record, 300, { notSetUp, unproven, isReturn }, LATER);

  test.each(['booked', 'in_doubt'] as const)('what is %s stays that', (state) => {
    const record = inCrm([payment({ state })]);
    expect(decline(record)).toBe(record);
  });

  test.each([
    ['what waits', [payment({ attempts: 2 })]],
    ['what could not be booked', [payment({ state: 'not_booked', attempts: 2, error: refused })]],
    ['what nothing was known of', undefined],
  ])('%s is not booked, and whoever paid is told', (_what, payments) => {
    const declinedOne = decline(inCrm(payments));
    expect(declinedOne.payments).toEqual([payment({ state: 'not_booked', error: notSetUp })]);
    expect(declinedOne.outbox).toMatchObject([
      { type: 'payment_not_booked', attempts: 0, amount: 300, error: notSetUp },
    ]);
  });

  test('what was being sent while one could be may be there: a person looks', () => {
    const sent = decline(inCrm([payment({ state: 'sending', attempts: 2 })]));
    expect(sent.payments).toEqual([payment({ state: 'in_doubt', attempts: 1, error: unproven })]);
    expect(sent.outbox).toMatchObject([{ type: 'payment_not_booked', attempts: 1, error: unproven }]);
  });

  test('whoever paid is told once, however often its letter comes back', () => {
    const once = decline(inCrm());
    expect(decline(once, true)).toEqual(once);
    expect(decline(once).outbox).toHaveLength(2);
  });
});

test('what a person has seen in the CRM is booked, and its submitter is to be told so', () => {
  const record = inCrm([before, payment({ state: 'in_doubt', attempts: 1, error: refused }), behind]);
  expect(seenBooked(record, 300, LATER)).toEqual({
    ...record,
    payments: [before, payment({ state: 'booked' }), behind],
    outbox: [
      {
        id: expect.stringMatching(/^evt_[\da-f]{32}$/),
        type: 'payment_booked',
        at: AT_LATER,
        external_id: '1042',
        submitted_by: 'bot',
        attempts: 0,
        crm_order_id: '7',
        amount: 300,
      },
    ],
    history: [...record.history, { at: AT_LATER, step: 'payment_booked', amount: 300 }],
  });
});
