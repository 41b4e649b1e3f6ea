import type { Measure } from '../report/report.ts';

export interface Part {
  title: string;
  /** Only in the process that runs it. */
  load: () => Promise<Measure>;
}

/** In this order they are run, and stand in docs/figures.md. */
export const PARTS: ReadonlyMap<string, Part> = new Map([
  [
    'cold-start',
    { title: 'The cold start', load: async () => (await import('./cold-start.ts')).measureColdStart },
  ],
  [
    'warm',
    {
      title: 'What an order costs the processor',
      load: async () => (await import('./warm.ts')).measureWarm,
    },
  ],
  ['batches', { title: 'One batch', load: async () => (await import('./batches.ts')).measureBatches }],
]);
