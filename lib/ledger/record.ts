import * as z from 'zod';
import { type Failure, failureSchema } from '../explanations/failure.ts';
import { REASON_CODES } from '../explanations/reasons.ts';
import { newsOf } from './outbox.ts';
import { outcomeSchema } from './outcome.ts';

/** Where an order is: `accepted → syncing → synced`, and aside what went wrong (design, "States of an order"). */
export const ORDER_STATES = [
  'accepted',
  'syncing',
  'synced',
  'retrying',
  'in_doubt',
  'rejected',
  'parked',
] as const;
export type OrderState = (typeof ORDER_STATES)[number];

const MAX_HISTORY = 100;
/** Corrections whose late copies are still known for what they are. */
const MAX_SUPERSEDED = 10;

export const stepSchema = z.object({
  /** ISO 8601. */
  at: z.string(),
  /** A state, or: begun anew by whoever sent it, sent back from the dead-letter queue, other content under its id. */
  step: z.enum([...ORDER_STATES, 'restarted', 'returned', 'conflict']),
  attempt: z.number().optional(),
  error_type: z.string().optional(),
  /** Why, by code. */
  reasons: z.array(z.enum(REASON_CODES).catch('unknown')).optional(),
});
export type Step = z.output<typeof stepSchema>;

/** What the ledger knows of an order. No name, phone, e-mail or address, ever. */
export const recordSchema = z.object({
  external_id: z.string(),
  state: z.enum(ORDER_STATES),
  /** SHA-256 of the normalised order: tells a repeat from a change without keeping what it says. */
  content_hash: z.string(),
  /** Attempts at the CRM since the order was last started afresh. Counted here, because SQS counts receives. */
  attempts: z.number(),
  /** How often it was started afresh after having been rejected or parked. */
  restarts: z.number(),
  /** While this lies ahead (epoch ms), a live consumer has the order in hand. */
  lease_until: z.number().optional(),
  /** No attempt before this (epoch ms), whatever copy of the message comes first: the backoff is the order's. */
  not_before: z.number().optional(),
  /** Hash of the content that the CRM may hold although it never said so. Set: look up before creating. */
  doubt: z.string().optional(),
  crm_order_id: z.string().optional(),
  /** The CRM had an order under this id before anything of ours was sent: what a look-up finds is not ours. */
  not_ours: z.boolean().optional(),
  error: failureSchema.optional(),
  submitted_by: z.string().optional(),
  /**
   * When it was last synced, rejected or parked (epoch ms). Of an order that was rejected or parked, a message sent
   * later asks for a new start, and an earlier one is stale.
   */
  settled_at: z.number().optional(),
  /** When it was last settled before it was begun anew (epoch ms), and hashes of what it said until then. */
  settled_before: z.number().optional(),
  superseded: z.array(z.string()).optional(),
  /** What its submitter has still to be told, oldest first; noted together with the end that it tells of. */
  untold: z.array(outcomeSchema).optional(),
  history: z.array(stepSchema),
  /** As it was read; 0 before the first write. A write goes over this version only, so no two can both win. */
  version: z.number(),
  /** Who wrote this version: tells a write of ours, repeated by the SDK after a lost answer, from somebody else's. */
  written_by: z.string().optional(),
});
export type LedgerRecord = z.output<typeof recordSchema>;

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

  switch (known.state) {
    case 'synced':
      return isSame ? { result: 'done', record: known } : { result: 'conflict' };
    case 'rejected':
    case 'parked':
      if (submission.sentAt > (known.settled_at ?? 0) && !isForeign) {
        // What is in doubt is looked up, and a look-up too early would miss what the CRM commits late.
        if (known.not_before !== undefined && known.not_before > now) return busy(known.not_before);
        return acquire(restarted(known, submission, now), submission, now, leaseMs);
      }
      return isSame ? { result: 'done', record: known } : { result: 'conflict' };
    case 'accepted':
    case 'syncing':
    case 'retrying':
    case 'in_doubt': {
      const until = Math.max(known.lease_until ?? 0, known.not_before ?? 0);
      if (until > now) return busy(until);
      return isSame ? acquire(known, submission, now, leaseMs) : { result: 'conflict' };
    }
  }
}

const busy = (until: number): ClaimDecision => ({ result: 'busy', until });

