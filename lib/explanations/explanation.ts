import * as z from 'zod';
import { REASON_CODES, WHO } from './reasons.ts';

const words = z.strictObject({
  /** What is the matter, in a few words. */
  title: z.string(),
  cause: z.string(),
  /** What whoever must act is to do. */
  todo: z.string(),
  /** A sentence that can be sent to the customer as it is. */
  customer: z.string(),
});
export type Words = z.output<typeof words>;

/** A reason in words, as whoever submits orders is told of it. */
export const explanationSchema = z.strictObject({
  reason: z.enum(REASON_CODES),
  /** The fields it is about, as JSON Pointers in URI fragment form; none where it is about no field. */
  pointers: z.array(z.string()),
  who: z.enum(WHO),
  uk: words,
  en: words,
});
export type Explanation = z.output<typeof explanationSchema>;

export const orderErrorSchema = z.strictObject({
  type: z.string(),
  message: z.string(),
  /** At least one; what the customer can put right comes first. */
  explanations: z.array(explanationSchema),
});
export type OrderError = z.output<typeof orderErrorSchema>;
