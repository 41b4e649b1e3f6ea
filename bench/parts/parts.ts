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
    'memory-sizes',
    {
      title: 'Memory: time and price',
      load: async () => (await import('./memory-sizes.ts')).measureMemorySizes,
    },
  ],
  [
    'warm',
    {
      title: 'What an order costs the processor',
      load: async () => (await import('./warm.ts')).measureWarm,
    },
  ],
  ['batches', { title: 'One batch', load: async () => (await import('./batches.ts')).measureBatches }],
  [
    'peers',
    {
      title: 'Beside what one would take from npm',
      load: async () => (await import('./peers.ts')).measurePeers,
    },
  ],
  [
    'relay',
    { title: 'Through the whole relay', load: async () => (await import('./relay.ts')).measureRelay },
  ],
  [
    'waiting',
    { title: 'Waiting for the CRM', load: async () => (await import('./waiting.ts')).measureWaiting },
  ],
]);
