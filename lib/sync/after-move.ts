import type { MoveEnd, Moving } from '../ledger/follow.ts';
import type { StatusSet } from '../sitniks/result.ts';
import type { Moment, RetryPolicy } from './after-attempt.ts';
import { afterCall } from './after-call.ts';

/** What follows from an attempt to move an order's status on. */
export interface NextMove {
  end: MoveEnd;
  /** After so long the message is seen again. */
  delayMs?: number;
  /** The CRM has asked everybody to leave it alone for so long. */
  pauseMs?: number;
}

/**
 * A status can be set twice, so nothing is ever in doubt, and `afterCall` decides; but what the CRM may still commit late
 * is waited for, as for a creation: it could undo what is set after it.
 */
export function afterMove(
  set: StatusSet,
  { attempts }: Moving,
  policy: RetryPolicy,
  moment: Moment,
): NextMove {
  if (set.ok) return { end: { result: 'moved', status: set.status } };
  const next = afterCall(set, attempts, policy, moment);
  if (!next.wait) return { end: { result: 'given_up', error: next.error, isReturn: moment.redriven > 0 } };
  const { error, delayMs, costsAttempt, pauseMs } = next;
  const end = { result: 'later', error, notBefore: moment.now + delayMs, costsAttempt } as const;
  return { end, delayMs, ...(pauseMs !== undefined && { pauseMs }) };
}
