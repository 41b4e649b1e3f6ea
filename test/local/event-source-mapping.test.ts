/**
 * The event source mapping against an SQS that keeps visibility time-outs, receive counts and redrive
 * policies. Messages are sent before the mapping starts, so that they arrive as one batch.
 */
import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageBatchCommand,
  type DeleteMessageBatchCommandOutput,
  GetQueueAttributesCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { Invocation } from '../../local/batch-response.ts';
import {
  type EventSourceMapping,
  type EventSourceMappingOptions,
  startEventSourceMapping,
} from '../../local/event-source-mapping.ts';
import { invokeHandler } from '../../local/invoke.ts';
import { until } from '../kit/until.ts';

const region = 'eu-central-1';
/** A visibility time-out for tests in which messages come back. */
const soon = { VisibilityTimeout: '1' };
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
let server: FauxqsServer;
let sqs: SQSClient;
const clients: SQSClient[] = [];
const mappings: EventSourceMapping[] = [];

beforeAll(async () => {
  server = await startFauxqs({ port: 0, logger: false, defaultRegion: region });
  sqs = newClient();
});
afterAll(async () => {
  await Promise.all(mappings.map((mapping) => mapping.stop({ deadlineMs: 100 })));
  for (const client of clients) client.destroy();
  await server.stop();
});

function newClient(): SQSClient {
  const client = new SQSClient({ endpoint: server.address, region, credentials });
  clients.push(client);
  return client;
}

