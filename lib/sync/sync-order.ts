import { type DeadLetterError, park, submissionOf } from '../dead-letters/park.ts';
import { comesBackByItself, MAX_RETURNS } from '../dead-letters/verdict.ts';
import type { Failure } from '../explanations/failure.ts';
import { failureReasons } from '../explanations/failure-reasons.ts';
import { codesOf } from '../explanations/reasons.ts';
import { type Log, nameOf } from '../lambda/observability.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { ClaimDecision, Doubt, LedgerRecord } from '../ledger/record.ts';
import { contentHash } from '../order/content-hash.ts';
import { type Order, readOrder } from '../order/order.ts';
import { type Backoff, backoffMs, soonMs } from '../queues/backoff.ts';
import type { DeadLetterQueue, OutcomesQueue } from '../queues/queues.ts';
import type { Crm } from '../sitniks/crm.ts';
import type { CrmFailure } from '../sitniks/result.ts';
import { refuse, setAside } from './poison-message.ts';
import type { RateLimit } from './rate-limit.ts';

/** A message from OrdersQueue. */
export interface OrderMessage {
  body: string;
  /** When SQS took it (epoch ms). */
  sentAt: number;
  /** How often it has been received, this time included. */
  receiveCount: number;
  redriven: number;
  submittedBy: string | undefined;
  traceparent: string | undefined;
}

/** What becomes of the message: deleted, because its result is stored, or visible again after a while. */
export type Disposition = { acknowledge: true } | { acknowledge: false; delayMs: number };

export interface SyncOrderDeps {
  crm: Crm;
  ledger: Ledger;
  deadLetters: DeadLetterQueue;
  outcomes: OutcomesQueue;
  rateLimit: RateLimit;
  backoff: Backoff & { maxRetries: number };
  /** How long this invocation can still hold an order: past it, whoever held it is dead. */
  leaseMs: () => number;
  log: Log;
  now?: () => number;
  random?: () => number;
}

/**
 * One order's way from the queue into Sitniks, and the one place that decides what follows from how it went
 * (design, "One order, step by step"). Throws only where a result could not be stored: the message must then come
 * back, and the next run finds the order by look-up.
 */
export async function syncOrder(message: OrderMessage, deps: SyncOrderDeps): Promise<Disposition> {
  const { crm, ledger, rateLimit, backoff, now = Date.now, random } = deps;

  const reading = readOrder(message.body);
  if (!reading.ok) {
    await refuse(message, reading.errors, deps);
    return ACKNOWLEDGE;
  }
  const { order } = reading;
  const log = deps.log.child({ external_id: order.external_id });

  if (rateLimit.remainingMs() > 0) return giveBack(pauseOf(message, deps));
  if (!(await crm.isReady())) {
    log.warn('No API key to be had: order given back', { error_type: 'CONNECTION' });
    return giveBack(backoffMs(message.receiveCount, backoff, random));
  }

  const submission = {
    ...submissionOf(message),
    external_id: order.external_id,
    content_hash: contentHash(order),
  };
  const claim = await ledger.claim(submission, deps.leaseMs());
  switch (claim.result) {
    case 'superseded':
      log.info('Order corrected since: late copy acknowledged');
      return ACKNOWLEDGE;
    case 'done':
      // Whoever settled it may have died before it was told.
      await tellNews(claim.record, { ...deps, log });
      log.info('Order already settled: repeat acknowledged');
      return ACKNOWLEDGE;
    case 'busy':
      log.info('Order in other hands, or in its backoff: given back');
      // Looked at again before then, in ever longer steps: a holder mostly needs a second, not its whole lease.
      return giveBack(Math.min(claim.until - now(), backoffMs(message.receiveCount, backoff, random)));
    case 'conflict':
      await setAside(message, order.external_id, { ...deps, log });
      return ACKNOWLEDGE;
    case 'acquired':
      return finish(await attemptOrder(order, claim, deps), message, claim, { ...deps, log });
  }
}

