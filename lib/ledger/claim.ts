import type { ConflictReason } from './conflict.ts';
import { asking } from './follow.ts';
import { withOutcome } from './outbox.ts';
import { type LedgerRecord, MOST_REMEMBERED, maybeSent, withStep } from './record.ts';
import { isFree, isReplay, isStale, relationOf } from './relation.ts';
import { restarted, type Submission, takenOver, unseen } from './start.ts';
import { phaseOf } from './states.ts';
import { beforeCreation, wanting } from './status.ts';

export type ClaimDecision =
  /**
   * The order is ours until the lease ends; `lookUp`: the CRM may have one under its number. `former`: the order of
   * another caller that had the number before, and is to be kept aside.
   */
  | { result: 'acquired'; record: LedgerRecord; lookUp: boolean; former?: LedgerRecord }
  /** A late copy of what was settled, and has been corrected since: the correction is all that counts. */
  | { result: 'superseded' }
  /** Nothing to do: it is in the CRM, or on the dead-letter queue. */
  | { result: 'done'; record: LedgerRecord }
  /** This number already stands for other content. */
  | { result: 'conflict'; reason: ConflictReason; record: LedgerRecord }
  /** Not now: another consumer holds it, or its backoff is not over, until then (epoch ms). */
  | { result: 'busy'; until: number };

/**
 * May this message be worked on now? The rule of every claim; the ledger makes it atomic. Old and new are told apart by
 * starts, never by comparing one machine's clock with another's.
 */
export function decideClaim(
  record: LedgerRecord | undefined,
  message: Submission,
  now: number,
  leaseMs: number,
): ClaimDecision {
  if (record === undefined) return acquire(unseen(message), message, now, leaseMs);
  const relation = relationOf(record, message);
  if (relation === 'older') return { result: 'superseded' };
  const conflict = (reason: ConflictReason): ClaimDecision => ({ result: 'conflict', reason, record });

  switch (phaseOf(record.state)) {
    case 'in_crm':
      if (relation === 'same')
        return { result: 'done', record: asking(adopted(record, message), message.wanted_status, now) };
      return conflict(relation === 'newer' ? 'correction_too_late' : 'number_taken');

    case 'waiting': {
      if (relation === 'foreign') {
        if (!isFree(record)) return conflict('number_taken');
        return { ...acquire(takenOver(record, message, now), message, now, leaseMs), former: record };
      }
      if (isStale(record, message) || isReplay(record, message)) {
        return relation === 'same'
          ? { result: 'done', record: asking(adopted(record, message), message.wanted_status, now) }
          : conflict('number_taken');
      }
      // What is in doubt is looked up, and a look-up too early would miss what the CRM commits late.
      if (record.not_before !== undefined && record.not_before > now) return busy(record.not_before);
      return acquire(restarted(record, message, now), message, now, leaseMs);
    }

    case 'under_way': {
      const until = Math.max(record.lease_until ?? 0, record.not_before ?? 0);
      if (until > now) return busy(until);
      if (relation === 'same') return acquire(record, message, now, leaseMs);
      if (relation !== 'newer') return conflict('number_taken');
      // An older copy was faster than its correction, and has not got there.
      return acquire(restarted(brokenOff(record), message, now), message, now, leaseMs);
    }
  }
}

const busy = (until: number): ClaimDecision => ({ result: 'busy', until });

function acquire(
  known: LedgerRecord,
  message: Submission,
  now: number,
  leaseMs: number,
): Extract<ClaimDecision, { result: 'acquired' }> {
  const attempts = known.attempts + 1;
  // What is sent back without a record may have been anywhere.
  const isUnknown = known.version === 0 && message.redriven > 0;
  const begun = isUnknown ? inDoubt(known) : brokenOff(known);
  const record = withStep(
    {
      ...maybeSent(begun, begun.doubt),
      state: 'syncing',
      attempts,
      start: Math.max(known.start, message.start ?? 0),
      status: beforeCreation(wanting(begun.status, message.wanted_status)),
      lease_until: now + leaseMs,
      not_before: undefined,
      messages: withMessage(begun, message),
      submitted_by: known.submitted_by ?? message.submitted_by,
    },
    now,
    { step: 'syncing', attempt: attempts },
  );
  const lookUp =
    record.maybe_sent !== undefined || attempts > 1 || known.restarts > 0 || message.redriven > 0;
  return { result: 'acquired', record, lookUp };
}

function withMessage({ messages = [] }: LedgerRecord, { message_id }: Submission): string[] {
  const others = messages.filter((id) => id !== message_id);
  return [...others, ...(message_id === undefined ? [] : [message_id])].slice(-MOST_REMEMBERED);
}

/** Still `syncing`: whoever held the lease died in mid-call, and nobody knows how far the call got. */
const brokenOff = (record: LedgerRecord): LedgerRecord =>
  record.state === 'syncing' ? inDoubt(record) : record;

const inDoubt = (record: LedgerRecord): LedgerRecord => ({
  ...maybeSent(record, record.content_hash),
  doubt: record.doubt ?? record.content_hash,
});

/** Whoever sends the very content of an order without a name becomes its owner, and is told what became of it. */
export function adopted(
  record: LedgerRecord,
  { submitted_by }: Pick<Submission, 'submitted_by'>,
): LedgerRecord {
  if (record.submitted_by !== undefined || submitted_by === undefined) return record;
  return withOutcome({ ...record, submitted_by });
}