function acquire(known: LedgerRecord, submission: Submission, now: number, leaseMs: number): ClaimDecision {
  // Still `syncing`: whoever held the lease died in mid-call, and nobody knows how far the call got.
  const doubt = known.doubt ?? (known.state === 'syncing' ? known.content_hash : undefined);
  const attempts = known.attempts + 1;
  const record = changed(
    {
      ...known,
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
  const lookUp = doubt !== undefined || attempts > 1 || known.restarts > 0 || submission.redriven > 0;
  return { result: 'acquired', record, lookUp };
}

/** A record for an order that the ledger sees for the first time. */
export function accepted(submission: Omit<Submission, 'redriven'>): LedgerRecord {
  return changed(unseen(submission), submission.sentAt, { step: 'accepted' });
}

/** The same order, or its correction, begun anew after it was rejected or parked. What is in doubt stays in doubt. */
export function restarted(
  record: LedgerRecord,
  submission: Pick<Submission, 'content_hash' | 'submitted_by'> & { redriven?: number },
  now: number,
): LedgerRecord {
  return changed(
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

/** Hash of the content that the CRM may hold without having said so. */
export type Doubt = string | undefined;

/** How an attempt ended. */
export type AttemptEnd =
  | { state: 'synced'; crmOrderId: string }
  | {
      state: 'retrying';
      error: Failure;
      notBefore: number;
      doubt: Doubt;
      /** False for a rate limit, or what was not begun after all. */
      costsAttempt: boolean;
    }
  | {
      state: 'rejected' | 'parked';
      error: Failure;
      doubt: Doubt;
      notBefore: number | undefined;
      costsAttempt: boolean;
      notOurs?: boolean | undefined;
    };

/** The record after an attempt: the lease is given up, the result stands. */
export function ended(record: LedgerRecord, end: AttemptEnd, now: number): LedgerRecord {
  const attempt = record.attempts;
  const free = { ...record, lease_until: undefined, not_before: undefined };
  switch (end.state) {
    case 'synced':
      return withNews(
        {
          ...free,
          state: 'synced',
          crm_order_id: end.crmOrderId,
          error: undefined,
          doubt: undefined,
          settled_at: now,
        },
        now,
        { step: 'synced', attempt },
      );
    case 'retrying': {
      const state = end.doubt === undefined ? 'retrying' : 'in_doubt';
      return changed(
        {
          ...free,
          state,
          error: end.error,
          doubt: end.doubt,
          not_before: end.notBefore,
          attempts: end.costsAttempt ? attempt : attempt - 1,
        },
        now,
        { step: state, attempt, ...whyOf(end.error) },
      );
    }
    case 'rejected':
    case 'parked':
      return withNews(
        {
          ...free,
          state: end.state,
          error: end.error,
          doubt: end.doubt,
          not_before: end.notBefore,
          attempts: end.costsAttempt ? attempt : attempt - 1,
          not_ours: end.notOurs ?? record.not_ours,
          settled_at: now,
        },
        now,
        { step: end.state, attempt, ...whyOf(end.error) },
      );
  }
}

const whyOf = ({ type, reasons = [] }: Failure): Pick<Step, 'error_type' | 'reasons'> => ({
  error_type: type,
  ...(reasons.length > 0 && { reasons: [...new Set(reasons.map(({ code }) => code))] }),
});

/** The end and what is to be told of it are one write, so that neither can be without the other. */
function withNews(record: LedgerRecord, now: number, what: Omit<Step, 'at'>): LedgerRecord {
  const settled = changed(record, now, what);
  const news = newsOf(settled);
  return news === undefined ? settled : { ...settled, untold: [...(settled.untold ?? []), news] };
}

/** Other content came under this id: noted, and nothing else changes. */
export function conflicted(record: LedgerRecord, now: number): LedgerRecord {
  return changed(record, now, { step: 'conflict' });
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
  return changed({ ...record, state: 'rejected', error }, now, {
    step: 'rejected',
    error_type: error.type,
  });
}

function unseen(submission: Omit<Submission, 'redriven' | 'sentAt'>): LedgerRecord {
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

function changed(record: LedgerRecord, now: number, what: Omit<Step, 'at'>): LedgerRecord {
  const history = [...record.history, { at: new Date(now).toISOString(), ...what }];
  // When it is too long the middle goes: the first step says when the order came, the last ones where it is.
  if (history.length > MAX_HISTORY) history.splice(1, history.length - MAX_HISTORY);
  return { ...record, history };
}
