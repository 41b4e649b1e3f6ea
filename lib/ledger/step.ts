import * as z from 'zod';
import { REASON_CODES } from '../explanations/reasons.ts';
import { ORDER_STATUSES } from '../order/order-status.ts';
import { ORDER_STATES } from './states.ts';

/** A line of an order's history. */
export const stepSchema = z.object({
  /** ISO 8601. */
  at: z.string(),
  /**
   * A state, or: begun anew by whoever sent it, sent back from the dead-letter queue, other content under its id; its
   * status is to be further, is further in the CRM, or cannot be set there.
   */
  step: z.enum([
    ...ORDER_STATES,
    'restarted',
    'returned',
    'conflict',
    'status_asked',
    'status_changed',
    'status_not_changed',
  ]),
  /** Of the last three: which. */
  status: z.enum(ORDER_STATUSES).optional(),
  attempt: z.number().optional(),
  error_type: z.string().optional(),
  /** Found in the CRM, which gives back nothing to compare: taken for ours, because it may have been sent. */
  assumed: z.literal(true).optional(),
  /** Why, by code. */
  reasons: z.array(z.enum(REASON_CODES).catch('unknown')).optional(),
});
export type Step = z.output<typeof stepSchema>;
