import { MAX_RETURNS } from '../dead-letters/verdict.ts';
import { FAILURES, type Failure, reasonsOf } from '../explanations/failure.ts';
import type { MoveEnd, Moving } from '../ledger/follow.ts';
import { backoffMs, soonMs } from '../queues/backoff.ts';
import type { StatusSet } from '../sitniks/result.ts';
import type { Moment, RetryPolicy } from './after-attempt.ts';

/** What follows from an attempt to move an order's status on. */
export interface NextMove {
  end: MoveEnd;
  /** After so long the message is seen again. */
  delayMs?: number;
  /** The CRM has asked everybody to leave it alone for so long. */
  pauseMs?: number;
}

/**
 * The one place that decides it. A status can be set twice, so nothing is ever in doubt; but what the CRM may still
 * commit late is waited for, as for a creation: it could undo what is set after it.
 */
export function afterMove(
  set: StatusSet,
  { attempts }: Moving,
  policy: RetryPolicy,
  moment: Moment,
): NextMove {
  if (set.ok) return { end: { result: 'moved', status: set.status } };
  const { type, message, retryAfterMs = 0 } = set;
  const error: Failure = { type, message, reasons: [...reasonsOf(set)] };
  const { now, jitter, receiveCount, redriven } = moment;
  const later = (delayMs: number, costsAttempt: boolean): NextMove => ({
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
      result: 'given_up',
      error: isGivenUp ? { ...error, reasons: [{ code: 'given_up' }] } : error,
      isReturn: redriven > 0,
    },
  };
}
