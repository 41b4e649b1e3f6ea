import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { type Log, nameOf } from '../lambda/observability.ts';
import { soonMs } from './backoff.ts';
import type { HandleState, InFlight } from './queues.ts';
import { type Turn, turns } from './turns.ts';

/** What an invocation tells of itself. */
export interface Invocation {
  awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** What becomes of a message: deleted, because its result is stored, or visible again after a while. */
export type Disposition = { acknowledge: true } | { acknowledge: false; delayMs: number };

export const ACKNOWLEDGE: Disposition = { acknowledge: true };
export const giveBack = (delayMs: number): Disposition => ({ acknowledge: false, delayMs });

export interface BatchOptions {
  /** What a record is, for the log. */
  what: 'Order' | 'Outcome';
  queue: Pick<InFlight, 'delay'>;
  log: Log;
  /**
   * Asked, in one call a batch, which records are SQS's own: whoever may invoke the function could make one up, in any
   * caller's name. Without it all are believed.
   */
  provenBy?: Pick<InFlight, 'statesOf'> | undefined;
  /** Records in flight at once; of a FIFO queue, groups. */
  concurrency: number;
  /** What an invocation must have left to begin a record. With less, it goes back unattempted. */
  timeToBeginMs: number;
  /** The longest wait of what goes back unattempted. */
  capMs: number;
  /**
   * Handles one record, with a log of its own. A throw brings the record back as well: what is not positively done has
   * failed. Who leaves its turn is waited for all the same.
   */
  handle: (record: SQSRecord, log: Log, turn: Turn) => Promise<Disposition>;
  /** How long a record waits whose handling has thrown. */
  afterThrowMs: (receiveCount: number) => number;
  /**
   * Of a FIFO queue. Records of one group are handled one after another; what comes after one that is given back goes
   * back with it, for as long.
   */
  fifo?: {
    /**
     * After so many receives SQS moves a message to the dead-letter queue. Those after it in its group have mostly been
     * received as often: held back once more they would go with it, without ever having been handled.
     */
    maxReceives: number;
  };
}

/**
 * Runs a batch and builds the partial batch response, the only place that does: a misspelt key in it would delete
 * every message (Lambda guide, services-sqs-errorhandling). Resolves when every record is settled, never earlier:
 * what is left running in a frozen container ends in the next invocation.
 */
export async function processBatch(
  records: readonly SQSRecord[],
  invocation: Invocation,
  options: BatchOptions,
): Promise<SQSBatchResponse> {
  const { concurrency, fifo } = options;
  const log = options.log.child({ request_id: invocation.awsRequestId });
  const believed = options.provenBy ? await provenOf(records, invocation, options.provenBy, log) : records;
  const done = new Set<SQSRecord>();

  const takeTurn = turns(concurrency);
  const groups = Map.groupBy(believed, (record) => (fifo && record.attributes.MessageGroupId) ?? record);
  await Promise.all(
    Array.from(groups.values(), async (group) => {
      const turn = await takeTurn();
      try {
        let heldBackMs: number | undefined;
        for (const record of group) {
          const recordLog = log.child({
            message_id: record.messageId,
            receive_count: receiveCountOf(record),
          });
          const disposition =
            heldBackMs === undefined
              ? await dispositionOf(record, invocation, options, recordLog, turn)
              : giveBack(heldBackMs);
          if (disposition.acknowledge) {
            done.add(record);
            continue;
          }
          const isLast = fifo !== undefined && receiveCountOf(record) >= fifo.maxReceives;
          // After its last receive it only waits to be moved, and its group with it.
          await delay(record, isLast ? 0 : disposition.delayMs, options.queue, recordLog);
          if (!isLast) heldBackMs = disposition.delayMs;
        }
      } finally {
        turn.leave();
      }
    }),
  );
  const failed = records.filter((record) => !done.has(record));
  return { batchItemFailures: failed.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

/** What is logged of forged records, and of those that come too late to be told from such. */
export const NOT_BELIEVED = 'Records not believed: SQS does not know their receipt handles';
export const TOO_LATE = 'Records too late: their visibility has run out, and they come again';

/** As Lambda's guide asks of a queue's visibility time-out: that many times what the function may take. */
const VISIBILITY_FACTOR = 6;

/** @throws where SQS cannot say: then nothing is believed, and all of it comes back. */
async function provenOf(
  records: readonly SQSRecord[],
  invocation: Invocation,
  queue: Pick<InFlight, 'statesOf'>,
  log: Log,
): Promise<readonly SQSRecord[]> {
  if (records.length === 0) return records;
  const seconds = Math.ceil((VISIBILITY_FACTOR * invocation.getRemainingTimeInMillis()) / 1000);
  const states = await queue.statesOf(
    records.map(({ receiptHandle }) => receiptHandle),
    seconds,
  );
  const recordsIn = (state: HandleState) => records.filter((_, i) => states[i] === state);
  // Nothing of what is on them is told: they can say anything.
  const [forged, late] = [recordsIn('unknown').length, recordsIn('expired').length];
  if (forged > 0) log.error(NOT_BELIEVED, { seen: forged });
  if (late > 0) log.warn(TOO_LATE, { seen: late });
  return recordsIn('in_flight');
}

async function dispositionOf(
  record: SQSRecord,
  invocation: Invocation,
  { what, timeToBeginMs, capMs, handle, afterThrowMs }: BatchOptions,
  log: Log,
  turn: Turn,
): Promise<Disposition> {
  if (invocation.getRemainingTimeInMillis() < timeToBeginMs) {
    log.info(`Too little time left: ${what.toLowerCase()} given back`);
    return giveBack(soonMs(receiveCountOf(record), capMs));
  }
  try {
    return await handle(record, log, turn);
  } catch (error) {
    log.error(`${what} given back after an unexpected error`, { error_name: nameOf(error) });
    return giveBack(afterThrowMs(receiveCountOf(record)));
  }
}

/** Lets a record come back in `delayMs` instead of after the queue's own visibility time-out. */
async function delay(
  record: SQSRecord,
  delayMs: number,
  queue: Pick<InFlight, 'delay'>,
  log: Log,
): Promise<void> {
  try {
    await queue.delay(record.receiptHandle, Math.ceil(delayMs / 1000));
  } catch (error) {
    // It comes back all the same, only later.
    log.warn('Visibility not changed', { error_name: nameOf(error) });
  }
}

export const receiveCountOf = ({ attributes }: SQSRecord): number =>
  Number(attributes.ApproximateReceiveCount);
