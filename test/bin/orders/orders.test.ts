/** Every command as a person or a script runs it, against a deployed stage: a relay on stand-ins of AWS's services. */
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { countOf, dropLetter, parkOrder, refOf } from '../../dlq.ts';
import { PERSONAL, sampleOrder } from '../../orders.ts';
import type { Relay } from '../../relay.ts';
import { until } from '../../until.ts';
import { type Operator, startOperator } from './operator.ts';

let relay: Relay;
let operator: Operator;
beforeAll(async () => {
  operator = await startOperator();
  relay = operator.relay;
});
afterAll(() => operator.stop());
beforeEach(() => operator.reset());

const listed = z.object({
  letters: z.array(
    z.object({
      external_id: z.string().nullable(),
      reason: z.string(),
      attempts: z.number().nullable(),
      returns: z.number(),
      age_seconds: z.number(),
      customer: z.object({ name: z.string().nullable(), phone: z.string().nullable() }),
    }),
  ),
});
const nothing = { visible: 0, inHand: 0 };

test('list tells what is there, masked; and leaves it as it was', async () => {
  const { stack } = relay;
  await parkOrder(stack, sampleOrder('list-1'), 'VALIDATION', { ago: 3600, attempts: 1 });
  await parkOrder(stack, sampleOrder('list-2'), 'CONNECTION', { ago: 60, redriven: 2 });
  await dropLetter(stack, `{"customer":{"name":"${PERSONAL.name}"}}`);

  expect(await operator.json(listed, ['list'])).toEqual({
    letters: [
      expect.objectContaining({ external_id: 'list-1', reason: 'VALIDATION', attempts: 1, returns: 0 }),
      expect.objectContaining({
        external_id: 'list-2',
        customer: { name: 'О••• К•••', phone: '•••67' },
        returns: 2,
      }),
      expect.objectContaining({ external_id: null, reason: 'NO_REASON', attempts: null }),
    ],
  });
  const recent = await operator.json(listed, ['list', '--since', '10m', '--type', 'CONNECTION']);
  expect(recent.letters.map(({ external_id }) => external_id)).toEqual(['list-2']);
  expect((await operator.orders(['list'])).stdout).toMatch(/list-1 +│ VALIDATION +│ 1 +│ 0 +│ 1 h .*О•••/);
  expect((await operator.orders(['list', '--reveal'])).stdout).toContain(PERSONAL.name);
  expect(await countOf(stack, 'DeadLetterQueue')).toEqual({ visible: 3, inHand: 0 });
});

test('show says where an order is, why, and what to do', async () => {
  await parkOrder(relay.stack, sampleOrder('show-1'), 'VALIDATION', {
    message: `The CRM refuses the order (422): The phone of ${PERSONAL.name} is wrong`,
  });
  const shown = z.object({
    state: z.string(),
    history: z.array(z.object({ step: z.string() })),
    dead_letters: z.array(z.object({ reason: z.string(), verdict: z.string(), todo: z.string() })),
  });
  expect(await operator.json(shown, ['show', 'show-1'])).toMatchObject({
    state: 'rejected',
    history: [{ step: 'accepted' }, { step: 'rejected' }],
    dead_letters: [
      { reason: 'VALIDATION', verdict: 'for_a_person', todo: expect.stringContaining('--patch') },
    ],
  });
  const { stdout } = await operator.orders(['show', 'show-1']);
  expect(stdout).toMatch(/^Order show-1: refused for what it says$/m);
  expect(stdout).toMatch(/^ {2}What now +Mend it: orders redrive show-1 --patch/m);

  const unknown = await operator.orders(['show', 'nobody', '--json'], { code: 1 });
  expect(JSON.parse(unknown.stdout)).toEqual({
    error: expect.stringContaining('Nothing is known of nobody'),
  });
  await operator.orders(['show', 'no such'], { code: 2 });
});

test('submit puts an order on the queue once, shows what the CRM would get, and refuses what is none', async () => {
  const input = JSON.stringify(sampleOrder('submit-1'));
  const payload = await operator.orders(['submit', '-', '--dry-run'], { input });
  expect(JSON.parse(payload.stdout)).toMatchObject({
    status: 'Нові заявки',
    customer: { phone: PERSONAL.phone },
  });
  expect(await countOf(relay.stack, 'OrdersQueue')).toEqual(nothing);

  const sent = z.object({ external_id: z.string(), state: z.string(), sent: z.boolean() });
  expect(await operator.json(sent, ['submit', '-'], { input })).toEqual({
    external_id: 'submit-1',
    state: 'accepted',
    sent: true,
  });
  relay.feed();
  await until(() => relay.inCrm('submit-1') === 1);
  await relay.drained();
  expect(await operator.json(sent, ['submit', '-'], { input })).toMatchObject({
    state: 'synced',
    sent: false,
  });
  const other = JSON.stringify(sampleOrder('submit-1', { source: 'instagram' }));
  expect((await operator.orders(['submit', '-'], { input: other, code: 1 })).stderr).toMatch(
    /number of its own/,
  );

  const wrong = await operator.orders(['submit', '-'], {
    input: JSON.stringify({ ...sampleOrder('x'), adress: 'x' }),
    code: 1,
  });
  expect(wrong.stderr).toMatch(/#\/adress {2}adress is not a field of an order/);
  expect(wrong.stderr).not.toContain(PERSONAL.name);
});

describe('doctor', () => {
  const checked = z.object({
    ok: z.boolean(),
    checks: z.array(z.object({ name: z.string(), ok: z.boolean() })),
  });
  const failing = async () =>
    (await operator.json(checked, ['doctor'], { code: 1 })).checks
      .filter(({ ok }) => !ok)
      .map(({ name }) => name);

  const set = (id: string, Attributes: Record<string, string>) =>
    relay.stack.sqs.send(new SetQueueAttributesCommand({ QueueUrl: refOf(relay.stack, id), Attributes }));
  beforeAll(async () => {
    // As serverless.yml has them.
    await set('OrdersQueue', { VisibilityTimeout: '360' });
    await set('DeadLetterQueue', { MessageRetentionPeriod: '1209600' });
  });
  afterAll(() => set('OrdersQueue', { VisibilityTimeout: '1' }));

  test('finds nothing wrong, and nothing that it reads is told', async () => {
    const { stdout, stderr } = await operator.orders(['doctor']);
    expect(stdout.split('\n').filter((line) => line.startsWith('✓'))).toHaveLength(8);
    expect(stdout + stderr).not.toContain('sandbox-key');
    expect(relay.stack.sandbox.calls()).toHaveLength(1);
    expect(relay.stack.sandbox.orders()).toEqual([]);
  });

  test('finds a key that is refused, and a secret that is none', async () => {
    relay.stack.sandbox.setApiKey('another');
    expect(await failing()).toEqual(['key']);
    relay.stack.secrets.set('test/api-key', '{"WRONG":"hush"}');
    const { stdout } = await operator.orders(['doctor'], { code: 1 });
    expect(stdout).toMatch(
      /^✗ secret +The secret test\/api-key has no text under SNITKIX_API_KEY\n {4}fix: aws/m,
    );
    expect(stdout).not.toContain('hush');
  });

  test('finds settings that do not go together', async () => {
    operator.outputs['SyncTimeout'] = '61s';
    operator.outputs['SitniksBaseUrl'] = 'http://crm.example.com';
    try {
      expect(await failing()).toEqual(['settings', 'key', 'visibility']);
    } finally {
      Object.assign(operator.outputs, { SyncTimeout: '60s', SitniksBaseUrl: relay.stack.sandbox.url });
    }
  });
});