type Claimed = Extract<ClaimDecision, { result: 'acquired' }>;

type Attempt =
  | { kind: 'in_crm'; crmOrderId: string }
  /** The CRM has what this id stood for before it was corrected. */
  | { kind: 'outdated_in_crm'; crmOrderId: string }
  /** The CRM said so before: what it has under this id was there before anything of ours was sent. */
  | { kind: 'another_in_crm'; crmOrderId: string }
  | { kind: 'failed'; failure: CrmFailure; doubt: Doubt }
  /** A neighbour met the CRM's rate limit before this one called. */
  | { kind: 'not_begun'; doubt: Doubt };

/** Calls the CRM: looks up first wherever the order may be there already, and creates it only if it is not. */
async function attemptOrder(
  order: Order,
  { record, lookUp }: Claimed,
  { crm, rateLimit, backoff }: SyncOrderDeps,
): Promise<Attempt> {
  let { doubt } = record;
  if (lookUp) {
    const found = await crm.find(order);
    if (!found.ok) return { kind: 'failed', failure: found, doubt };
    const { crmOrderId } = found;
    if (crmOrderId !== undefined && record.not_ours) return { kind: 'another_in_crm', crmOrderId };
    if (crmOrderId !== undefined) {
      const isOutdated = doubt !== undefined && doubt !== record.content_hash;
      return { kind: isOutdated ? 'outdated_in_crm' : 'in_crm', crmOrderId };
    }
    doubt = undefined;
  }
  if (record.attempts > backoff.maxRetries + 1) return { kind: 'failed', failure: BROKE_OFF, doubt };
  if (rateLimit.remainingMs() > 0) return { kind: 'not_begun', doubt };

  const created = await crm.create(order);
  if (created.ok) return { kind: 'in_crm', crmOrderId: created.crmOrderId };
  return { kind: 'failed', failure: created, doubt: created.mayHaveReachedCrm ? record.content_hash : doubt };
}

/** Stores how the attempt ended, and only then lets go of the message. */
async function finish(
  result: Attempt,
  message: OrderMessage,
  { record, lookUp }: Claimed,
  deps: SyncOrderDeps,
): Promise<Disposition> {
  const { ledger, rateLimit, backoff, log, now = Date.now, random } = deps;
  const attempt = record.attempts;

  const settle = async (
    state: 'rejected' | 'parked',
    failed: DeadLetterError,
    doubt: Doubt,
    notOurs?: boolean,
  ) => {
    const isGivenUp = comesBackByItself(failed.type) && message.redriven >= MAX_RETURNS;
    const error: DeadLetterError = isGivenUp ? { ...failed, reasons: [{ code: 'given_up' }] } : failed;
    const costsAttempt = attempt <= backoff.maxRetries + 1;
    const attempts = costsAttempt ? attempt : attempt - 1;
    const notBefore = doubt === undefined ? undefined : now() + backoffMs(attempts, backoff, random);
    // The dead letter first: were it the ledger, a crash in between would leave an order that is nowhere.
    await park(message, { external_id: record.external_id, attempts, error }, deps);
    await tellNews(await ledger.end(record, { state, error, doubt, notBefore, costsAttempt, notOurs }), deps);
    log.warn(`Order ${state}`, {
      attempt: attempts,
      error_type: error.type,
      reasons: codesOf(error.reasons),
    });
    return ACKNOWLEDGE;
  };
  const retry = async (error: Failure, delayMs: number, doubt: Doubt, costsAttempt: boolean) => {
    await ledger.end(record, { state: 'retrying', error, notBefore: now() + delayMs, doubt, costsAttempt });
    log.warn('Order will be retried', {
      attempt,
      error_type: error.type,
      delay_s: Math.ceil(delayMs / 1000),
    });
    return giveBack(delayMs);
  };

  switch (result.kind) {
    case 'in_crm':
      await tellNews(await ledger.end(record, { state: 'synced', crmOrderId: result.crmOrderId }), deps);
      log.info('Order synced', { attempt, crm_order_id: result.crmOrderId });
      return ACKNOWLEDGE;
    case 'outdated_in_crm':
      return settle('parked', outdated(result.crmOrderId), record.doubt);
    case 'another_in_crm':
      return settle('parked', anothers(result.crmOrderId), undefined, true);
    case 'not_begun':
      return retry(RATE_LIMITED, pauseOf(message, deps), result.doubt, false);
    case 'failed':
      break;
  }

  const { failure, doubt } = result;
  const error = { type: failure.type, message: failure.message, reasons: failureReasons(failure, doubt) };
  switch (failure.type) {
    case 'VALIDATION':
      return settle('rejected', error, doubt);
    case 'CONFLICT': {
      // Another's, where nothing of ours can have been sent; else perhaps ours, of a call whose answer was lost.
      if (!lookUp || record.not_ours) return settle('parked', error, doubt, true);
      const mayBeThere = record.doubt ?? record.content_hash;
      return attempt <= backoff.maxRetries
        ? retry(error, backoffMs(attempt, backoff, random), mayBeThere, true)
        : settle('parked', { ...error, type: 'CONNECTION' }, mayBeThere);
    }
    case 'AUTHENTICATION':
    case 'CONFIGURATION':
      return settle('parked', error, doubt);
    case 'RATE_LIMIT': {
      const pauseMs = Math.min(backoff.capMs, failure.retryAfterMs ?? backoffMs(1, backoff, random));
      rateLimit.hit(pauseMs);
      return retry(error, pauseOf(message, deps), doubt, false);
    }
    case 'CONNECTION':
      return attempt > backoff.maxRetries
        ? settle('parked', error, doubt)
        : retry(error, backoffMs(attempt, backoff, random), doubt, true);
  }
}

