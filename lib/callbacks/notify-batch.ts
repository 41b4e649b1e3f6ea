import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { timeToCall } from '../lambda/time-budget.ts';
import { type Invocation, processBatch, receiveCountOf } from '../queues/batch.ts';
import type { InFlight } from '../queues/queues.ts';
import { findingOut } from './endpoint-health.ts';
import { callbackWaitMs, type NotifySubmitterDeps, notifySubmitter } from './notify-submitter.ts';

export interface NotifyBatchDeps extends NotifySubmitterDeps {
  /** OutcomesQueue. */
  queue: Pick<InFlight, 'delay'>;
  provenBy?: Pick<InFlight, 'statesOf'> | undefined;
  /** After so many receives SQS moves an outcome to the dead-letter queue: `maxReceiveCount` of OutcomesQueue. */
  maxReceives: number;
}

/** SQS hands over at most so many of a FIFO queue: all their groups are on their way at once. */
const LARGEST_BATCH = 10;

/**
 * A batch of OutcomesQueue to the submitters: the outcomes of one order one after another, orders side by side. What
 * comes after an outcome that was not told comes back with it, for as long, so that nobody is told of an order's fate
 * in the wrong order; meanwhile the FIFO queue holds back the rest of the group (SQS guide, "FIFO queue delivery
 * logic").
 */
export function notifyBatch(
  records: readonly SQSRecord[],
  invocation: Invocation,
  deps: NotifyBatchDeps,
): Promise<SQSBatchResponse> {
  const { queue, maxReceives, timeoutMs, backoff } = deps;
  const health = deps.health && findingOut(deps.health);
  return processBatch(records, invocation, {
    what: 'Outcome',
    queue,
    log: deps.log,
    provenBy: deps.provenBy,
    concurrency: LARGEST_BATCH,
    timeToBeginMs: timeToCall(timeoutMs),
    capMs: backoff.capMs,
    afterThrowMs: (receiveCount) => callbackWaitMs(receiveCount, deps),
    fifo: { maxReceives },
    handle: (record, log) =>
      notifySubmitter({ body: record.body, receiveCount: receiveCountOf(record) }, { ...deps, health, log }),
  });
}
