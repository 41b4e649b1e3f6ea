import { ChangeMessageVisibilityBatchCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deadLetterQueue, takeAll } from '../../../lib/dead-letters/dead-letter-queue.ts';
import type { Letter } from '../../../lib/dead-letters/letter.ts';
import { type Stack, startStack } from '../../../local/stack.ts';
import { countOf, dropLetter, impatient, parkOrder, refOf } from '../../kit/dlq.ts';
import { sampleOrder } from '../../kit/orders.ts';
import { testTemplate } from '../../kit/template.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({
    template: testTemplate(),
    region: 'eu-central-1',
    apiKeySecret: 'test/api-key',
  });
});
afterAll(() => stack.stop());

const letters = () => impatient(deadLetterQueue(stack.sqs, refOf(stack, 'DeadLetterQueue')));
const hold = (letter: Letter) => letter;
const takeEvery = (most = 1000) =>
  takeAll(letters(), { visibilitySeconds: 60, most, mayGoOn: () => true, hold });

describe('a letter', () => {
  test('is read with what the consumer wrote on it', async () => {
    await parkOrder(stack, sampleOrder('read-1'), 'CONNECTION', {
      redriven: 2,
      ago: 60,
      reasons: [{ code: 'in_doubt' }],
    });
    const [letter, ...more] = await takeEvery();
    expect(more).toEqual([]);
    expect(letter).toMatchObject({
      reason: 'CONNECTION',
      reasons: [{ code: 'in_doubt' }],
      error_message: 'Because of CONNECTION',
      attempts: 4,
      redriven: 2,
      external_id: 'read-1',
      content_hash: expect.stringMatching(/^[\da-f]{64}$/),
    });
    expect(Math.abs(Date.now() - 60_000 - (letter?.parkedAt ?? 0))).toBeLessThan(10_000);
    expect(await letters().delete([letter].filter((one) => one !== undefined))).toEqual([]);
  });

  test('has each reason once; one of a later version is unknown, and without any its type says why', async () => {
    await parkOrder(stack, sampleOrder('why-1'), 'VALIDATION', {
      reasons: [
        { code: 'sku_unknown', pointer: '#/items/0/sku' },
        { code: 'phone_invalid' },
        { code: 'sku_unknown', pointer: '#/items/1/sku' },
      ],
    });
    await parkOrder(stack, sampleOrder('why-2'), 'CONFLICT');
    const attribute = (StringValue: string) => ({ DataType: 'String', StringValue });
    for (const reasons of ['of_tomorrow,in_doubt,,of_the_day_after,in_doubt', '__proto__']) {
      await stack.sqs.send(
        new SendMessageCommand({
          QueueUrl: refOf(stack, 'DeadLetterQueue'),
          MessageBody: '{}',
          MessageAttributes: { error_type: attribute('CONNECTION'), reasons: attribute(reasons) },
        }),
      );
    }
    const found = await takeEvery();
    expect(found.map(({ reasons }) => reasons)).toEqual([
      [{ code: 'sku_unknown' }, { code: 'phone_invalid' }],
      [{ code: 'number_taken' }],
      [{ code: 'unknown' }, { code: 'in_doubt' }],
      [{ code: 'unknown' }],
    ]);
    await letters().delete(found);
  });

  test('without attributes was moved by SQS; what is not in form counts for missing', async () => {
    await dropLetter(stack, JSON.stringify(sampleOrder('moved-1')));
    await dropLetter(stack, 'not json');
    await stack.sqs.send(
      new SendMessageCommand({
        QueueUrl: refOf(stack, 'DeadLetterQueue'),
        MessageBody: '{"external_id":"odd-1"}',
        MessageAttributes: {
          error_type: { DataType: 'String', StringValue: 'NEWER_THAN_WE_ARE' },
          redriven: { DataType: 'String', StringValue: 'many' },
          attempts: { DataType: 'String', StringValue: '-1' },
          parked_at: { DataType: 'String', StringValue: 'yesterday' },
        },
      }),
    );
    const found = await takeEvery();
    expect(
      found.map(({ external_id, reason, reasons, content_hash }) => [
        external_id,
        reason,
        reasons[0]?.code,
        content_hash !== undefined,
      ]),
    ).toEqual([
      ['moved-1', 'NO_REASON', 'broke_off', true],
      [undefined, 'NO_REASON', 'broke_off', false],
      ['odd-1', 'UNKNOWN', 'unknown', false],
    ]);
    expect(found[2]).toMatchObject({ redriven: 0, attempts: undefined });
    expect(Date.now() - (found[2]?.parkedAt ?? 0)).toBeLessThan(60_000);
    await letters().delete(found);
  });
});

describe('more than a batch', () => {
  test('is taken in hand, and given back whole', async () => {
    for (let i = 0; i < 23; i += 1) await dropLetter(stack, `letter ${i}`);
    const taken = await takeEvery();
    expect(taken).toHaveLength(23);
    expect(await countOf(stack, 'DeadLetterQueue')).toEqual({ visible: 0, inHand: 23 });
    expect(await letters().hide(taken, 0)).toEqual([]);
    expect(await countOf(stack, 'DeadLetterQueue')).toEqual({ visible: 23, inHand: 0 });
  });

  test('is taken up to the limit, and only while there is time', async () => {
    const some = await takeEvery(20);
    expect(some).toHaveLength(20);
    await letters().hide(some, 0);
    let asked = 0;
    const few = await takeAll(letters(), {
      visibilitySeconds: 60,
      most: 1000,
      mayGoOn: () => asked++ < 1,
      hold,
    });
    expect(few).toHaveLength(10);
    await letters().hide(few, 0);
    await letters().delete(await takeEvery());
  });
});

test('a batch call that half-fails with HTTP 200 tells which letters it failed for', async () => {
  for (let i = 0; i < 12; i += 1) await dropLetter(stack, `half ${i}`);
  const taken = await takeEvery();
  stack.sqs.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next(args);
      if (context.commandName === ChangeMessageVisibilityBatchCommand.name) {
        Object.assign(result.output, { Failed: [{ Id: '1', SenderFault: false, Code: 'InternalError' }] });
      }
      return result;
    },
    { step: 'initialize', name: 'half-fail' },
  );
  try {
    expect(await letters().hide(taken, 0)).toEqual([taken[1], taken[11]]);
  } finally {
    stack.sqs.middlewareStack.remove('half-fail');
  }
  await letters().delete(await takeEvery());
  const gone = taken.slice(0, 1);
  expect(await deadLetterQueue(stack.sqs, 'http://127.0.0.1:1/none').delete(gone)).toEqual(gone);
});
