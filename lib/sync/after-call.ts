import { MAX_RETURNS } from '../dead-letters/verdict.ts';
import { FAILURES, type Failure, reasonsOf } from '../explanations/failure.ts';
import { backoffMs, soonMs } from '../queues/backoff.ts';
import type { CrmFailure } from '../sitniks/result.ts';
import type { Moment, RetryPolicy } from './after-attempt.ts';

/** What follows from a call about an order that is in the CRM already, and that failed without leaving a doubt. */
export type AfterCall =
  | {
      wait: true;
      error: Failure;
      /** After so long the message is seen again. */
      delayMs: number;
      /** False for a rate limit. */
      costsAttempt: boolean;
      /** The CRM has asked everybody to leave it alone for so long. */
      pauseMs?: number;
    }
  /** It is a letter from now on; `given_up` where it came back as often as it may. */
  | { wait: false; error: Failure };

/** The one place that decides it, for a status and for a payment. */
export function afterCall(
  failed: CrmFailure,
  attempts: number,
  policy: RetryPolicy,
  moment: Moment,
): AfterCall {
  const { type, message, retryAfterMs = 0 } = failed;
  const { jitter, receiveCount, redriven, pausedMs } = moment;
  const error: Failure = { type, message, reasons: [...reasonsOf(failed)] };
  switch (type) {
    case 'RATE_LIMIT': {
      const pauseMs = Math.min(policy.capMs, retryAfterMs || backoffMs(1, policy, () => jitter));
      const delayMs = Math.max(pauseMs, pausedMs, soonMs(receiveCount, policy.capMs));
      return { wait: true, error, delayMs, costsAttempt: false, pauseMs };
    }
    case 'CONNECTION':
      if (attempts <= policy.maxRetries) {
        const backoff = backoffMs(attempts, policy, () => jitter);
        const delayMs = Math.max(backoff, Math.min(policy.capMs, retryAfterMs));
        return { wait: true, error, delayMs, costsAttempt: true };
      }
      break;
    case 'VALIDATION':
    case 'CONFLICT':
    case 'AUTHENTICATION':
    case 'CONFIGURATION':
  }
  const isGivenUp = FAILURES[type].comesBack && redriven >= MAX_RETURNS;
  return { wait: false, error: isGivenUp ? { ...error, reasons: [{ code: 'given_up' }] } : error };
}
