import { BUDGETS, type Bundle, buildBundles, callsBundle, clientsBundle } from '../bundles.ts';
import type { Measure, Table } from '../report/report.ts';
import { kB, median, ratio } from '../report/statistics.ts';
import { type ColdStart, coldStarts } from '../stage/cold.ts';
import { eventsOn } from '../stage/events.ts';
import { startStage } from '../stage/stage.ts';

const MOST_PACKAGES = 12;
/** What every customer waits for. */
const QUICK = ['acceptOrder', 'syncOrders'];

/** A function, and the bundles with nothing but its clients that it is held against. */
interface Subject {
  bundle: Bundle;
  clients: Bundle;
  calls: Bundle;
}

/**
 * What a cold start has to do: load the bundle of a function, and run it for the first time, beside what loads the same
 * clients of the SDK and makes one call with each.
 */
export const measureColdStart: Measure = async ({ isQuick }) => {
  const runs = isQuick ? 2 : 11;
  const subjects: Subject[] = await Promise.all(
    (await buildBundles(isQuick ? QUICK : undefined)).map(async (bundle) => ({
      bundle,
      clients: await clientsBundle(bundle),
      calls: await callsBundle(bundle),
    })),
  );
  const measured = await inTurns(subjects, runs);
  const of = ({ name }: Bundle) => measured.get(name) ?? [];
  const load = (bundle: Bundle) => of(bundle).map((run) => run.load.cpuMs);
  const first = (bundle: Bundle) => of(bundle).map((run) => run.first.cpuMs);
  const both = (bundle: Bundle) => of(bundle).map((run) => run.load.cpuMs + run.first.cpuMs);

  const functions: Table = {
    head: [
      'function',
      'bundle',
      'load (ms)',
      'its ratio to the clients alone',
      'first invocation (ms)',
      'its ratio to a call with each client',
      'both (ms)',
      'their ratio',
    ],
    rows: subjects.map(({ bundle, clients, calls }) => [
      bundle.name,
      `${kB(bundle.bytes)} of ${kB(BUDGETS.get(bundle.name) ?? 0)}`,
      median(load(bundle)).toFixed(1),
      ratio(load(bundle), load(clients)),
      median(first(bundle)).toFixed(1),
      ratio(first(bundle), first(calls)),
      median(both(bundle)).toFixed(1),
      ratio(both(bundle), both(calls)),
    ]),
  };
  const references: Table = {
    head: ['held against', 'bundle', 'load (ms)', 'first invocation (ms)'],
    rows: [
      ...new Map(subjects.flatMap(({ clients, calls }) => [clients, calls]).map((one) => [one.name, one])),
    ]
      .map(([, one]) => one)
      .map((one) => [one.name, kB(one.bytes), median(load(one)).toFixed(1), median(first(one)).toFixed(1)]),
  };
  return {
    how: `${runs} fresh processes of each, in turns, each loading the bundle and then invoked once on stand-ins of everything (an order posted, asked for, synced, told). Processor time of the main thread, medians; the ratios with their quartiles. On a busy machine the clock says little.`,
    tables: [functions, references, packagesOf(subjects.map(({ bundle }) => bundle))],
    says: [
      'The first invocation is mostly the SDK’s: its first call makes a connection, signs, and compiles what it needs for both. What is ours in it is what its ratio has above the number of its calls; a function that makes two calls of the ledger makes one more than it is held against.',
    ],
  };
};

/** By name; in turns, so that whatever else the machine does meets all of them alike. */
async function inTurns(subjects: readonly Subject[], runs: number): Promise<Map<string, ColdStart[]>> {
  const stage = await startStage();
  const cold = await coldStarts();
  const eventFor = eventsOn(stage);
  const all = new Map(
    subjects.flatMap(({ bundle, clients, calls }) => [clients, calls, bundle]).map((one) => [one.name, one]),
  );
  const measured = new Map<string, ColdStart[]>([...all.keys()].map((name) => [name, []]));
  try {
    for (let run = 0; run < runs; run += 1) {
      for (const [name, bundle] of all) {
        const environment = { ...bundle.environment, ...stage.environment };
        measured.get(name)?.push(await cold.of(bundle, [await eventFor(name)], environment));
      }
    }
    return measured;
  } finally {
    await cold.end();
    await stage.stack.stop();
  }
}

function packagesOf(bundles: readonly Bundle[]): Table {
  const sizeIn = (name: string, { packages }: Bundle) =>
    packages.find((inside) => inside.name === name)?.bytes ?? 0;
  const largest = [...new Set(bundles.flatMap(({ packages }) => packages.map(({ name }) => name)))]
    .map((name) => ({ name, most: Math.max(...bundles.map((bundle) => sizeIn(name, bundle))) }))
    .sort((a, b) => b.most - a.most)
    .slice(0, MOST_PACKAGES);
  return {
    head: ['package (kB)', ...bundles.map(({ name }) => name)],
    rows: largest.map(({ name }) => [
      name,
      ...bundles.map((bundle) => {
        const size = sizeIn(name, bundle);
        return size === 0 ? '–' : (size / 1000).toFixed(1);
      }),
    ]),
  };
}
