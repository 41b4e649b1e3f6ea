import { MAX_RETURNS } from '../dead-letters/verdict.ts';
import { FAILURES, type Failure, reasonsOf } from '../explanations/failure.ts';
import type { AttemptEnd } from '../ledger/end.ts';
import type { Doubt } from '../ledger/record.ts';
import type { OrderStatus } from '../order/order.ts';
import { type Backoff, backoffMs, soonMs } from '../queues/backoff.ts';
import type { CrmFailure, InCrm } from '../sitniks/result.ts';
import type { Attempt, Claimed } from './attempt.ts';

export interface RetryPolicy extends Backoff {
  maxRetries: number;
}

/** What else plays a part when an attempt has ended. */
export interface Moment {
  /** Epoch ms. */
  now: number;
  /** From 0 to 1, by chance. */
  jitter: number;
  /** How often the message has been received, this time included. */
  receiveCount: number;
  /** How often it has been sent back from the dead-letter queue. */
  redriven: number;
  /** How much longer the CRM's rate limit keeps everybody from calling; 0 unless it was met (ms). */
  pausedMs: number;
}

/** What follows from an attempt. */
export interface Next {
  end: AttemptEnd;
  /** After so long the message is seen again; undefined: its end is stored, and it is let go of. */
  delayMs: number | undefined;
  /** The CRM has asked everybody to leave it alone for so long. */
  pauseMs?: number;
}

/** What follows from how an attempt went: the one place that decides it. */
export function afterAttempt(attempt: Attempt, claimed: Claimed, policy: RetryPolicy, moment: Moment): Next {
  const { record } = claimed;
  const { now, jitter, receiveCount, redriven } = moment;
  const { attempts } = record;
  const hasRetries = attempts <= policy.maxRetries;
  const backoff = (after: number) => backoffMs(after, policy, () => jitter);
  /** Not before the CRM has asked to be back (RFC 9110, 10.2.3), within what anything waits at most. */
  const backoffAsAsked = ({ retryAfterMs = 0 }: CrmFailure) =>
    Math.max(backoff(attempts), Math.min(policy.capMs, retryAfterMs));
  const pause = (pausedMs: number) => Math.max(pausedMs, soonMs(receiveCount, policy.capMs));

  const settle = (state: 'rejected' | 'parked', failed: Failure, doubt: Doubt): Next => {
    const isGivenUp = FAILURES[failed.type].comesBack && redriven >= MAX_RETURNS;
    const error: Failure = isGivenUp ? { ...failed, reasons: [{ code: 'given_up' }] } : failed;
    // One more than is allowed was no attempt: it only looked up.
    const costsAttempt = attempts <= policy.maxRetries + 1;
    const notBefore = doubt === undefined ? undefined : now + backoff(costsAttempt ? attempts : attempts - 1);
    return { end: { state, error, doubt, notBefore, costsAttempt }, delayMs: undefined };
  };
  const retry = (error: Failure, delayMs: number, doubt: Doubt): Next => ({
    end: { state: 'retrying', error, notBefore: now + delayMs, doubt, costsAttempt: true },
    delayMs,
  });
  const wait = (error: Failure, pausedMs: number, doubt: Doubt): Next => {
    const delayMs = pause(pausedMs);
    return {
      end: { state: 'retrying', error, notBefore: now + delayMs, doubt, costsAttempt: false },
      delayMs,
    };
  };

  const found = ({ whose, ...inCrm }: Extract<Attempt, { kind: 'found' }>): Next => {
    const number = inCrm.crmOrderNumber ?? inCrm.crmOrderId;
    switch (whose) {
      case 'ours':
        return synced(inCrm);
      case 'ours_assumed':
        return synced(inCrm, { assumed: true });
      case 'outdated':
        return settle('parked', outdated(number), record.doubt);
      case 'anothers':
        return settle('parked', anothers(number), undefined);
    }
  };

  switch (attempt.kind) {
    case 'created':
      return synced(attempt, { status: attempt.status });
    case 'found':
      return found(attempt);
    case 'unproven': {
      const error = unproven(attempt);
      return hasRetries
        ? retry(error, backoff(attempts), attempt.doubt)
        : settle('parked', error, attempt.doubt);
    }
    case 'not_begun':
      return wait(NOT_BEGUN[attempt.why], moment.pausedMs, attempt.doubt);
    case 'failed':
  }

  const { failure, doubt } = attempt;
  const error = errorOf(failure, doubt);
  switch (failure.type) {
    case 'VALIDATION':
      return settle('rejected', error, doubt);
    case 'CONFLICT': {
      // Another's, where nothing of ours can have been sent; else perhaps ours, of a call whose answer was lost.
      if (record.maybe_sent === undefined) return settle('parked', error, doubt);
      const mayBeThere = record.doubt ?? record.content_hash;
      return hasRetries
        ? retry(error, backoff(attempts), mayBeThere)
        : settle('parked', { ...error, type: 'CONNECTION' }, mayBeThere);
    }
    case 'AUTHENTICATION':
    case 'CONFIGURATION':
      return settle('parked', error, doubt);
    case 'RATE_LIMIT': {
      const pauseMs = Math.min(policy.capMs, failure.retryAfterMs ?? backoff(1));
      return { ...wait(error, Math.max(pauseMs, moment.pausedMs), doubt), pauseMs };
    }
    case 'CONNECTION':
      return hasRetries ? retry(error, backoffAsAsked(failure), doubt) : settle('parked', error, doubt);
  }
}

function errorOf({ type, message, reasons = [] }: CrmFailure, doubt: Doubt): Failure {
  const isInDoubt = type === 'CONNECTION' && doubt !== undefined && reasons.length === 0;
  return { type, message, reasons: isInDoubt ? [{ code: 'in_doubt' }] : [...reasonsOf({ type, reasons })] };
}

const synced = (
  { crmOrderId, crmOrderNumber }: InCrm,
  more: { assumed?: true; status?: OrderStatus } = {},
): Next => ({
  end: { state: 'synced', crmOrderId, crmOrderNumber, ...more },
  delayMs: undefined,
});

const unproven = ({ why, candidates }: Extract<Attempt, { kind: 'unproven' }>): Failure => ({
  type: 'UNPROVEN',
  message: `The CRM may have the order, and cannot say so: ${why}${candidates.length > 0 ? ` (look at ${candidates.join(', ')})` : ''}`,
  reasons: [{ code: 'unproven' }],
});

const outdated = (crmOrderId: string): Failure => ({
  type: 'CONFLICT',
  message: `The CRM has this order as it was before its correction, as ${crmOrderId}: correct it there`,
  reasons: [{ code: 'correction_too_late' }],
});

const anothers = (crmOrderId: string): Failure => ({
  type: 'CONFLICT',
  message: `The CRM has another order under this number, as ${crmOrderId}`,
  reasons: [{ code: 'duplicate_in_crm' }],
});

const NOT_BEGUN: Readonly<Record<'rate_limit' | 'lease', Failure>> = {
  rate_limit: {
    type: 'RATE_LIMIT',
    message: 'The CRM asks for a pause',
    reasons: [{ code: 'crm_busy' }],
  },
  lease: {
    type: 'CONNECTION',
    message: 'Too little time was left to call the CRM',
    reasons: [{ code: 'broke_off' }],
  },
};
