import { asKnown } from './content.ts';
import type { LedgerRecord } from './record.ts';
import type { Submission } from './start.ts';

/** What a message is to the order that has its number. */
export type Relation =
  /** The same content, of the same caller, or where one of the two is not known. */
  | 'same'
  /** What it said before a correction: a copy that was still on its way. */
  | 'older'
  /** What its caller has sent since, as a new start. */
  | 'newer'
  /** Other content, of which nothing says that it comes before or after. */
  | 'other'
  /** Another caller's. */
  | 'foreign';

/** An order belongs to the caller that submitted it, and to nobody when it came without a name. */
export function relationOf(record: LedgerRecord, submission: Submission): Relation {
  const message = asKnown(record, submission);
  const { content_hash, submitted_by, start, superseded = [], corrected_by = start } = record;
  const isSame = message.content_hash === content_hash;
  if (submitted_by !== undefined && submitted_by !== message.submitted_by) {
    // Without a name: the same order; or what says which of its starts it begins; but else nobody knows whose it is.
    const isKnown = message.submitted_by === undefined && (isSame || message.start !== undefined);
    if (!isKnown) return 'foreign';
  }
  if (isSame) return 'same';
  if (message.start === undefined) return isDelivery(record, message) ? 'older' : 'other';
  if (message.start > start) return 'newer';
  return message.start < corrected_by && superseded.includes(message.content_hash) ? 'older' : 'other';
}

/** A message that has been at work on this order before: SQS may deliver it again, however late. */
const isDelivery = ({ messages = [] }: LedgerRecord, { message_id }: Submission): boolean =>
  messages.some((id) => id === message_id);

/** It was sent before the order was settled: the dead letter, which begins the next start, stands for it. */
export const isStale = (record: LedgerRecord, message: Submission): boolean =>
  message.start === undefined ? isDelivery(record, message) : message.start < record.start;

/**
 * Other content, signed no later than what the order says by now: what was overheard may be sent once more, for as long as
 * a signature is good, and would undo its correction. Two that were signed in one second are told apart by what it once said.
 */
export function isReplay(
  { content_hash, signed_at, superseded = [] }: LedgerRecord,
  message: Pick<Submission, 'content_hash' | 'signed_at'>,
): boolean {
  if (message.content_hash === content_hash) return false;
  if (message.signed_at === undefined || signed_at === undefined) return false;
  return (
    message.signed_at < signed_at ||
    (message.signed_at === signed_at && superseded.includes(message.content_hash))
  );
}

/**
 * Refused, and never in the CRM: its number stands for nothing, and is free to another caller. What is parked is kept,
 * and may still get there.
 */
export const isFree = ({ state, maybe_sent }: LedgerRecord): boolean =>
  state === 'rejected' && maybe_sent === undefined;
