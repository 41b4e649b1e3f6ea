import { type Booking, type BookingEnd, unproven } from '../ledger/payments.ts';
import type { PaymentBooked } from '../sitniks/result.ts';
import type { Moment, RetryPolicy } from './after-attempt.ts';
import { afterCall } from './after-call.ts';

/** What follows from an attempt to book a payment. */
export interface NextBooking {
  end: BookingEnd;
  /** After so long the message is seen again. */
  delayMs?: number;
  /** The CRM has asked everybody to leave it alone for so long. */
  pauseMs?: number;
}

/** What may be there is not sent again, however it failed; of the rest `afterCall` decides. */
export function afterBooking(
  set: PaymentBooked,
  { attempts }: Pick<Booking, 'attempts'>,
  policy: RetryPolicy,
  moment: Moment,
): NextBooking {
  if (set.ok) return { end: { result: 'booked' } };
  const isReturn = moment.redriven > 0;
  if (set.mayHaveReachedCrm) return { end: { result: 'in_doubt', error: unproven(set.message), isReturn } };

  const next = afterCall(set, attempts, policy, moment);
  if (!next.wait) return { end: { result: 'not_booked', error: next.error, isReturn } };
  const { error, delayMs, costsAttempt, pauseMs } = next;
  const end = { result: 'later', error, notBefore: moment.now + delayMs, costsAttempt } as const;
  return { end, delayMs, ...(pauseMs !== undefined && { pauseMs }) };
}
