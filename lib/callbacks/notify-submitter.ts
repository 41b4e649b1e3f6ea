import { exchange } from '../http-calls/exchange.ts';
import { readRetryAfter } from '../http-calls/retry-after.ts';
import { type Log, nameOf } from '../lambda/observability.ts';
import type { Outcome } from '../ledger/outcome.ts';
import { type Backoff, backoffMs } from '../queues/backoff.ts';
import { ACKNOWLEDGE, type Disposition, giveBack } from '../queues/batch.ts';
import { readOutcome } from '../queues/codec.ts';
import type { Cached } from '../secrets/cached.ts';
import { callbackRequest, toCallback } from './callback.ts';
import type { EndpointHealth } from './endpoint-health.ts';
import type { Endpoint, Endpoints } from './endpoints.ts';
import type { StoppedEndpoints } from './stopped-endpoints.ts';
import type { Telling, Tellings } from './tellings.ts';

/** A message from OutcomesQueue. */
export interface OutcomeMessage {
  body: string;
  /** How often it has been received, this time included. */
  receiveCount: number;
}

export interface NotifySubmitterDeps {
  endpoints: Pick<Cached<Endpoints>, 'get'>;
  stopped: StoppedEndpoints;
  /** Without it, whatever is to be told is told at once. */
  health?: EndpointHealth | undefined;
  /** Without it, nobody remembers what was told. */
  tellings?: Pick<Tellings, 'note'> | undefined;
  /** Between two receives of a message that is not acknowledged: see {@link callbackWaitMs}. */
  backoff: Pick<Backoff, 'baseMs' | 'capMs'>;
  /** Of one call, its answer included (ms). */
  timeoutMs: number;
  log: Log;
  fetch?: typeof globalThis.fetch;
  now?: () => number;
  random?: () => number;
}

/**
 * How long a message waits that has been received so often, in ms: `base × 3^(receives - 1)`, up to half as much again by
 * chance, at most the cap. By 3, because 26 receives are to span more than three days, the first of them seconds apart (the
 * example schedule of Standard Webhooks, "Deliverability and reliability").
 */
export const callbackWaitMs = (
  receiveCount: number,
  { backoff, random }: Pick<NotifySubmitterDeps, 'backoff' | 'random'>,
): number => backoffMs(receiveCount, { ...backoff, factor: 3 }, random);

const FIRST_LOOK_MS = 2_000;

/** What is logged once an endpoint has said 410. An alarm counts this very line: StoppedEndpointsMetric in infrastructure/metrics.yml. */
export const ENDPOINT_STOPPED = 'Endpoint stopped: it says that it is gone (410)';

/**
 * Tells a submitter of one outcome, at the endpoint that is registered for it. Only what has been told, or has nobody to
 * be told to, is acknowledged; all else comes back, and ends on the dead-letter queue.
 *
 * Throws where DynamoDB cannot say, or note, that an endpoint has stopped: without that nobody may be called.
 */
export async function notifySubmitter(
  message: OutcomeMessage,
  deps: NotifySubmitterDeps,
): Promise<Disposition> {
  const waitMs = callbackWaitMs(message.receiveCount, deps);
  const outcome = readOutcome(message.body);
  if (outcome === undefined) {
    deps.log.error('Message is not an outcome: left for the dead-letter queue', delay(waitMs));
    return giveBack(waitMs);
  }
  const { id: event_id, type: event_type, external_id, submitted_by } = outcome;
  const log = deps.log.child({ event_id, event_type, external_id, submitted_by });
  if (submitted_by === undefined) {
    log.info('Nobody to tell: no submitter is known');
    return ACKNOWLEDGE;
  }

  const endpoints = await readEndpoints(deps, log);
  if (endpoints === undefined) return giveBack(waitMs);
  const { byCaller, version } = endpoints;
  const endpoint = byCaller.get(submitted_by);
  if (endpoint === undefined) {
    log.info('Nobody to tell: the submitter has no endpoint, and asks');
    await deps.tellings?.note(outcome, { attempt: message.receiveCount, result: 'nobody' });
    return ACKNOWLEDGE;
  }
  if (await deps.stopped.has(submitted_by, version)) {
    log.warn('Endpoint has stopped: not called', delay(deps.backoff.capMs));
    return giveBack(deps.backoff.capMs);
  }
  const stop = () => deps.stopped.stop(submitted_by, version);
  const { receiveCount } = message;
  return call(outcome, endpoint, waitMs, stop, { ...deps, caller: submitted_by, receiveCount, log });
}

/**
 * One call, whose retries are SQS's, and the one place that decides what follows from the answer (Standard Webhooks,
 * "Delivery success and failure").
 */
async function call(
  outcome: Outcome,
  endpoint: Endpoint,
  waitMs: number,
  stop: () => Promise<void>,
  deps: NotifySubmitterDeps & { caller: string; receiveCount: number },
): Promise<Disposition> {
  const { backoff, timeoutMs, health, caller, log, fetch = globalThis.fetch, now = Date.now } = deps;
  const note = (telling: Pick<Telling, 'result' | 'status' | 'no_answer'>) =>
    deps.tellings?.note(outcome, { attempt: deps.receiveCount, ...telling });
  const send = () =>
    exchange(fetch, endpoint.url, callbackRequest(toCallback(outcome), endpoint, now()), timeoutMs);
  const answer = await (health === undefined ? send() : health.guard(caller, send));
  if (answer === undefined) {
    // Somebody is finding out whether it answers: the first time that is soon known.
    const sparedMs = deps.receiveCount === 1 ? Math.min(waitMs, FIRST_LOOK_MS) : waitMs;
    log.info('Endpoint does not answer, or only slowly: spared', delay(sparedMs));
    return giveBack(sparedMs);
  }
  if (!answer.answered) {
    const why = { error_type: 'CONNECTION', no_answer: answer.reason };
    log.warn('Callback failed: outcome given back', { ...why, ...delay(waitMs) });
    await note({ result: 'failed', no_answer: answer.reason });
    return giveBack(waitMs);
  }
  const { status, headers } = answer;
  if (status >= 200 && status < 300) {
    log.info('Submitter told', { status });
    await note({ result: 'told', status });
    return ACKNOWLEDGE;
  }
  await note({ result: 'failed', status });
  if (status === 410) {
    await stop();
    log.error(ENDPOINT_STOPPED, { status, ...delay(backoff.capMs) });
    return giveBack(backoff.capMs);
  }
  // Of any failure: Standard Webhooks names no status with it.
  const askedMs = readRetryAfter(headers.get('retry-after'), now()) ?? 0;
  const retryMs = Math.max(waitMs, Math.min(backoff.capMs, askedMs));
  log.warn('Callback failed: outcome given back', { status, ...delay(retryMs) });
  return giveBack(retryMs);
}

/** `undefined` where the secret was never read, and cannot be now: until it can, outcomes wait. */
async function readEndpoints({ endpoints }: NotifySubmitterDeps, log: Log): Promise<Endpoints | undefined> {
  try {
    return await endpoints.get();
  } catch (error) {
    log.warn('Endpoints cannot be read: outcome given back', { error_name: nameOf(error) });
    return undefined;
  }
}

const delay = (delayMs: number) => ({ delay_s: Math.ceil(delayMs / 1000) });
