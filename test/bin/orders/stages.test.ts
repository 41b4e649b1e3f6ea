/** How the command finds its stage, and what it says where there is none. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { readServiceFile } from '../../../local/service-file.ts';
import { type Stack, startStack } from '../../../local/stack.ts';
import { parkOrder } from '../../kit/dlq.ts';
import { sampleOrder } from '../../kit/orders.ts';
import { testTemplate } from '../../kit/template.ts';
import { startCloudFormation, startOrders, startWarmShell, type WarmShell } from './cli.ts';

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
const NAMES = {
  orders: 'sitniks-orders-local-orders',
  deadLetters: 'sitniks-orders-local-dead-letters',
  outcomes: 'sitniks-orders-local-outcomes.fifo',
  outcomesDeadLetters: 'sitniks-orders-local-outcomes-dead-letters.fifo',
};
const portOf = (url: string | undefined) => new URL(url ?? '').port;

let stack: Stack;
let env: Record<string, string>;
let shell: WarmShell;
beforeAll(async () => {
  shell = startWarmShell();
  const template = testTemplate();
  template.Resources.OrdersQueue.Properties.QueueName = NAMES.orders;
  template.Resources.DeadLetterQueue.Properties.QueueName = NAMES.deadLetters;
  template.Resources.OutcomesQueue.Properties.QueueName = NAMES.outcomes;
  template.Resources.OutcomesDeadLetterQueue.Properties.QueueName = NAMES.outcomesDeadLetters;
  stack = await startStack({
    template,
    region: 'eu-central-1',
    apiKeySecret: 'sitniks-orders/local/api-key',
  });
  env = {
    SQS_PORT: portOf(stack.environment['AWS_ENDPOINT_URL_SQS']),
    DYNAMODB_PORT: portOf(stack.environment['AWS_ENDPOINT_URL_DYNAMODB']),
    SECRETS_PORT: portOf(stack.environment['AWS_ENDPOINT_URL_SECRETS_MANAGER']),
    SANDBOX_PORT: String(stack.sandbox.port),
  };
});
afterAll(() => {
  shell.stop();
  return stack.stop();
});

const run = (args: string[], environment: Record<string, string>) => shell.orders(args, environment);

test('without --stage it is the stack that npm start runs', async () => {
  await parkOrder(stack, sampleOrder('local-1'), 'CONNECTION');
  const { code, stdout } = await run(['list', '--letters', '--json'], env);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ letters: [{ external_id: 'local-1' }] });
});

test('the local stack has the names that serverless.yml gives', async () => {
  const named = z.object({ Properties: z.object({ QueueName: z.string() }) });
  const { service, params, resources } = z
    .object({
      service: z.string(),
      params: z.object({ default: z.object({ sitniksApiKeySecret: z.string() }) }),
      resources: z.object({
        Resources: z.object({
          OrdersQueue: named,
          DeadLetterQueue: named,
          OutcomesQueue: named,
          OutcomesDeadLetterQueue: named,
        }),
      }),
    })
    .parse(await readServiceFile());
  const atLocal = (name: string) =>
    name.replaceAll(`\${self:service}`, service).replaceAll(`\${sls:stage}`, 'local');
  const { OrdersQueue, DeadLetterQueue, OutcomesQueue, OutcomesDeadLetterQueue } = resources.Resources;
  expect({
    orders: atLocal(OrdersQueue.Properties.QueueName),
    deadLetters: atLocal(DeadLetterQueue.Properties.QueueName),
    outcomes: atLocal(OutcomesQueue.Properties.QueueName),
    outcomesDeadLetters: atLocal(OutcomesDeadLetterQueue.Properties.QueueName),
  }).toEqual(NAMES);
  expect(atLocal(params.default.sitniksApiKeySecret)).toBe('sitniks-orders/local/api-key');
});

describe('in one clear line', () => {
  const oneLine = (stderr: string) => {
    expect(stderr.trim().split('\n')).toHaveLength(1);
    return stderr;
  };

  test('no local stack', async () => {
    const { code, stderr } = await run(['list'], { ...env, SQS_PORT: '1' });
    expect(code).toBe(1);
    expect(oneLine(stderr)).toContain('run npm start');
  });

  test('no such deployed stack, or one from before this command', async () => {
    const cloudFormation = await startCloudFormation('sitniks-orders-old', () => ({ LedgerTable: 'Ledger' }));
    const aws = { ...CREDENTIALS, AWS_ENDPOINT_URL_CLOUDFORMATION: cloudFormation.url };
    const [missing, old] = await Promise.all([
      run(['list', '--stage', 'nope', '--region', 'eu-west-1'], aws),
      run(['list', '--stage', 'old'], aws),
    ]);
    await cloudFormation.stop();
    expect([missing.code, old.code]).toEqual([1, 1]);
    expect(oneLine(missing.stderr)).toContain('No stack sitniks-orders-nope in eu-west-1');
    expect(oneLine(old.stderr)).toMatch(/older than this command \(OrdersQueueUrl, .*\): deploy it again/);
  });

  test('no credentials', async () => {
    const nowhere = {
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/none',
      AWS_SHARED_CREDENTIALS_FILE: '/none',
    };
    const { code, stderr } = await run(['list', '--stage', 'prod'], nowhere);
    expect(code).toBe(1);
    expect(oneLine(stderr)).toContain('No AWS credentials');
  });
});

test('wrong usage is exit code 2, help is 0 and tells the exit codes', async () => {
  const [help, ...wrong] = await Promise.all([
    // In a process of its own, as whoever types it.
    startOrders(['--help'], {}).ended,
    run([], {}),
    run(['bogus'], {}),
    run(['bogus', '--help'], {}),
    run(['help', 'bogus'], {}),
    run(['--json', 'bogus', '--help'], {}),
    run(['show'], {}),
    run(['list', '--since', 'soon'], {}),
    run(['list', '--type', 'BAD'], {}),
    run(['submit', '/no/such/file'], {}),
  ]);
  expect(help?.code).toBe(0);
  expect(help?.stdout).toContain('Exit codes: 0 fine; 1 something is wrong, or was refused; 2 wrong usage');
  expect(wrong.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2, 2, 2, 2, 2]);
  expect(wrong[2]?.stderr).toContain("unknown command 'bogus': there are list, show, redrive");
});
