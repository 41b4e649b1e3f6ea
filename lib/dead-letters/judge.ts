import type { Log } from '../lambda/observability.ts';
import { movedBySqs } from '../ledger/abandoned.ts';
import { type Ledger, UnreadableRecord } from '../ledger/ledger.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { accepted } from '../ledger/start.ts';
import { phaseOf } from '../ledger/states.ts';
import { publishOutbox } from '../queues/publish-outbox.ts';
import type { OutcomesQueue } from '../queues/queues.ts';
import type { Letter } from './letter.ts';
import { decide, isOnItsWay, type Verdict } from './verdict.ts';

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
  ledger: Pick<Ledger, 'get' | 'replace'>;
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
    const recorded = await recordMove(letter, known, deps.ledger, deps.now());
    if (recorded !== undefined) log.warn('Order parked: SQS itself has moved its message');
    const found = recorded ?? known;
    // One in the CRM is told by the consumer, to which its letter is sent back.
    const isUntold = found?.state === 'parked' && letter.reason === 'NO_REASON';
    const record = isUntold ? await publishOutbox(found, { ...deps, log }) : found;
    const verdict = decide(letter, record, deps.now());
    return { letter, record, verdict, isRecorded: recorded !== undefined };
  } catch (error) {
    if (!(error instanceof UnreadableRecord)) throw error;
    log.error('Record of a later version: its letter is left', { error_name: error.name });
    return { letter, record: undefined, verdict: 'unreadable', isRecorded: false };
  }
}

/** @returns the record, where the order is parked now and was not before. */
async function recordMove(
  { reason, external_id, content_hash, submitted_by, parkedAt, redriven }: LetterFacts,
  known: LedgerRecord | undefined,
  ledger: JudgeDeps['ledger'],
  now: number,
): Promise<LedgerRecord | undefined> {
  if (reason !== 'NO_REASON' || external_id === undefined || content_hash === undefined) return undefined;
  if (known === undefined) {
    const begun = accepted({ external_id, content_hash, submitted_by }, parkedAt);
    // Sent back before, it may have been anywhere.
    return ledger.replace(movedBySqs(redriven > 0 ? { ...begun, doubt: content_hash } : begun, now));
  }
  const isAbandoned =
    phaseOf(known.state) === 'under_way' &&
    known.content_hash === content_hash &&
    !isOnItsWay(reason, known, now);
  return isAbandoned ? ledger.replace(movedBySqs(known, now)) : undefined;
}
