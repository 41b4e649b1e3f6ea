import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import { failureSchema } from '../explanations/failure.ts';
import { ORDER_STATUSES } from '../order/order-status.ts';

/**
 * What a submitter is told of: `synced`, it is in the CRM; `rejected`, its content has to be corrected; `parked`, it is
 * on the dead-letter queue; `recovered`, it is in the CRM after it had been parked; `status_changed`, the CRM has it in
 * another status now; `status_not_changed`, it cannot be set there; `payment_booked`, the CRM has the payment;
 * `payment_not_booked`, it does not, or nobody knows.
 */
export const OUTCOMES = [
  'synced',
  'rejected',
  'parked',
  'recovered',
  'status_changed',
  'status_not_changed',
  'payment_booked',
  'payment_not_booked',
] as const;
export type OutcomeType = (typeof OUTCOMES)[number];

/** An outcome as OutcomesQueue carries it: codes and facts, no words and nothing personal. */
export const outcomeSchema = z.object({
  /** The same for the same outcome, however often it is sent. */
  id: z.string().check(z.regex(/^evt_[\da-f]{32}$/)),
  type: z.enum(OUTCOMES),
  /** ISO 8601. */
  at: z.iso.datetime(),
  /** Unknown where the message was not even an order with a name. */
  external_id: z.optional(z.string()),
  submitted_by: z.optional(z.string()),
  attempts: z.number(),
  crm_order_id: z.optional(z.string()),
  /** Of `status_…`: which it is, or was to be. */
  status: z.optional(z.enum(ORDER_STATUSES)),
  /** Of `payment_…`: how much (hryvnia). */
  amount: z.optional(z.number()),
  error: z.optional(failureSchema),
});
export type Outcome = z.output<typeof outcomeSchema>;

/** Names one occurrence by all that tells it from others. */
export const eventId = (...parts: readonly (string | number)[]): string =>
  `evt_${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32)}`;
