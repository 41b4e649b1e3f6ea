/** docs/deploy.md and its policies leave nothing out that the stack has. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { readServiceFile } from '../../local/service-file.ts';
import { textOf } from '../kit/pages.ts';

const page = textOf('docs/deploy.md');
const chapter = (title: string): string =>
  page.split(/^##+ /m).find((text) => text.startsWith(`${title}\n`)) ?? '';
const service = z
  .object({
    functions: z.record(z.string(), z.unknown()),
    resources: z.object({
      Resources: z.record(
        z.string(),
        z.looseObject({ Type: z.string(), DeletionPolicy: z.string().optional() }),
      ),
    }),
  })
  .parse(await readServiceFile());
const resources = Object.entries(service.resources.Resources);

/** As the parameters name them: `sitniks-orders/prod/…`. */
const SECRETS = Object.entries(
  z
    .object({ default: z.record(z.string(), z.unknown()) })
    .parse(parse(textOf('infrastructure/params.yml'), { logLevel: 'error' })).default,
)
  .filter(([name]) => name.endsWith('Secret'))
  .map(([, value]) => String(value).replace(`\${sls:stage}`, 'prod'));

const statements = z
  .object({
    Statement: z.array(
      z.object({
        Action: z.union([z.string().transform((one) => [one]), z.array(z.string())]),
        Resource: z.union([z.string().transform((one) => [one]), z.array(z.string())]),
      }),
    ),
  })
  .parse(JSON.parse(readFileSync('docs/policies/operator.json', 'utf8'))).Statement;

test('each secret is made before the first deployment, and is the operator’s to read and to change', () => {
  expect(SECRETS.length).toBeGreaterThan(3);
  for (const secret of SECRETS) {
    expect(page).toMatch(
      new RegExp(`create-secret --region eu-central-1 --name ${secret} --secret-string file://`),
    );
    for (const action of ['secretsmanager:GetSecretValue', 'secretsmanager:PutSecretValue']) {
      const of = statements
        .filter(({ Action }) => Action.includes(action))
        .flatMap(({ Resource }) => Resource);
      expect(of).toContain(`arn:aws:secretsmanager:eu-central-1:111122223333:secret:${secret}-??????`);
    }
  }
});

test('no secret is on a command line, nor printed by one', () => {
  const commands = page.split('\n').filter((line) => /^\s*(aws|npx|npm|curl) /.test(line));
  expect(commands.filter((line) => /--secret-string (?!file:\/\/)/.test(line))).toEqual([]);
});

test('each command of AWS’s names the region', () => {
  const commands = page
    .split('\n')
    .filter((line) => /^\s*(aws|npx serverless (deploy|remove|info)) /.test(line));
  expect(commands.length).toBeGreaterThan(5);
  expect(commands.filter((line) => !line.includes('--region eu-central-1'))).toEqual([]);
});

test('each function has its row in what takes concurrency', () => {
  const rows = [...chapter('Concurrency').matchAll(/^\| (`.*`) \|/gm)].flatMap(
    ([, names = '']) => names.match(/\w+/g) ?? [],
  );
  expect(rows.toSorted()).toEqual(Object.keys(service.functions).toSorted());
});

test('what a removal leaves, and which tables it takes, is said', () => {
  const kept = resources.filter(([, { DeletionPolicy }]) => DeletionPolicy?.startsWith('Retain'));
  expect(kept.map(([, { Type }]) => Type).toSorted()).toEqual([
    'AWS::DynamoDB::Table',
    ...Array(4).fill('AWS::SQS::Queue'),
  ]);
  const text = chapter('Tear down');
  expect(text).toMatch(/\| the four queues \|/);
  expect(text).toMatch(/\| the ledger \|/);
  const taken = resources.filter(
    ([, { Type, DeletionPolicy }]) => Type === 'AWS::DynamoDB::Table' && DeletionPolicy === undefined,
  );
  for (const [name] of taken) expect(text).toContain(`\`${name}\``);
});
