import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import type { Bundle } from '../bundles.ts';

const timing = z.object({
  wallMs: z.number(),
  /** Of the main thread, which does nearly all of it; the clock also counts what else the machine does. */
  cpuMs: z.number(),
  /** Of all threads. */
  allCpuMs: z.number(),
  /** Requests by the SDK, and by `fetch`. */
  calls: z.number(),
  fetches: z.number(),
});
export type Timing = z.output<typeof timing>;
const coldStart = z.object({
  load: timing,
  first: timing,
  later: z.array(timing),
  /** Most that the process ever had in memory. */
  peakMb: z.number(),
});
export type ColdStart = z.output<typeof coldStart>;

export interface ColdStarts {
  /** Loads a bundle in a fresh process, and invokes it with one event after another. @throws where the function fails */
  of(
    bundle: Pick<Bundle, 'name' | 'code'>,
    events: readonly object[],
    environment: Record<string, string>,
  ): Promise<ColdStart>;
  end(): Promise<void>;
}

/** @param launcher what stands before `node`, such as what gives it a share of the processor only */
export async function coldStarts(launcher: readonly string[] = []): Promise<ColdStarts> {
  const folder = await mkdtemp(join(tmpdir(), 'cold-start-'));
  const files = new Map<string, string>();
  async function fileOf({ name, code }: Pick<Bundle, 'name' | 'code'>): Promise<string> {
    const file = files.get(name) ?? join(folder, `${files.size}.cjs`);
    if (!files.has(name)) await writeFile(file, code);
    files.set(name, file);
    return file;
  }
  return {
    async of(bundle, events, environment) {
      const script = `
        const { subscribe } = require('node:diagnostics_channel');
        let [calls, fetches] = [0, 0];
        subscribe('http.client.request.start', () => { calls += 1; });
        subscribe('undici:request:create', () => { fetches += 1; });
        const now = () => ({ wall: performance.now(), cpu: process.threadCpuUsage(), all: process.cpuUsage(), calls, fetches });
        const ms = ({ user, system }) => (user + system) / 1000;
        const since = (begun) => ({
          wallMs: performance.now() - begun.wall,
          cpuMs: ms(process.threadCpuUsage(begun.cpu)),
          allCpuMs: ms(process.cpuUsage(begun.all)),
          calls: calls - begun.calls,
          fetches: fetches - begun.fetches,
        });
        const context = { awsRequestId: 'bench', functionName: 'bench', getRemainingTimeInMillis: () => 50_000 };
        const events = JSON.parse(process.env.BENCH_EVENTS);
        const begun = now();
        const { handler } = require(${JSON.stringify(await fileOf(bundle))});
        const load = since(begun);
        (async () => {
          const invocations = [];
          for (const event of events) {
            const invoked = now();
            await handler(event, context);
            invocations.push(since(invoked));
          }
          const [first, ...later] = invocations;
          const peakMb = process.resourceUsage().maxRSS / 1024;
          require('node:fs').writeSync(1, '\\n' + JSON.stringify({ load, first, later, peakMb }));
          process.exit();
        })().catch((error) => { console.error(error); process.exit(1); });`;
      const env = { ...environment, BENCH_EVENTS: JSON.stringify(events) };
      const [program = '', ...args] = [...launcher, process.execPath, '-e', script];
      const { stdout } = await promisify(execFile)(program, args, { env });
      // What the function has logged stands before it.
      return coldStart.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
    },
    end: () => rm(folder, { recursive: true }),
  };
}
