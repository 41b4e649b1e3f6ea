/** What the doctor sees, on a deployed stage that is played by stand-ins, and that it does no harm. */
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SetQueueAttributesCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { judgeClock } from '../../../bin/orders/clock-checks.ts';
import { judgeFunctions } from '../../../bin/orders/function-checks.ts';
import { functionsOf } from '../../../bin/orders/functions.ts';
import { endpointHealth } from '../../../lib/callbacks/endpoint-health.ts';
import { readEndpoints } from '../../../lib/callbacks/endpoints.ts';
import { stoppedEndpoints } from '../../../lib/callbacks/stopped-endpoints.ts';
import { accepted } from '../../../lib/ledger/start.ts';
import { countOf, dropLetter, ledgerOf, parkOrder, refOf } from '../../kit/dlq.ts';
import { type HttpServer, startHttpServer } from '../../kit/http-server.ts';
import { sampleOrder } from '../../kit/orders.ts';
import type { Relay } from '../../kit/relay.ts';
import { allIsWell, type Said, startFunctionsStandIn } from './functions-stand-in.ts';
import { type Operator, startOperator } from './operator.ts';

let relay: Relay;
let operator: Operator;
const set = (id: string, Attributes: Record<string, string>) =>
  relay.stack.sqs.send(new SetQueueAttributesCommand({ QueueUrl: refOf(relay.stack, id), Attributes }));
beforeAll(async () => {
  operator = await startOperator();
  relay = operator.relay;
  // As serverless.yml has them.
  await set('OrdersQueue', { VisibilityTimeout: '360' });
  await set('DeadLetterQueue', { MessageRetentionPeriod: '1209600' });
});
afterAll(() => operator.stop());
beforeEach(() => operator.reset());

const HOUR_MS = 60 * 60_000;
const checked = z.object({
  ok: z.boolean(),
  checks: z.array(
    z.object({
      name: z.string(),
      ok: z.boolean(),
      detail: z.string(),
      command: z.string().optional(),
      fix: z.string().optional(),
    }),
  ),
});
/** What is wrong, by name: what was found, and what to type. */
const failing = async () => {
  const { checks } = await operator.json(checked, ['doctor'], { code: 1 });
  return Object.fromEntries(
    checks.filter(({ ok }) => !ok).map(({ name, detail, command }) => [name, `${detail} → ${command}`]),
  );
};

test('finds nothing wrong, changes nothing, and nothing that it reads is told', async () => {
  const { stdout, stderr } = await operator.orders(['doctor']);
  expect(stdout.split('\n').filter((line) => !line.startsWith('✓'))).toEqual(['']);
  expect(stdout.split('\n').filter((line) => line !== '')).toHaveLength(23);
  expect(stdout + stderr).not.toMatch(/sandbox-key|whsec_/);
  expect(relay.stack.sandbox.calls()).toHaveLength(1);
  expect(relay.stack.sandbox.orders()).toEqual([]);
});

