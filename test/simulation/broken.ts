import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { MUTATIONS, type Mutation } from './mutations.ts';

const ROOT = join(import.meta.dirname, '../..');

export interface Finding {
  guard: string;
  /** The first line of a run that noticed it, and how many runs that took; undefined: none did. */
  found: { line: string; runs: number } | undefined;
  seconds: number;
}

/** Takes out each guard in turn, in a copy of the code, and runs seeds until one of them notices. */
export async function* withoutEachGuard(seeds: number, only: string): AsyncGenerator<Finding> {
  for (const mutation of MUTATIONS) {
    if (!mutation.guard.toLowerCase().includes(only.toLowerCase())) continue;
    const copy = await mkdtemp(join(tmpdir(), 'simulation-'));
    try {
      for (const part of ['lib', 'test', 'bin', 'local', 'package.json']) {
        await cp(join(ROOT, part), join(copy, part), { recursive: true });
      }
      await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
      await takeOut(copy, mutation);
      const startedAt = performance.now();
      const found = await firstThatNotices(copy, seeds, mutation.in);
      yield { guard: mutation.guard, found, seconds: (performance.now() - startedAt) / 1000 };
    } finally {
      await rm(copy, { recursive: true });
    }
  }
}

async function takeOut(copy: string, mutation: Mutation): Promise<void> {
  await writeFile(join(copy, mutation.file), await withoutGuard(mutation));
}

/** The file as it is without the guard. @throws where the guard is not to be found in it, or more than once */
export async function withoutGuard({ guard, file, find, put }: Mutation): Promise<string> {
  const parts = (await readFile(join(ROOT, file), 'utf8')).split(find);
  if (parts.length === 2) return parts.join(put);
  throw new Error(`${guard}: its text is ${parts.length - 1} times in ${file}, not once`);
}

async function firstThatNotices(
  copy: string,
  seeds: number,
  kind: readonly string[] = [],
): Promise<Finding['found']> {
  const child = spawn(process.execPath, ['test/simulation/simulate.ts', '--seeds', String(seeds), ...kind], {
    cwd: copy,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  let found: Finding['found'];
  for await (const line of createInterface(child.stdout)) {
    const seed = /^seed (\d+): /.exec(line)?.[1];
    if (seed === undefined) continue;
    found = { line, runs: Number(seed) };
    break;
  }
  child.kill();
  await ended;
  return found;
}
