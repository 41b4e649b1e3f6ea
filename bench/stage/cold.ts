import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import type { Bundle } from '../bundles.ts';

/** Of the main thread, which does nearly all of it; the clock also counts what else the machine does. */
const timing = z.object({ wallMs: z.number(), cpuMs: z.number() });
const coldStart = z.object({ load: timing, first: timing });
export type ColdStart = z.output<typeof coldStart>;

export interface ColdStarts {
  /** Loads a bundle in a fresh process, and invokes it once. @throws where the function fails */
  of(
    bundle: Pick<Bundle, 'name' | 'code'>,
    event: object,
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
    async of(bundle, event, environment) {
      const script = `
        const now = () => [performance.now(), process.threadCpuUsage()];
        const since = ([wall, cpu]) => {
          const { user, system } = process.threadCpuUsage(cpu);
          return { wallMs: performance.now() - wall, cpuMs: (user + system) / 1000 };
        };
        const event = JSON.parse(process.env.BENCH_EVENT);
        const context = { awsRequestId: 'bench', functionName: 'bench', getRemainingTimeInMillis: () => 50_000 };
        const begun = now();
        const { handler } = require(${JSON.stringify(await fileOf(bundle))});
        const load = since(begun);
        const invoked = now();
        handler(event, context).then(
          () => {
            require('node:fs').writeSync(1, '\\n' + JSON.stringify({ load, first: since(invoked) }));
            process.exit();
          },
          (error) => { console.error(error); process.exit(1); },
        );`;
      const env = { ...environment, BENCH_EVENT: JSON.stringify(event) };
      const [program = '', ...args] = [...launcher, process.execPath, '-e', script];
      const { stdout } = await promisify(execFile)(program, args, { env });
      // What the function has logged stands before it.
      return coldStart.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
    },
    end: () => rm(folder, { recursive: true }),
  };
}
