import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { readPorts } from '../../local/ports.ts';
import { anchorsOf, linksOf, PAGES, ROOT, readPage, textOf } from '../kit/pages.ts';

/** The pages that people read: every link leads somewhere, and what is said in two languages, or twice, is the same. */

/** Pages in Ukrainian that there are in English as well. */
const TWINS = PAGES.filter(
  (page) => page.endsWith('.uk.md') && PAGES.includes(page.replace('.uk.md', '.md')),
);

test.each(PAGES)('every link of %s leads to a file that is there, and to a heading in it', (page) => {
  const broken = linksOf(page).filter(
    ({ target, anchor }) =>
      !existsSync(join(ROOT, target)) || (anchor !== undefined && !anchorsOf(target).includes(anchor)),
  );
  expect(broken.map(({ link }) => link)).toEqual([]);
});

/** In backquotes: `lib/…/x.ts`, `docs/…`, which is how a page names a file without a link. */
test.each(PAGES)('every file that %s names is there', (page) => {
  const named = [
    ...readPage(textOf(page)).prose.matchAll(
      /`((?:lib|bin|local|test|bench|functions|events|docs|infrastructure)\/[\w./-]*)`/g,
    ),
  ];
  expect(named.map(([, path = '']) => path).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('the README has a page for each question, and no page is left out', () => {
  const reached = linksOf('README.md').map(({ target }) => target);
  const others = PAGES.filter((page) => page.startsWith('docs/') && !TWINS.includes(page));
  expect(others.filter((page) => !reached.includes(page))).toEqual([]);
});

test('the README can be read to its end', () => {
  expect(Buffer.byteLength(textOf('README.md'))).toBeLessThanOrEqual(12_000);
  expect(Buffer.byteLength(textOf('README.uk.md'))).toBeLessThanOrEqual(21_000);
});

test('the README says what each npm script does', () => {
  const { scripts } = z
    .object({ scripts: z.record(z.string(), z.string()) })
    .parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
  for (const page of ['README.md', 'README.uk.md']) {
    const explained = [...textOf(page).matchAll(/^\| `([\w:-]+)` \|/gm)].map(([, name]) => name);
    expect(explained.toSorted()).toEqual(Object.keys(scripts).toSorted());
  }
});

test('CONTRIBUTING has every room of lib', () => {
  const rows = [...textOf('CONTRIBUTING.md').matchAll(/^\| \d \| `([\w-]+)\/` \|/gm)].map(([, room]) => room);
  const rooms = readdirSync(join(ROOT, 'lib'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect(rows.toSorted()).toEqual(rooms.toSorted());
});

test('the order in the README is the one in events', () => {
  const [sample] = readPage(textOf('README.md')).blocks.filter(({ language }) => language === 'json');
  const file = readFileSync(join(ROOT, 'events/order.json'), 'utf8');
  expect(JSON.parse(sample?.text ?? '')).toEqual(JSON.parse(file));
});

test('every parameter and every port that can be set is in configuration.md, and nothing else', () => {
  const page = textOf('docs/configuration.md');
  const params = z
    .object({ default: z.record(z.string(), z.unknown()) })
    // With CloudFormation's tags left out.
    .parse(parse(textOf('infrastructure/params.yml'), { logLevel: 'error' })).default;
  const rows = [...page.matchAll(/^\| ((?:`\w+`(?:, )?)+) \|/gm)].flatMap(([, names = '']) =>
    names.match(/\w+/g),
  );
  expect(rows.toSorted()).toEqual(Object.keys(params).toSorted());
  const ports = Object.entries(readPorts({})).map(([name, port]) => `\`${name}\` ${port}`);
  expect([...page.matchAll(/`\w+_PORT` \d+/g)].map(String).toSorted()).toEqual(ports.toSorted());
});

describe.each(TWINS)('%s says what its English twin says', (page) => {
  const english = page.replace('.uk.md', '.md');
  const [here, there] = [readPage(textOf(page)), readPage(textOf(english))];

  test('in the same chapters and rows', () => {
    const shape = ({ prose }: { prose: string }) =>
      prose
        .split('\n')
        .map((line) => /^(#+ |\||- |\d+\. )/.exec(line)?.[1])
        .filter((mark) => mark !== undefined);
    expect(shape(here)).toEqual(shape(there));
  });

  test('with the same commands and answers', () => {
    const shown = ({ blocks }: typeof here) =>
      blocks
        .filter(({ language }) => language !== '')
        // What a command prints may be in the reader's language.
        .map(({ language, text }) => (language === 'console' ? text.match(/^\$ .*$/gm) : text))
        .map((text) => JSON.stringify(text).replaceAll(' --lang uk', ''));
    expect(shown(here)).toEqual(shown(there));
  });

  test('with the same codes', () => {
    const codes = ({ prose }: typeof here) =>
      [...prose.matchAll(/`([^`\n]+)`/g)]
        .map(([, code = '']) => code.replaceAll('.uk.md', '.md').replaceAll(/<[^>]+>| --lang uk/g, ''))
        .toSorted();
    expect([...new Set(codes(here))]).toEqual([...new Set(codes(there))]);
  });
});

describe.each(['SECURITY.md', 'docs/owasp-api-top-10.md'])('%s', (page) => {
  const rows = [...textOf(page).matchAll(/^\| (?!-)(.*) \|$/gm)].map(([, row = '']) => row.split(' | '));

  test('names for each claim the tests that hold it, and they are there', () => {
    const claims = rows.filter(([first]) => first !== 'threat' && first !== 'item');
    expect(claims.length).toBeGreaterThan(8);
    for (const [claim, , shownBy = ''] of claims) {
      const named = [...shownBy.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path);
      expect({ claim, named: named.length > 0 }).toEqual({ claim, named: true });
      for (const path of named) {
        const isThere = path.endsWith('/')
          ? readdirSync(join(ROOT, path)).some((file) => file.endsWith('.test.ts'))
          : existsSync(join(ROOT, path));
        expect({ claim, path, isThere }).toEqual({ claim, path, isThere: true });
        expect(path).toMatch(/^(?:test\/.*(?:\.test\.ts|\/)|bench\/\w+\.ts)$/);
      }
    }
  });
});
