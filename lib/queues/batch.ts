import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import pMap from 'p-map';
import { type Log, nameOf } from '../lambda/observability.ts';
import type { InFlight } from './queues.ts';

/** What an invocation tells of itself. */
export interface Invocation {
  awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** What becomes of a message: deleted, because its result is stored, or visible again after a while. */
export type Disposition = { acknowledge: true } | { acknowledge: false; delayMs: number };

export interface BatchOptions {
  /** Records in flight at once; with groups, groups. */
  concurrency: number;
  /**
   * Handles one record: `true` where it is done for good and may be deleted. Anything else, a throw included, brings
   * it back: what is not positively done has failed.
   */
  handle: (record: SQSRecord) => Promise<boolean>;
  /** Told of each throw; the others of the batch go on. */
  onError: (record: SQSRecord, error: unknown) => Promise<void>;
  /** Of a FIFO queue; without it each record is on its own. */
  groups?: Groups;
}

/** Records of one group are handled one after another, in the order of the batch. */
export interface Groups {
  of: (record: SQSRecord) => string;
  /** Asked of a record that is not done: do those after it in its group have to come back as well, unhandled? */
  holdsBack: (record: SQSRecord) => boolean;
  /** Told of each record that comes back unhandled, and of the one that it has to come after. */
  onHeldBack: (record: SQSRecord, by: SQSRecord) => Promise<void>;
}

/**
 * Runs a batch and builds the partial batch response, the only place that does: a misspelt key in it would delete
 * every message (Lambda guide, services-sqs-errorhandling). Resolves when every record is settled, never earlier:
 * what is left running in a frozen container ends in the next invocation.
 */
export async function processBatch(
  records: readonly SQSRecord[],
  options: BatchOptions,
): Promise<SQSBatchResponse> {
  const { concurrency, groups } = options;
  const done = new Set<SQSRecord>();
  await pMap(
    Map.groupBy(records, (record) => groups?.of(record) ?? record).values(),
    async (group) => {
      let heldBackBy: SQSRecord | undefined;
      for (const record of group) {
        if (heldBackBy !== undefined) {
          await groups?.onHeldBack(record, heldBackBy).catch(() => undefined);
        } else if (await isDone(record, options)) {
          done.add(record);
        } else if (groups?.holdsBack(record)) {
          heldBackBy = record;
        }
      }
    },
    { concurrency },
  );
  const failed = records.filter((record) => !done.has(record));
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

async function isDone(record: SQSRecord, { handle, onError }: BatchOptions): Promise<boolean> {
  try {
    return (await handle(record)) === true;
  } catch (error) {
    await onError(record, error).catch(() => undefined);
    return false;
  }
}

/** Lets a record that is not done come back in `delayMs` instead of after the queue's own visibility time-out. */
export async function giveBack(
  queue: InFlight,
  { receiptHandle, messageId }: SQSRecord,
  delayMs: number,
  log: Log,
): Promise<void> {
  try {
    await queue.delay(receiptHandle, Math.ceil(delayMs / 1000));
  } catch (error) {
    // It comes back all the same, only later.
    log.warn('Visibility not changed', { message_id: messageId, error_name: nameOf(error) });
  }
}
