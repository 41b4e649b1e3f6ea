import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { accepted } from '../../../lib/ledger/start.ts';
import { STATUS_TITLES } from '../../../local/sandbox/orders.ts';
import { ledgerOf, refOf, sizeOf } from '../../kit/dlq.ts';
import { sampleOrder } from '../../kit/orders.ts';
import { until } from '../../kit/until.ts';
import { type Operator, startOperator } from './operator.ts';

let operator: Operator;
beforeAll(async () => {
  operator = await startOperator();
});
afterAll(() => operator.stop());
beforeEach(() => operator.reset());

const [, , PAID] = STATUS_TITLES;
const moved = z.object({
  external_id: z.string(),
  sent: z.boolean(),
  wanted: z.string(),
  in_crm: z.string().nullable(),
});
const waiting = () => sizeOf(operator.relay.stack, 'OrdersQueue');
const titlesOf = (id: string) =>
  operator.relay.stack.sandbox
    .orders()
    .filter(({ body }) => body.external_id === id)
    .map(({ body }) => body.status);

/** As the ledger has it once it is in the CRM. */
const inCrm = (external_id: string, status: LedgerRecord['status'], not_before?: number) =>
  ledgerOf(operator.relay.stack).replace({
    ...accepted({ external_id, content_hash: 'h', submitted_by: 'demo' }, Date.now()),
    state: 'synced',
    status,
    not_before,
  });

// First of all: a consumer that was just stopped may take one more message in hand.
test('sends the status alone, in the name of whose order it is', async () => {
  const { stack } = operator.relay;
  await inCrm('status-9', { wanted: 'NEW', in_crm: 'NEW', attempts: 0 });
  await operator.orders(['status', 'status-9', 'PAID']);
  const QueueUrl = refOf(stack, 'OrdersQueue');
  const { Messages: [message] = [] } = await stack.sqs.send(
    new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'] }),
  );
  expect(JSON.parse(message?.Body ?? '')).toEqual({ external_id: 'status-9', status: 'PAID' });
  expect(message?.MessageAttributes?.['submitted_by']?.StringValue).toBe('demo');
  await stack.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message?.ReceiptHandle }));
});

test('moves on an order that is in the CRM, and its submitter is told', async () => {
  const { relay } = operator;
  await relay.post(sampleOrder('status-1'));
  relay.feed();
  await relay.drained();

  expect(await operator.json(moved, ['status', 'status-1', 'PAID'])).toMatchObject({
    external_id: 'status-1',
    sent: true,
    wanted: 'PAID',
  });
  await until(() => titlesOf('status-1')[0] === PAID, { deadlineMs: 15_000 });
  await relay.drained();
  expect(titlesOf('status-1')).toEqual([PAID]);
  const told = relay.outcomes().filter(({ data }) => data.external_id === 'status-1');
  expect(told.map(({ type }) => type)).toEqual(['order.synced', 'order.status_changed']);

  expect(await operator.json(moved, ['status', 'status-1', 'PENDING_PAYMENT'])).toEqual({
    external_id: 'status-1',
    sent: false,
    wanted: 'PAID',
    in_crm: 'PAID',
  });
});

test('says in words what it has done, and that there is nothing to do', async () => {
  await inCrm('status-2', { wanted: 'NEW', in_crm: 'NEW', attempts: 0 });
  const sent = await operator.orders(['status', 'status-2', 'PROCESSING']);
  expect(sent.stdout).toContain('status-2 is to be PROCESSING. What comes of it: orders show status-2');
  const once = await waiting();
  await inCrm('status-3', { wanted: 'PAID', in_crm: 'PAID', attempts: 0 });
  const kept = await operator.orders(['status', 'status-3', 'NEW']);
  expect(kept.stdout).toContain('status-3 is PAID already: an order never goes back. Nothing to do.');
  expect([once, await waiting()]).toEqual([1, 1]);
});

const error = { type: 'CONNECTION' as const, message: 'no answer' };
const behind = { wanted: 'PAID', in_crm: 'NEW', attempts: 1 } as const;
test.each([
  ['tried', 'status-4', behind, undefined, 'PAID', false],
  ['to be tried again', 'status-5', { ...behind, error }, Date.now() + 60_000, 'PAID', false],
  ['given up', 'status-6', { ...behind, error }, undefined, 'PAID', true],
  ['given up, and asked back', 'status-7', { ...behind, error }, undefined, 'NEW', false],
] as const)('a status behind, %s: it is sent only where nobody brings it on', async (...row) => {
  const [, external_id, status, notBefore, asked, sent] = row;
  const before = await waiting();
  await inCrm(external_id, status, notBefore);
  expect(await operator.json(moved, ['status', external_id, asked])).toEqual({
    external_id,
    sent,
    wanted: 'PAID',
    in_crm: 'NEW',
  });
  expect((await waiting()) - before).toBe(sent ? 1 : 0);
});

test('what no order has been sent under has no status', async () => {
  const { stdout, stderr } = await operator.orders(['status', 'nobody', 'PAID', '--json'], { code: 1 });
  expect(JSON.parse(stdout)).toEqual({ error: expect.stringContaining('No order nobody is known') });
  expect(stderr).toContain('it has no status to change');
});

test.each([
  ['067 123', 'PAID', 'This cannot be an external_id'],
  ['status-8', 'PAYED', 'A status is one of NEW, PENDING_PAYMENT, PAID, PROCESSING'],
])('%s %s is wrong usage', async (externalId, status, said) => {
  const { stderr } = await operator.orders(['status', externalId, status], { code: 2 });
  expect(stderr).toContain(said);
});
