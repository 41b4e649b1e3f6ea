import * as z from 'zod/mini';
import { failureSchema } from '../explanations/failure.ts';

export const PAYMENT_STATES = [
  /** Asked for. Nothing of it has been sent, or nothing of what was sent has arrived. */
  'waiting',
  /** In hand. Once the lease is over, whoever had it has died, and it may be in the CRM. */
  'sending',
  'booked',
  /** Sent, and the answer is not known. The CRM cannot be asked, so it is never sent again: a person looks. */
  'in_doubt',
  /** It cannot be booked as it is. Asked for again, it is tried again. */
  'not_booked',
] as const;

/** A payment as the ledger keeps it: never with its comment, which may say anything. */
export const paymentOfSchema = z.object({
  /** Hryvnia. An order has one payment of an amount: the same again is a repeat. */
  amount: z.number(),
  state: z.enum(PAYMENT_STATES),
  /** When it was asked for (epoch ms); unknown of what is in hand, and of what an earlier version has asked for. */
  asked_at: z.optional(z.number()),
  /** Since it was asked for. */
  attempts: z._default(z.number(), 0),
  /** No attempt before this (epoch ms). */
  not_before: z.optional(z.number()),
  /** Why the last attempt failed. */
  error: z.optional(failureSchema),
});
export type PaymentOf = z.output<typeof paymentOfSchema>;
