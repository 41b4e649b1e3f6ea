import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import * as z from 'zod';
import { countOf, dropLetter, parkOrder } from '../../kit/dlq.ts';
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
  on_its_way: z.boolean(),
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
    on_its_way: false,
    unreadable: 1,
  });
  expect(await visible()).toBe(5);

  const { stdout } = await operator.orders(['forget', 'forget-1']);
  expect(stdout).toContain('Erased 3 dead letters of forget-1.');
  expect(stdout).toContain('1 on the dead-letter queue cannot be read');
  expect(await visible()).toBe(2);
  expect(await operator.json(forgotten, ['forget', 'forget-1'])).toMatchObject({ letters: 0, erased: 0 });
});

test('tells when a copy is still on its way, where it cannot be picked out', async () => {
  await operator.relay.post(sampleOrder('forget-2'));
  expect(await operator.json(forgotten, ['forget', 'forget-2'], { code: 1 })).toMatchObject({
    letters: 0,
    on_its_way: true,
  });
});

test('what cannot be an order number is wrong usage', async () => {
  const { stderr } = await operator.orders(['forget', '067 123'], { code: 2 });
  expect(stderr).toContain('This cannot be an external_id');
});