/** A client that counts the requests it sends. */
function counting(): { client: SQSClient; sent: () => number } {
  const client = newClient();
  let count = 0;
  client.middlewareStack.add(
    (next) => (args) => {
      count += 1;
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  return { client, sent: () => count };
}

/**
 * A new queue with these messages on it. What is received from it is hidden for longer than any test,
 * unless told, so that a slow machine sees nothing twice.
 */
function newQueue(bodies: string[] = [], attributes: Record<string, string> = {}) {
  const queue = server.createQueue(`q-${randomUUID()}`, {
    region,
    attributes: { VisibilityTimeout: '600', ...attributes },
  });
  const send = (body: string) => server.sendMessage(queue.queueName, body, { region });
  for (const body of bodies) send(body);
  const inside = () => {
    const messages = server.inspectQueue(queue.queueName)?.messages;
    if (!messages) throw new Error('no such queue');
    return { ready: messages.ready, inflight: messages.inflight };
  };
  const isEmpty = () => inside().ready.length + inside().inflight.length === 0;
  return { ...queue, send, inside, isEmpty };
}

type Queue = { queueUrl: string; queueArn: string };

/** Starts a mapping that is stopped at the end, and notes what it delivers and logs. */
function start(
  queue: Queue,
  invoke: EventSourceMappingOptions['invoke'],
  options: Partial<EventSourceMappingOptions> = {},
) {
  const batches: SQSRecord[][] = [];
  const lines: string[] = [];
  const troubles: string[] = [];
  const mapping = startEventSourceMapping({
    sqs,
    queueUrl: queue.queueUrl,
    queueArn: queue.queueArn,
    region,
    batchSize: 10,
    maximumConcurrency: 2,
    reportBatchItemFailures: true,
    log(line, kind) {
      lines.push(line);
      if (kind === 'trouble') troubles.push(line);
    },
    invoke: async (event) => {
      batches.push(event.Records);
      return invoke(event);
    },
    ...options,
  });
  mappings.push(mapping);
  /** Each delivery so far as `body#receive count`, sorted. */
  const deliveries = () =>
    batches
      .flat()
      .map((r) => `${r.body}#${receives(r)}`)
      .sort();
  return { ...mapping, batches, lines, troubles, deliveries };
}

const receives = (record: SQSRecord) => Number(record.attributes.ApproximateReceiveCount);
const isFirst = (event: SQSEvent) => event.Records.every((record) => receives(record) === 1);
const returned = (payload: string): Invocation => ({ outcome: 'returned', payload });
/** A handler in this process that answers so the first time, and is content with everything after. */
const firstly = (answer: (event: SQSEvent) => unknown) =>
  invokeHandler(async (event: SQSEvent) => (isFirst(event) ? answer(event) : undefined));

describe.concurrent('a batch is deleted when the handler returns', () => {
  it.for<[what: string, result: unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['an empty object', {}],
    ['an empty list', { batchItemFailures: [] }],
    ['a null list', { batchItemFailures: null }],
    ['a list under a misspelt key', { batchItemFailuers: [{ itemIdentifier: 'm-1' }] }],
  ])('%s', async ([_what, result]) => {
    const queue = newQueue(['a', 'b']);
    const { deliveries } = start(
      queue,
      invokeHandler(async () => result),
    );
    await until(queue.isEmpty);
    expect(deliveries()).toEqual(['a#1', 'b#1']);
  });
});

describe.concurrent('a whole batch comes back when', () => {
  const idOf = (event: SQSEvent) => event.Records[0]?.messageId;

  it.for<[what: string, invoke: EventSourceMappingOptions['invoke']]>([
    ['a key is misnamed', firstly((event) => ({ batchItemFailures: [{ messageId: idOf(event) }] }))],
    ['an identifier is null', firstly(() => ({ batchItemFailures: [{ itemIdentifier: null }] }))],
    ['an identifier is empty', firstly(() => ({ batchItemFailures: [{ itemIdentifier: '' }] }))],
    ['an identifier is unknown', firstly(() => ({ batchItemFailures: [{ itemIdentifier: 'm-1' }] }))],
    ['the list is not a list', firstly((event) => ({ batchItemFailures: { itemIdentifier: idOf(event) } }))],
    ['the response is not an object', firstly(() => 'done')],
    ['the response is not JSON', async (event) => returned(isFirst(event) ? '{"batchItem' : '')],
    ['the handler throws', firstly(() => Promise.reject(new Error('no')))],
    [
      'the function is throttled',
      async (event) => (isFirst(event) ? { outcome: 'failed', error: '429' } : returned('')),
    ],
    [
      'the Invoke API cannot be reached',
      async (event) => (isFirst(event) ? Promise.reject(new Error('no')) : returned('')),
    ],
  ])('%s', async ([_what, invoke]) => {
    const queue = newQueue(['a', 'b'], soon);
    const { deliveries } = start(queue, invoke);
    await until(queue.isEmpty);
    expect(deliveries()).toEqual(['a#1', 'a#2', 'b#1', 'b#2']);
  });

  it('the handler times out', async () => {
    const queue = newQueue(['a', 'b'], soon);
    const handler = (event: SQSEvent) => (isFirst(event) ? new Promise(() => {}) : Promise.resolve());
    const { deliveries, lines } = start(queue, invokeHandler(handler, { timeoutMs: 100 }));
    await until(queue.isEmpty);
    expect(deliveries()).toEqual(['a#1', 'a#2', 'b#1', 'b#2']);
    expect(lines).toContain('batch of 2: 2 kept (function error: timed out)');
  });
});

describe.concurrent('what is kept', () => {
  it('is only what a partial failure names', async () => {
    const queue = newQueue(['a', 'b', 'c'], soon);
    const failB = firstly(({ Records }) => ({
      batchItemFailures: Records.filter(({ body }) => body === 'b').map((r) => ({
        itemIdentifier: r.messageId,
      })),
    }));
    const { deliveries } = start(queue, failB);
    await until(queue.isEmpty);
    expect(deliveries()).toEqual(['a#1', 'b#1', 'b#2', 'c#1']);
  });

  it.for<[what: string, payload: (event: SQSEvent) => string]>([
    [
      'names a message',
      (event) => JSON.stringify({ batchItemFailures: [{ itemIdentifier: event.Records[0]?.messageId }] }),
    ],
    ['is not JSON', () => '{"batchItem'],
  ])('is nothing without ReportBatchItemFailures, though the response %s', async ([_what, payload]) => {
    const queue = newQueue(['a', 'b']);
    const { deliveries } = start(queue, async (event) => returned(payload(event)), {
      reportBatchItemFailures: false,
    });
    await until(queue.isEmpty);
    expect(deliveries()).toEqual(['a#1', 'b#1']);
  });

  it('is all of a throw without ReportBatchItemFailures', async () => {
    const queue = newQueue(['a', 'b'], soon);
    const { deliveries } = start(
      queue,
      firstly(() => Promise.reject(new Error('no'))),
      {
        reportBatchItemFailures: false,
      },
    );
    await until(queue.isEmpty);
    expect(deliveries()).toEqual(['a#1', 'a#2', 'b#1', 'b#2']);
  });

  it('comes back when the function itself said, not when the queue would have it', async () => {
    const queue = newQueue(['a']);
    const times: number[] = [];
    const { deliveries } = start(
      queue,
      invokeHandler(async ({ Records: [record] }: SQSEvent) => {
        times.push(performance.now());
        if (!record || receives(record) > 1) return undefined;
        await sqs.send(
          new ChangeMessageVisibilityCommand({
            QueueUrl: queue.queueUrl,
            ReceiptHandle: record.receiptHandle,
            VisibilityTimeout: 1,
          }),
        );
        return { batchItemFailures: [{ itemIdentifier: record.messageId }] };
      }),
    );
    await until(queue.isEmpty);
    expect(deliveries()).toEqual(['a#1', 'a#2']);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(950);
  });

  it('goes to the dead-letter queue when its receives exceed maxReceiveCount', async () => {
    const dead = newQueue();
    const queue = newQueue(['a', 'b'], {
      ...soon,
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.queueArn, maxReceiveCount: 2 }),
    });
    const failA = invokeHandler(async ({ Records }: SQSEvent) => ({
      batchItemFailures: Records.filter(({ body }) => body === 'a').map((r) => ({
        itemIdentifier: r.messageId,
      })),
    }));
    const { deliveries } = start(queue, failA);
    const parked = await until(() => dead.inside().ready[0]);
    expect(parked.body).toBe('a');
    expect(deliveries()).toEqual(['a#1', 'a#2', 'b#1']);
    expect(queue.isEmpty()).toBe(true);
  });
});

