import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RunningStack, runLocalStack } from '../../local/run.ts';
import { type Block, ROOT, readPage, textOf } from '../kit/pages.ts';
import { until } from '../kit/until.ts';
import { execute, here, RUN } from './shell.ts';

/** What the pages tell a newcomer to type is typed here, in their order, and prints what they say that it prints. */

let stack: RunningStack;
beforeAll(async () => {
  stack = await runLocalStack();
});
afterAll(() => stack.stop());

/** Blocks that are not run: a `console` is typed by operating.test.ts. */
const SHOWN = ['', 'json'];

/** Installs, and starts what runs here already: CI does the one and `runLocalStack` the other. */
const FIRST = 'npm ci\nnpm start\n';
/** For want of an account these were never typed. */
const isForAws = (text: string) =>
  text.split('\n').every((line) => /^(aws |npx serverless deploy |$)/.test(line));

/** Without what is another one each time: times, and what npm says of itself. */
const plain = (text: string): string =>
  text
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>')
    .replaceAll(/^> .*\n/gm, '')
    .replaceAll(/\r|[^\S\n]+$/gm, '');

/** What a page leaves out by `…` may be anything. */
const asPattern = (text: string): RegExp =>
  new RegExp(text.split('…').map(RegExp.escape).join('[\\s\\S]*?'), 'm');

describe.each(['README.md', 'docs/clients/README.md', 'docs/sandbox.md'])('%s', (page) => {
  const { blocks } = readPage(textOf(page));
  const commands = blocks.filter(
    ({ language, text }) => language in RUN && text !== FIRST && !isForAws(text),
  );
  const isOutput = ({ language }: Block) => language === '';

  test('has what can be run, and nothing that is neither run nor known', () => {
    expect(commands).not.toEqual([]);
    const languages = new Set(blocks.map(({ language }) => language));
    expect([...languages].filter((language) => ![...SHOWN, ...Object.keys(RUN)].includes(language))).toEqual(
      [],
    );
  });

  test.each(commands)(
    'line $line: $language runs, and prints what the page says',
    async (block) => {
      if (!RUN[block.language]?.isHere) return;
      const before = stack.output().length;
      const { code, output } = await execute(block, stack);
      expect({ code, output }).toMatchObject({ code: 0 });
      const next = blocks.at(blocks.indexOf(block) + 1);
      if (next === undefined || !isOutput(next) || next.heading !== block.heading) return;
      const expected = asPattern(plain(next.text));
      if (expected.test(plain(output))) return;
      // Or the first terminal says so.
      await until(() => expected.test(plain(stack.output().slice(before))), { deadlineMs: 10_000 }).catch(
        () => expect(plain(output)).toMatch(expected),
      );
    },
    60_000,
  );
});

describe('docs/contract.http', () => {
  const file = 'docs/contract.http';
  const [head = '', ...requests] = textOf(file).split(/^### /m);
  const variables = new Map(
    [...head.matchAll(/^@(\w+) = (.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
  );

  const parsed = requests.map((text) => {
    const filled = text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => variables.get(name) ?? '');
    const [title = '', ...lines] = filled.split('\n');
    const [, method = '', url = ''] = /^(GET|POST) (.*)$/.exec(lines[0] ?? '') ?? [];
    const blank = lines.indexOf('');
    const headers = lines.slice(1, blank).map((line): [string, string] => {
      const [name = '', value = ''] = line.split(': ');
      return [name, value];
    });
    const body = lines
      .slice(blank + 1)
      .join('\n')
      .trim();
    const [, included] = /^< (.*)$/.exec(body) ?? [];
    return {
      title,
      method,
      url,
      headers,
      body: included === undefined ? body : readFileSync(resolve(ROOT, dirname(file), included), 'utf8'),
    };
  });

  test.each(parsed)('$title', async ({ title, method, url, headers, body }) => {
    const response = await fetch(here(url, stack), { method, headers, ...(body !== '' && { body }) });
    expect(response.status).toBe(Number(/: (\d{3})$/.exec(title)?.[1]));
  });
});
