/** docs/privacy.md has a row for everything of the stack that keeps anything. */
import { expect, test } from 'vitest';
import * as z from 'zod';
import { readServiceFile } from '../../local/service-file.ts';
import { textOf } from '../kit/pages.ts';

const { resources } = z
  .object({
    resources: z.object({ Resources: z.record(z.string(), z.looseObject({ Type: z.string() })) }),
  })
  .parse(await readServiceFile());

test('each table and each queue has its row, and each row that names one is of one that there is', () => {
  const kept = Object.entries(resources.Resources)
    .filter(([, { Type }]) => ['AWS::DynamoDB::Table', 'AWS::SQS::Queue'].includes(Type))
    .map(([id]) => id);
  const rows = [...textOf('docs/privacy.md').matchAll(/^\| ([^|]+) \|/gm)]
    .flatMap(([, cell = '']) => cell.replace(' (DynamoDB)', '').split(', '))
    .filter((name) => kept.includes(name) || / ?\(DynamoDB\)|Queue$/.test(name));
  expect(rows.toSorted()).toEqual(kept.toSorted());
});
