import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import pMap from 'p-map';

export interface BatchOptions {
  /** Records in flight at once. */
  concurrency: number;
  /**
   * Handles one record: `true` where it is done for good and may be deleted. Anything else, a throw included, brings
   * it back: what is not positively done has failed.
   */
  handle: (record: SQSRecord) => Promise<boolean>;
  /** Told of each throw; the others of the batch go on. */
  onError: (record: SQSRecord, error: unknown) => Promise<void>;
}

/**
 * Runs a batch and builds the partial batch response, the only place that does: a misspelt key in it would delete
 * every message (Lambda guide, services-sqs-errorhandling). Resolves when every record is settled, never earlier:
 * what is left running in a frozen container ends in the next invocation (reliability notes, 9).
 */
export async function processBatch(
  records: readonly SQSRecord[],
  options: BatchOptions,
): Promise<SQSBatchResponse> {
  const { concurrency, handle, onError } = options;
  const done = await pMap(
    records,
    async (record) => {
      try {
        return await handle(record);
      } catch (error) {
        await onError(record, error).catch(() => undefined);
        return false;
      }
    },
    { concurrency },
  );
  const failed = records.filter((_, index) => done[index] !== true);
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}
