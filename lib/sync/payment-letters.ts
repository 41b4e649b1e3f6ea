import { park } from '../dead-letters/park.ts';
import { type Failure, reasonsOf } from '../explanations/failure.ts';
import { codesOf } from '../explanations/reasons.ts';
import { NO_ANSWER, unproven } from '../ledger/payments.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { backoffMs } from '../queues/backoff.ts';
import { ACKNOWLEDGE, type Disposition, giveBack } from '../queues/batch.ts';
import type { OrderMessage } from '../queues/codec.ts';
import type { FollowDeps } from './follow-status.ts';

/** It may be the letter itself that somebody has sent back: one too many is better than none. */
export async function keepForPerson(
  external_id: string,
  message: OrderMessage,
  deps: FollowDeps,
): Promise<Disposition> {
  const error = unproven(NO_ANSWER);
  await park(message, { external_id, attempts: 0, error }, deps);
  deps.log.warn('Payment not booked: parked', {
    error_type: error.type,
    reasons: codesOf(reasonsOf(error)),
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
