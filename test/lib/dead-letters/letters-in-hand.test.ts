/** The dead-letter queue over an SQS that answers from memory, and the taking of all that is there. */
import { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { deadLetterQueue, takeAll } from '../../../lib/dead-letters/dead-letter-queue.ts';
import { type Letter, toLetter } from '../../../lib/dead-letters/letter.ts';
import { orderMessage } from '../../kit/order-message.ts';

const QUEUE_URL = 'https://sqs.test/dead-letters';

/** An SQS that keeps what it is asked, and answers with these, one after the other; with nothing more it fails. */
function sqsWith(...answers: object[]) {
  const sqs = new SQSClient({ region: 'eu-central-1' });
  const asked: { what: string | undefined; input: object }[] = [];
  sqs.middlewareStack.add(
    (_next, { commandName }) =>
      async ({ input }) => {
        asked.push({ what: commandName, input });
        const answer = answers.shift();
        if (answer === undefined) throw new Error('SQS does not answer');
        return { output: { $metadata: {}, ...answer }, response: undefined };
      },
    { step: 'initialize', name: 'from-memory' },
  );
  return { asked, queue: deadLetterQueue(sqs, QUEUE_URL) };
}

const handles = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ receiptHandle: `receipt ${i}` }));
const failed = (...ids: string[]) => ({
  Failed: ids.map((Id) => ({ Id, SenderFault: false, Code: 'InternalError' })),
});

describe('a message', () => {
  const parking = {
    error: { type: 'CONNECTION', message: 'down' },
    attempts: 4,
    parkedAt: 1000,
    external_id: '1042',
  } as const;

  test('is parked with its body as it came', async () => {
    const { asked, queue } = sqsWith({ MessageId: 'message' });
    await queue.park(orderMessage('{"as": "it came"}'), parking);
    expect(asked).toMatchObject([
      {
        what: 'SendMessageCommand',
        input: {
          QueueUrl: QUEUE_URL,
          MessageBody: '{"as": "it came"}',
          MessageAttributes: { error_type: { StringValue: 'CONNECTION' } },
        },
      },
    ]);
  });

  test('is not parked until SQS says under which id: it is not let go of before', async () => {
    const { queue } = sqsWith({});
    await expect(queue.park(orderMessage('{}'), parking)).rejects.toThrow('without a MessageId');
  });
});

describe('letters are received', () => {
  test('ten at a time, with all that is on them, hidden for so long', async () => {
    const { asked, queue } = sqsWith({ Messages: [{ MessageId: 'm', ReceiptHandle: 'r', Body: '{}' }] });
    expect(await queue.receive(90)).toMatchObject([{ messageId: 'm', receiptHandle: 'r', body: '{}' }]);
    expect(asked).toEqual([
      {
        what: 'ReceiveMessageCommand',
        input: {
          QueueUrl: QUEUE_URL,
          MaxNumberOfMessages: 10,
          VisibilityTimeout: 90,
          WaitTimeSeconds: 1,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: ['SentTimestamp'],
        },
      },
    ]);
  });

  test('as none where SQS has none', async () => {
    expect(await sqsWith({}).queue.receive(90, 0)).toEqual([]);
  });
});

describe('letters are let go of', () => {
  test.each([
    [0, []],
    [10, [10]],
    [11, [10, 1]],
    [20, [10, 10]],
  ])('ten at a time: %i in calls of %j', async (count, sizes) => {
    const { asked, queue } = sqsWith({}, {});
    expect(await queue.delete(handles(count))).toEqual([]);
    const entries = asked.flatMap(({ input }) => ('Entries' in input ? [input.Entries] : []));
    expect(entries.map((of) => (Array.isArray(of) ? of.length : 0))).toEqual(sizes);
    expect(entries.flat()).toMatchObject(
      handles(count).map(({ receiptHandle }) => ({ ReceiptHandle: receiptHandle })),
    );
  });

  test('each under an id of its own in its call', async () => {
    const { asked, queue } = sqsWith({}, {});
    await queue.delete(handles(2));
    await queue.hide(handles(2), 5);
    expect(asked).toEqual([
      {
        what: 'DeleteMessageBatchCommand',
        input: {
          QueueUrl: QUEUE_URL,
          Entries: [
            { Id: '0', ReceiptHandle: 'receipt 0' },
            { Id: '1', ReceiptHandle: 'receipt 1' },
          ],
        },
      },
      {
        what: 'ChangeMessageVisibilityBatchCommand',
        input: {
          QueueUrl: QUEUE_URL,
          Entries: [
            { Id: '0', ReceiptHandle: 'receipt 0', VisibilityTimeout: 5 },
            { Id: '1', ReceiptHandle: 'receipt 1', VisibilityTimeout: 5 },
          ],
        },
      },
    ]);
  });

  test.each(['delete', 'hide'] as const)('by %s: which it failed for is told, of each call', async (how) => {
    const all = handles(13);
    const { queue } = sqsWith(failed('1', '9'), failed('2'));
    const left = how === 'delete' ? await queue.delete(all) : await queue.hide(all, 0);
    expect(left).toEqual([all[1], all[9], all[12]]);
  });

  test('and where a call does not succeed at all, it failed for all of that call', async () => {
    const all = handles(13);
    const { queue } = sqsWith(failed('1'));
    expect(await queue.delete(all)).toEqual([all[1], ...all.slice(10)]);
  });
});

describe('all letters there are', () => {
  const letterOf = (id: number, receipt = `receipt ${id}`): Letter =>
    toLetter({ MessageId: String(id), ReceiptHandle: receipt, Body: '{}' });

  /** From a queue that shows these, one after the other, and then none. */
  async function take(batches: Letter[][], { most = 100, calls = 100 } = {}) {
    const asked: number[] = [];
    const receive = async (seconds: number) => {
      asked.push(seconds);
      return batches[asked.length - 1] ?? [];
    };
    const taken = await takeAll(
      { receive },
      {
        visibilitySeconds: 90,
        most,
        mayGoOn: () => asked.length < calls,
        hold: ({ messageId, receiptHandle }) => `${messageId}: ${receiptHandle}`,
      },
    );
    return { taken, asked };
  }

  test('are taken until the queue shows none, each hidden for so long', async () => {
    expect(await take([[letterOf(1), letterOf(2)], [letterOf(3)]])).toEqual({
      taken: ['1: receipt 1', '2: receipt 2', '3: receipt 3'],
      asked: [90, 90, 90],
    });
  });

  test('are taken though some of them come again, by their newest receipts: older ones are good for nothing', async () => {
    const { taken } = await take([[letterOf(1)], [letterOf(1, 'newer'), letterOf(2)], [letterOf(3)]]);
    expect(taken).toEqual(['1: newer', '2: receipt 2', '3: receipt 3']);
  });

  test('have been, where it shows nothing but what is in hand', async () => {
    const again = [letterOf(1)];
    expect((await take([again, again, [letterOf(2)]])).asked).toHaveLength(2);
  });

  test('are no more than asked for, and those only while there is time', async () => {
    const batches = [[letterOf(1), letterOf(2)], [letterOf(3)], [letterOf(4)]];
    expect((await take(batches, { most: 3 })).asked).toHaveLength(2);
    expect((await take(batches, { calls: 1 })).taken).toHaveLength(2);
    expect((await take(batches, { calls: 0 })).asked).toEqual([]);
  });
});
