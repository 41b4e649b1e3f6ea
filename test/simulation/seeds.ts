import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Bounds } from './bounds.ts';
import type { Dialect } from './story.ts';
import type { SeedResult, Work } from './worker.ts';

export interface Seeds {
  from: number;
  seeds: number;
  bounds: Bounds;
  dialect: Dialect;
  /** Do statuses and payments follow? */
  follows: boolean;
}

/** Runs so many seeds, on all processors. @param onResult may say `stop`: then no more are begun */
export async function runSeeds(
  { from, seeds, bounds, dialect, follows }: Seeds,
  onResult: (result: SeedResult) => 'go on' | 'stop',
): Promise<void> {
  const step = Math.min(seeds, availableParallelism());
  const workers = Array.from({ length: step }, (_, i) => {
    const workerData: Work = { from: from + i, to: from + seeds - 1, step, bounds, dialect, follows };
    return new Worker(new URL('worker.ts', import.meta.url), { workerData });
  });
  await Promise.all(
    workers.map((worker) => {
      worker.on('message', (result: SeedResult) => {
        if (onResult(result) === 'stop') for (const one of workers) void one.terminate();
      });
      return new Promise<void>((resolve, reject) => worker.on('error', reject).on('exit', () => resolve()));
    }),
  );
}
