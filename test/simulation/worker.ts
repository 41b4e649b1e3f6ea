import { parentPort, workerData } from 'node:worker_threads';
import * as z from 'zod';
import { boundsSchema } from './bounds.ts';
import { inventStory } from './invent.ts';
import type { Broken } from './journal.ts';
import { runStory } from './run.ts';
import { DIALECTS } from './story.ts';

/** Runs every `step`-th seed, and tells of each. */
const work = z.object({
  from: z.number(),
  to: z.number(),
  step: z.number(),
  bounds: boundsSchema,
  dialect: z.enum(DIALECTS),
  follows: z.boolean(),
});
export type Work = z.output<typeof work>;

export interface SeedResult {
  seed: number;
  broken: readonly Broken[];
  situations: string[];
  steps: number;
  orders: number;
  forAPerson: number;
}

const { from, to, step, bounds, dialect, follows } = work.parse(workerData);
for (let seed = from; seed <= to; seed += step) {
  const { lines: _, situations, ...run } = await runStory(inventStory(seed, bounds, dialect, follows));
  parentPort?.postMessage({ seed, situations: [...situations], ...run } satisfies SeedResult);
}
