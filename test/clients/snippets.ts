import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

/** Runs the snippets of docs/clients as they are, each by its own language. */

export const pathOf = (name: string): string =>
  fileURLToPath(new URL(`../../docs/clients/${name}`, import.meta.url));

export const standIn = (name: string): string =>
  fileURLToPath(new URL(`./stand-ins/${name}`, import.meta.url));

const has = (command: string, version = '--version'): boolean => spawnSync(command, [version]).status === 0;
export const HAS_CURL = has('curl');
export const HAS_OPENSSL = has('openssl', 'version');
export const HAS_PYTHON = has('python3');

/** Python looks here for what is imported, and leaves nothing behind. */
export const PYTHON = { PYTHONPATH: pathOf('.'), PYTHONDONTWRITEBYTECODE: '1', PYTHONIOENCODING: 'utf-8' };

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export async function run(
  command: string,
  args: readonly string[],
  { env = {}, input = '' }: { env?: Record<string, string>; input?: string } = {},
): Promise<Ended> {
  const child = spawn(command, args, { env: { ...process.env, ...env } });
  // Whoever ends before it has read its input has its reasons.
  child.stdin.on('error', () => undefined).end(input);
  const code = new Promise<number | null>((resolve, reject) =>
    child.on('close', resolve).on('error', reject),
  );
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await code, stdout, stderr };
}

/** A process that answers lines of JSON, in any order: one start of Python is slow enough. */
export interface Conversation {
  ask(question: object): Promise<object>;
  /** What it has said without being asked. */
  said: readonly object[];
  stop(): Promise<void>;
}

const line = z.looseObject({ n: z.number().optional(), failed: z.string().optional() });

export function converse(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
): Conversation {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: 'pipe' });
  let complaints = '';
  child.stderr.on('data', (data) => {
    complaints += data;
  });
  const closed = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const asked = new Map<number, PromiseWithResolvers<object>>();
  const said: object[] = [];
  child.on('close', (code) => {
    for (const { reject } of asked.values())
      reject(new Error(`${command} has ended with ${code}: ${complaints}`));
  });
  createInterface({ input: child.stdout }).on('line', (text) => {
    const { n, ...answer } = line.parse(JSON.parse(text));
    if (n === undefined) return said.push(answer);
    if (answer.failed === undefined) return asked.get(n)?.resolve(answer);
    return asked.get(n)?.reject(new Error(answer.failed));
  });
  return {
    said,
    ask(question) {
      const answer = Promise.withResolvers<object>();
      const n = asked.size;
      asked.set(n, answer);
      child.stdin.write(`${JSON.stringify({ ...question, n })}\n`);
      return answer.promise;
    },
    async stop() {
      child.stdin.end();
      await closed;
    },
  };
}

let python3: Conversation | undefined;
/** docs/clients/relay.py, to be asked. */
export const relayPy = (): Conversation => {
  python3 ??= converse('python3', ['-W', 'error', standIn('drive_relay.py')], PYTHON);
  return python3;
};
export const stopPython = async (): Promise<void> => python3?.stop();

/** Gives a file with this content to whatever needs one. */
export async function withFile<T>(
  content: string,
  use: (path: string) => Promise<T>,
  name = 'body.json',
): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'snippets-'));
  try {
    const path = join(directory, name);
    writeFileSync(path, content);
    return await use(path);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** docs/clients/relay.mjs, which has its types in comments, where the compiler of the tests does not look. */
interface RelayMjs {
  sendOrder(order: object, options: object): Promise<{ status: number; body: unknown }>;
  customerText(body: object, language?: 'uk' | 'en'): string | undefined;
  verifyCallback(body: Buffer, headers: object, secrets: string[], now?: number): unknown;
  NotAnswered: ErrorConstructor;
}
export const importRelay = async (): Promise<RelayMjs> =>
  import(new URL('../../docs/clients/relay.mjs', import.meta.url).href);

export interface SendOptions {
  url: string;
  waitSeconds?: number;
  timeoutSeconds?: number;
  /** The first and all that follow. */
  attempts?: number;
}

/** How an order fared: `refused` is for good, and after `not answered` it is to be sent again. */
export interface Sent {
  end: 'accepted' | 'refused' | 'not answered';
  body: unknown;
  /** Of `not answered`: why. */
  said?: string;
}

export interface Client {
  name: string;
  isHere: boolean;
  send(order: object, options: SendOptions): Promise<Sent>;
}

const endOf = (status: number): Sent['end'] => (status === 200 || status === 202 ? 'accepted' : 'refused');

const sh: Client = {
  name: 'order.sh',
  isHere: HAS_CURL,
  async send(order, { url, waitSeconds = 8, timeoutSeconds = 5, attempts = 7 }) {
    const env = {
      RELAY_URL: url,
      RELAY_TOKEN: 'local',
      RELAY_WAIT: String(waitSeconds),
      RELAY_TIMEOUT: String(timeoutSeconds),
      RELAY_RETRIES: String(attempts - 1),
    };
    const { code, stdout, stderr } = await withFile(JSON.stringify(order), (path) =>
      run('sh', [pathOf('order.sh'), path], { env }),
    );
    if (code === 2) return { end: 'not answered', body: undefined, said: stderr };
    if (code !== 0 && code !== 1) throw new Error(`order.sh ended with ${code}: ${stderr}`);
    return { end: code === 0 ? 'accepted' : 'refused', body: JSON.parse(stdout) };
  },
};

const node: Client = {
  name: 'relay.mjs',
  isHere: true,
  async send(order, options) {
    const { sendOrder, NotAnswered } = await importRelay();
    try {
      const { status, body } = await sendOrder(order, { token: 'local', backoffMs: 20, ...options });
      return { end: endOf(status), body };
    } catch (error) {
      if (error instanceof NotAnswered) return { end: 'not answered', body: undefined, said: error.message };
      throw error;
    }
  },
};

const pythonAnswer = z.object({
  answer: z.tuple([z.number(), z.unknown()]).nullable(),
  said: z.string().default(''),
});

const python: Client = {
  name: 'relay.py',
  isHere: HAS_PYTHON,
  async send(order, { url, waitSeconds, timeoutSeconds, attempts }) {
    const options = { url, wait_seconds: waitSeconds, timeout_seconds: timeoutSeconds, attempts };
    const { answer, said } = pythonAnswer.parse(await relayPy().ask({ order, options }));
    if (answer === null) return { end: 'not answered', body: undefined, said };
    return { end: endOf(answer[0]), body: answer[1] };
  },
};

export const CLIENTS: readonly Client[] = [sh, node, python];
