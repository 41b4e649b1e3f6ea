/**
 * What a cold start has to load: the bundle of each function, what is inside of it, and how long a fresh Node takes to
 * import it, beside a handler with nothing in it but the same clients of the SDK. Fails where a bundle is over its budget.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import { BUDGETS, type Bundle, buildBundles, clientsBundle } from './bundles.ts';

/** Of the main thread, which does all of it; the clock also counts what else the machine does. */
const loading = z.object({ wallMs: z.number(), cpuMs: z.number() });
type Loading = z.output<typeof loading>;

const RUNS = 21;
const MOST_PACKAGES = 12;

const functions = await buildBundles();
const clientsOf = new Map<string, Bundle>();
for (const one of functions) clientsOf.set(one.name, await clientsBundle(one));
const references = new Map([...clientsOf.values()].map((bundle) => [bundle.name, bundle]));
const times = await importTimes([...references.values(), ...functions]);

console.log(
  `Node ${process.version}, ${process.platform} ${process.arch}; import: median of ${RUNS} fresh processes, in turns; ratio: of processor time, to the same clients of the SDK alone, with its quartiles\n`,
);
console.log(
  table(
    ['function', 'bundle', 'import', 'processor', 'ratio', 'quartiles'],
    [...references.values(), ...functions].map(({ name, bytes }) => {
      const measured = times.get(name) ?? [];
      const cpu = measured.map((one) => one.cpuMs);
      const reference = times.get(clientsOf.get(name)?.name ?? name) ?? [];
      const least = median(reference.map((one) => one.cpuMs));
      return [
        name,
        kB(bytes),
        `${median(measured.map((one) => one.wallMs)).toFixed(1)} ms`,
        `${median(cpu).toFixed(1)} ms`,
        (median(cpu) / least).toFixed(2),
        `${(quantile(cpu, 0.25) / least).toFixed(2)} – ${(quantile(cpu, 0.75) / least).toFixed(2)}`,
      ];
    }),
  ),
);

const sizeIn = (name: string, { packages }: Bundle) =>
  packages.find((inside) => inside.name === name)?.bytes ?? 0;
const largest = [...new Set(functions.flatMap(({ packages }) => packages.map(({ name }) => name)))]
  .map((name) => ({ name, most: Math.max(...functions.map((bundle) => sizeIn(name, bundle))) }))
  .sort((a, b) => b.most - a.most)
  .slice(0, MOST_PACKAGES);
console.log('\nThe largest packages inside\n');
console.log(
  table(
    ['package', ...functions.map(({ name }) => name)],
    largest.map(({ name }) => [
      name,
      ...functions.map((bundle) => (sizeIn(name, bundle) === 0 ? '–' : kB(sizeIn(name, bundle)))),
    ]),
  ),
);

const over = functions.filter(({ name, bytes }) => bytes >= (BUDGETS.get(name) ?? 0));
for (const { name } of over) {
  console.error(`\n${name} must stay under ${kB(BUDGETS.get(name) ?? 0)}`);
  process.exitCode = 1;
}

/** By function; in turns, so that whatever else the machine does meets all of them alike. */
async function importTimes(all: readonly Bundle[]): Promise<Map<string, Loading[]>> {
  const measured = new Map<string, Loading[]>(all.map(({ name }) => [name, []]));
  const folder = await mkdtemp(join(tmpdir(), 'cold-start-'));
  try {
    const files = await Promise.all(
      all.map(async ({ name, code, environment }, index) => {
        const file = join(folder, `${index}.cjs`);
        await writeFile(file, code);
        return { name, file, environment };
      }),
    );
    for (let run = 0; run < RUNS; run += 1) {
      for (const { name, file, environment } of files) {
        measured.get(name)?.push(await importTime(file, environment));
      }
    }
    return measured;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function importTime(file: string, environment: Record<string, string>): Promise<Loading> {
  const script = `
    const [wall, cpu] = [performance.now(), process.threadCpuUsage()];
    require(${JSON.stringify(file)});
    const wallMs = performance.now() - wall;
    const { user, system } = process.threadCpuUsage(cpu);
    require('node:fs').writeSync(1, JSON.stringify({ wallMs, cpuMs: (user + system) / 1000 }));
    process.exit();`;
  const env = { ...environment, AWS_REGION: 'eu-central-1' };
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { env });
  return loading.parse(JSON.parse(stdout));
}

function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

function quantile(values: readonly number[], part: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? Number.NaN;
}

function kB(bytes: number): string {
  return `${(bytes / 1000).toFixed(1)} kB`;
}

/** Columns as wide as their widest entry: the first to the left, the others, which are numbers, to the right. */
function table(head: string[], rows: string[][]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: string[]) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('   ');
  return [line(head), widths.map((width) => '-'.repeat(width)).join('   '), ...rows.map(line)].join('\n');
}
