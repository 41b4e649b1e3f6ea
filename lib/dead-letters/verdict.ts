import { FAILURES, type FailureType } from '../explanations/failure.ts';
import { type ClaimDecision, decideClaim } from '../ledger/claim.ts';
import { heldUntil, isGivenUp, isReached } from '../ledger/follow.ts';
import { MESSAGE_LIFE_MS } from '../ledger/message-life.ts';
import { paymentOf } from '../ledger/payments.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { relationOf } from '../ledger/relation.ts';
import type { Submission } from '../ledger/start.ts';
import { phaseOf } from '../ledger/states.ts';
import { isNews } from '../ledger/status.ts';
import type { OrderStatus } from '../order/order.ts';
import type { Letter } from './letter.ts';

/** What is to become of a dead letter. */
export type Verdict =
  /** The order is in the CRM with this very content: the letter is of no more use. */
  | 'copy'
  /** Sending it again would end the same way, or has too often: somebody must look at it. */
  | 'for_a_person'
  /** The order is being worked on all the same: what comes of that decides. */
  | 'on_its_way'
  /** Parked for a cause that passes: it may be sent back once the cause has passed. */
  | 'may_return';

export type LetterFacts = Pick<
  Letter,
  | 'reason'
  | 'redriven'
  | 'external_id'
  | 'content_hash'
  | 'former_hash'
  | 'asks'
  | 'pays'
  | 'submitted_by'
  | 'start'
  | 'messageId'
>;

/** After so many returns in vain it is no longer taken for something that passes. */
export const MAX_RETURNS = 5;

/** A letter as the ledger knows a message; undefined where it is no order. */
export const submissionOf = ({
  external_id,
  content_hash,
  former_hash,
  asks,
  submitted_by,
  start,
  redriven,
  messageId,
}: LetterFacts): Submission | undefined =>
  external_id === undefined || content_hash === undefined
    ? undefined
    : {
        external_id,
        content_hash,
        former_hash,
        wanted_status: asks,
        submitted_by,
        start,
        redriven,
        message_id: messageId,
      };

/**
 * What is to become of a letter, given what the ledger has under its `external_id`.
 *
 * Content that is not the ledger's stays for a person: it is another order's, or this one's from before a correction,
 * and sent back it would undo the correction. But what SQS has moved no consumer has looked at: it goes back where one
 * would take it in hand.
 *
 * @param now epoch ms
 */
export function decide(letter: LetterFacts, record: LedgerRecord | undefined, now: number): Verdict {
  const submission = submissionOf(letter);
  if (submission === undefined) {
    return letter.asks === undefined ? 'for_a_person' : decideStatus(letter, letter.asks, record, now);
  }
  const isSame = record === undefined || relationOf(record, submission) === 'same';

  if (!FAILURES[letter.reason].comesBack) {
    // Another order than the one that has its number.
    const isAnother = letter.reason === 'MALFORMED' || letter.reason === 'CONFLICT';
    return record?.state === 'synced' && isSame && !isAnother ? 'copy' : 'for_a_person';
  }

  if (record?.state === 'synced' && isSame) {
    // SQS moved it before anybody could be told, or had heard how far its order is to be: sent back, the consumer will.
    const isUnheard =
      record.outbox !== undefined || (letter.asks !== undefined && isNews(record.status, letter.asks));
    return letter.reason === 'NO_REASON' && isUnheard ? 'may_return' : 'copy';
  }
  if (letter.redriven >= MAX_RETURNS) return 'for_a_person';
  if (!isSame) {
    if (letter.reason !== 'NO_REASON') return 'for_a_person';
    return ofAnother(decideClaim(record, submission, now, 0).result);
  }
  if (record?.state === 'rejected') return 'for_a_person';
  return record !== undefined && isOnItsWay(letter.reason, record, now) ? 'on_its_way' : 'may_return';
}

/** @param claim how a consumer would find it */
function ofAnother(claim: ClaimDecision['result']): Verdict {
  switch (claim) {
    case 'acquired':
      return 'may_return';
    case 'busy':
      return 'on_its_way';
    case 'conflict':
    case 'superseded':
    case 'done':
      return 'for_a_person';
  }
}

/** A letter that has nothing but a status in it. */
function decideStatus(
  { reason, redriven, pays }: LetterFacts,
  asks: OrderStatus,
  record: LedgerRecord | undefined,
  now: number,
): Verdict {
  if (record !== undefined && isDoneWith(record, asks, pays)) return 'copy';
  // May be in the CRM: sent back, it would only be parked again.
  if (pays !== undefined && record !== undefined && paymentOf(record, pays)?.state === 'in_doubt')
    return 'for_a_person';
  if (!FAILURES[reason].comesBack || redriven >= MAX_RETURNS) return 'for_a_person';
  if (record === undefined) return 'may_return';
  // A payment waits for its order, whatever comes of that.
  if (pays !== undefined && phaseOf(record.state) !== 'in_crm') return 'on_its_way';
  return heldUntil(record) > now ? 'on_its_way' : 'may_return';
}

/** Is the CRM as far, and has it what was paid? A status that was given up has a letter of its own. */
export function isDoneWith(record: LedgerRecord, asks: OrderStatus, pays: number | undefined): boolean {
  if (pays === undefined) return isReached(record, asks);
  return paymentOf(record, pays)?.state === 'booked' && (isReached(record, asks) || isGivenUp(record));
}

/**
 * Is another message of this order, or a consumer, still at it? A letter with a reason was put here by a consumer that
 * then lets go of its message, so until the ledger says `parked` that has not been done. A letter without one was the
 * message itself.
 */
export function isOnItsWay(reason: FailureType, record: LedgerRecord, now: number): boolean {
  switch (phaseOf(record.state)) {
    case 'in_crm':
      return false;
    case 'waiting':
      // In doubt, it waits out its backoff even so: a look-up too early would miss what the CRM commits late.
      return now < (record.not_before ?? 0);
    case 'under_way': {
      const liveUntil = Math.max(record.lease_until ?? 0, record.not_before ?? 0);
      if (liveUntil > now) return true;
      const lastStep = Date.parse(record.history.at(-1)?.at ?? '');
      return reason !== 'NO_REASON' && !(now > lastStep + MESSAGE_LIFE_MS);
    }
  }
}
