import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import { deadLetterQueue } from '../../../lib/dead-letters/dead-letter-queue.ts';
import { createLedger } from '../../../lib/ledger/ledger.ts';
import { withOutcome } from '../../../lib/ledger/outbox.ts';
import { accepted } from '../../../lib/ledger/start.ts';
import { countOf, dropLetter, parkOrder, refOf } from '../../kit/dlq.ts';
import { sampleOrder } from '../../kit/orders.ts';
import { type Operator, startOperator } from './operator.ts';

let operator: Operator;
beforeAll(async () => {
  operator = await startOperator();
});
afterAll(() => operator.stop());
beforeEach(() => operator.reset());

const forgotten = z.object({
  external_id: z.string(),
  dry_run: z.boolean(),
  letters: z.number(),
  erased: z.number(),
  words: z.boolean(),
  on_its_way: z.boolean(),
  in_other_hands: z.number(),
  unreadable: z.number(),
});
const visible = async () => (await countOf(operator.relay.stack, 'DeadLetterQueue')).visible;

test("erases all of one order's letters, with and without a reason, and no other's", async () => {
  const { stack } = operator.relay;
  await parkOrder(stack, sampleOrder('forget-1'), 'VALIDATION');
  await dropLetter(stack, JSON.stringify(sampleOrder('forget-1', { payment_method: 'cash' })));
  await dropLetter(stack, JSON.stringify({ external_id: 'forget-1', adress: 'x' }));
  await parkOrder(stack, sampleOrder('forget-10'), 'VALIDATION');
  await dropLetter(stack, 'not json, forget-1');

  expect(await operator.json(forgotten, ['forget', 'forget-1', '--dry-run'])).toEqual({
    external_id: 'forget-1',
    dry_run: true,
    letters: 3,
    erased: 0,
    words: true,
    on_its_way: false,
    in_other_hands: 0,
    unreadable: 1,
  });
  expect(await visible()).toBe(5);

  const { stdout } = await operator.orders(['forget', 'forget-1']);
  expect(stdout).toContain('Erased 3 dead letters of forget-1.');
  expect(stdout).toContain('1 on the dead-letter queue cannot be read');
  expect(await visible()).toBe(2);
  expect(await operator.json(forgotten, ['forget', 'forget-1'])).toMatchObject({ letters: 0, erased: 0 });
});

test('does not take for erased what is in other hands: says so, and fails', async () => {
  const { stack } = operator.relay;
  await parkOrder(stack, sampleOrder('forget-9'), 'VALIDATION');
  const others = deadLetterQueue(stack.sqs, refOf(stack, 'DeadLetterQueue'));
  const inHand = await others.receive(600);
  expect(inHand).toHaveLength(1);
  expect(await operator.json(forgotten, ['forget', 'forget-9'], { code: 1 })).toMatchObject({
    letters: 0,
    in_other_hands: 1,
  });
  await others.hide(inHand, 0);
  expect(await operator.json(forgotten, ['forget', 'forget-9'])).toMatchObject({
    erased: 1,
    in_other_hands: 0,
  });
});

test('tells when a copy is still on its way, where it cannot be picked out', async () => {
  await operator.relay.post(sampleOrder('forget-2'));
  expect(await operator.json(forgotten, ['forget', 'forget-2'], { code: 1 })).toMatchObject({
    letters: 0,
    on_its_way: true,
  });
});

test('what the CRM said of it goes from the ledger too, told or still to be told; why it failed stays as a code', async () => {
  const ledger = createLedger(operator.relay.stack.dynamodb, {
    table: operator.outputs['LedgerTable'] ?? '',
  });
  const error = {
    type: 'VALIDATION' as const,
    message: 'words of the CRM',
    reasons: [{ code: 'phone_invalid' as const }],
  };
  const begun = accepted({ external_id: 'forget-3', content_hash: 'h', submitted_by: 'demo' }, Date.now());
  const rejected = withOutcome({ ...begun, state: 'rejected', settled_at: Date.now(), error });
  expect(rejected.outbox).toHaveLength(1);
  await ledger.replace(rejected);

  expect(await operator.json(forgotten, ['forget', 'forget-3', '--dry-run'])).toMatchObject({ words: true });
  expect((await ledger.get('forget-3'))?.error).toEqual(error);
  expect(await operator.json(forgotten, ['forget', 'forget-3'])).toMatchObject({ words: true });
  const record = await ledger.get('forget-3');
  expect(record).toMatchObject({
    state: 'rejected',
    error: { type: 'VALIDATION', reasons: error.reasons },
    outbox: [{ id: rejected.outbox?.[0]?.id, error: { type: 'VALIDATION', reasons: error.reasons } }],
  });
  expect(JSON.stringify(record)).not.toContain('words of the CRM');
  expect(await operator.json(forgotten, ['forget', 'forget-3'])).toMatchObject({ words: false });
});

test('what cannot be an order number is wrong usage', async () => {
  const { stderr } = await operator.orders(['forget', '067 123'], { code: 2 });
  expect(stderr).toContain('This cannot be an external_id');
});
