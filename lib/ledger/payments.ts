import type { Failure } from '../explanations/failure.ts';
import { lastSeenOfLost } from './message-life.ts';
import { eventId, type Outcome } from './outcome.ts';
import type { PaymentOf } from './payment.ts';
import { type LedgerRecord, withStep } from './record.ts';

/*
 * How a payment gets into the CRM. It is the one thing there that can be neither repeated nor looked up, so it is noted
 * as being sent before it is, and what then comes to no known end is not sent again.
 */

export const paymentOf = ({ payments = [] }: LedgerRecord, amount: number): PaymentOf | undefined =>
  payments.find((payment) => payment.amount === amount);

/** What else of this order is in the CRM, or may be (hryvnia). */
export const paidBeside = ({ payments = [] }: LedgerRecord, amount: number): number =>
  payments
    .filter((other) => other.amount !== amount && ['sending', 'booked', 'in_doubt'].includes(other.state))
    .reduce((sum, other) => sum + Math.round(other.amount * 100), 0) / 100;

/**
 * Is there anything to do for whoever says that so much was paid? What could not be booked is tried anew, and what was
 * asked for so long ago that its message is nowhere.
 */
export function isToBook(record: LedgerRecord, amount: number, now: number): boolean {
  const known = paymentOf(record, amount);
  switch (known?.state) {
    case undefined:
    case 'not_booked':
      return true;
    case 'waiting':
      return Math.max(known.asked_at ?? now, known.not_before ?? 0) < lastSeenOfLost(now);
    case 'sending':
    case 'booked':
    case 'in_doubt':
      return false;
  }
}

/** With a payment that is to be booked. The same record where that is no news. */
export function askingToBook(record: LedgerRecord, amount: number, now: number): LedgerRecord {
  return isToBook(record, amount, now)
    ? withPayment(record, { amount, state: 'waiting', asked_at: now, attempts: 0 })
    : record;
}

/** Neither booked nor told of: a message is to bring it on. */
export const isOnItsWay = ({ state }: PaymentOf): boolean => state === 'waiting' || state === 'sending';

/** A payment in hand. */
export interface Booking {
  record: LedgerRecord;
  amount: number;
  attempts: number;
  leaseUntil: number;
}

/** Until when (epoch ms) nobody may send it: somebody has the order in hand, or its backoff is not over. */
export const paymentHeldUntil = (record: LedgerRecord, amount: number): number =>
  Math.max(record.lease_until ?? 0, paymentOf(record, amount)?.not_before ?? 0);

/** Takes it in hand until then: from now on it may be in the CRM. */
export function booking(record: LedgerRecord, amount: number, leaseUntil: number): Booking {
  const known = paymentOf(record, amount);
  const attempts = known?.state === 'waiting' ? known.attempts + 1 : 1;
  const sending: PaymentOf = { amount, state: 'sending', attempts };
  return {
    record: { ...withPayment(record, sending), lease_until: leaseUntil },
    amount,
    attempts,
    leaseUntil,
  };
}

/** How an attempt to book it has ended. */
export type BookingEnd =
  | { result: 'booked' }
  | { result: 'later'; error: Failure; notBefore: number; costsAttempt: boolean }
  /** `isReturn`: it has come back from the dead-letter queue. */
  | { result: 'not_booked' | 'in_doubt'; error: Failure; isReturn: boolean };

/** The record after it, the lease given up; `undefined` where the order is not in these hands any more. */
export function booked(
  current: LedgerRecord,
  { amount, attempts, leaseUntil }: Booking,
  end: BookingEnd,
  now: number,
): LedgerRecord | undefined {
  if (current.lease_until !== leaseUntil) return undefined;
  const free = { ...current, lease_until: undefined };
  switch (end.result) {
    case 'booked':
      return told(free, 'payment_booked', { amount, state: 'booked', attempts }, now);
    case 'later':
      return withPayment(free, {
        amount,
        state: 'waiting',
        attempts: end.costsAttempt ? attempts : attempts - 1,
        not_before: end.notBefore,
        error: end.error,
      });
    case 'not_booked':
    case 'in_doubt':
      return notBooked(free, { amount, state: end.result, attempts, error: end.error }, end.isReturn, now);
  }
}

