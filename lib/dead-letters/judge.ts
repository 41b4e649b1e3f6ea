import type { FailureType } from '../explanations/failure.ts';
import type { Log } from '../lambda/observability.ts';
import { MOVED, movedBySqs } from '../ledger/abandoned.ts';
import { adopted, decideClaim } from '../ledger/claim.ts';
import { conflictOf } from '../ledger/conflict.ts';
import { type Ledger, UnreadableRecord } from '../ledger/ledger.ts';
import { eventId } from '../ledger/outcome.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { relationOf } from '../ledger/relation.ts';
import { accepted, type Submission } from '../ledger/start.ts';
import { phaseOf } from '../ledger/states.ts';
import { publishOutbox } from '../queues/publish-outbox.ts';
import type { OutcomesQueue } from '../queues/queues.ts';
import type { Letter } from './letter.ts';
import { setAside } from './set-aside.ts';
import { decide, isOnItsWay, submissionOf, type Verdict } from './verdict.ts';

/** A letter without its body, which is kept only where it may be needed. */
export type LetterFacts = Omit<Letter, 'body'>;

export interface Judged<T extends LetterFacts> {
  letter: T;
  /** As it is after: an order that SQS has moved is recorded as parked. */
  record: LedgerRecord | undefined;
  /** `unreadable`: a later version has written its record, so it is left to that one. */
  verdict: Verdict | 'unreadable';
  isRecorded: boolean;
}

export interface JudgeDeps {
  ledger: Pick<Ledger, 'get' | 'replace' | 'getAside' | 'putAside'>;
  outcomes: OutcomesQueue;
  log: Log;
  now: () => number;
}

/**
 * What is to become of a letter. One that SQS itself has moved has been told to nobody: that is made up for here.
 *
 * @throws where SQS or the ledger fails, but not for a record that cannot be read.
 */
export async function judge<T extends LetterFacts>(letter: T, deps: JudgeDeps): Promise<Judged<T>> {
  const { external_id } = letter;
  const log = deps.log.child({ external_id, message_id: letter.messageId });
  try {
    const known = external_id === undefined ? undefined : await deps.ledger.get(external_id);
    const facts = { ...letter, reason: reasonOf(letter, known) };
    const { found, isRecorded } = await recordMove(facts, known, deps);
    if (isRecorded) log.warn('Order parked: SQS itself has moved its message');
    // One in the CRM is told by the consumer, to which its letter is sent back.
    const isUntold =
      found !== undefined && phaseOf(found.state) === 'waiting' && facts.reason === 'NO_REASON';
    const record = isUntold ? await publishOutbox(found, { ...deps, log }) : found;
    const verdict = decide(facts, record, deps.now());
    return { letter, record, verdict, isRecorded };
  } catch (error) {
    if (!(error instanceof UnreadableRecord)) throw error;
    log.error('Record of a later version: its letter is left', { error_name: error.name });
    return { letter, record: undefined, verdict: 'unreadable', isRecorded: false };
  }
}

/**
 * What the console moves back keeps all that is on it. But where a consumer has had it in hand, it was on the orders
 * queue, so it was SQS that moved it here.
 */
const reasonOf = ({ reason, messageId }: LetterFacts, known: LedgerRecord | undefined): FailureType =>
  known?.messages?.includes(messageId) ? 'NO_REASON' : reason;

/** @returns the record as it is after, and whether the order is parked now and was not before. */
async function recordMove(
  letter: LetterFacts,
  known: LedgerRecord | undefined,
  deps: JudgeDeps,
): Promise<{ found: LedgerRecord | undefined; isRecorded: boolean }> {
  const { ledger, now } = deps;
  const submission = submissionOf(letter);
  if (letter.reason !== 'NO_REASON' || submission === undefined) return { found: known, isRecorded: false };
  if (known === undefined) {
    const begun = accepted(submission, letter.parkedAt);
    // Sent back before, it may have been anywhere.
    const doubt = letter.redriven > 0 ? submission.content_hash : undefined;
    const first = await ledger.replace(movedBySqs({ ...begun, doubt }, now()));
    if (first !== undefined) return { found: first, isRecorded: true };
    // Another letter of this number was faster.
    return recordMove(letter, await ledger.get(submission.external_id), deps);
  }
  if (relationOf(known, submission) !== 'same') {
    await recordAside(letter, submission, known, deps);
    return { found: known, isRecorded: false };
  }
  const isAbandoned = phaseOf(known.state) === 'under_way' && !isOnItsWay(letter.reason, known, now());
  // Whoever sent the very content of an order without a name is its owner, as for the consumer it never came to.
  const owned = adopted(known, submission);
  const changed = isAbandoned ? movedBySqs(owned, now()) : owned;
  if (changed === known) return { found: known, isRecorded: false };
  const found = await ledger.replace(changed);
  if (found === undefined) return recordMove(letter, await ledger.get(submission.external_id), deps);
  return { found, isRecorded: isAbandoned };
}

/** Not the order that has its number: what a consumer would have said to that is said here, where there is a caller. */
async function recordAside(
  { parkedAt }: LetterFacts,
  submission: Submission,
  known: LedgerRecord,
  deps: JudgeDeps,
): Promise<void> {
  if (submission.submitted_by === undefined) return;
  const claim = decideClaim(known, submission, deps.now(), 0);
  if (claim.result !== 'conflict' && claim.result !== 'acquired') return;
  const error = claim.result === 'conflict' ? conflictOf(claim.reason, known.crm_order_id) : MOVED;
  await setAside(submission, error, eventId(error.type, submission.content_hash, parkedAt), deps);
}
