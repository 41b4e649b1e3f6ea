import * as z from 'zod/mini';
import { externalIdSchema } from './external-id.ts';
import { ORDER_STATUSES } from './order-status.ts';
import { parseJson } from './parse-json.ts';

/** How far an order is to be: the body of `PUT /orders/{external_id}/status`. */
export const statusBodySchema = z.strictObject({
  status: z.enum(ORDER_STATUSES, { error: `must be one of ${ORDER_STATUSES.join(', ')}` }),
});

/** The same as OrdersQueue carries it. No order has so little in it. */
const statusChangeSchema = z.extend(statusBodySchema, { external_id: externalIdSchema });
export type StatusChange = z.output<typeof statusChangeSchema>;

/** `undefined` where it is none, as an order is. */
export const readStatusChange = (json: string): StatusChange | undefined =>
  statusChangeSchema.safeParse(parseJson(json)).data;
