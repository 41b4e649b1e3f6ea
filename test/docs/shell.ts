import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { RunningStack } from '../../local/run.ts';
import { HAS_CURL, HAS_PYTHON } from '../clients/snippets.ts';
import { type Block, ROOT } from '../kit/pages.ts';

/** Where the pages say that each part of the local stack listens. */
const PORTS = {
  API_PORT: 3000,
  SANDBOX_PORT: 4010,
  SECRETS_PORT: 4011,
  CALLBACKS_PORT: 4012,
  DYNAMODB_PORT: 8000,
  SQS_PORT: 9324,
};

/** A page's text, with the ports on which this stack listens. */
export const here = (text: string, { ports }: Pick<RunningStack, 'ports'>): string =>
  Object.entries(PORTS).reduce(
    (all, [name, port]) => all.replaceAll(`localhost:${port}`, `localhost:${ports[name]}`),
    text,
  );

/** How a block of each language is run, from where its page says. */
export const RUN: Record<string, { command: string[]; directory: string; isHere: boolean }> = {
  sh: { command: ['sh', '-ec'], directory: '.', isHere: HAS_CURL },
  js: { command: ['node', '--input-type=module', '--eval'], directory: 'docs/clients', isHere: true },
  python: { command: ['python3', '-c'], directory: 'docs/clients', isHere: HAS_PYTHON },
};

/** Runs a block of a page as whoever pastes it. */
export function execute(
  { language, text }: Pick<Block, 'language' | 'text'>,
  stack: RunningStack,
): Promise<{ code: unknown; output: string }> {
  const { command, directory } = RUN[language] ?? { command: [], directory: '.' };
  const [file = '', ...args] = command;
  const PATH = `${join(ROOT, 'node_modules/.bin')}:${process.env['PATH']}`;
  const env = {
    ...process.env,
    ...stack.ports,
    PATH,
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONIOENCODING: 'utf-8',
  };
  return new Promise((done) => {
    execFile(
      file,
      [...args, here(text, stack)],
      { cwd: join(ROOT, directory), env },
      (error, stdout, stderr) => done({ code: error?.code ?? 0, output: `${stdout}${stderr}` }),
    );
  });
}
