import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { isFree } from './ports.ts';

export interface RunningStack {
  api: string;
  sandbox: string;
  /** The receiver of callbacks. */
  receiver: string;
  /** The manager's page, with the workshop. */
  page: string;
  /** What plays Telegram. */
  telegram: string;
  /** The ports it listens on, as the variables that set them. */
  ports: Record<string, string>;
  /** All that it has printed so far. */
  output(): string;
  /** As Ctrl-C does. Resolves with the exit code. */
  stop(): Promise<number | null>;
}

/**
 * `npm start` in a process of its own, on free ports.
 *
 * @param extra environment variables
 * @param params parameters of infrastructure/params.yml that are to be others
 * @param options such as `--verbose`
 * @throws {Error} with its output where it does not come up.
 */
export async function runLocalStack(
  extra: Record<string, string> = {},
  params: Record<string, string | number> = {},
  options: readonly string[] = [],
): Promise<RunningStack> {
  for (let tries = 1; ; tries += 1) {
    const started = await start(extra, params, options);
    if (typeof started !== 'string') return started;
    // Two that look for ports at the same moment may find the same.
    const isTaken = started.includes('Taken: port') || started.includes('EADDRINUSE');
    if (tries === MOST_TRIES || !isTaken) {
      throw new Error(`The local stack did not start:\n${started}`);
    }
  }
}

const MOST_TRIES = 3;

/** @returns what it has printed, where it does not come up */
async function start(
  extra: Record<string, string>,
  params: Record<string, string | number>,
  options: readonly string[],
): Promise<RunningStack | string> {
  const names = [
    'API_PORT',
    'LAMBDA_PORT',
    'SANDBOX_PORT',
    'SECRETS_PORT',
    'CALLBACKS_PORT',
    'TELEGRAM_PORT',
    'PAGE_PORT',
    'DYNAMODB_PORT',
    'SQS_PORT',
  ];
  const ports = await freePorts(names.length);
  const env = { ...Object.fromEntries(names.map((name, index) => [name, String(ports[index])])), ...extra };
  // The script's own words, without npm between us and the process that is to get the signal.
  const child = spawn(
    process.execPath,
    [
      'bin/start.ts',
      ...options,
      ...Object.entries(params).flatMap(([name, value]) => ['--param', `${name}=${value}`]),
    ],
    {
      cwd: new URL('..', import.meta.url).pathname,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
  }
  const output = () => chunks.join('');

  const deadline = Date.now() + 120_000;
  while (!output().includes('Ctrl-C stops all of it')) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL');
      return output();
    }
    await pause(50);
  }
  return {
    api: `http://localhost:${env['API_PORT']}`,
    sandbox: `http://localhost:${env['SANDBOX_PORT']}`,
    receiver: `http://localhost:${env['CALLBACKS_PORT']}`,
    telegram: `http://localhost:${env['TELEGRAM_PORT']}`,
    page: `http://localhost:${env['PAGE_PORT']}`,
    ports: env,
    output,
    async stop() {
      if (child.exitCode === null) {
        child.kill('SIGINT');
        await once(child, 'exit');
      }
      return child.exitCode;
    },
  };
}

/** Below those that a system gives to whoever calls out: there one that was free a moment ago is soon somebody's. */
const [LOWEST, HIGHEST] = [10_000, 32_000];

/** That many ports of this machine on which nothing listens, no two the same. */
export async function freePorts(count: number): Promise<number[]> {
  const free = new Set<number>();
  while (free.size < count) {
    const port = randomInt(LOWEST, HIGHEST);
    if (!free.has(port) && (await isFree(port))) free.add(port);
  }
  return [...free];
}
