import { randomUUID } from 'node:crypto';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Outcome } from '../../../lib/ledger/outcome.ts';
import { ordersQueue, outcomesQueue } from '../../../lib/queues/queues.ts';
import { closedPort, startHttpServer } from '../../kit/http-server.ts';
import { sampleOutcome } from '../../kit/outcomes.ts';

const region = 'eu-central-1';
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
let server: FauxqsServer;
let sqs: SQSClient;

beforeAll(async () => {
  server = await startFauxqs({ port: 0, logger: false, defaultRegion: region });
  sqs = new SQSClient({ endpoint: `http://127.0.0.1:${server.port}`, region, credentials });
});
afterAll(async () => {
  sqs.destroy();
  await server.stop();
});

async function newQueue(suffix = '', attributes: Record<string, string> = {}) {
  const QueueName = `q-${randomUUID()}${suffix}`;
  await sqs.send(
    new CreateQueueCommand({ QueueName, Attributes: { VisibilityTimeout: '600', ...attributes } }),
  );
  return `http://127.0.0.1:${server.port}/000000000000/${QueueName}`;
}
const newFifoQueue = () => newQueue('.fifo', { FifoQueue: 'true' });

async function receive(queueUrl: string): Promise<Message> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MessageAttributeNames: ['All'],
      MaxNumberOfMessages: 10,
    }),
  );
  const [message, ...others] = Messages;
  if (message === undefined || others.length > 0) throw new Error(`${Messages.length} messages`);
  return message;
}

const attributesOf = ({ MessageAttributes = {} }: Message) =>
  Object.fromEntries(
    Object.entries(MessageAttributes).map(([name, { DataType, StringValue }]) => [
      name,
      `${DataType} ${StringValue}`,
    ]),
  );

const BODY = ' {"external_id": "1042",\n\t"name": "Дар’я"} ';
const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('OrdersQueue', () => {
  test('a message is the order and nothing more, as anyone could send it', async () => {
    const queueUrl = await newQueue();
    await ordersQueue(sqs, queueUrl).send(BODY);

    const message = await receive(queueUrl);
    expect(message.Body).toBe(BODY);
    expect(attributesOf(message)).toEqual({});
  });

  test('a message has the optional attributes that there is a value for', async () => {
    const queueUrl = await newQueue();
    await ordersQueue(sqs, queueUrl).send(BODY, { submitted_by: 'bot', traceparent: TRACE, redriven: 2 });
    expect(attributesOf(await receive(queueUrl))).toEqual({
      submitted_by: 'String bot',
      traceparent: `String ${TRACE}`,
      redriven: 'Number 2',
    });

    const another = await newQueue();
    await ordersQueue(sqs, another).send(BODY, { submitted_by: '', redriven: 0 });
    expect(attributesOf(await receive(another))).toEqual({ redriven: 'Number 0' });
  });

  test('a message that is delayed is visible again when the time has come, and not before', async () => {
    const queueUrl = await newQueue();
    const queue = ordersQueue(sqs, queueUrl);
    await queue.send('a');
    const { ReceiptHandle = '' } = await receive(queueUrl);

    await queue.delay(ReceiptHandle, 100);
    await expect(receive(queueUrl)).rejects.toThrow('0 messages');
    await queue.delay(ReceiptHandle, 0);
    expect((await receive(queueUrl)).Body).toBe('a');
  });

  test('a delay is at most the 12 hours that SQS takes, and at least none', async () => {
    const queueUrl = await newQueue();
    const queue = ordersQueue(sqs, queueUrl);
    await queue.send('a');
    const { ReceiptHandle = '' } = await receive(queueUrl);

    await expect(queue.delay(ReceiptHandle, 1_000_000)).resolves.toBeUndefined();
    await queue.delay(ReceiptHandle, -5);
    expect((await receive(queueUrl)).Body).toBe('a');
  });

  test('a handle is known while its message is in flight, and then stays so for as long as was said', async () => {
    const queueUrl = await newQueue();
    const queue = ordersQueue(sqs, queueUrl);
    await queue.send('a');
    const { ReceiptHandle = '' } = await receive(queueUrl);
    expect(await queue.statesOf(['made up', ReceiptHandle], 0)).toEqual(['unknown', 'in_flight']);
    expect((await receive(queueUrl)).Body).toBe('a');
  });

  /** What the stand-in does not tell apart, in SQS's own words. */
  test('a handle that has run out is told from one that never was', async () => {
    const failures = [
      { Code: 'InvalidParameterValue', SenderFault: true },
      { Code: 'MessageNotInflight', SenderFault: true },
      { Code: 'AWS.SimpleQueueService.MessageNotInflight', SenderFault: true },
      { Code: 'InternalError', SenderFault: false },
      { Code: 'ReceiptHandleIsInvalid', SenderFault: true },
      { Code: 'InvalidAddress', SenderFault: true },
      { Code: 'MessageNotInflightYet', SenderFault: true },
    ];
    const answer = { Successful: [{ Id: '7' }], Failed: failures.map((one, i) => ({ ...one, Id: `${i}` })) };
    const server = await startHttpServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(answer));
    });
    const spoken = new SQSClient({ endpoint: server.url, region, credentials });
    const handles = [...failures, undefined].map((_, i) => `handle ${i}`);
    expect(await ordersQueue(spoken, `${server.url}/0/q`).statesOf(handles, 60)).toEqual([
      'expired',
      'expired',
      'expired',
      'expired',
      'unknown',
      'unknown',
      'unknown',
      'in_flight',
    ]);
    spoken.destroy();
    await server.stop();
  });

  test('where SQS does not speak of any that failed, all are in flight', async () => {
    const { url, stop } = await startHttpServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ Successful: [{ Id: '0' }, { Id: '1' }] }));
    });
    const spoken = new SQSClient({ endpoint: url, region, credentials });
    expect(await ordersQueue(spoken, `${url}/0/q`).statesOf(['a', 'b'], 60)).toEqual([
      'in_flight',
      'in_flight',
    ]);
    spoken.destroy();
    await stop();
  });

  test('a message that SQS has not acknowledged is not sent', async () => {
    const nowhere = new SQSClient({
      endpoint: `http://127.0.0.1:${await closedPort()}`,
      region,
      credentials,
      maxAttempts: 1,
    });
    await expect(ordersQueue(nowhere, `${nowhere.config.endpoint}/0/q`).send(BODY)).rejects.toThrow();
    nowhere.destroy();

    const empty = await startHttpServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end('{}');
    });
    const strange = new SQSClient({ endpoint: empty.url, region, credentials, maxAttempts: 1, md5: false });
    await expect(ordersQueue(strange, `${empty.url}/0/q`).send(BODY)).rejects.toThrow('MessageId');
    await expect(outcomesQueue(strange, `${empty.url}/0/q.fifo`).send(sampleOutcome())).rejects.toThrow(
      'SQS answered without a MessageId',
    );
    strange.destroy();
    await empty.stop();
  });
});

