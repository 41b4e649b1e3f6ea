import { type ParkDeps, park } from '../dead-letters/park.ts';
import { reasonsOf } from '../explanations/failure.ts';
import { codesOf } from '../explanations/reasons.ts';
import type { Log } from '../lambda/observability.ts';
import { amend } from '../ledger/amend.ts';
import { heldUntil, isBehind, isGivenUp, type Moving, moved, moving } from '../ledger/follow.ts';
import { type Ledger, RecordChanged } from '../ledger/ledger.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import type { StatusChange } from '../order/status-change.ts';
import { backoffMs, soonMs } from '../queues/backoff.ts';
import { ACKNOWLEDGE, type Disposition, giveBack } from '../queues/batch.ts';
import type { OrderMessage } from '../queues/codec.ts';
import { publishOutbox } from '../queues/publish-outbox.ts';
import type { OutcomesQueue } from '../queues/queues.ts';
import type { Crm } from '../sitniks/crm.ts';
import type { RetryPolicy } from './after-attempt.ts';
import { afterMove } from './after-move.ts';
import type { RateLimit } from './rate-limit.ts';

export interface FollowDeps {
  crm: Pick<Crm, 'isReady' | 'setStatus'>;
  ledger: Pick<Ledger, 'get' | 'replace'>;
  deadLetters: ParkDeps['deadLetters'];
  outcomes: OutcomesQueue;
  rateLimit: RateLimit;
  backoff: RetryPolicy;
  /** The deadline of one CRM call. */
  crmTimeoutMs: number;
  /** By how much the clocks of two consumers may differ. */
  clockSkewMs: number;
  /** How long this invocation can still hold an order: past it, whoever held it is dead. */
  leaseMs: () => number;
  log: Log;
  now?: () => number;
  random?: () => number;
}

/** A look and a change, and both again with a new key. */
const MOVE_CALLS = 4;

/**
 * Brings an order that is in the CRM to the status that it is to have there, if it is not: whichever message of the order
 * is in hand, it is let go of only once that is done, or noted as impossible.
 */
export async function followStatus(
  record: LedgerRecord,
  message: OrderMessage,
  deps: FollowDeps,
): Promise<Disposition> {
  const { crm, ledger, rateLimit, backoff, log, now = Date.now, random = Math.random } = deps;
  const { receiveCount } = message;
  const soon = () => giveBack(Math.max(rateLimit.remainingMs(), soonMs(receiveCount, backoff.capMs)));
  let current = record;
  while (isBehind(current)) {
    if (rateLimit.remainingMs() > 0) return soon();
    if (!(await crm.isReady())) return giveBack(backoffMs(receiveCount, backoff, random));
    // By the end of the lease, even by a clock ahead, the last call must have ended: a late one could go back.
    const leaseMs = deps.leaseMs();
    if (MOVE_CALLS * deps.crmTimeoutMs + deps.clockSkewMs > leaseMs) return soon();

    const taken = await take(current.external_id, now() + leaseMs, deps);
    if (taken === undefined) break;
    if ('until' in taken) {
      log.info('Status in other hands, or in its backoff: given back');
      return giveBack(Math.min(taken.until - now(), backoffMs(receiveCount, backoff, random)));
    }
    const { crm_call_id, crm_order_id } = taken.record;
    const set = await crm.setStatus(crm_call_id ?? crm_order_id ?? '', taken.status);
    const pausedMs = rateLimit.remainingMs();
    const moment = { now: now(), jitter: random(), receiveCount, redriven: message.redriven, pausedMs };
    const { end, delayMs, pauseMs } = afterMove(set, taken, backoff, moment);
    if (pauseMs !== undefined) rateLimit.hit(pauseMs);

    const change = { external_id: current.external_id, status: taken.status };
    // The dead letter first: were it the ledger, a crash in between would leave a status that nobody brings on.
    if (end.result === 'given_up') {
      await park(
        asMessage(change, message, taken.record),
        { ...change, attempts: taken.attempts, error: end.error },
        deps,
      );
    }
    const written = await amend(ledger, current.external_id, (known) => moved(known, taken, end, now()));
    if (written === undefined) throw new RecordChanged(`The record of ${current.external_id} has changed`);
    current = await publishOutbox(written, deps);
    switch (end.result) {
      case 'moved':
        log.info('Status changed', { order_status: end.status, attempt: taken.attempts });
        break;
      case 'later':
        log.warn('Status will be tried again', {
          order_status: taken.status,
          attempt: taken.attempts,
          error_type: end.error.type,
          reasons: codesOf(reasonsOf(end.error)),
          delay_s: Math.ceil((delayMs ?? 0) / 1000),
        });
        return giveBack(delayMs ?? 0);
      case 'given_up':
        log.warn('Status not changed: parked', {
          order_status: taken.status,
          attempt: taken.attempts,
          error_type: end.error.type,
          reasons: codesOf(reasonsOf(end.error)),
        });
        if (isGivenUp(current)) return ACKNOWLEDGE;
    }
  }
  return ACKNOWLEDGE;
}

/** The order in hand, if it may be; `undefined` where there is nothing to do any more. */
async function take(
  externalId: string,
  leaseUntil: number,
  { ledger, now = Date.now }: FollowDeps,
): Promise<Moving | { until: number } | undefined> {
  let taken: Moving | { until: number } | undefined;
  const record = await amend(ledger, externalId, (known) => {
    taken = undefined;
    const { status } = known;
    if (!isBehind(known) || status === undefined) return known;
    const until = heldUntil(known);
    if (until > now()) {
      taken = { until };
      return known;
    }
    taken = moving(known, status, leaseUntil);
    return taken.record;
  });
  return record && taken;
}

/** A status as a message of its own, whichever message of the order it came with. */
const asMessage = (
  change: StatusChange,
  message: OrderMessage,
  { submitted_by }: LedgerRecord,
): OrderMessage => ({
  ...message,
  body: JSON.stringify(change),
  start: undefined,
  submittedBy: submitted_by,
});
