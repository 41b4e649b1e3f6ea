import { createHash } from 'node:crypto';
import * as z from 'zod';
import { failureSchema, type LedgerRecord, type Step } from './ledger-record.ts';

/**
 * What a submitter is told of: `synced`, it is in the CRM; `rejected`, its content has to be corrected; `parked`, it is
 * on the dead-letter queue; `recovered`, it is in the CRM after it had been parked.
 */
export const OUTCOMES = ['synced', 'rejected', 'parked', 'recovered'] as const;
export type OutcomeType = (typeof OUTCOMES)[number];

/** An outcome as OutcomesQueue carries it: codes and facts, no words and nothing personal. */
export const outcomeSchema = z.object({
  /** The same for the same outcome, however often it is sent. */
  id: z.string().regex(/^evt_[\da-f]{32}$/),
  type: z.enum(OUTCOMES),
  /** ISO 8601. */
  at: z.iso.datetime(),
  /** Unknown where the message was not even an order with a name. */
  external_id: z.string().optional(),
  submitted_by: z.string().optional(),
  attempts: z.number(),
  crm_order_id: z.string().optional(),
  error: failureSchema.optional(),
});
export type Outcome = z.output<typeof outcomeSchema>;

/**
 * The outcome that a record stands for: made of what is stored alone, so that it can be told again after a crash and is
 * the same. `undefined` while the order is on its way, and where it is no news: an outage sends an order back again
 * and again, and parks it again for the same cause.
 */
export function settledOutcome(record: LedgerRecord): Outcome | undefined {
  const { external_id, state, settled_at, submitted_by, attempts, crm_order_id, error } = record;
  const type = outcomeTypeOf(record);
  if (type === undefined || settled_at === undefined) return undefined;
  if (type === 'parked' && isParkedAgain(record.history)) return undefined;
  return {
    id: eventId(external_id, state, settled_at),
    type,
    at: new Date(settled_at).toISOString(),
    external_id,
    submitted_by,
    attempts,
    crm_order_id,
    error,
  };
}

function outcomeTypeOf({ state, history }: LedgerRecord): OutcomeType | undefined {
  switch (state) {
    case 'synced':
      return history.some(({ step }) => step === 'parked') ? 'recovered' : 'synced';
    case 'rejected':
    case 'parked':
      return state;
    case 'accepted':
    case 'syncing':
    case 'retrying':
    case 'in_doubt':
      return undefined;
  }
}

/** After a return that ended as the time before. */
function isParkedAgain(history: readonly Step[]): boolean {
  const parked = history.findLastIndex(({ step }) => step === 'parked');
  const before = history.slice(0, Math.max(0, parked));
  const start = before.findLast(({ step }) => step === 'returned' || step === 'restarted');
  const parkedBefore = before.findLast(({ step }) => step === 'parked' || step === 'rejected');
  return (
    start?.step === 'returned' &&
    parkedBefore?.step === 'parked' &&
    parkedBefore.error_type === history[parked]?.error_type
  );
}

/** Names one occurrence by all that tells it from others. */
export const eventId = (...parts: readonly (string | number)[]): string =>
  `evt_${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)}`;
