/**
 * What a cold start has to load: the bundle of each function, what is inside of it, and how long a fresh Node takes to
 * import it, beside a function with nothing in it. Fails where `acceptOrder` has grown too large.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ACCEPT_ORDER_LIMIT_BYTES, type Bundle, buildBundles, emptyBundle } from './bundles.ts';

const RUNS = 7;
const MOST_PACKAGES = 12;

const bundles = [await emptyBundle(), ...(await buildBundles())];
const times = await importTimes(bundles);

console.log(
  `Node ${process.version}, ${process.platform} ${process.arch}; import: median of ${RUNS} fresh processes\n`,
);
console.log(
  table(
    ['function', 'bundle', 'import'],
    bundles.map(({ name, bytes }) => [name, kB(bytes), `${median(times.get(name) ?? []).toFixed(1)} ms`]),
  ),
);

const functions = bundles.slice(1);
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

const acceptOrder = functions.find(({ name }) => name === 'acceptOrder');
if (acceptOrder === undefined || acceptOrder.bytes >= ACCEPT_ORDER_LIMIT_BYTES) {
  console.error(`\nacceptOrder must stay under ${kB(ACCEPT_ORDER_LIMIT_BYTES)}`);
  process.exitCode = 1;
}

/** Milliseconds by function; in turns, so that whatever else the machine does meets all of them alike. */
async function importTimes(all: readonly Bundle[]): Promise<Map<string, number[]>> {
  const measured = new Map<string, number[]>(all.map(({ name }) => [name, []]));
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

async function importTime(file: string, environment: Record<string, string>): Promise<number> {
  const script = `
    const started = performance.now();
    require(${JSON.stringify(file)});
    const took = performance.now() - started;
    require('node:fs').writeSync(1, String(took));
    process.exit();`;
  const env = { ...environment, AWS_REGION: 'eu-central-1' };
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script], { env });
  return Number(stdout);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
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
