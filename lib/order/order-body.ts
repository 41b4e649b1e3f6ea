import * as z from 'zod/mini';
import { FIELD_NAMES, type OrderReading, orderSchema, readAs } from './order.ts';
import { paymentSchema } from './payment.ts';
import { onlyOfPaid } from './status-change.ts';

/**
 * The body of `POST /orders`: an order, and with PAID what was paid for it. That is no part of the order: it follows it
 * on a message of its own, as from `PUT /orders/{external_id}/status`.
 */
export const orderBodySchema = z
  .strictObject({ ...orderSchema.shape, payment: z.optional(paymentSchema) })
  .check(onlyOfPaid);
export type OrderBody = z.output<typeof orderBodySchema>;

const BODY_FIELD_NAMES: ReadonlySet<string> = new Set([
  ...FIELD_NAMES,
  'payment',
  ...Object.keys(paymentSchema.shape),
]);

/** As `readOrder` reads an order. */
export const readOrderBody = (json: string): OrderReading<OrderBody> =>
  readAs(orderBodySchema, BODY_FIELD_NAMES, json);