/** As long as the CRM asked for, and longer each time: a pause of a second, again and again, would use up the receives. */
const pauseOf = (message: OrderMessage, { rateLimit, backoff }: SyncOrderDeps): number =>
  Math.max(rateLimit.remainingMs(), soonMs(message.receiveCount, backoff.capMs));

/** Before the message is let go of, so that no crash can keep it from the submitter: at least once, in order. */
async function tellNews(record: LedgerRecord, { outcomes, ledger, log }: SyncOrderDeps): Promise<void> {
  const { untold = [] } = record;
  if (untold.length === 0) return;
  for (const outcome of untold) await outcomes.send(outcome);
  // Where somebody was faster, the record that they wrote has it still: it is told again, with the same id.
  await ledger.replace({ ...record, untold: undefined }).catch((error) => {
    log.warn('Outcome told, but not noted: it may be told again', { error_name: nameOf(error) });
  });
}

const ACKNOWLEDGE: Disposition = { acknowledge: true };
const giveBack = (delayMs: number): Disposition => ({ acknowledge: false, delayMs });

const outdated = (crmOrderId: string): DeadLetterError => ({
  type: 'CONFLICT',
  message: `The CRM has this order as it was before its correction, as ${crmOrderId}: correct it there`,
  reasons: [{ code: 'correction_too_late' }],
});

const anothers = (crmOrderId: string): DeadLetterError => ({
  type: 'CONFLICT',
  message: `The CRM has another order under this number, as ${crmOrderId}`,
  reasons: [{ code: 'duplicate_in_crm' }],
});

const RATE_LIMITED: Failure = {
  type: 'RATE_LIMIT',
  message: 'The CRM asks for a pause',
  reasons: [{ code: 'crm_busy' }],
};

/** The last attempt that was allowed ended without a result, as when the function was killed. */
const BROKE_OFF: CrmFailure = {
  ok: false,
  type: 'CONNECTION',
  message: 'The last attempt broke off, and the CRM does not have the order',
  mayHaveReachedCrm: false,
  reasons: [{ code: 'broke_off' }],
};
