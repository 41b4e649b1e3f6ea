import { MAX_RETURNS } from '../dead-letters/verdict.ts';
import { FAILURES, type Failure, reasonsOf } from '../explanations/failure.ts';
import type { Booking, BookingEnd } from '../ledger/payments.ts';
import { backoffMs, soonMs } from '../queues/backoff.ts';
import type { PaymentBooked } from '../sitniks/result.ts';
import type { Moment, RetryPolicy } from './after-attempt.ts';

/** What follows from an attempt to book a payment. */
export interface NextBooking {
  end: BookingEnd;
  /** After so long the message is seen again. */
  delayMs?: number;
  /** The CRM has asked everybody to leave it alone for so long. */
  pauseMs?: number;
}

/** The one place that decides it. What may be there is not sent again, however it failed. */
export function afterBooking(
  set: PaymentBooked,
  { attempts }: Pick<Booking, 'attempts'>,
  policy: RetryPolicy,
  moment: Moment,
): NextBooking {
  if (set.ok) return { end: { result: 'booked' } };
  const { type, message, retryAfterMs = 0 } = set;
  const { now, jitter, receiveCount, redriven } = moment;
  const isReturn = redriven > 0;
  if (set.mayHaveReachedCrm) return { end: { result: 'in_doubt', error: unproven(message), isReturn } };

  const error: Failure = { type, message, reasons: [...reasonsOf(set)] };
  const later = (delayMs: number, costsAttempt: boolean): NextBooking => ({
    end: { result: 'later', error, notBefore: now + delayMs, costsAttempt },
    delayMs,
  });
  switch (type) {
    case 'RATE_LIMIT': {
      const pauseMs = Math.min(policy.capMs, retryAfterMs || backoffMs(1, policy, () => jitter));
      const delayMs = Math.max(pauseMs, moment.pausedMs, soonMs(receiveCount, policy.capMs));
      return { ...later(delayMs, false), pauseMs };
    }
    case 'CONNECTION':
      if (attempts <= policy.maxRetries) {
        const backoff = backoffMs(attempts, policy, () => jitter);
        return later(Math.max(backoff, Math.min(policy.capMs, retryAfterMs)), true);
      }
      break;
    case 'VALIDATION':
    case 'CONFLICT':
    case 'AUTHENTICATION':
    case 'CONFIGURATION':
  }
  const isGivenUp = FAILURES[type].comesBack && redriven >= MAX_RETURNS;
  return {
    end: {
      result: 'not_booked',
      error: isGivenUp ? { ...error, reasons: [{ code: 'given_up' }] } : error,
      isReturn,
    },
  };
}

/** It may be in the CRM, and nobody can ask. */
export const unproven = (message: string): Failure => ({
  type: 'UNPROVEN',
  message: `The payment may be in the CRM: ${message}`,
  reasons: [{ code: 'payment_unproven' }],
});
