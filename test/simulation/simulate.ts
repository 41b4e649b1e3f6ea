import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { inventStory } from './invent.ts';
import { runStory } from './run.ts';
import { shrink } from './shrink.ts';
import { tell } from './tell.ts';
import type { SeedResult } from './worker.ts';

const HELP = `npm run simulate -- [--seeds 1000] [--from 1] | --seed N [--whole]

  --seeds N   so many runs, each with a seed of its own, from --from on
  --seed N    one run, told: shrunk where it breaks a promise, unless --whole`;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    whole: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const say = (text: string) => process.stdout.write(`${text}\n`);
const plural = (n: number, what: string) => `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`;

if (values.help) say(HELP);
else if (values.seed !== undefined) await replay(Number(values.seed));
else await simulate(Number(values.from), Number(values.seeds));

async function replay(seed: number): Promise<void> {
  const story = inventStory(seed);
  const { broken } = await runStory(story);
  say(await tell(broken.length === 0 || values.whole ? story : await shrink(story, broken)));
  process.exitCode = broken.length === 0 ? 0 : 1;
}

async function simulate(from: number, seeds: number): Promise<void> {
  const startedAt = performance.now();
  const failed: SeedResult[] = [];
  const situations = new Map<string, number>();
  let steps = 0;
  const step = Math.min(seeds, availableParallelism());
  await Promise.all(
    Array.from({ length: step }, (_, i) => {
      const worker = new Worker(new URL('worker.ts', import.meta.url), {
        workerData: { from: from + i, to: from + seeds - 1, step },
      });
      worker.on('message', (result: SeedResult) => {
        steps += result.steps;
        for (const situation of result.situations) {
          situations.set(situation, (situations.get(situation) ?? 0) + 1);
        }
        if (result.broken.length === 0) return;
        failed.push(result);
        say(`seed ${result.seed}: ${result.broken.map(({ law, what }) => `${law}: ${what}`).join('; ')}`);
      });
      return new Promise<void>((resolve, reject) => worker.on('error', reject).on('exit', () => resolve()));
    }),
  );
  const seconds = (performance.now() - startedAt) / 1000;
  say(
    `${plural(seeds, 'run')}, ${plural(steps, 'step')} in ${seconds.toFixed(0)} s (${Math.round(seeds / seconds)} runs/s). So many of them:`,
  );
  for (const [situation, count] of [...situations].sort((a, b) => b[1] - a[1])) {
    say(`${String(count).padStart(8)}  ${situation}`);
  }
  if (failed.length === 0) {
    say('Every promise was kept.');
    return;
  }
  process.exitCode = 1;
  const [first] = failed.toSorted((a, b) => a.seed - b.seed);
  say(`${plural(failed.length, 'run')} broke a promise. The first of them, shrunk:\n`);
  if (first !== undefined) say(await tell(await shrink(inventStory(first.seed), first.broken)));
}