describe('OutcomesQueue', () => {
  const outcome: Outcome = {
    id: `evt_${'0'.repeat(32)}`,
    type: 'rejected',
    at: '2026-01-01T00:00:00.000Z',
    external_id: '1042',
    submitted_by: 'bot',
    attempts: 1,
    error: { type: 'VALIDATION', message: 'No 😀', reasons: [{ code: 'sku_unknown' }] },
  };
  /** One after another, because a message in flight locks its group. */
  const receiveAll = async (queueUrl: string): Promise<Message[]> => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 1,
        MessageSystemAttributeNames: ['MessageGroupId'],
      }),
    );
    if (Messages.length === 0) return [];
    await sqs.send(
      new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: Messages[0]?.ReceiptHandle }),
    );
    return [...Messages, ...(await receiveAll(queueUrl))];
  };

  test('takes the same outcome once, and keeps one order in one group, that of its submitter', async () => {
    const queueUrl = await newFifoQueue();
    const queue = outcomesQueue(sqs, queueUrl);
    const another = { ...outcome, id: `evt_${'1'.repeat(32)}` };
    const ofAnother = { ...outcome, id: `evt_${'2'.repeat(32)}`, submitted_by: 'site' };
    for (const one of [outcome, outcome, another, ofAnother]) await queue.send(one);

    const messages = await receiveAll(queueUrl);
    expect(messages.map(({ Body = '' }) => JSON.parse(Body))).toEqual([outcome, another, ofAnother]);
    const [first, second, third] = messages.map(({ Attributes }) => Attributes?.MessageGroupId);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  test('takes it once more where a person tells it again, under the same id', async () => {
    const queueUrl = await newFifoQueue();
    const queue = outcomesQueue(sqs, queueUrl);
    await queue.send(outcome);
    await queue.send(outcome, { deduplicationId: 'told again' });
    expect((await receiveAll(queueUrl)).map(({ Body = '' }) => JSON.parse(Body))).toEqual([outcome, outcome]);
  });

  test('keeps what names no order out of each other’s way', async () => {
    const queueUrl = await newFifoQueue();
    for (const digit of ['0', '1']) {
      const id = `evt_${digit.repeat(32)}`;
      await outcomesQueue(sqs, queueUrl).send({ ...outcome, external_id: undefined, id });
    }
    const groups = (await receiveAll(queueUrl)).map(({ Attributes }) => Attributes?.MessageGroupId);
    expect(new Set(groups).size).toBe(2);
  });

  test('does not say that an outcome is there that SQS has not taken', async () => {
    const closed = outcomesQueue(sqs, 'http://127.0.0.1:1/000000000000/none.fifo');
    await expect(closed.send(outcome)).rejects.toThrow();
  });
});
