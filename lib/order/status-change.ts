import * as z from 'zod/mini';
import { externalIdSchema } from './external-id.ts';
import { ORDER_STATUSES } from './order-status.ts';
import { parseJson } from './parse-json.ts';
import { paymentSchema } from './payment.ts';

const fields = {
  status: z.enum(ORDER_STATUSES, { error: `must be one of ${ORDER_STATUSES.join(', ')}` }),
  /** Only of PAID. */
  payment: z.optional(paymentSchema),
};

/** Nothing else says that somebody has paid. */
export const onlyOfPaid = z.refine<{ status: string; payment?: unknown }>(
  ({ status, payment }) => payment === undefined || status === 'PAID',
  { path: ['payment'], error: 'goes with the status PAID only' },
);

/** How far an order is to be: the body of `PUT /orders/{external_id}/status`. */
export const statusBodySchema = z.strictObject(fields).check(onlyOfPaid);
export type StatusBody = z.output<typeof statusBodySchema>;

/** All names of fields that it can have. */
export const STATUS_FIELD_NAMES: ReadonlySet<string> = new Set(
  [fields, paymentSchema.shape].flatMap((shape) => Object.keys(shape)),
);

/** The same as OrdersQueue carries it. No order has so little in it. */
const statusChangeSchema = z.strictObject({ ...fields, external_id: externalIdSchema }).check(onlyOfPaid);
export type StatusChange = z.output<typeof statusChangeSchema>;

/** `undefined` where it is none, as an order is. */
export const readStatusChange = (json: string): StatusChange | undefined =>
  statusChangeSchema.safeParse(parseJson(json)).data;
