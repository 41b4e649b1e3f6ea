import { park } from '../dead-letters/park.ts';
import { reasonsOf } from '../explanations/failure.ts';
import { codesOf } from '../explanations/reasons.ts';
import { nextStart } from '../ledger/end.ts';
import { isBehind, isGivenUp } from '../ledger/follow.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { lastSentAt } from '../ledger/start.ts';
import { contentOf } from '../order/content-hash.ts';
import { type Order, readOrder } from '../order/order.ts';
import { backoffMs, soonMs } from '../queues/backoff.ts';
import { ACKNOWLEDGE, type Disposition, giveBack } from '../queues/batch.ts';
import type { OrderMessage } from '../queues/codec.ts';
import { publishOutbox } from '../queues/publish-outbox.ts';
import type { Turn } from '../queues/turns.ts';
import type { Crm } from '../sitniks/crm.ts';
import { afterAttempt, type Next } from './after-attempt.ts';
import { attemptOrder, type Claimed } from './attempt.ts';
import { type FollowDeps, followStatus } from './follow-status.ts';
import { parkConflict, parkMalformed } from './poison-message.ts';
import { asPersonSays, foundByPerson } from './settlement.ts';
import { submissionOf } from './submission.ts';
import { timedCrm } from './timed-crm.ts';

export interface SyncOrderDeps extends FollowDeps {
  crm: Crm;
  ledger: Ledger;
  /** At the CRM: left once it has answered, so that the next order is there while this one's end is stored and told. */
  turn: Turn;
}

/**
 * One order's way from the queue into Sitniks. What follows from an attempt, `afterAttempt` decides. Throws only where
 * a result could not be stored: the message must then come back, and the next run finds the order by look-up.
 */
export async function syncOrder(message: OrderMessage, deps: SyncOrderDeps): Promise<Disposition> {
  const { crm, ledger, rateLimit, backoff, now = Date.now, random = Math.random } = deps;
  const { receiveCount, redriven } = message;

  const reading = readOrder(message.body);
  if (!reading.ok) {
    await parkMalformed(message, reading.errors, deps);
    return ACKNOWLEDGE;
  }
  const { order } = reading;
  const log = deps.log.child({ external_id: order.external_id });

  if (rateLimit.remainingMs() > 0) {
    // Longer each time: a pause of a second, again and again, would use up the receives.
    return giveBack(Math.max(rateLimit.remainingMs(), soonMs(receiveCount, backoff.capMs)));
  }
  if (!(await crm.isReady())) {
    log.warn('No API key to be had: order given back', { error_type: 'CONNECTION' });
    return giveBack(backoffMs(receiveCount, backoff, random));
  }

  const submission = {
    ...submissionOf(message),
    external_id: order.external_id,
    ...contentOf(order),
    wanted_status: order.status,
  };
  const claim = await ledger.claim(submission, deps.leaseMs());
  switch (claim.result) {
    case 'superseded':
      log.info('Order corrected since: late copy acknowledged');
      return ACKNOWLEDGE;
    case 'done':
      log.info('Order already settled: repeat', { state: claim.record.state });
      // Whoever settled it may have died before it was told, or before its status had followed.
      return followUp(await publishOutbox(claim.record, { ...deps, log }), message, { ...deps, log });
    case 'busy':
      log.info('Order in other hands, or in its backoff: given back');
      // Looked at again before then, in ever longer steps: a holder mostly needs a second, not its whole lease.
      return giveBack(Math.min(claim.until - now(), backoffMs(receiveCount, backoff, random)));
    case 'conflict':
      await parkConflict(message, submission, claim, { ...deps, log });
      return ACKNOWLEDGE;
    case 'acquired': {
      const { attempts, doubt } = claim.record;
      // Said before it is begun: of an attempt that dies with its function there is no other line.
      log.info('Order taken in hand', { attempt: attempts, redriven, in_doubt: doubt !== undefined });
      const { settlement } = message;
      const claimed = asPersonSays(settlement, claim);
      const timed = timedCrm(crm, now);
      const attempt =
        foundByPerson(settlement, claimed) ??
        (await attemptOrder(asWanted(order, claimed), claimed, {
          ...deps,
          crm: timed,
          now,
          maxRetries: backoff.maxRetries,
        }));
      const moment = {
        now: now(),
        jitter: random(),
        receiveCount,
        redriven,
        pausedMs: rateLimit.remainingMs(),
      };
      return settleAttempt(afterAttempt(attempt, claimed, backoff, moment), message, claimed, {
        ...deps,
        log,
        crmMs: timed.tookMs(),
      });
    }
  }
}

/** Stores how the attempt ended, and only then lets go of the message. */
async function settleAttempt(
  { end, delayMs, pauseMs }: Next,
  message: OrderMessage,
  { record }: Claimed,
  deps: SyncOrderDeps & { crmMs: number | undefined },
): Promise<Disposition> {
  const { ledger, rateLimit, turn, log, crmMs: crm_ms, now = Date.now } = deps;
  const { external_id, attempts: attempt } = record;
  if (pauseMs !== undefined) rateLimit.hit(pauseMs);
  turn.leave();

  switch (end.state) {
    case 'synced': {
      const synced = await ledger.end(record, end);
      // Said before it is told: where that fails, nobody comes by here again.
      const sentAt = lastSentAt(record) ?? message.sentAt;
      log.info('Order synced', {
        attempt,
        crm_ms,
        crm_order_id: end.crmOrderNumber ?? end.crmOrderId,
        accepted_to_synced_ms: Math.max(0, now() - sentAt),
      });
      return followUp(await publishOutbox(synced, deps), message, deps);
    }
    case 'rejected':
    case 'parked': {
      const attempts = end.costsAttempt ? attempt : attempt - 1;
      const { error } = end;
      // The dead letter first: were it the ledger, a crash in between would leave an order that is nowhere.
      await park(message, { external_id, attempts, error, start: nextStart(record) }, deps);
      const settled = await ledger.end(record, end);
      log.warn(`Order ${end.state}`, {
        attempt: attempts,
        crm_ms,
        error_type: error.type,
        reasons: codesOf(reasonsOf(error)),
        in_doubt: end.doubt !== undefined,
      });
      await publishOutbox(settled, deps);
      break;
    }
    case 'retrying':
      await ledger.end(record, end);
      log.warn('Order will be retried', {
        attempt,
        crm_ms,
        error_type: end.error.type,
        reasons: codesOf(reasonsOf(end.error)),
        in_doubt: end.doubt !== undefined,
        delay_s: Math.ceil((delayMs ?? 0) / 1000),
      });
  }
  return delayMs === undefined ? ACKNOWLEDGE : giveBack(delayMs);
}

/** The furthest that has been asked for by now, whatever this message says. */
const asWanted = (order: Order, { record }: Claimed): Order => ({
  ...order,
  status: record.status?.wanted ?? order.status,
});

/** An order that is there: its status may have been asked further since it was sent. */
async function followUp(
  record: LedgerRecord,
  message: OrderMessage,
  deps: SyncOrderDeps,
): Promise<Disposition> {
  // Given up, it has a letter of its own.
  if (isGivenUp(record) || !isBehind(record)) return ACKNOWLEDGE;
  await deps.turn.comeBack();
  return followStatus(record, message, deps);
}
