import { park } from '../dead-letters/park.ts';
import type { Failure } from '../explanations/failure.ts';
import { codesOf } from '../explanations/reasons.ts';
import { amend } from '../ledger/amend.ts';
import { RecordChanged } from '../ledger/ledger.ts';
import {
  type Booking,
  type BookingEnd,
  booked,
  booking,
  paidBeside,
  paymentHeldUntil,
  paymentOf,
} from '../ledger/payments.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import type { Payment } from '../order/payment.ts';
import { backoffMs, soonMs } from '../queues/backoff.ts';
import { ACKNOWLEDGE, type Disposition, giveBack } from '../queues/batch.ts';
import type { OrderMessage } from '../queues/codec.ts';
import { publishOutbox } from '../queues/publish-outbox.ts';
import type { CrmFailure } from '../sitniks/result.ts';
import { afterBooking, unproven } from './after-booking.ts';
import type { FollowDeps } from './follow-status.ts';

/** A look and a payment, and both again with a new key. */
const BOOKING_CALLS = 4;

/**
 * Books the payment that a message carries on its order, which is in the CRM, once: it is noted as being sent before it is, and where it then may be in the
 * CRM, nobody sends it again. The message is let go of only once that is done, or is on a letter.
 */
export async function bookPayment(
  external_id: string,
  payment: Payment,
  message: OrderMessage,
  deps: FollowDeps,
): Promise<Disposition> {
  const { crm, ledger, rateLimit, backoff, log, now = Date.now, random = Math.random } = deps;
  const { receiveCount, redriven } = message;
  const { amount } = payment;
  const soon = () => giveBack(Math.max(rateLimit.remainingMs(), soonMs(receiveCount, backoff.capMs)));
  if (rateLimit.remainingMs() > 0) return soon();
  if (!(await crm.isReady())) return giveBack(backoffMs(receiveCount, backoff, random));
  const leaseMs = deps.leaseMs();
  if (BOOKING_CALLS * deps.crmTimeoutMs + deps.clockSkewMs > leaseMs) return soon();

  const taken = await take(external_id, amount, now() + leaseMs, deps);
  if (taken === 'booked') return ACKNOWLEDGE;
  if (taken === 'in_doubt') return keepForPerson(external_id, message, deps);
  if ('until' in taken)
    return giveBack(Math.min(taken.until - now(), backoffMs(receiveCount, backoff, random)));

  const { crm_call_id, crm_order_id } = taken.record;
  const answer = taken.wasSending
    ? DIED
    : await crm.book(crm_call_id ?? crm_order_id ?? '', payment, paidBeside(taken.record, amount));
  const pausedMs = rateLimit.remainingMs();
  const moment = { now: now(), jitter: random(), receiveCount, redriven, pausedMs };
  const { end, delayMs, pauseMs } = afterBooking(answer, taken, backoff, moment);
  if (pauseMs !== undefined) rateLimit.hit(pauseMs);

  // The dead letter first: were it the ledger, a crash in between would leave a payment that nobody brings on.
  if (isForLetter(end)) {
    await park(message, { external_id, attempts: taken.attempts, error: end.error }, deps);
  }
  const written = await amend(ledger, external_id, (known) => booked(known, taken, end, now()));
  if (written === undefined) throw new RecordChanged(`The record of ${external_id} has changed`);
  await publishOutbox(written, deps);
  switch (end.result) {
    case 'booked':
      log.info('Payment booked', { attempt: taken.attempts });
      return ACKNOWLEDGE;
    case 'later':
      log.warn('Payment will be tried again', {
        attempt: taken.attempts,
        error_type: end.error.type,
        delay_s: Math.ceil((delayMs ?? 0) / 1000),
      });
      return giveBack(delayMs ?? 0);
    case 'not_booked':
    case 'in_doubt':
      log.warn(isForLetter(end) ? 'Payment not booked: parked' : 'Payment not booked', {
        attempt: taken.attempts,
        error_type: end.error.type,
        reasons: codesOf(end.error.reasons ?? []),
      });
      return ACKNOWLEDGE;
  }
}

type Taken = Booking & { wasSending: boolean };

/** The payment in hand, if it may be. */
async function take(
  externalId: string,
  amount: number,
  leaseUntil: number,
  { ledger, now = Date.now }: FollowDeps,
): Promise<Taken | { until: number } | 'booked' | 'in_doubt'> {
  const decide = (known: LedgerRecord): Taken | { until: number } | 'booked' | 'in_doubt' => {
    const state = paymentOf(known, amount)?.state;
    if (state === 'booked' || state === 'in_doubt') return state;
    const until = paymentHeldUntil(known, amount);
    if (until > now()) return { until };
    return { ...booking(known, amount, leaseUntil), wasSending: state === 'sending' };
  };
  let taken: ReturnType<typeof decide> | undefined;
  const record = await amend(ledger, externalId, (known) => {
    taken = decide(known);
    return typeof taken === 'object' && 'record' in taken ? taken.record : known;
  });
  if (record === undefined || taken === undefined)
    throw new RecordChanged(`The record of ${externalId} is gone`);
  return typeof taken === 'object' && 'record' in taken ? { ...taken, record } : taken;
}

/** Whoever had it in hand has died, and nobody knows how far the call got. */
const DIED: CrmFailure = {
  ok: false,
  type: 'CONNECTION',
  message: 'whoever was sending it has died',
  mayHaveReachedCrm: true,
};

/** Where none is ever booked there is nothing to send again: that is told, and no letter is kept of it. */
const isForLetter = (end: BookingEnd): end is Extract<BookingEnd, { result: 'not_booked' | 'in_doubt' }> =>
  (end.result === 'not_booked' || end.result === 'in_doubt') &&
  !(end.error.reasons ?? []).some(({ code }) => code === 'payment_not_set_up');

/** It may be the letter itself that somebody has sent back: one too many is better than none. */
async function keepForPerson(
  external_id: string,
  message: OrderMessage,
  deps: FollowDeps,
): Promise<Disposition> {
  const error = unproven('it was sent, and no answer came');
  await park(message, { external_id, attempts: 0, error }, deps);
  deps.log.warn('Payment not booked: parked', {
    error_type: error.type,
    reasons: codesOf(error.reasons ?? []),
  });
  return ACKNOWLEDGE;
}

/** Until its order is in the CRM: a while on the queue, and then as a letter, which comes back once it is there. */
export async function waitForOrder(
  { external_id }: LedgerRecord,
  message: OrderMessage,
  { backoff, random = Math.random, ...deps }: FollowDeps,
): Promise<Disposition> {
  if (message.receiveCount <= backoff.maxRetries + 1) {
    deps.log.info('Payment of an order that is not in the CRM yet: given back');
    return giveBack(backoffMs(message.receiveCount, backoff, random));
  }
  await park(message, { external_id, attempts: 0, error: WAITS }, deps);
  deps.log.warn('Payment parked until its order is in the CRM');
  return ACKNOWLEDGE;
}

const WAITS: Failure = {
  type: 'CONNECTION',
  message: 'The order is not in the CRM yet, so there is nothing to book its payment on',
  reasons: [{ code: 'payment_waits' }],
};
