import { parseArgs } from 'node:util';
import * as z from 'zod';
import { BOUNDS, type Bounds } from './bounds.ts';
import { withoutEachGuard } from './broken.ts';
import { inventStory } from './invent.ts';
import type { Broken } from './journal.ts';
import { runStory } from './run.ts';
import { runSeeds, type Seeds } from './seeds.ts';
import { shrink } from './shrink.ts';
import { DIALECTS } from './story.ts';
import { tell } from './tell.ts';
import type { SeedResult } from './worker.ts';

const HELP = `npm run simulate -- [--seeds 1000] [--from 1] | --seed N [--whole] | --broken [--only WORDS]

  --seeds N          so many runs, each with a seed of its own, from --from on
  --seed N           one run, told: shrunk where it breaks a promise, unless --whole
  --dialect NAME     which of the CRM's APIs is spoken: orders (as it is), or open-api
  --follows          with statuses and payments, which follow their orders
  --broken           takes out each guard in turn, and sees whether a run notices; --only those with these words
  --skew S           no clock is further from the true time (${BOUNDS.skewMs / 1000} s)
  --found-within S   the CRM's search finds an order so long after it was sent (${BOUNDS.foundWithinMs / 1000} s)
  --stop S           a container stops for so long at most right before it calls the CRM (${BOUNDS.stopMs / 1000} s)`;

const number = z.coerce.number().nonnegative();
const ms = number.transform((seconds) => seconds * 1000);
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    whole: { type: 'boolean', default: false },
    broken: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    skew: { type: 'string', default: String(BOUNDS.skewMs / 1000) },
    'found-within': { type: 'string', default: String(BOUNDS.foundWithinMs / 1000) },
    stop: { type: 'string', default: String(BOUNDS.stopMs / 1000) },
    dialect: { type: 'string', default: 'orders' },
    follows: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const bounds: Bounds = {
  skewMs: ms.parse(values.skew),
  foundWithinMs: ms.parse(values['found-within']),
  stopMs: ms.parse(values.stop),
};

const dialect = z.enum(DIALECTS).parse(values.dialect);
const { follows } = values;

const say = (text: string) => process.stdout.write(`${text}\n`);
const plural = (n: number, what: string) => `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`;
const inWords = (broken: readonly Broken[]) => broken.map(({ law, what }) => `${law}: ${what}`).join('; ');

if (values.help) say(HELP);
else if (values.seed !== undefined) await replay(number.parse(values.seed));
else if (values.broken) await breakGuards(number.parse(values.seeds), values.only);
else
  await simulate({
    from: number.parse(values.from),
    seeds: number.parse(values.seeds),
    bounds,
    dialect,
    follows,
  });

async function replay(seed: number): Promise<void> {
  const story = inventStory(seed, bounds, dialect, follows);
  const { broken } = await runStory(story);
  say(await tell(broken.length === 0 || values.whole ? story : await shrink(story, broken)));
  process.exitCode = broken.length === 0 ? 0 : 1;
}

async function breakGuards(seeds: number, only: string): Promise<void> {
  for await (const { guard, found, seconds } of withoutEachGuard(seeds, only)) {
    if (found === undefined) process.exitCode = 1;
    const result = found === undefined ? `NOT NOTICED in ${plural(seeds, 'run')}` : `run ${found.runs}`;
    say(`${guard}: ${result} (${seconds.toFixed(1)} s)${found === undefined ? '' : `\n    ${found.line}`}`);
  }
}

async function simulate(seeds: Seeds): Promise<void> {
  const startedAt = performance.now();
  const failed: SeedResult[] = [];
  const situations = new Map<string, number>();
  let steps = 0;
  let orders = 0;
  let forAPerson = 0;
  await runSeeds(seeds, (result) => {
    steps += result.steps;
    orders += result.orders;
    forAPerson += result.forAPerson;
    for (const situation of result.situations) {
      situations.set(situation, (situations.get(situation) ?? 0) + 1);
    }
    if (result.broken.length > 0) {
      failed.push(result);
      say(`seed ${result.seed}: ${inWords(result.broken)}`);
    }
    return 'go on';
  });
  const seconds = (performance.now() - startedAt) / 1000;
  say(
    `${plural(seeds.seeds, 'run')}, ${plural(steps, 'step')} in ${seconds.toFixed(0)} s (${Math.round(seeds.seeds / seconds)} runs/s). So many of them:`,
  );
  for (const [situation, count] of [...situations].sort((a, b) => b[1] - a[1])) {
    say(`${String(count).padStart(8)}  ${situation}`);
  }
  say(
    `Of ${plural(orders, 'order')}, ${forAPerson} had to wait for a person: nobody else can say whether the CRM has it.`,
  );
  const first = failed.toSorted((a, b) => a.seed - b.seed)[0];
  if (first === undefined) {
    say('Every promise was kept.');
    return;
  }
  process.exitCode = 1;
  say(`${plural(failed.length, 'run')} broke a promise. The first of them, shrunk:\n`);
  say(await tell(await shrink(inventStory(first.seed, bounds, dialect, follows), first.broken)));
}
