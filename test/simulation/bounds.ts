import * as z from 'zod';

/** How far clocks, the CRM and stops may go. Within these numbers every promise holds. */
export const boundsSchema = z.object({
  /** No clock is further from the true time. */
  skewMs: z.number(),
  /** The CRM's search finds an order so long after the CRM was asked to create it, at the latest. */
  foundWithinMs: z.number(),
  /** A container stops for so long at most between the decision to call the CRM and the call. */
  stopMs: z.number(),
});
export type Bounds = z.output<typeof boundsSchema>;

export const BOUNDS: Bounds = { skewMs: 1000, foundWithinMs: 20_000, stopMs: 1000 };