describe.concurrent('batches', () => {
  it('run maximumConcurrency at once and never more, and nothing is received ahead of them', async () => {
    const queue = newQueue(['a', 'b', 'c', 'd', 'e', 'f']);
    const running: Array<() => void> = [];
    const invoke = () => new Promise<Invocation>((resolve) => running.push(() => resolve(returned(''))));
    const { batches } = start(queue, invoke, { batchSize: 1, maximumConcurrency: 2 });
    for (const delivered of [2, 3, 4, 5, 6]) {
      await until(() => batches.length === delivered);
      // A receive that had been sent meanwhile would be answered before this.
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: queue.queueUrl,
          AttributeNames: ['ApproximateNumberOfMessagesNotVisible'],
        }),
      );
      expect(Attributes).toEqual({ ApproximateNumberOfMessagesNotVisible: '2' });
      expect(running).toHaveLength(2);
      running.shift()?.();
    }
    running.shift()?.();
    await until(queue.isEmpty);
    expect(batches).toHaveLength(6);
  });

  it('hold batchSize messages at most', async () => {
    const queue = newQueue(['a', 'b', 'c', 'd', 'e']);
    const { batches } = start(queue, async () => returned(''), { batchSize: 2 });
    await until(queue.isEmpty);
    expect(batches.map((batch) => batch.length)).toEqual([2, 2, 1]);
  });

  it('gather over the batching window, beyond what one receive can carry', async () => {
    const bodies = Array.from({ length: 11 }, (_, i) => `m${i}`);
    const queue = newQueue(bodies);
    const { batches } = start(queue, async () => returned(''), {
      batchSize: 12,
      maximumBatchingWindowSeconds: 1,
    });
    await until(() => queue.inside().inflight.length === 11);
    queue.send('late');
    await until(queue.isEmpty);
    expect(batches.map((batch) => batch.length)).toEqual([12]);
  });

  it('are as Lambda makes them, attributes and all', async () => {
    const queue = newQueue();
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: queue.queueUrl,
        MessageBody: 'hello',
        MessageAttributes: {
          submitted_by: { DataType: 'String', StringValue: 'bot' },
          redriven: { DataType: 'Number', StringValue: '2' },
          key: { DataType: 'Binary', BinaryValue: Buffer.from([1, 2, 255]) },
        },
      }),
    );
    const { batches } = start(queue, async () => returned(''));
    await until(() => batches.length === 1);

    const lists = { stringListValues: [], binaryListValues: [] };
    expect(batches[0]).toEqual([
      {
        messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        receiptHandle: expect.stringMatching(/./),
        body: 'hello',
        attributes: {
          ApproximateReceiveCount: '1',
          SentTimestamp: expect.stringMatching(/^\d{13}$/),
          SenderId: expect.stringMatching(/./),
          ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
        },
        messageAttributes: {
          submitted_by: { stringValue: 'bot', ...lists, dataType: 'String' },
          redriven: { stringValue: '2', ...lists, dataType: 'Number' },
          key: { binaryValue: 'AQL/', ...lists, dataType: 'Binary' },
        },
        md5OfBody: createHash('md5').update('hello').digest('hex'),
        md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
        eventSource: 'aws:sqs',
        eventSourceARN: queue.queueArn,
        awsRegion: region,
      },
    ]);
  });

  it('outside the limits of Lambda are refused', () => {
    const queue = newQueue();
    const ok = async () => returned('');
    expect(() => start(queue, ok, { maximumConcurrency: 1 })).toThrow('maximumConcurrency');
    expect(() => start(queue, ok, { batchSize: 11 })).toThrow('maximumBatchingWindowSeconds');
  });
});

