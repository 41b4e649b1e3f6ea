import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningStack, runLocalStack } from '../../local/run.ts';
import { startWarmShell, type WarmShell } from '../bin/orders/cli.ts';
import { type Block, readPage, textOf } from '../kit/pages.ts';
import { until } from '../kit/until.ts';
import { execute } from './shell.ts';

/** The sessions that docs/operating.md and its twin show are typed here, in their order, and print what the pages say. */
const PAGES = ['docs/operating.md', 'docs/operating.uk.md'] as const;

let stack: RunningStack;
let shell: WarmShell;
let directory: string;
beforeAll(async () => {
  stack = await runLocalStack();
  shell = startWarmShell();
  directory = await mkdtemp(join(tmpdir(), 'operating-'));
  await writeFile(join(directory, 'mend.json'), MEND);
});
afterAll(async () => {
  shell.stop();
  await stack.stop();
  await rm(directory, { recursive: true });
});

/** `mend.json`, as the page says it. */
const MEND = /`mend\.json` holds what is to change, `(\{.*\})`/.exec(textOf(PAGES[0]))?.[1] ?? '';

const blocksOf = (page: string): Block[] =>
  readPage(textOf(page)).blocks.filter(({ language }) => language === 'sh' || language === 'console');
/** A session's commands, each with what it prints. */
const sessionOf = ({ text }: Block) =>
  text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...printed] = part.split('\n');
      return { command, printed: printed.join('\n') };
    });

/** Without what is another one each time, at the same width. */
const plain = (text: string): string =>
  text
    .replaceAll(/\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d|T[\d:.]+Z)/g, '<time>')
    .replaceAll(/\b\d+ (s|с|min|хв)(?!\p{L})/gu, '<age>')
    // Where the ports are not the usual ones, they stand before a command.
    .replaceAll(/(\b[A-Z]+_PORT=\d+ )+/g, '')
    .replaceAll(`:${stack.ports['SANDBOX_PORT']}`, ':4010')
    .trim();
/** What a page leaves out by `…` at the end may be anything. */
const upTo = (said: string, text: string): string =>
  text.endsWith('…') ? `${said.slice(0, text.length - 1)}…` : said;

const PREFIX = 'npm run -s orders -- ';
/** It starts a stack of its own, and takes minutes; test/bench runs what it is made of. */
const NOT_TYPED = 'npm run -s outage';

/** While the stack tends its letters they are in its hands, and a command says so. */
const IN_OTHER_HANDS = /^\d+ letters? (?:was|were) in other hands.*\n?/m;

/**
 * What has been typed in this step: a session that both pages show is typed once.
 *
 * @param isShown whether the page shows this. What is not may be among what was in other hands: asked again then, as the
 *   command says; but not what has done what it was to do.
 */
async function type(
  typed: Map<string, string>,
  command: string,
  isShown: (said: string) => boolean,
): Promise<string> {
  const known = typed.get(command);
  if (known !== undefined) return known;
  expect(command.startsWith(PREFIX)).toBe(true);
  const args = command.slice(PREFIX.length).split(' ');
  let said = '';
  await until(
    async () => {
      const { stdout, stderr } = await shell.orders(
        args.map((arg) => (arg === 'mend.json' ? join(directory, arg) : arg)),
        stack.ports,
      );
      said = (stdout + stderr).replace(IN_OTHER_HANDS, '');
      return isShown(said) || !IN_OTHER_HANDS.test(stderr);
    },
    { deadlineMs: 30_000, everyMs: 500 },
  );
  typed.set(command, said);
  return said;
}

const atRest = () =>
  until(
    async () => {
      const { stdout } = await shell.orders(['doctor'], stack.ports);
      return /oldest order +none is under way/.test(stdout) && /untold outcomes +none waits/.test(stdout);
    },
    { deadlineMs: 30_000 },
  );

const [english = [], ukrainian = []] = PAGES.map(blocksOf);

test('both pages show the same commands, but for the language', () => {
  const commandsOf = (blocks: readonly Block[]) =>
    blocks.map((block) =>
      block.language === 'sh'
        ? block.text
        : sessionOf(block).map(({ command }) => command.replace(' --lang uk', '')),
    );
  expect(commandsOf(ukrainian)).toEqual(commandsOf(english));
});

test.each(english.map((block, index) => ({ block, twin: ukrainian[index] })))(
  'line $block.line',
  { timeout: 60_000 },
  async ({ block, twin }) => {
    if (block.language === 'sh') {
      expect(await execute(block, stack)).toMatchObject({ code: 0 });
      await atRest();
      return;
    }
    const typed = new Map<string, string>();
    for (const { command, printed } of [block, ...(twin === undefined ? [] : [twin])].flatMap(sessionOf)) {
      if (command === NOT_TYPED) continue;
      const expected = plain(printed);
      const asShown = (said: string) => upTo(plain(said), expected);
      const said = await type(typed, command, (one) => asShown(one) === expected);
      expect(asShown(said)).toBe(expected);
    }
  },
);
