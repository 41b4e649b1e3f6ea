import * as z from 'zod';
import { reasonSchema } from './reasons.ts';

/** Why an order is not in the CRM, as the ledger and an outcome keep it. Nothing personal. */
export const failureSchema = z.object({
  type: z.string(),
  message: z.string(),
  /** Missing in what was written before there were any. */
  reasons: z.array(reasonSchema).optional(),
});
export type Failure = z.output<typeof failureSchema>;