describe.concurrent('of a FIFO queue', () => {
  /** A new one, with these messages on it: `a1` is the first of the group `a`. */
  async function newFifoQueue(bodies: string[], attributes: Record<string, string> = soon) {
    const { queueUrl, queueArn, queueName } = server.createQueue(`q-${randomUUID()}.fifo`, {
      region,
      attributes: { FifoQueue: 'true', ...attributes },
    });
    for (const body of bodies) {
      await sqs.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: body,
          MessageGroupId: body.slice(0, 1),
          MessageDeduplicationId: body,
        }),
      );
    }
    const isEmpty = () => {
      const messages = server.inspectQueue(queueName)?.messages;
      return messages !== undefined && messages.ready.length + messages.inflight.length === 0;
    };
    return { queueUrl, queueArn, isEmpty };
  }

  it('records say their group', async () => {
    const queue = await newFifoQueue(['a1']);
    const { batches } = start(queue, async () => returned(''));
    await until(() => batches.length === 1);
    expect(batches[0]?.[0]?.attributes).toMatchObject({
      MessageGroupId: 'a',
      MessageDeduplicationId: 'a1',
      SequenceNumber: expect.stringMatching(/^\d{20}$/),
    });
  });

  it('what was sent later in a group waits for what is kept, and other groups do not', async () => {
    const queue = await newFifoQueue(['a1', 'a2', 'b1', 'b2']);
    const seen: string[] = [];
    const failA1Once = async (event: SQSEvent) => {
      seen.push(...event.Records.map((record) => `${record.body}#${receives(record)}`));
      return {
        batchItemFailures: event.Records.filter((r) => r.body === 'a1' && receives(r) === 1).map((r) => ({
          itemIdentifier: r.messageId,
        })),
      };
    };
    start(queue, invokeHandler(failA1Once));
    await until(queue.isEmpty);
    const inGroup = (group: string) => seen.filter((delivery) => delivery.startsWith(group));
    expect(inGroup('a')).toEqual(['a1#1', 'a1#2', 'a2#1']);
    expect(inGroup('b')).toEqual(['b1#1', 'b2#1']);
    expect(seen.indexOf('b2#1')).toBeLessThan(seen.indexOf('a1#2'));
  });

  it('two batches of one group are never in flight at once, however many may be', async () => {
    const queue = await newFifoQueue(['a1', 'a2', 'a3', 'b1', 'b2', 'b3'], { VisibilityTimeout: '600' });
    const inFlight = new Set<string>();
    const clashes: string[] = [];
    let most = 0;
    const slow = async ({ Records }: SQSEvent) => {
      const groups = Records.map(({ attributes }) => attributes.MessageGroupId ?? '');
      for (const group of groups) {
        if (inFlight.has(group)) clashes.push(group);
        inFlight.add(group);
      }
      most = Math.max(most, inFlight.size);
      // Not before the other group is there, however long this machine takes; and then long enough for a clash.
      await until(() => most === 2);
      await new Promise((resolve) => setTimeout(resolve, 20));
      for (const group of groups) inFlight.delete(group);
    };
    start(queue, invokeHandler(slow), { batchSize: 1, maximumConcurrency: 5 });
    await until(queue.isEmpty);
    expect(clashes).toEqual([]);
    expect(most).toBe(2);
  });

  it('a batching window, and with it more than ten at once, is refused', async () => {
    const queue = await newFifoQueue([]);
    const ok = async () => returned('');
    expect(() => start(queue, ok, { maximumBatchingWindowSeconds: 1 })).toThrow('a FIFO queue has no');
    expect(() => start(queue, ok, { batchSize: 11, maximumBatchingWindowSeconds: 1 })).toThrow('FIFO');
  });
});

