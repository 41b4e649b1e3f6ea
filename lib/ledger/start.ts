import type { Failure } from '../explanations/failure.ts';
import type { Content } from '../order/content-hash.ts';
import type { OrderStatus } from '../order/order-status.ts';
import { asKnown } from './content.ts';
import { type LedgerRecord, MOST_REMEMBERED, withStep } from './record.ts';
import { wanting } from './status.ts';

/** A message as the ledger needs it. */
export interface Submission extends Content {
  external_id: string;
  /** How far it is to be. */
  wanted_status?: OrderStatus | undefined;
  submitted_by?: string | undefined;
  /** How often the message has been sent back from the dead-letter queue. */
  redriven: number;
  /** Which start of the order it belongs to. Unknown where it was put on the queue by hand: it then counts. */
  start?: number | undefined;
  /** When it was signed, by its caller's own clock (seconds since 1970); missing where it was not. */
  signed_at?: number | undefined;
  /** SQS's id of the message: known again when it is delivered again. */
  message_id?: string | undefined;
  /** How the door has noted it, if it was an order that nothing was known of. */
  noted?: Noted | undefined;
}

/** Who wrote a record first, and when (epoch ms): with the submission that is the whole of it. */
export interface Noted {
  by: string;
  at: number;
}

export type Posted = Omit<Submission, 'redriven'>;

/** A record for an order that the ledger sees for the first time. */
export function accepted(submission: Posted, now: number): LedgerRecord {
  return withStep(unseen(submission), now, { step: 'accepted' });
}

/** The record as the door has noted it, if it has, and nobody has written it since: a write over this version finds out. */
export const asNoted = (submission: Posted, { by, at }: Noted): LedgerRecord => ({
  ...accepted(submission, at),
  version: 1,
  written_by: by,
});

/** The same order, or its correction, begun anew after it was rejected or parked. What is in doubt stays in doubt. */
export function restarted(
  record: LedgerRecord,
  submission: Omit<Posted, 'external_id'> & { redriven?: number },
  now: number,
): LedgerRecord {
  const { content_hash } = asKnown(record, submission);
  // Whoever becomes its owner has been told of nothing yet, so however it ends is news.
  const isAdopted = record.submitted_by === undefined && submission.submitted_by !== undefined;
  return withStep(
    {
      ...record,
      state: 'accepted',
      content_hash,
      status: wanting(record.status, submission.wanted_status),
      attempts: 0,
      error: undefined,
      restarts: record.restarts + 1,
      not_before: record.doubt === undefined ? undefined : record.not_before,
      settled_at: undefined,
      settled_before: record.settled_at ?? record.settled_before,
      start: submission.start ?? record.start,
      superseded: supersededBy({ start: submission.start, content_hash }, record),
      corrected_by:
        content_hash === record.content_hash
          ? record.corrected_by
          : (submission.start ?? record.corrected_by),
      submitted_by: submission.submitted_by ?? record.submitted_by,
      signed_at: later(submission.signed_at, record.signed_at),
    },
    now,
    { step: (submission.redriven ?? 0) > 0 && !isAdopted ? 'returned' : 'restarted' },
  );
}

/** What does not say which start it is may have been sent before what it takes the place of, which then counts as well. */
function supersededBy(
  { start, content_hash }: Pick<Posted, 'start' | 'content_hash'>,
  { superseded = [], content_hash: former }: LedgerRecord,
): string[] {
  const others = start === undefined ? superseded : [...superseded, former];
  return others.filter((hash) => hash !== content_hash).slice(-MOST_REMEMBERED);
}

/** When whoever sent it last did so (epoch ms), in this version or as it was; `undefined` where nobody has noted it. */
export function lastSentAt({ history }: LedgerRecord): number | undefined {
  const sent = history.findLast(({ step }) => step === 'accepted' || step === 'restarted');
  return sent && Date.parse(sent.at);
}

const later = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.max(a, b);

/**
 * Our own validation refused what came under this id: told to whoever asks, unless the id is known already. Any message
 * that is an order begins it anew.
 */
export function malformed(submission: Posted, error: Failure, now: number): LedgerRecord {
  const record = unseen(submission);
  return withStep({ ...record, state: 'rejected', error }, now, {
    step: 'rejected',
    error_type: error.type,
  });
}

/** The number of an order that stands for nothing, as the order of another caller. */
export function takenOver(former: LedgerRecord, submission: Posted, now: number): LedgerRecord {
  const { version, start } = former;
  const record = { ...unseen(submission), version, start: Math.max(start, submission.start ?? 0) };
  return withStep(record, now, { step: 'accepted' });
}

export function unseen(submission: Posted): LedgerRecord {
  return {
    external_id: submission.external_id,
    state: 'accepted',
    content_hash: submission.content_hash,
    attempts: 0,
    restarts: 0,
    submitted_by: submission.submitted_by,
    status: wanting(undefined, submission.wanted_status),
    start: submission.start ?? 0,
    signed_at: submission.signed_at,
    history: [],
    version: 0,
  };
}
