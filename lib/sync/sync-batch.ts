import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import type { Log } from '../lambda/observability.ts';
import { timeToBegin } from '../lambda/time-budget.ts';
import { readStatusChange } from '../order/status-change.ts';
import { backoffMs } from '../queues/backoff.ts';
import { type Invocation, processBatch } from '../queues/batch.ts';
import { readOrderMessage } from '../queues/codec.ts';
import type { InFlight } from '../queues/queues.ts';
import { createRateLimit } from './rate-limit.ts';
import { type SyncOrderDeps, syncOrder } from './sync-order.ts';
import { type SyncStatusDeps, syncStatus } from './sync-status.ts';

export interface SyncBatchDeps
  extends Omit<SyncOrderDeps & SyncStatusDeps, 'rateLimit' | 'leaseMs' | 'log' | 'clockSkewMs' | 'turn'> {
  queue: Pick<InFlight, 'delay'>;
  provenBy?: Pick<InFlight, 'statesOf'> | undefined;
  log: Log;
  /** Orders of the batch at the CRM. */
  concurrency?: number;
  /** By how much the clocks of two consumers may differ; a minute unless told. */
  clockSkewMs?: number;
}

/** Orders of one batch at the CRM: with 5 batches at once, at most 25 calls. */
export const ORDERS_AT_ONCE = 5;

const CLOCK_SKEW_MS = 60_000;

/** A batch of OrdersQueue into Sitniks: several orders at once, each on its own. */
export function syncBatch(
  records: readonly SQSRecord[],
  invocation: Invocation,
  deps: SyncBatchDeps,
): Promise<SQSBatchResponse> {
  const { queue, crmTimeoutMs, backoff, random } = deps;
  const { concurrency = ORDERS_AT_ONCE, clockSkewMs = CLOCK_SKEW_MS } = deps;
  const rateLimit = createRateLimit(deps.now);
  return processBatch(records, invocation, {
    what: 'Order',
    queue,
    log: deps.log,
    provenBy: deps.provenBy,
    concurrency,
    timeToBeginMs: timeToBegin(crmTimeoutMs),
    capMs: backoff.capMs,
    afterThrowMs: (receiveCount) => backoffMs(receiveCount, backoff, random),
    handle(record, log, turn) {
      const message = readOrderMessage(record);
      const one = {
        ...deps,
        rateLimit,
        clockSkewMs,
        // The lease outlives the invocation by the skew, for a consumer whose clock is ahead.
        leaseMs: () => invocation.getRemainingTimeInMillis() + clockSkewMs,
        log,
        turn,
      };
      const change = readStatusChange(message.body);
      return change === undefined ? syncOrder(message, one) : syncStatus(change, message, one);
    },
  });
}