describe.concurrent('when SQS fails', () => {
  const deletion = z.object({ Entries: z.array(z.object({ Id: z.string(), ReceiptHandle: z.string() })) });

  /** A client whose first DeleteMessageBatch calls, so many, have their first entry refused: fauxqs never does. */
  function refusing(calls: number, QueueUrl: string): { client: SQSClient; sizes: number[] } {
    const client = newClient();
    const sizes: number[] = [];
    client.middlewareStack.add(
      (next, context) => async (args) => {
        if (context['commandName'] !== 'DeleteMessageBatchCommand') return next(args);
        const { Entries } = deletion.parse(args.input);
        sizes.push(Entries.length);
        if (sizes.length > calls) return next(args);
        const [refused, ...rest] = Entries;
        if (rest.length > 0) await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: rest }));
        const output: DeleteMessageBatchCommandOutput = {
          Failed: [{ Id: refused?.Id, Code: 'InternalError', SenderFault: false }],
          Successful: rest.map(({ Id }) => ({ Id })),
          $metadata: {},
        };
        return { output, response: {} };
      },
      { step: 'initialize' },
    );
    return { client, sizes };
  }

  it('an entry that was not deleted is deleted at the second try', async () => {
    const queue = newQueue(['a', 'b']);
    const { client, sizes } = refusing(1, queue.queueUrl);
    const { deliveries } = start(queue, async () => returned(''), { sqs: client });
    await until(queue.isEmpty);
    expect(sizes).toEqual([2, 1]);
    expect(deliveries()).toEqual(['a#1', 'b#1']);
  });

  it('an entry that was not deleted twice is logged, and is delivered again', async () => {
    const queue = newQueue(['a', 'b'], soon);
    const { client } = refusing(2, queue.queueUrl);
    const { deliveries, lines } = start(queue, async () => returned(''), { sqs: client });
    await until(queue.isEmpty);
    expect(lines).toContain('1 done but not deleted, will be delivered again: InternalError');
    expect(deliveries()).toHaveLength(3);
  });

  it('a queue that is not there is tried until it is, and said once', async () => {
    const name = `q-${randomUUID()}`;
    const { client, sent } = counting();
    const { lines, deliveries } = start(
      {
        queueUrl: `${server.address}/000000000000/${name}`,
        queueArn: `arn:aws:sqs:${region}:000000000000:${name}`,
      },
      async () => returned(''),
      { sqs: client },
    );
    await until(() => sent() === 2);
    server.createQueue(name, { region });
    server.sendMessage(name, 'a', { region });
    await until(() => deliveries().length === 1);
    expect(lines.slice(0, 2)).toEqual(['cannot receive, trying on: QueueDoesNotExist', 'receiving again']);
  });
});

