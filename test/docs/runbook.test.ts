/** docs/runbook.md has an entry for whatever can ring or be read, and for nothing else. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { failureType } from '../../lib/explanations/failure.ts';
import { REASON_CODES } from '../../lib/explanations/reasons.ts';
import { readServiceFile } from '../../local/service-file.ts';
import { LOG_METRICS } from '../kit/alarms.ts';

const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
const chapter = (title: string): string =>
  runbook.split(/^## /m).find((text) => text.startsWith(`${title}\n`)) ?? '';
/** Of a table: the code in the first cell of each row. */
const rowsOf = (title: string): string[] =>
  [...chapter(title).matchAll(/^\| `(\w+)` \|/gm)].map(([, code = '']) => code);

const { Resources } = z
  .object({
    Resources: z.record(
      z.string(),
      z.looseObject({
        Type: z.string(),
        Properties: z.looseObject({ AlarmDescription: z.string().optional() }).optional(),
      }),
    ),
  })
  .parse((await readServiceFile())['resources']);
const alarms = Object.entries(Resources).filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm');

test('each alarm has an entry, and each entry an alarm', () => {
  const entries = [...chapter('Alarms').matchAll(/^### (\w+)$/gm)].map(([, name = '']) => name);
  expect(entries.sort()).toEqual(alarms.map(([id]) => id).sort());
});

test('each alarm names its entry, by a link that leads there', () => {
  for (const [id, { Properties }] of alarms) {
    expect(Properties?.AlarmDescription).toMatch(new RegExp(` docs/runbook\\.md#${id.toLowerCase()}$`));
  }
});

test('each entry of an alarm says what to look at, and what to type', () => {
  for (const entry of chapter('Alarms').split(/^### /m).slice(1)) {
    expect(entry).toMatch(/^Look at: \S/m);
    expect(entry).toMatch(/^```sh\n\S/m);
  }
});

test('each type of failure has an entry, and each entry a type', () => {
  expect(rowsOf('Types of failure')).toEqual([...failureType.options]);
});

test('each reason has an entry, and each entry a reason', () => {
  expect(rowsOf('Reasons')).toEqual([...REASON_CODES]);
});

test('each metric of ours has an entry, and each entry a metric', () => {
  const names = new Set(LOG_METRICS.map(({ name }) => name));
  expect(rowsOf('Metrics').toSorted()).toEqual([...names].toSorted());
});

test('each line of a story is one that the code writes', () => {
  const sources = readdirSync(new URL('../../lib', import.meta.url), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(new URL(`../../lib/${file}`, import.meta.url), 'utf8'))
    .join('\n');
  const lines = [...chapter("An order's story in the log").matchAll(/^\| (`[^|]+`) \|/gm)].flatMap(
    ([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)].map(([, line = '']) => line),
  );
  expect(lines.length).toBeGreaterThan(8);
  // `Order ${end.state}`: the runs in test/faults/logs.test.ts have both.
  const written = lines.filter((line) => !/^Order (rejected|parked)$/.test(line));
  expect(written.filter((line) => !sources.includes(`'${line}'`))).toEqual([]);
});
