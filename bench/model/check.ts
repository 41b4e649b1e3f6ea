import { type Draining, drain, overheadOf } from './drain.ts';
import { measureDrains } from './measure.ts';

/** How far a measured run may be from what the model says. */
export const TOLERANCE = 0.15;

export interface Checked {
  concurrency: number;
  crmMs: number;
  backlog: number;
  predicted: number;
  measured: number;
  isWithin: boolean;
}

/** Of how long this machine's own work takes for a batch the model knows nothing: one run says it, and no other. */
const FIRST = { crmMs: 2000, backlog: 60 };
const AT = [
  {
    concurrency: 2,
    runs: [
      { crmMs: 3000, backlog: 60 },
      { crmMs: 2000, backlog: 120 },
    ],
  },
  { concurrency: 4, runs: [{ crmMs: 3000, backlog: 120 }] },
] as const;

/** Measures backlogs on local stacks, slower CRMs, longer backlogs and more containers than the one that it learns from. */
export async function check(shop: Draining): Promise<Checked[]> {
  let local = { ...shop, orderMs: 0, batchMs: 0, crmPerSecond: undefined };
  const all: Checked[] = [];
  for (const { concurrency, runs } of AT) {
    const isFirst = all.length === 0;
    const measured = await measureDrains(
      { concurrency, batch: shop.batch },
      isFirst ? [FIRST, ...runs] : runs,
    );
    const first = { ...local, concurrency, crmMs: FIRST.crmMs };
    if (isFirst) local = { ...local, batchMs: overheadOf(FIRST.backlog, measured.shift() ?? 0, first) };
    all.push(
      ...runs.map(({ crmMs, backlog }, i) =>
        compared({ ...local, concurrency, crmMs }, backlog, measured[i] ?? Number.NaN),
      ),
    );
  }
  return all;
}

export function compared(shop: Draining, backlog: number, measured: number): Checked {
  const { concurrency, crmMs } = shop;
  const predicted = drain(backlog, shop).seconds;
  const isWithin = Math.abs(measured - predicted) <= TOLERANCE * measured;
  return { concurrency, crmMs, backlog, predicted, measured, isWithin };
}
