import { type LedgerRecord, maybeSent, withStep } from './record.ts';
import { restarted, type Submission, unseen } from './start.ts';
import { phaseOf } from './states.ts';

export type ClaimDecision =
  /** The order is ours until the lease ends; `lookUp`: the CRM may have it already. */
  | { result: 'acquired'; record: LedgerRecord; lookUp: boolean }
  /** A late copy of what was settled, and has been corrected since: the correction is all that counts. */
  | { result: 'superseded' }
  /** Nothing to do: it is in the CRM, or on the dead-letter queue since this copy was sent. */
  | { result: 'done'; record: LedgerRecord }
  /** This id already stands for other content. */
  | { result: 'conflict' }
  /** Not now: another consumer holds it, or its backoff is not over, until then (epoch ms). */
  | { result: 'busy'; until: number };

/** May this message be worked on now? The rule of every claim; the ledger makes it atomic. */
export function decideClaim(
  record: LedgerRecord | undefined,
  submission: Submission,
  now: number,
  leaseMs: number,
): ClaimDecision {
  const known = record ?? unseen(submission);
  // An id is its first submitter's. Whoever injects without a name has the right to send, and so any right.
  const isForeign =
    known.submitted_by !== undefined &&
    submission.submitted_by !== undefined &&
    known.submitted_by !== submission.submitted_by;
  const isSame = known.content_hash === submission.content_hash && !isForeign;
  const isSuperseded =
    !isForeign &&
    !isSame &&
    submission.sentAt <= (known.settled_before ?? 0) &&
    known.superseded?.includes(submission.content_hash) === true;
  if (isSuperseded) return { result: 'superseded' };

  switch (phaseOf(known.state)) {
    case 'in_crm':
      return isSame ? { result: 'done', record: known } : { result: 'conflict' };
    case 'waiting':
      if (submission.sentAt > (known.settled_at ?? 0) && !isForeign) {
        // What is in doubt is looked up, and a look-up too early would miss what the CRM commits late.
        if (known.not_before !== undefined && known.not_before > now) return busy(known.not_before);
        return acquire(restarted(known, submission, now), submission, now, leaseMs);
      }
      return isSame ? { result: 'done', record: known } : { result: 'conflict' };
    case 'under_way': {
      const until = Math.max(known.lease_until ?? 0, known.not_before ?? 0);
      if (until > now) return busy(until);
      return isSame ? acquire(known, submission, now, leaseMs) : { result: 'conflict' };
    }
  }
}

const busy = (until: number): ClaimDecision => ({ result: 'busy', until });

function acquire(known: LedgerRecord, submission: Submission, now: number, leaseMs: number): ClaimDecision {
  // Still `syncing`: whoever held the lease died in mid-call, and nobody knows how far the call got. What is sent back
  // without a record may have been anywhere.
  const hasBrokenOff = known.state === 'syncing' || (known.version === 0 && submission.redriven > 0);
  const broken = hasBrokenOff ? known.content_hash : undefined;
  const doubt = known.doubt ?? broken;
  const attempts = known.attempts + 1;
  const record = withStep(
    {
      ...maybeSent(maybeSent(known, known.doubt), broken),
      state: 'syncing',
      doubt,
      attempts,
      lease_until: now + leaseMs,
      not_before: undefined,
      submitted_by: known.submitted_by ?? submission.submitted_by,
    },
    now,
    {
      step: 'syncing',
      attempt: attempts,
    },
  );
  const lookUp =
    record.maybe_sent !== undefined || attempts > 1 || known.restarts > 0 || submission.redriven > 0;
  return { result: 'acquired', record, lookUp };
}