/** What of `declined` is never to come, and what only a person can tell. */
export interface Decline {
  notSetUp: Failure;
  unproven: Failure;
  /** It has come back from the dead-letter queue. */
  isReturn: boolean;
}

/**
 * Where none can be booked: whoever paid is told, once. What was sent while one could be, and came to no known end, may be
 * in the CRM.
 */
export function declined(
  record: LedgerRecord,
  amount: number,
  { notSetUp, unproven, isReturn }: Decline,
  now: number,
): LedgerRecord {
  const state = paymentOf(record, amount)?.state;
  switch (state) {
    case 'booked':
    case 'in_doubt':
      return record;
    case 'sending':
      return notBooked(record, { amount, state: 'in_doubt', attempts: 1, error: unproven }, isReturn, now);
    case 'waiting':
    case 'not_booked':
    case undefined:
      return notBooked(record, { amount, state: 'not_booked', attempts: 0, error: notSetUp }, isReturn, now);
  }
}

/** Told again only where a letter that came back says something new. */
function notBooked(
  record: LedgerRecord,
  payment: PaymentOf & { error: Failure },
  isReturn: boolean,
  now: number,
): LedgerRecord {
  const { amount, error } = payment;
  const last = record.history.findLast((step) => step.step === 'payment_not_booked');
  const isToldAlready = isReturn && last?.amount === amount && last.reasons?.join() === codesOf(error).join();
  return isToldAlready ? withPayment(record, payment) : told(record, 'payment_not_booked', payment, now);
}

/** No message brings these on any more. What was in hand then may be in the CRM. */
export const paymentsLost = (record: LedgerRecord, error: Failure, now: number): LedgerRecord =>
  (record.payments ?? []).reduce((known, payment) => {
    const { amount, state, attempts } = payment;
    if (!isOnItsWay(payment)) return known;
    return state === 'sending'
      ? notBooked(known, { amount, state: 'in_doubt', attempts, error: unproven(NO_ANSWER) }, false, now)
      : notBooked(known, { amount, state: 'not_booked', attempts, error }, false, now);
  }, record);

/** It may be in the CRM, and nobody can ask. */
export const unproven = (message: string): Failure => ({
  type: 'UNPROVEN',
  message: `The payment may be in the CRM: ${message}`,
  reasons: [{ code: 'payment_unproven' }],
});

export const NO_ANSWER = 'it was sent, and no answer came';

/** A person has seen it in the CRM. */
export const seenBooked = (record: LedgerRecord, amount: number, now: number): LedgerRecord =>
  told(record, 'payment_booked', { amount, state: 'booked', attempts: 0 }, now);

const withPayment = (record: LedgerRecord, payment: PaymentOf): LedgerRecord => {
  const { payments = [] } = record;
  const isKnown = payments.some(({ amount }) => amount === payment.amount);
  return {
    ...record,
    payments: isKnown
      ? payments.map((other) => (other.amount === payment.amount ? payment : other))
      : [...payments, payment],
  };
};

const codesOf = ({ reasons = [] }: Failure) => [...new Set(reasons.map(({ code }) => code))];

/** The end and what is to be told of it are one write. */
function told(
  record: LedgerRecord,
  type: 'payment_booked' | 'payment_not_booked',
  payment: PaymentOf,
  now: number,
): LedgerRecord {
  const { external_id, submitted_by, crm_order_id, outbox = [] } = record;
  const { amount, attempts, error } = payment;
  const outcome: Outcome = {
    id: eventId(external_id, submitted_by ?? '', type, amount, now),
    type,
    at: new Date(now).toISOString(),
    external_id,
    submitted_by,
    attempts,
    crm_order_id,
    amount,
    error,
  };
  return withStep({ ...withPayment(record, payment), outbox: [...outbox, outcome] }, now, {
    step: type,
    amount,
    ...(error && { error_type: error.type, reasons: codesOf(error) }),
  });
}
