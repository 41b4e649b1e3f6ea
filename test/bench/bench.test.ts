/** The bench itself takes minutes and a quiet machine; here is that its parts can be run, and that the page is as it writes it. */

import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PARTS } from '../../bench/parts/parts.ts';
import { generatedIn, markdownOf, withGenerated } from '../../bench/report/markdown.ts';
import { picture } from '../../bench/report/plot.ts';
import { median, quantile, ratio, spread } from '../../bench/report/statistics.ts';

const DOCS = new URL('../../docs/', import.meta.url);
const page = readFileSync(new URL('figures.md', DOCS), 'utf8');

test.each([...PARTS.keys()])('the part %s can be run', async (name) => {
  expect(await PARTS.get(name)?.load()).toBeTypeOf('function');
});

test('the page of figures is as the bench writes it: every part, in order, and every picture', () => {
  const generated = generatedIn(page);
  expect(withGenerated(page, generated)).toBe(page);
  expect([...generated.matchAll(/^### (.+)$/gm)].map(([, title]) => title)).toEqual(
    [...PARTS.values()].map(({ title }) => title),
  );
  const pictures = [...generated.matchAll(/!\[.*?\]\((.+?)\)/g)].map(([, file = '']) => file);
  expect(pictures.filter((file) => !existsSync(new URL(file, DOCS)))).toEqual([]);
});

test('a page without a place for figures is not written over', () => {
  expect(() => withGenerated('# Figures', 'new')).toThrow('The page has no');
});

test('a report is a chapter: what was done, its tables in columns, its pictures, and what follows', () => {
  const chapter = markdownOf('Speed', {
    how: 'By the clock.',
    tables: [{ head: ['what', 'ms'], rows: [['a call', '12']] }],
    plots: [{ name: 'speed', title: 'It', x: 'n', y: 'ms', series: [] }],
    says: ['It is fast.'],
  });
  expect(chapter).toBe(
    '### Speed\n\nBy the clock.\n\n| what   |  ms |\n| ------ | --: |\n| a call |  12 |\n\n![It](speed.svg)\n\nIt is fast.',
  );
});

test('the median and the quartiles are of the values as they lie, in whatever order they came', () => {
  const values = [5, 1, 4, 2, 3];
  expect([median(values), quantile(values, 0.25), quantile(values, 0.75)]).toEqual([3, 2, 4]);
  expect(spread(values, 0)).toBe('3 (2 – 4)');
  expect(ratio(values, [2], 1)).toBe('1.5 (1.0 – 2.0)');
});

test('a picture has a line for each series, both axes from zero on, and no text that is not escaped', () => {
  const drawn = picture({
    name: 'n',
    title: 'a < b',
    x: 'orders',
    y: 'MB',
    series: [
      {
        name: 'heap',
        points: [
          [0, 0],
          [100, 50],
        ],
      },
      { name: 'all', points: [[100, 90]] },
    ],
  });
  expect(drawn.match(/stroke-width="2"/g)).toHaveLength(2);
  // 100 at the right end of the axis, and half of 100 half way up.
  expect(drawn).toContain('M60.0 270.0L560.0 155.0');
  expect(drawn).toContain('a &lt; b');
});