it.concurrent('no log line holds a body, an attribute, or an error that quotes them', async () => {
  const queue = newQueue([], soon);
  const [body, attribute] = ['+380501234567', 'Olena'];
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: queue.queueUrl,
      MessageBody: body,
      MessageAttributes: { name: { DataType: 'String', StringValue: attribute } },
    }),
  );
  const throwIt = invokeHandler(async ({ Records: [record] }: SQSEvent) => {
    throw new Error(`bad order ${JSON.stringify(record)}`);
  });
  const { lines, troubles } = start(queue, async (event) => {
    const times = Number(event.Records[0]?.attributes.ApproximateReceiveCount);
    if (times === 1) return throwIt(event);
    if (times === 2) throw new TypeError(`bad order ${JSON.stringify(event)}`);
    return returned('');
  });
  await until(queue.isEmpty);
  expect(lines).toEqual([
    'batch of 1: 1 kept (function error: threw)',
    'batch of 1: all kept (the function could not be invoked: TypeError)',
    'batch of 1: 0 kept (complete success)',
  ]);
  expect(troubles).toEqual(lines.slice(0, 2));
});

it.concurrent('that a message is given back, as the function said, is no trouble', async () => {
  const queue = newQueue(['a', 'b'], soon);
  const { lines, troubles } = start(
    queue,
    firstly(({ Records: [record] }) => ({ batchItemFailures: [{ itemIdentifier: record?.messageId }] })),
  );
  await until(queue.isEmpty);
  expect(lines).toContain('batch of 2: 1 kept (partial failure)');
  expect(troubles).toEqual([]);
});

describe.concurrent('stop', () => {
  it('ends a long poll at once', async () => {
    const { client, sent } = counting();
    const mapping = start(newQueue(), async () => returned(''), { sqs: client, waitSeconds: 20 });
    await until(() => sent() === 1);
    const began = performance.now();
    await mapping.stop();
    expect(performance.now() - began).toBeLessThan(1_000);
    expect(mapping.lines).toEqual([]);
  });

  it('waits for what is in flight, and for its deletion', async () => {
    const queue = newQueue(['a']);
    const invocation = Promise.withResolvers<Invocation>();
    const { stop, batches, idle } = start(queue, () => invocation.promise);
    await until(() => batches.length === 1);
    expect(idle()).toBe(false);
    let stopped = false;
    const stopping = stop().then(() => {
      stopped = true;
    });
    // A second stop, with a deadline, comes back with the first still waiting.
    await stop({ deadlineMs: 50 });
    expect(stopped).toBe(false);
    invocation.resolve(returned(''));
    await stopping;
    expect(queue.isEmpty()).toBe(true);
  });

  it('does not wait beyond its deadline', async () => {
    const { stop, batches, lines } = start(newQueue(['a']), () => new Promise(() => {}));
    await until(() => batches.length === 1);
    await stop({ deadlineMs: 50 });
    expect(lines).toEqual(['stopped with 1 still in flight']);
  });

  it('leaves nothing running: a process that has stopped its mapping ends by itself', async () => {
    const queue = newQueue(['a']);
    const program = `
      import { SQSClient } from '@aws-sdk/client-sqs';
      import { startEventSourceMapping } from './local/event-source-mapping.ts';
      const { endpoint, region, credentials, queueUrl, queueArn } = JSON.parse(process.argv[1]);
      const sqs = new SQSClient({ endpoint, region, credentials });
      const invoked = Promise.withResolvers();
      const mapping = startEventSourceMapping({
        sqs, queueUrl, queueArn, region, batchSize: 10, maximumConcurrency: 2, waitSeconds: 20,
        reportBatchItemFailures: true, log: console.log,
        invoke: async () => (invoked.resolve(), { outcome: 'returned', payload: '' }),
      });
      await invoked.promise;
      await mapping.stop();
      sqs.destroy();`;
    const settings = JSON.stringify({ endpoint: server.address, region, credentials, ...queue });
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', program, settings],
      { timeout: 10_000 },
    );
    expect(stdout).toBe('batch of 1: 0 kept (complete success) routine\n');
    expect(stderr).toBe('');
    expect(queue.isEmpty()).toBe(true);
  });
});

it.concurrent('idle tells when the queue has been found empty', async () => {
  const queue = newQueue(['a']);
  const { idle, deliveries } = start(queue, async () => returned(''));
  expect(idle()).toBe(false);
  await until(idle);
  expect(deliveries()).toEqual(['a#1']);
});
