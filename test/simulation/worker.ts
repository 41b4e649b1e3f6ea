import { parentPort, workerData } from 'node:worker_threads';
import * as z from 'zod';
import { inventStory } from './invent.ts';
import type { Broken } from './journal.ts';
import { runStory } from './run.ts';

/** Runs every `step`-th seed, and tells of each. */
const { from, to, step } = z.object({ from: z.number(), to: z.number(), step: z.number() }).parse(workerData);

export interface SeedResult {
  seed: number;
  broken: readonly Broken[];
  situations: string[];
  steps: number;
}

for (let seed = from; seed <= to; seed += step) {
  const { broken, situations, steps } = await runStory(inventStory(seed));
  parentPort?.postMessage({ seed, broken, situations: [...situations], steps } satisfies SeedResult);
}
