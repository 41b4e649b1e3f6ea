/** `redrive` as a person or a script runs it, with the real consumer behind. */
import { PurgeQueueCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import { deadLetterQueue } from '../../../lib/dead-letters/dead-letter-queue.ts';
import { readOrder } from '../../../lib/order/order.ts';
import { createSitniksClient } from '../../../lib/sitniks/orders/client.ts';
import { countOf, dropLetter, ledgerOf, parkOrder, refOf, sizeOf } from '../../kit/dlq.ts';
import { PERSONAL, sampleOrder } from '../../kit/orders.ts';
import type { Relay } from '../../kit/relay.ts';
import { until } from '../../kit/until.ts';
import { type Operator, startOperator } from './operator.ts';

let relay: Relay;
let operator: Operator;
beforeAll(async () => {
  operator = await startOperator();
  relay = operator.relay;
});
afterAll(() => operator.stop());
beforeEach(() => operator.reset());

const redriven = z.object({
  dry_run: z.boolean(),
  counts: z.object({ send: z.number(), remove: z.number(), skip: z.number(), refuse: z.number() }),
  orders: z.array(
    z.object({
      external_id: z.string().nullable(),
      action: z.string(),
      why: z.string(),
      tells: z.string().nullable(),
    }),
  ),
  not_found: z.array(z.string()),
  in_other_hands: z.number(),
});
const nothing = { visible: 0, inHand: 0 };

test('of 100 letters of 4 reasons names exactly those asked for; a patch mends one, and only that one moves', async () => {
  const { stack } = relay;
  const types = ['VALIDATION', 'CONNECTION', 'AUTHENTICATION', 'CONFLICT'] as const;
  // A phone that is possible, and that the CRM does not take: 9 digits, Faroe Islands.
  const refused = { customer: { name: PERSONAL.name, phone: '+298201234' } };
  const parked: Promise<void>[] = [];
  for (let i = 0; i < 100; i += 1) {
    const type = types[i % 4] ?? 'CONFLICT';
    parked.push(parkOrder(stack, sampleOrder(`${type}-${i}`, refused), type));
  }
  await Promise.all(parked);

  const asIs = ['redrive', '--type', 'VALIDATION', '--as-is'];
  const dry = await operator.json(redriven, [...asIs, '--dry-run']);
  expect(dry.counts).toEqual({ send: 25, remove: 0, skip: 0, refuse: 0 });
  expect(dry.orders.map(({ external_id }) => external_id).sort()).toEqual(
    Array.from({ length: 25 }, (_, i) => `VALIDATION-${i * 4}`).sort(),
  );
  expect(await countOf(stack, 'DeadLetterQueue')).toEqual({ visible: 100, inHand: 0 });
  expect(await countOf(stack, 'OrdersQueue')).toEqual(nothing);

  const asked = await operator.orders(asIs, { code: 1 });
  expect(asked.stderr).toContain('This sends 25 orders: look at it with --dry-run, then say --yes.');
  expect(await countOf(stack, 'DeadLetterQueue')).toEqual({ visible: 100, inHand: 0 });
  expect(await countOf(stack, 'OrdersQueue')).toEqual(nothing);

  const patch = JSON.stringify({ customer: { phone: PERSONAL.phone } });
  const mended = await operator.json(redriven, ['redrive', 'VALIDATION-8', '--patch', '-'], { input: patch });
  expect(mended.orders).toEqual([expect.objectContaining({ external_id: 'VALIDATION-8', action: 'send' })]);
  expect(await countOf(stack, 'DeadLetterQueue')).toEqual({ visible: 99, inHand: 0 });

  relay.feed();
  await relay.drained();
  expect(stack.sandbox.orders().map(({ body }) => [body.external_id, body.customer.phone])).toEqual([
    ['VALIDATION-8', PERSONAL.phone],
  ]);
  expect(await operator.json(redriven, ['redrive', 'VALIDATION-8'])).toMatchObject({
    orders: [],
    not_found: ['VALIDATION-8'],
  });
});

const PATCH = JSON.stringify({ customer: { phone: '067 999 88 77' } });

test('a patch for whatever meets a condition sends nothing', async () => {
  const { stack } = relay;
  for (const id of ['kept-1', 'kept-2']) await parkOrder(stack, sampleOrder(id), 'VALIDATION');
  const args = ['redrive', '--type', 'VALIDATION', '--since', '30m', '--patch', '-'];
  const { stderr } = await operator.orders(args, { input: PATCH, code: 2 });
  expect(stderr).toContain("A patch is one customer's");
  expect(await countOf(stack, 'DeadLetterQueue')).toEqual({ visible: 2, inHand: 0 });
  expect(await countOf(stack, 'OrdersQueue')).toEqual(nothing);
});

test('one number with letters that are not alike is mended only by the id of one of them', async () => {
  const { stack } = relay;
  await dropLetter(stack, JSON.stringify({ external_id: 'twice-1', adress: 'x' }));
  await dropLetter(stack, JSON.stringify(sampleOrder('twice-1')));
  const { stderr } = await operator.orders(['redrive', 'twice-1', '--patch', '-'], { input: PATCH, code: 2 });
  const [id = ''] = /--message \(([\w-]+)/.exec(stderr)?.slice(1) ?? [];
  expect(id).toMatch(/^[\w-]{36}$/);
  expect(await countOf(stack, 'DeadLetterQueue')).toEqual({ visible: 2, inHand: 0 });
  const dry = ['redrive', '--message', id, '--patch', '-', '--dry-run'];
  expect((await operator.json(redriven, dry, { input: PATCH, code: 1 })).orders).toHaveLength(1);
});

test.each(['VALIDATION', 'CONFLICT'] as const)(
  'what was parked for %s is not sent as it is, unless that is what is meant',
  async (type) => {
    const { stack } = relay;
    await parkOrder(stack, sampleOrder(`vain-${type}`), type);
    const left = await operator.json(redriven, ['redrive', '--all'], { code: 1 });
    expect(left.orders).toEqual([
      expect.objectContaining({ action: 'refuse', why: expect.stringContaining('--as-is'), tells: null }),
    ]);
    expect(await countOf(stack, 'DeadLetterQueue')).toEqual({ visible: 1, inHand: 0 });
    const meant = await operator.json(redriven, ['redrive', '--all', '--as-is', '--dry-run']);
    expect(meant.orders).toEqual([expect.objectContaining({ action: 'send', tells: 'nobody' })]);
  },
);

test('the dry run says who would be told what', async () => {
  const { stack } = relay;
  await relay.post(sampleOrder('told-1'));
  const { submitted_by } = (await ledgerOf(stack).get('told-1')) ?? {};
  await stack.sqs.send(new PurgeQueueCommand({ QueueUrl: refOf(stack, 'OrdersQueue') }));
  await dropLetter(stack, JSON.stringify(sampleOrder('told-1')));
  // By the ledger: SQS itself has moved it, and nothing of its own says whose it is.
  const known = await ledgerOf(stack).get('told-1');
  if (known !== undefined) await ledgerOf(stack).replace({ ...known, state: 'parked' });
  const { stdout } = await operator.orders(['redrive', 'told-1', '--dry-run']);
  expect(submitted_by).toBe('demo');
  expect(stdout).toMatch(/told-1 .*would send .*as it is .*demo: synced, or/);
});

test('refuses a patch that leaves no order, and one that is none', async () => {
  await parkOrder(relay.stack, sampleOrder('patch-1'), 'VALIDATION');
  const spoilt = await operator.json(redriven, ['redrive', 'patch-1', '--patch', '-'], {
    input: '{"items":[]}',
    code: 1,
  });
  expect(spoilt.orders).toEqual([
    expect.objectContaining({ action: 'refuse', why: 'not an order even so: #/items too_small' }),
  ]);
  expect(
    (await operator.orders(['redrive', '--patch', '-'], { input: `["${PERSONAL.name}"]`, code: 2 })).stdout,
  ).toBe('');
  expect(await countOf(relay.stack, 'DeadLetterQueue')).toEqual({ visible: 1, inHand: 0 });
});

test('looks up what is in doubt, and sends nothing that it cannot look up', async () => {
  const { stack } = relay;
  for (const id of ['doubt-1', 'doubt-2']) {
    await parkOrder(stack, sampleOrder(id), 'CONNECTION', { inDoubt: true });
  }
  // The first of them is there: only the answer was lost.
  const crm = createSitniksClient({ baseUrl: stack.sandbox.url, timeoutMs: 5000 });
  const reading = readOrder(JSON.stringify(sampleOrder('doubt-1')));
  if (reading.ok) await crm.create(reading.order, 'sandbox-key');

  stack.sandbox.setFault({ fault: 'status', status: 503, times: 2, on: 'search' });
  expect((await operator.json(redriven, ['redrive', '--all'], { code: 1 })).orders).toEqual([
    expect.objectContaining({ action: 'refuse', why: expect.stringContaining('cannot be asked') }),
    expect.objectContaining({ action: 'refuse' }),
  ]);
  expect(await countOf(stack, 'OrdersQueue')).toEqual(nothing);

  const patch = '{"delivery":{"city":"Львів"}}';
  const mended = await operator.json(redriven, ['redrive', 'doubt-1', '--patch', '-'], {
    input: patch,
    code: 1,
  });
  expect(mended.orders[0]?.why).toMatch(/in Sitniks as 1001, as it was before/);

  const found = await operator.json(redriven, ['redrive', '--all']);
  expect(found.orders.map(({ why }) => why).sort()).toEqual([
    'as it is; looked up: not in Sitniks',
    'looked up: in Sitniks as 1001; sent so that the ledger learns of it',
  ]);
  relay.feed();
  await relay.drained();
  expect([relay.inCrm('doubt-1'), relay.inCrm('doubt-2')]).toEqual([1, 1]);
  expect(await ledgerOf(stack).get('doubt-1')).toMatchObject({ state: 'synced', crm_order_id: '1001' });
});

test('ended by Ctrl-C gives back what it has not sent', async () => {
  for (let i = 0; i < 5; i += 1) await parkOrder(relay.stack, sampleOrder(`stop-${i}`), 'CONNECTION');
  const running = operator.begin(['redrive', '--all', '--rate', '2/s']);
  await until(async () => (await sizeOf(relay.stack, 'OrdersQueue')) > 0, { deadlineMs: 15_000 });
  running.interrupt();
  const { code, stderr } = await running.ended;
  expect([code, stderr]).toEqual([130, expect.stringContaining('given back')]);
  const sent = await sizeOf(relay.stack, 'OrdersQueue');
  expect(await countOf(relay.stack, 'DeadLetterQueue')).toEqual({ visible: 5 - sent, inHand: 0 });
  relay.feed();
  await relay.drained();
});

test('removes copies of what has arrived, and says what is not there', async () => {
  relay.feed();
  await relay.inject(sampleOrder('copy-1'));
  await until(() => relay.inCrm('copy-1') === 1);
  await relay.drained();
  await dropLetter(relay.stack, JSON.stringify(sampleOrder('copy-1')));
  const { stdout } = await operator.orders(['redrive', 'copy-1', 'gone-1']);
  expect(stdout).toMatch(/copy-1 .*removed .*a copy: in Sitniks as \d+/);
  expect(stdout).toContain('Not on the dead-letter queue: gone-1');
  expect(await countOf(relay.stack, 'DeadLetterQueue')).toEqual(nothing);
});

test('does not say that there is nothing to do while others have letters in hand', async () => {
  const { stack } = relay;
  await parkOrder(stack, sampleOrder('held-1'), 'VALIDATION');
  const others = deadLetterQueue(stack.sqs, refOf(stack, 'DeadLetterQueue'));
  const held = await others.receive(60);
  expect(await operator.json(redriven, ['redrive', 'held-1'], { code: 1 })).toMatchObject({
    not_found: ['held-1'],
    in_other_hands: 1,
  });
  await others.hide(held, 0);
});
