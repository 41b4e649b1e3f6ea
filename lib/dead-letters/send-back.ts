import type { LedgerRecord } from '../ledger/record.ts';
import { relationOf } from '../ledger/relation.ts';
import type { Settlement } from '../queues/codec.ts';
import type { OrdersQueue } from '../queues/queues.ts';
import type { Letter } from './letter.ts';
import { type LetterFacts, submissionOf } from './verdict.ts';

export interface SendingBack {
  /** As the letter has it, untouched; or mended. */
  body: string;
  /** How often it has been sent back then. Not 0: the consumer is to look it up first. */
  redriven: number;
  settlement?: Settlement | undefined;
}

/**
 * A letter back onto the queue, whoever sends it: of its attributes, what belongs to the order and not to its failure.
 * The letter is deleted after.
 *
 * @param record what the ledger has under its number
 */
export const sendBack = (
  letter: LetterFacts & Pick<Letter, 'traceparent'>,
  record: LedgerRecord | undefined,
  { body, redriven, settlement }: SendingBack,
  queue: Pick<OrdersQueue, 'send'>,
): Promise<void> => {
  const { submitted_by, traceparent } = letter;
  return queue.send(body, {
    redriven,
    start: startOf(letter, record),
    submitted_by,
    traceparent,
    settlement,
  });
};

/** The order's next; of what is not the order that has its number, what it says. */
function startOf(letter: LetterFacts, record: LedgerRecord | undefined): number | undefined {
  const submission = submissionOf(letter);
  const isTheOrder =
    record !== undefined && submission !== undefined && relationOf(record, submission) === 'same';
  return isTheOrder ? record.start : letter.start;
}
