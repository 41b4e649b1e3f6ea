import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { nameOf } from '../lambda/observability.ts';
import { timeToCall } from '../lambda/time-budget.ts';
import { soonMs } from '../queues/backoff.ts';
import { giveBack, type Invocation, processBatch } from '../queues/batch.ts';
import type { InFlight } from '../queues/queues.ts';
import { callbackWaitMs, type NotifySubmitterDeps, notifySubmitter } from './notify-submitter.ts';

export interface NotifyBatchDeps extends NotifySubmitterDeps {
  /** OutcomesQueue. */
  queue: InFlight;
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
  const log = deps.log.child({ request_id: invocation.awsRequestId });
  const delays = new Map<SQSRecord, number>();

  async function comeBack(record: SQSRecord, delayMs: number): Promise<void> {
    delays.set(record, delayMs);
    // After its last receive it only waits to be moved, and its group with it.
    await giveBack(queue, record, receiveCountOf(record) < maxReceives ? delayMs : 0, log);
  }

  return processBatch(records, {
    concurrency: LARGEST_BATCH,
    groups: {
      of: ({ attributes, messageId }) => attributes.MessageGroupId ?? messageId,
      // What was received for the last time goes to the dead-letter queue, and those after it have mostly been received
      // as often: held back once more they would go with it, without ever having been told.
      holdsBack: (record) => receiveCountOf(record) < maxReceives,
      onHeldBack: (record, by) => comeBack(record, delays.get(by) ?? backoff.capMs),
    },

    async handle(record) {
      const receiveCount = receiveCountOf(record);
      const recordLog = log.child({ message_id: record.messageId, receive_count: receiveCount });
      if (invocation.getRemainingTimeInMillis() < timeToCall(timeoutMs)) {
        recordLog.info('Too little time left: outcome given back');
        await comeBack(record, soonMs(receiveCount, backoff.capMs));
        return false;
      }
      const message = { body: record.body, receiveCount };
      const disposition = await notifySubmitter(message, { ...deps, log: recordLog });
      if (!disposition.acknowledge) await comeBack(record, disposition.delayMs);
      return disposition.acknowledge;
    },

    async onError(record, error) {
      log.error('Outcome given back after an unexpected error', {
        message_id: record.messageId,
        error_name: nameOf(error),
      });
      await comeBack(record, callbackWaitMs(receiveCountOf(record), deps));
    },
  });
}

const receiveCountOf = ({ attributes }: SQSRecord): number => Number(attributes.ApproximateReceiveCount);