test('finds a key that is refused, and a secret that is none', async () => {
  relay.stack.sandbox.setApiKey('another');
  expect(await failing()).toEqual({
    key: expect.stringMatching(/refuses the API key.* → .*put-secret-value --secret-id test\/api-key /),
  });
  relay.stack.secrets.set('test/api-key', '{"WRONG":"hush"}');
  const { stdout } = await operator.orders(['doctor'], { code: 1 });
  expect(stdout).toMatch(
    /^✗ secret +The secret test\/api-key has no text under SNITKIX_API_KEY\n {4}fix: .*\n {4}\(umask 077;.*aws/m,
  );
  expect(stdout).not.toContain('hush');
});

test.each(['http://0.0.0.0:{port}', 'http://u:p@127.0.0.1:{port}', 'http://127.0.0.1.nip.example:{port}'])(
  'sends the key to no address that it has refused: %s',
  async (address) => {
    let heard = 0;
    const listener = await startHttpServer((_, response) => {
      heard += 1;
      response.end('{"data":[]}');
    });
    operator.outputs['SitniksBaseUrl'] = address.replace('{port}', String(listener.port));
    await parkOrder(relay.stack, sampleOrder('key-1'), 'CONNECTION', { inDoubt: true });
    try {
      const { stdout } = await operator.orders(['doctor'], { code: 1 });
      expect(stdout).toMatch(/^✗ settings .*must be https/m);
      expect(stdout).toMatch(/^✗ key +not tried: see settings$/m);
      // redrive would look it up.
      const { stderr } = await operator.orders(['redrive', 'key-1'], { code: 1 });
      expect(stderr).toContain('SITNIKS_BASE_URL: must be https');
      expect(heard).toBe(0);
    } finally {
      operator.outputs['SitniksBaseUrl'] = relay.stack.sandbox.url;
      await listener.stop();
    }
    expect(await countOf(relay.stack, 'DeadLetterQueue')).toEqual({ visible: 1, inHand: 0 });
  },
);

test('finds settings that do not go together', async () => {
  operator.outputs['SyncTimeout'] = '61s';
  operator.outputs['SitniksBaseUrl'] = 'http://crm.example.com';
  try {
    const found = await failing();
    expect(Object.keys(found)).toEqual(['settings', 'key', 'visibility']);
    expect(found['visibility']).toMatch(/npx serverless deploy --stage test --region eu-central-1$/);
  } finally {
    Object.assign(operator.outputs, { SyncTimeout: '60s', SitniksBaseUrl: relay.stack.sandbox.url });
  }
});

test('finds that nobody can post: tokens that cannot be read, and none', async () => {
  const { secrets } = relay.stack;
  const tokens = secrets.get('test/intake-tokens') ?? '';
  try {
    secrets.set('test/intake-tokens', '{}');
    expect(await failing()).toEqual({
      tokens: expect.stringMatching(/ → .*put-secret-value --secret-id test\/intake-tokens /),
    });
  } finally {
    secrets.set('test/intake-tokens', tokens);
  }
});

test.each([
  ['a caller who is there twice', '{"demo":"tell","demo":"tale"}', 'a name comes twice'],
  ['a caller who is there twice, escaped once', '{"demo":"tell","\\u0064emo":"tale"}', 'a name comes twice'],
  ['__proto__ without a token', '{"__proto__":7,"demo":"tell"}', 'entry 1 is not a caller with tokens'],
  ['one token for two', '{"a":"tell","b":["tale","tell"]}', 'gives two callers the same token'],
  ['what is no JSON', '{"demo":"tell",}', 'is not JSON'],
])('names %s among the tokens, and nothing of them', async (_what, secret, words) => {
  const { secrets } = relay.stack;
  const tokens = secrets.get('test/intake-tokens') ?? '';
  try {
    secrets.set('test/intake-tokens', secret);
    const found = await failing();
    expect(found).toEqual({ tokens: expect.stringContaining(words) });
    expect(JSON.stringify(found)).not.toMatch(/tell|tale/);
  } finally {
    secrets.set('test/intake-tokens', tokens);
  }
});

test('finds nothing wrong with tokens behind what nobody sees', async () => {
  const { secrets } = relay.stack;
  const tokens = secrets.get('test/intake-tokens') ?? '';
  try {
    secrets.set('test/intake-tokens', `\uFEFF\u200b${tokens}\r\n`);
    const { ok, checks } = await operator.json(checked, ['doctor']);
    expect({ ok, tokens: checks.find(({ name }) => name === 'tokens')?.ok }).toEqual({
      ok: true,
      tokens: true,
    });
  } finally {
    secrets.set('test/intake-tokens', tokens);
  }
});

test('finds endpoints that are none, and outcomes that were given up', async () => {
  const { stack } = relay;
  const endpoints = stack.secrets.get('test/callbacks') ?? '';
  stack.secrets.set('test/callbacks', '{"demo":{"url":"http://shop.example/hush"}}');
  await stack.sqs.send(
    new SendMessageCommand({
      QueueUrl: refOf(stack, 'OutcomesDeadLetterQueue'),
      MessageBody: '{}',
      MessageGroupId: 'a',
      MessageDeduplicationId: 'a',
    }),
  );
  try {
    const found = await failing();
    expect(found).toEqual({
      callbacks: expect.stringMatching(/^The secret test\/callbacks cannot be used: entry 1 .* → /),
      outcomes: expect.stringMatching(
        /^1 could not be told.* → npm run orders -- tell --given-up --stage test --region eu-central-1$/,
      ),
    });
    expect(JSON.stringify(found)).not.toContain('hush');
  } finally {
    stack.secrets.set('test/callbacks', endpoints);
    await stack.sqs.send(new PurgeQueueCommand({ QueueUrl: refOf(stack, 'OutcomesDeadLetterQueue') }));
  }
});

test('finds a bot that is deaf: its endpoint has stopped, or is spared, and what it was not told', async () => {
  const { stack } = relay;
  const table = refOf(stack, 'StoppedEndpoints');
  const CALL_MS = 15_000;
  await endpointHealth(stack.dynamodb, table, CALL_MS).guard('demo', async () => ({ answered: false }));
  await stack.sqs.send(
    new SendMessageCommand({
      QueueUrl: refOf(stack, 'OutcomesQueue'),
      MessageBody: '{}',
      MessageGroupId: 'a',
      MessageDeduplicationId: 'b',
    }),
  );
  // What is in flight until it is tried again waits as well.
  await stack.sqs.send(
    new ReceiveMessageCommand({ QueueUrl: refOf(stack, 'OutcomesQueue'), VisibilityTimeout: 60 }),
  );
  expect(await failing()).toEqual({
    endpoints: expect.stringMatching(/^no answer from: demo → aws logs tail .*-notifySubmitter /),
    'untold outcomes': expect.stringMatching(/^1 wait to be told.* → aws logs tail .*-notifySubmitter /),
  });
  await stack.sqs.send(new PurgeQueueCommand({ QueueUrl: refOf(stack, 'OutcomesQueue') }));
  const later = () => Date.now() + 10 * CALL_MS;
  await endpointHealth(stack.dynamodb, table, CALL_MS, later).guard('demo', async () => ({ answered: true }));

  const { version } = await readEndpoints(
    new SecretsManagerClient({
      region: 'eu-central-1',
      endpoint: stack.secrets.url,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    }),
    'test/callbacks',
  );
  await stoppedEndpoints(stack.dynamodb, table).stop('demo', version);
  expect(await failing()).toEqual({
    endpoints: expect.stringMatching(
      /^stopped, because it has answered 410: demo → .*get-secret-value --secret-id test\/callbacks .*put-secret-value/,
    ),
  });
  // Written anew, be it with the same text, it is called again.
  stack.secrets.set('test/callbacks', stack.secrets.get('test/callbacks') ?? '');
});

test("finds the oldest order, and SQS's own letters, and a letter that grows old", async () => {
  const { stack } = relay;
  const old = { external_id: 'doctor-old', content_hash: 'a', submitted_by: 'demo' };
  await ledgerOf(stack).replace(accepted(old, Date.now() - HOUR_MS));
  await dropLetter(stack, JSON.stringify(sampleOrder('doctor-2')));
  await parkOrder(stack, sampleOrder('doctor-3'), 'VALIDATION', { ago: 11 * 24 * 3600 });
  const record = await ledgerOf(stack).get('doctor-old');
  try {
    expect(await failing()).toEqual({
      'oldest order': expect.stringMatching(/^doctor-old for 1 h: .* → npm run orders -- show doctor-old /),
      'dead letters': expect.stringMatching(/^2, of which 1 .* 11 d → npm run orders -- show doctor-3 /),
      "SQS's own letters": expect.stringMatching(
        /^1: .* → npm run orders -- list --letters --type NO_REASON/,
      ),
    });
    expect(await countOf(stack, 'DeadLetterQueue')).toEqual({ visible: 2, inHand: 0 });
  } finally {
    if (record !== undefined) await ledgerOf(stack).replace({ ...record, state: 'synced' });
  }
});

test('finds a payment that does not follow its order, since it was asked for', async () => {
  const ledger = ledgerOf(relay.stack);
  const order = { external_id: 'doctor-paid', content_hash: 'a', submitted_by: 'demo' };
  const record = await ledger.replace({
    ...accepted(order, Date.now() - 48 * HOUR_MS),
    state: 'synced',
    payments: [{ amount: 300, state: 'waiting', attempts: 0, asked_at: Date.now() - HOUR_MS }],
  });
  try {
    expect(await failing()).toEqual({
      'oldest order': expect.stringMatching(/^doctor-paid for 1 h: .*, its status or payment not; /),
    });
  } finally {
    if (record !== undefined) await ledger.replace({ ...record, payments: undefined });
  }
});

test('finds records lost track of, before and after that was noted', async () => {
  const ledger = ledgerOf(relay.stack);
  const gone = accepted(
    { external_id: 'doctor-lost', content_hash: 'a', submitted_by: 'demo' },
    Date.now() - 5 * 24 * HOUR_MS,
  );
  const record = await ledger.replace(gone);
  const command = / → npm run orders -- show doctor-lost /;
  expect(Object.keys(await failing())).toEqual(['oldest order', 'lost track of']);
  if (record === undefined) throw new Error('The record was not written');
  const noted = await ledger.replace({
    ...record,
    state: 'parked',
    settled_at: Date.now(),
    error: { type: 'NO_REASON', message: 'gone', reasons: [{ code: 'lost_track' }] },
  });
  const found = await failing();
  expect(found).toEqual({ 'lost track of': expect.stringMatching(command) });
  if (noted !== undefined) await ledger.replace({ ...noted, state: 'synced' });
});

describe('of the functions', () => {
  let said: Said;
  let aws: HttpServer;
  beforeAll(async () => {
    aws = await startFunctionsStandIn(() => said);
  });
  afterAll(() => aws.stop());
  beforeEach(() => {
    said = allIsWell();
  });
  const found = async () => {
    const functions = functionsOf({
      region: 'eu-central-1',
      endpoint: aws.url,
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const checks = await judgeFunctions(functions, { stage: 'test', region: 'eu-central-1' }, [
      'acceptOrder',
      'getOrder',
      'syncOrders',
    ]);
    functions.close();
    return Object.fromEntries(
      checks.flatMap((check) => (check.ok ? [] : [[check.name, `${check.detail} → ${check.command}`]])),
    );
  };

  test('finds a mapping that is off or missing, a throttled function, and a schedule that does not come', async () => {
    said.mappings = { 'sitniks-orders-test-syncOrders': { state: 'Disabled', most: 5 } };
    said.reserved = { 'sitniks-orders-test-getOrder': 0 };
    said.metrics = {
      'Throttles of sitniks-orders-test-acceptOrder': { value: 3, ago: 30 * 60_000 },
      // What was an hour ago and more counts no longer.
      'Throttles of sitniks-orders-test-getOrder': { value: 5, ago: 61 * 60_000 },
      'Invocations of sitniks-orders-test-tendDeadLetters': { value: 1, ago: 17 * 60_000 },
    };
    expect(await found()).toEqual({
      'mapping of syncOrders': expect.stringMatching(
        /^Disabled: .* → aws lambda update-event-source-mapping --enabled --uuid uuid-1 --region eu-central-1$/,
      ),
      'mapping of notifySubmitter': expect.stringMatching(
        /^none: .* → aws lambda list-event-source-mappings/,
      ),
      'throttle of getOrder': expect.stringMatching(/ → aws lambda delete-function-concurrency .*-getOrder /),
      throttles: expect.stringMatching(/: acceptOrder 3 times → aws lambda get-account-settings/),
      schedule: expect.stringMatching(/^tendDeadLetters has not run for 16 minutes.* → aws events /),
    });
  });

  test.each([
    ['a new account, filled by two mappings of 5', 10, 5, undefined, false],
    ['the same with two mappings of 2', 10, 2, undefined, true],
    ['a door with a share of its own', 11, 5, 50, true],
    ['one container too few', 15, 5, undefined, false],
  ])('says whether the concurrency is enough: %s', async (_what, unreserved, most, door, isEnough) => {
    said.account = { all: unreserved, unreserved };
    said.mappings = {
      'sitniks-orders-test-syncOrders': { state: 'Enabled', most },
      'sitniks-orders-test-notifySubmitter': { state: 'Enabled', most },
    };
    said.reserved = door === undefined ? {} : { 'sitniks-orders-test-acceptOrder': door };
    expect(Object.keys(await found())).toEqual(isEnough ? [] : ['concurrency']);
  });
});

test.each([
  [0, true, '0 s from that of SQS'],
  [59, true, '59 s from'],
  [61, false, '61 s ahead of'],
  [-301, false, '301 s behind'],
])('compares the clock with that of AWS: %i s', (seconds, ok, detail) => {
  const now = Date.parse('2026-01-31T12:00:00Z');
  const date = new Date(now - seconds * 1000).toUTCString();
  expect(judgeClock('SQS', now, date)).toMatchObject({ ok, detail: expect.stringContaining(detail) });
  expect(judgeClock('SQS', now, undefined)).toMatchObject({ ok: true });
});
