import * as z from 'zod/mini';
import { failureSchema } from '../explanations/failure.ts';
import { outcomeSchema } from './outcome.ts';
import { paymentOfSchema } from './payment.ts';
import { ORDER_STATES } from './states.ts';
import { orderStatusSchema } from './status.ts';
import { type Step, stepSchema } from './step.ts';

const MAX_HISTORY = 100;

/** What the ledger knows of an order. No name, phone, e-mail or address, ever. */
export const recordSchema = z.object({
  external_id: z.string(),
  state: z.enum(ORDER_STATES),
  /** SHA-256 of the normalised order without its status: tells a repeat from a change without keeping what it says. */
  content_hash: z.string(),
  /** Attempts at the CRM since the order was last started afresh. Counted here, because SQS counts receives. */
  attempts: z.number(),
  /** How often it was started afresh after having been rejected or parked. */
  restarts: z.number(),
  /** While this lies ahead (epoch ms), a live consumer has the order in hand. */
  lease_until: z.optional(z.number()),
  /** No attempt before this (epoch ms), whatever copy of the message comes first: the backoff is the order's. */
  not_before: z.optional(z.number()),
  /** Hash of the content that the CRM may hold although it never said so. Set: look up before creating. */
  doubt: z.optional(z.string()),
  /** What people call it. */
  crm_order_id: z.optional(z.string()),
  /** What calls are made with, where that is another. */
  crm_call_id: z.optional(z.string()),
  /**
   * Hashes of the contents that may ever have reached the CRM, the newest last, over all starts and whatever a look-up
   * said since: an order may be committed late. None: what the CRM has under this id is another's.
   */
  maybe_sent: z.optional(z.array(z.string())),
  error: z.optional(failureSchema),
  /** How far it is to be in the shop's own order of things, and how far the CRM has it. Missing: as it was sent. */
  status: z.optional(orderStatusSchema),
  /** What was paid for it, as far as that was to be booked in the CRM. */
  payments: z.optional(z.array(paymentOfSchema)),
  submitted_by: z.optional(z.string()),
  /** When it was last synced, rejected or parked (epoch ms). */
  settled_at: z.optional(z.number()),
  /** When it was, before it was last begun anew: by this a person says what they have looked at. */
  settled_before: z.optional(z.number()),
  /**
   * The start that it is in, or, of what was rejected or parked, the one that would be next: a message of an earlier one
   * is stale. A dead letter carries the next one, so that it begins anew however it comes back; a post carries the one
   * after that, so that a correction wins over the return of what it corrects.
   */
  start: z._default(z.number(), 0),
  /** When its caller last signed what it says, by the caller's own clock (seconds since 1970). */
  signed_at: z.optional(z.number()),
  /** SQS's ids of the messages by which it was taken in hand, the newest last. */
  messages: z.optional(z.array(z.string())),
  /** Hashes of what it said before it was corrected. */
  superseded: z.optional(z.array(z.string())),
  /** The start that the last correction began: a message of that start or a later one was not sent before it. */
  corrected_by: z.optional(z.number()),
  /** What its submitter has still to be told, oldest first; noted together with the end that it tells of. */
  outbox: z.optional(z.array(outcomeSchema)),
  /** A later version may know more steps; after a rollback this one passes over them. */
  history: z.pipe(
    z.array(z.unknown()),
    z.transform((steps) => steps.flatMap((step) => stepSchema.safeParse(step).data ?? [])),
  ),
  /** As it was read; 0 before the first write. A write goes over this version only, so no two can both win. */
  version: z.number(),
  /** Who wrote this version: tells a write of ours, repeated by the SDK after a lost answer, from somebody else's. */
  written_by: z.optional(z.string()),
});
export type LedgerRecord = z.output<typeof recordSchema>;

/** Hash of the content that the CRM may hold without having said so. */
export type Doubt = LedgerRecord['doubt'];

/** Contents, and messages, of one order that are remembered: more corrections nobody makes. */
export const MOST_REMEMBERED = 10;

/** The record with a content that may have reached the CRM. */
export function maybeSent(record: LedgerRecord, contentHash: Doubt): LedgerRecord {
  if (contentHash === undefined) return record;
  const others = (record.maybe_sent ?? []).filter((hash) => hash !== contentHash);
  return { ...record, maybe_sent: [...others, contentHash].slice(-MOST_REMEMBERED) };
}

/** The record with one more step in its history. */
export function withStep(record: LedgerRecord, now: number, what: Omit<Step, 'at'>): LedgerRecord {
  const history = [...record.history, { at: new Date(now).toISOString(), ...what }];
  // When it is too long the middle goes: the first step says when the order came, the last ones where it is.
  history.splice(1, Math.max(0, history.length - MAX_HISTORY));
  return { ...record, history };
}
