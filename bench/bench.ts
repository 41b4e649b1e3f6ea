import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Command, Option } from 'commander';
import * as z from 'zod';
import { PARTS } from './parts/parts.ts';
import { markdownOf, withGenerated } from './report/markdown.ts';
import { picture } from './report/plot.ts';
import { type Plot, type Report, reportSchema } from './report/report.ts';

/** All figures in one run, each part in a process of its own, so that none has the memory or the settings of another. */

const DOCS = new URL('../docs/', import.meta.url);
const PART = fileURLToPath(new URL('part.ts', import.meta.url));

const options = z.object({ quick: z.boolean(), only: z.array(z.string()).optional() }).parse(
  new Command('bench')
    .description(
      'Every figure side by side, as ratios. All of them are written into docs/figures.md, with its plots.',
    )
    .option('--quick', 'in a minute, and nothing is written', false)
    .addOption(
      new Option('--only <part...>', 'some parts, and nothing is written').choices([...PARTS.keys()]),
    )
    .parse()
    .opts(),
);

const begun = Date.now();
const parts = [...PARTS].filter(([name]) => options.only?.includes(name) ?? true);
const chapters: string[] = [];
const plots: Plot[] = [];
for (const [name, { title }] of parts) {
  const report = await measured(name);
  const chapter = markdownOf(title, report);
  console.log(`${chapter}\n`);
  chapters.push(chapter);
  plots.push(...report.plots);
}
const took = `It took ${((Date.now() - begun) / 1000).toFixed(0)} s; ${surroundings()}`;
console.log(took);

if (!options.quick && options.only === undefined) {
  const page = new URL('figures.md', DOCS);
  await writeFile(page, withGenerated(await readFile(page, 'utf8'), [took, ...chapters].join('\n\n')));
  for (const plot of plots) await writeFile(new URL(`${plot.name}.svg`, DOCS), picture(plot));
}

async function measured(name: string): Promise<Report> {
  const child = fork(PART, [name, ...(options.quick ? ['--quick'] : [])], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  const messages: unknown[] = [];
  const said: Buffer[] = [];
  // The functions' own log among it: told where the part fails.
  child.stderr?.on('data', (chunk) => said.push(chunk));
  child.on('message', (message) => messages.push(message));
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${name} came to no end:\n${Buffer.concat(said).toString().slice(-4000)}`);
  return reportSchema.parse(messages.at(-1));
}

/** By which the reader judges how far the figures can be trusted. */
function surroundings(): string {
  const load = loadavg()[0]?.toFixed(1);
  return `Node ${process.version}, ${process.platform} ${process.arch}, ${availableParallelism()} cores (${cpus()[0]?.model.trim()}), load ${load} at the end: what else the machine does is in the figures, so they are ratios of what ran in turns, and of processor time where it can be.`;
}
