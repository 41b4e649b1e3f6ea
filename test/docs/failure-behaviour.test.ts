/** docs/failure-behaviour.md has a test for each fault, and each of them is there. */
import { readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { textOf } from '../kit/pages.ts';

/** Faults that are known to happen: a row each. */
const FAULTS = 26;

const rows = [...textOf('docs/failure-behaviour.md').matchAll(/^\| (\d+) \| (.+) \| (.+) \|$/gm)].map(
  ([, number, fault = '', cell = '']) => ({
    number: Number(number),
    fault,
    tests: [...cell.matchAll(/`([^`]+)`((?:,? “[^”]+”)+)/g)].flatMap(([, file = '', titles = '']) =>
      [...titles.matchAll(/“([^”]+)”/g)].map(([, title = '']) => ({ file, title })),
    ),
  }),
);
const namedIn = (file: string) => rows.flatMap(({ tests }) => tests).filter((one) => one.file === file);

/** As it stands in a test file: the first thing in a call or in a row of a table, in quotes. */
const hasTest = (file: string, title: string) =>
  [`'${title}'`, `"${title}"`].some((quoted) =>
    new RegExp(`[([]\\s*${RegExp.escape(quoted)},`).test(textOf(file)),
  );

/** Run by vitest: itself, or a table of tests by a test file beside it. */
const isRun = (file: string) =>
  file.endsWith('.test.ts') ||
  readdirSync(dirname(file)).some(
    (beside) =>
      beside.endsWith('.test.ts') &&
      textOf(`${dirname(file)}/${beside}`).includes(`from './${file.slice(dirname(file).length + 1)}'`),
  );

test('there is a row for each fault, once', () => {
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: FAULTS }, (_, i) => i + 1));
});

test.each(rows)('$number. $fault: each test that it names is there', ({ tests }) => {
  expect(tests).not.toEqual([]);
  expect(tests.filter(({ file, title }) => !isRun(file) || !hasTest(file, title))).toEqual([]);
});

test.each(['aws.test.ts', 'killed-consumer.test.ts', 'messages.test.ts'])(
  '%s tests no fault without a row',
  (name) => {
    const file = `test/faults/${name}`;
    const titles = [...textOf(file).matchAll(/^ *(?:test|\]\))\(\s*(?:'(.+?)'|"(.+?)"),/gm)].map(
      ([, single, double]) => single ?? double,
    );
    expect(titles.toSorted()).toEqual(
      namedIn(file)
        .map(({ title }) => title)
        .toSorted(),
    );
  },
);
