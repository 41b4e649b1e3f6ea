import * as z from 'zod/mini';
import { hryvnia } from './hryvnia.ts';
import { text } from './text.ts';

/** What has been paid for an order, as whoever takes payments says it. */
export const paymentSchema = z.strictObject({
  amount: hryvnia.check(z.gt(0)),
  /** For the shop's books. Free text, so it is in the message alone, and neither kept nor logged. */
  comment: z.optional(text(200)),
});
export type Payment = z.output<typeof paymentSchema>;
