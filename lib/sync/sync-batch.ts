import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { type Log, nameOf } from '../lambda/observability.ts';
import { timeToBegin } from '../lambda/time-budget.ts';
import { backoffMs, soonMs } from '../queues/backoff.ts';
import { giveBack, type Invocation, processBatch } from '../queues/batch.ts';
import { readOrderMessage } from '../queues/codec.ts';
import type { OrdersQueue } from '../queues/queues.ts';
import { createRateLimit } from './rate-limit.ts';
import { type SyncOrderDeps, syncOrder } from './sync-order.ts';

export interface SyncBatchDeps extends Omit<SyncOrderDeps, 'rateLimit' | 'leaseMs' | 'log'> {
  queue: OrdersQueue;
  log: Log;
  /** Orders of the batch in flight. */
  concurrency?: number;
  /** The deadline of one CRM call. */
  crmTimeoutMs: number;
}

/** Orders of one batch in flight: with 5 batches at once, at most 25 calls at the CRM. */
const ORDERS_AT_ONCE = 5;

/** The lease outlives the invocation by this much, for clocks that differ. */
const LEASE_MARGIN_MS = 5_000;

/** A batch of OrdersQueue into Sitniks: several orders at once, each on its own. */
export function syncBatch(
  records: readonly SQSRecord[],
  invocation: Invocation,
  deps: SyncBatchDeps,
): Promise<SQSBatchResponse> {
  const { queue, concurrency = ORDERS_AT_ONCE, crmTimeoutMs, backoff, random } = deps;
  const log = deps.log.child({ request_id: invocation.awsRequestId });
  const remainingMs = () => invocation.getRemainingTimeInMillis();
  const rateLimit = createRateLimit(deps.now);

  const comeBack = (record: SQSRecord, delayMs: number) => giveBack(queue, record, delayMs, log);

  return processBatch(records, {
    concurrency,
    async handle(record) {
      const recordLog = log.child({
        message_id: record.messageId,
        receive_count: Number(record.attributes.ApproximateReceiveCount),
      });
      if (remainingMs() < timeToBegin(crmTimeoutMs)) {
        recordLog.info('Too little time left: order given back');
        await comeBack(record, soonMs(readOrderMessage(record).receiveCount, backoff.capMs));
        return false;
      }
      const disposition = await syncOrder(readOrderMessage(record), {
        ...deps,
        rateLimit,
        leaseMs: () => remainingMs() + LEASE_MARGIN_MS,
        log: recordLog,
      });
      if (!disposition.acknowledge) await comeBack(record, disposition.delayMs);
      return disposition.acknowledge;
    },
    async onError(record, error) {
      log.error('Order given back after an unexpected error', {
        message_id: record.messageId,
        error_name: nameOf(error),
      });
      await comeBack(record, backoffMs(readOrderMessage(record).receiveCount, backoff, random));
    },
  });
}
