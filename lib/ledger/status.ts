import * as z from 'zod/mini';
import { failureSchema } from '../explanations/failure.ts';
import { isFurther, ORDER_STATUSES, type OrderStatus } from '../order/order-status.ts';

/** How far an order is to be, and how far the CRM has it. */
export const orderStatusSchema = z.object({
  /** The furthest that was ever asked for. */
  wanted: z.enum(ORDER_STATUSES),
  /**
   * How far the CRM has it at least, once it has it. Until then the first status that it may have been created with.
   * Unknown of what was created before the status could follow.
   */
  in_crm: z.optional(z.enum(ORDER_STATUSES)),
  /** Attempts to move it on, since it was last moved on or asked for. */
  attempts: z._default(z.number(), 0),
  /** Why the last of them failed. */
  error: z.optional(failureSchema),
});
export type StatusOf = z.output<typeof orderStatusSchema>;

/** What nobody has said otherwise of. */
const FIRST: OrderStatus = 'NEW';

/** Would this move the order on? */
export const isNews = (known: StatusOf | undefined, status: OrderStatus): boolean =>
  isFurther(status, known?.wanted ?? FIRST);

/** An order is never asked back: what comes late, twice or in the wrong order changes nothing. */
export function wanting(known: StatusOf | undefined, status: OrderStatus | undefined): StatusOf | undefined {
  if (status === undefined || (known !== undefined && !isFurther(status, known.wanted))) return known;
  return { wanted: status, in_crm: known?.in_crm, attempts: 0 };
}

/** It may be in the CRM from now on, as it is wanted now; of several times the first counts, which is the least. */
export const beforeCreation = (known: StatusOf | undefined): StatusOf | undefined =>
  known && { ...known, in_crm: known.in_crm ?? known.wanted };

/** It is in the CRM. @param status what it was created with; unknown of what was found there */
export const created = (
  known: StatusOf | undefined,
  status: OrderStatus | undefined,
): StatusOf | undefined =>
  known === undefined || status === undefined ? known : { ...known, in_crm: status };
