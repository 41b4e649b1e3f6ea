/** docs/policies/operator.json is what the commands call, by the name of each call. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { importsOf } from '../kit/imports.ts';

const ROOT = new URL('../../', import.meta.url);
const textOf = (file: string) => readFileSync(new URL(file, ROOT), 'utf8');
const SERVICES = {
  sqs: 'sqs',
  dynamodb: 'dynamodb',
  'secrets-manager': 'secretsmanager',
  cloudformation: 'cloudformation',
  cloudwatch: 'cloudwatch',
  lambda: 'lambda',
};

/** All that `npm run orders` is made of. */
function filesOf(entry: string): Set<string> {
  const imports = Map.groupBy(importsOf(['bin', 'lib', 'local']), ({ from }) => from);
  const files = new Set([entry]);
  for (const file of files) for (const { to } of imports.get(file) ?? []) files.add(to);
  return files;
}

test("an operator's policy allows each call that the commands make", () => {
  const { Statement } = z
    .object({ Statement: z.array(z.object({ Action: z.union([z.string(), z.array(z.string())]) })) })
    .parse(JSON.parse(textOf('docs/policies/operator.json')));
  const allowed = Statement.flatMap(({ Action }) => Action);
  const calls = [...filesOf('bin/orders.ts')]
    .filter((file) => !file.startsWith('local/'))
    .map(textOf)
    .flatMap((text) =>
      Object.entries(SERVICES).flatMap(([client, service]) =>
        [...text.matchAll(new RegExp(`import \\{([^}]*)\\} from '@aws-sdk/client-${client}'`, 'g'))].flatMap(
          ([, names = '']) =>
            [...names.matchAll(/(\w+?)(?:Batch)?Command\b/g)].map(([, call]) => `${service}:${call}`),
        ),
      ),
    );
  expect(calls.length).toBeGreaterThan(5);
  expect(calls.filter((call) => !allowed.includes(call))).toEqual([]);
});
