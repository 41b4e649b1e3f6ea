import type { Failure } from '../explanations/failure.ts';
import { type LedgerRecord, withStep } from './record.ts';

/** Corrections whose late copies are still known for what they are. */
const MAX_SUPERSEDED = 10;

/** A message as the ledger needs it. */
export interface Submission {
  external_id: string;
  content_hash: string;
  /** When SQS took the message (epoch ms). */
  sentAt: number;
  submitted_by?: string | undefined;
  /** How often the message has been sent back from the dead-letter queue. */
  redriven: number;
}

/** A record for an order that the ledger sees for the first time. */
export function accepted(submission: Omit<Submission, 'redriven'>): LedgerRecord {
  return withStep(unseen(submission), submission.sentAt, { step: 'accepted' });
}

/** The same order, or its correction, begun anew after it was rejected or parked. What is in doubt stays in doubt. */
export function restarted(
  record: LedgerRecord,
  submission: Pick<Submission, 'content_hash' | 'submitted_by'> & { redriven?: number },
  now: number,
): LedgerRecord {
  return withStep(
    {
      ...record,
      state: 'accepted',
      content_hash: submission.content_hash,
      attempts: 0,
      error: undefined,
      restarts: record.restarts + 1,
      not_before: record.doubt === undefined ? undefined : record.not_before,
      settled_at: undefined,
      settled_before: record.settled_at ?? record.settled_before,
      superseded: [...new Set([...(record.superseded ?? []), record.content_hash])].slice(-MAX_SUPERSEDED),
      submitted_by: submission.submitted_by ?? record.submitted_by,
    },
    now,
    { step: (submission.redriven ?? 0) > 0 ? 'returned' : 'restarted' },
  );
}

/**
 * Our own validation refused what came under this id: told to whoever asks, unless the id is known already. It has no
 * `settled_at`, because any message that is an order replaces it, sent before or after.
 */
export function malformed(
  submission: Omit<Submission, 'redriven'>,
  error: Failure,
  now: number,
): LedgerRecord {
  const record = unseen(submission);
  return withStep({ ...record, state: 'rejected', error }, now, {
    step: 'rejected',
    error_type: error.type,
  });
}

export function unseen(submission: Omit<Submission, 'redriven' | 'sentAt'>): LedgerRecord {
  return {
    external_id: submission.external_id,
    state: 'accepted',
    content_hash: submission.content_hash,
    attempts: 0,
    restarts: 0,
    submitted_by: submission.submitted_by,
    history: [],
    version: 0,
  };
}
