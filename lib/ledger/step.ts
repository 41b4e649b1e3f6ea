import * as z from 'zod/mini';
import { REASON_CODES } from '../explanations/reasons.ts';
import { ORDER_STATUSES } from '../order/order-status.ts';
import { ORDER_STATES } from './states.ts';

/** A line of an order's history. */
export const stepSchema = z.object({
  /** ISO 8601. */
  at: z.string(),
  /**
   * A state, or: begun anew by whoever sent it, sent back from the dead-letter queue, other content under its id; its
   * status is to be further, is further in the CRM, or cannot be set there; a payment is booked there, or is not.
   */
  step: z.enum([
    ...ORDER_STATES,
    'restarted',
    'returned',
    'conflict',
    'status_asked',
    'status_changed',
    'status_not_changed',
    'payment_booked',
    'payment_not_booked',
  ]),
  /** Of `status_…`: which. */
  status: z.optional(z.enum(ORDER_STATUSES)),
  /** Of `payment_…`: how much (hryvnia). */
  amount: z.optional(z.number()),
  attempt: z.optional(z.number()),
  error_type: z.optional(z.string()),
  /** Found in the CRM, which gives back nothing to compare: taken for ours, because it may have been sent. */
  assumed: z.optional(z.literal(true)),
  /** Why, by code. */
  reasons: z.optional(z.array(z.catch(z.enum(REASON_CODES), 'unknown'))),
});
export type Step = z.output<typeof stepSchema>;
