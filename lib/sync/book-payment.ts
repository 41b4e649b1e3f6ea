import { park } from '../dead-letters/park.ts';
import { reasonsOf } from '../explanations/failure.ts';
import { codesOf } from '../explanations/reasons.ts';
import { amend } from '../ledger/amend.ts';
import { RecordChanged } from '../ledger/ledger.ts';
import {
  type Booking,
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
import type { Book } from '../sitniks/crm.ts';
import type { CrmFailure } from '../sitniks/result.ts';
import { afterBooking } from './after-booking.ts';
import type { FollowDeps } from './follow-status.ts';
import { keepForPerson } from './payment-letters.ts';
import type { SettlePayment } from './sync-status.ts';

/** A look and a payment, and both again with a new key. */
const BOOKING_CALLS = 4;

/**
 * Books it, once: it is noted as being sent before it is, and where it then may be in the CRM, nobody sends it again. The
 * message is let go of only once that is done, or is on a letter.
 */
export const bookingWith =
  (book: Book): SettlePayment =>
  (external_id, payment, message, deps) =>
    bookPayment(external_id, payment, message, { ...deps, book });

async function bookPayment(
  external_id: string,
  payment: Payment,
  message: OrderMessage,
  deps: FollowDeps & { book: Book },
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
    : await deps.book(crm_call_id ?? crm_order_id ?? '', payment, paidBeside(taken.record, amount));
  const pausedMs = rateLimit.remainingMs();
  const moment = { now: now(), jitter: random(), receiveCount, redriven, pausedMs };
  const { end, delayMs, pauseMs } = afterBooking(answer, taken, backoff, moment);
  if (pauseMs !== undefined) rateLimit.hit(pauseMs);

  // The dead letter first: were it the ledger, a crash in between would leave a payment that nobody brings on.
  if (end.result === 'not_booked' || end.result === 'in_doubt') {
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
      log.warn('Payment not booked: parked', {
        attempt: taken.attempts,
        error_type: end.error.type,
        reasons: codesOf(reasonsOf(end.error)),
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
  return taken;
}

/** Whoever had it in hand has died, and nobody knows how far the call got. */
const DIED: CrmFailure = {
  ok: false,
  type: 'CONNECTION',
  message: 'whoever was sending it has died',
  mayHaveReachedCrm: true,
};
