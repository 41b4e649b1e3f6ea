import * as z from 'zod';
import { explanationSchema, orderErrorSchema } from '../explanations/explanation.ts';
import { OUTCOMES } from '../ledger/outcome.ts';
import { PAYMENT_STATES } from '../ledger/payment.ts';
import { ORDER_STATES } from '../ledger/states.ts';
import { stepSchema } from '../ledger/step.ts';
import { externalIdSchema } from '../order/external-id.ts';
import { ORDER_STATUSES } from '../order/order.ts';

/**
 * What the relay says to whoever submits orders: the answers of the API, and the callbacks. The functions are typed by
 * these schemas and `docs/openapi.yaml` is made from them; nothing here runs in Lambda.
 */

const error = orderErrorSchema.nullable();
const crmOrderId = z.string().nullable();

const fieldErrors = z.array(z.strictObject({ pointer: z.string(), code: z.string(), detail: z.string() }));

/** 200 and 202 of `POST /orders`. */
export const postedSchema = z.strictObject({
  external_id: externalIdSchema,
  state: z.enum(ORDER_STATES),
  /** The same order was known already. It is begun anew only if it had been rejected or parked. */
  duplicate: z.boolean(),
  crm_order_id: crmOrderId,
  error,
  /** What was sent and could not be used, so that the order goes on without it. */
  omitted: fieldErrors.optional(),
});
export type Posted = z.output<typeof postedSchema>;

/** How far an order is in the shop's work. */
export const orderStatusViewSchema = z.strictObject({
  /** The furthest that was asked for. */
  wanted: z.enum(ORDER_STATUSES),
  /** Null before it is there, and where that is not known. */
  in_crm: z.enum(ORDER_STATUSES).nullable(),
  /** Why the CRM does not have it that far. */
  error,
});
/** Null of an order from before it was written down. */
const orderStatus = orderStatusViewSchema.nullable();

/** What was paid for an order, and whether the CRM has it. */
export const paymentViewSchema = z.strictObject({
  /** Hryvnia. */
  amount: z.number(),
  state: z.enum(PAYMENT_STATES),
  /** Why it is not there. */
  error,
});
/** Not there where nobody has said that anything was paid. */
const payments = z.array(paymentViewSchema).optional();

/** 202 of `PUT /orders/{external_id}/status`. */
export const statusAcceptedSchema = z.strictObject({
  external_id: externalIdSchema,
  state: z.enum(ORDER_STATES),
  /** The order was as far already, or further, and no other payment came with it: nothing is done. */
  duplicate: z.boolean(),
  status: orderStatus,
  payments,
});
export type StatusAccepted = z.output<typeof statusAcceptedSchema>;

/** 200 of `GET /orders/{external_id}`. */
export const orderViewSchema = z.strictObject({
  external_id: externalIdSchema,
  state: z.enum(ORDER_STATES),
  attempts: z.number(),
  crm_order_id: crmOrderId,
  error,
  status: orderStatus,
  payments,
  history: z.array(stepSchema),
  links: z.strictObject({ self: z.string() }),
});
export type OrderView = z.output<typeof orderViewSchema>;

/** Every answer that is a no (RFC 9457). */
export const problemSchema = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  detail: z.string(),
  /** `urn:request:` and the `request_id` of the log. */
  instance: z.string(),
  errors: fieldErrors.optional(),
  /** Of a 409: where the order is that has this id. */
  state: z.enum(ORDER_STATES).optional(),
  explanations: z.array(explanationSchema),
});
export type ProblemBody = z.output<typeof problemSchema>;

/** The body of a callback. Its `id` is the header `webhook-id` too: the same event comes with the same id. */
export const callbackSchema = z.strictObject({
  id: z.string(),
  type: z.enum(OUTCOMES.map((outcome) => `order.${outcome}` as const)),
  /** When it happened, ISO 8601. */
  timestamp: z.string(),
  data: z.strictObject({
    /** Null where what came by the queue did not even say which order it is. */
    external_id: z.nullable(externalIdSchema),
    attempts: z.number(),
    crm_order_id: crmOrderId,
    /** Of `order.status_*`: which it is, or was to be. */
    status: z.enum(ORDER_STATUSES).optional(),
    /** Of `order.payment_*`: how much (hryvnia). */
    amount: z.number().optional(),
    error,
  }),
});
export type Callback = z.output<typeof callbackSchema>;
