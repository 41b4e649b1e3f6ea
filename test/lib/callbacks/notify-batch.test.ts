import type { SQSRecord } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type NotifyBatchDeps, notifyBatch } from '../../../lib/callbacks/notify-batch.ts';
import { stoppedEndpoints } from '../../../lib/callbacks/stopped-endpoints.ts';
import { timeToCall } from '../../../lib/lambda/time-budget.ts';
import { type Stack, startStack } from '../../../local/stack.ts';
import { type CallbackReceiver, startCallbackReceiver, whsec } from '../../kit/callback-receiver.ts';
import { sampleOutcome } from '../../kit/outcomes.ts';
import { type LogLine, recordingLog } from '../../kit/recording-log.ts';
import { sqsRecord } from '../../kit/sqs-record.ts';
import { testTemplate } from '../../kit/template.ts';

const TIMEOUT_MS = 1_000;
const MAX_RECEIVES = 14;

let stack: Stack;
let receiver: CallbackReceiver;
let delays: Map<string, number>;
let lines: LogLine[];
let runs = 0;

beforeAll(async () => {
  stack = await startStack({ template: testTemplate(), region: 'eu-central-1', apiKeySecret: 'key' });
  receiver = await startCallbackReceiver();
});
afterAll(async () => {
  await receiver.stop();
  await stack.stop();
});
beforeEach(() => {
  runs += 1;
  delays = new Map();
});
afterEach(() => receiver.reset());

/** An outcome as Lambda hands it over: named `a1`, it is the first of the order `a`. */
function recordOf(name: string, receives = 1, body?: string): SQSRecord {
  const external_id = name.charAt(0);
  const record = sqsRecord(
    body ?? JSON.stringify(sampleOutcome({ external_id, attempts: Number(name.charAt(1)) })),
    {
      messageId: name,
      receiptHandle: `receipt-${name}`,
    },
  );
  const ApproximateReceiveCount = String(receives);
  const attributes = { ...record.attributes, ApproximateReceiveCount, MessageGroupId: external_id };
  return { ...record, attributes };
}

/** Runs a batch, and answers the ids of the messages that come back. */
async function run(records: SQSRecord[], changes: Partial<NotifyBatchDeps> = {}, remaining = () => 30_000) {
  const recording = recordingLog();
  lines = recording.lines;
  const endpoint = { url: new URL(receiver.url), signingSecrets: [whsec(1)] };
  const endpoints = {
    byCaller: new Map([['bot', endpoint]]),
    chats: new Map(),
    version: `v-${runs}`,
  };
  const { batchItemFailures } = await notifyBatch(
    records,
    { awsRequestId: 'request', getRemainingTimeInMillis: remaining },
    {
      endpoints: { get: async () => endpoints },
      stopped: stoppedEndpoints(stack.dynamodb, 'StoppedEndpoints'),
      queue: { delay: async (receiptHandle, seconds) => void delays.set(receiptHandle, seconds) },
      backoff: { baseMs: 10_000, capMs: 14_400_000 },
      maxReceives: MAX_RECEIVES,
      timeoutMs: TIMEOUT_MS,
      log: recording.log,
      random: () => 0,
      ...changes,
    },
  );
  return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
}

/** What the receiver was called with, as `a1`. */
const called = () => receiver.received.map(({ callback: { data } }) => `${data.external_id}${data.attempts}`);

/** Answers 500 for these outcomes, and takes the others. */
const refusing = (...names: string[]) => {
  receiver.answer = (response, { callback: { data } }) =>
    void response.writeHead(names.includes(`${data.external_id}${data.attempts}`) ? 500 : 204).end();
};
const down = async (): Promise<never> => {
  throw new Error('down');
};

describe('the outcomes of one order', () => {
  test('are told one after another, in their order, while those of others are told side by side', async () => {
    const held: (() => void)[] = [];
    const open = new Set<string | null>();
    receiver.answer = (response, { callback: { data } }) => {
      // Two of one order at once would be told in any order.
      expect(open).not.toContain(data.external_id);
      open.add(data.external_id);
      held.push(() => {
        open.delete(data.external_id);
        response.writeHead(204).end();
      });
      // Nobody gets an answer before all three orders are being told.
      if (open.size === 3 || receiver.received.length > 3) for (const answer of held.splice(0)) answer();
    };
    expect(await run(['a1', 'b1', 'a2', 'c1', 'b2', 'a3'].map((name) => recordOf(name)))).toEqual([]);
    expect(called().filter((name) => name.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
    expect(called().filter((name) => name.startsWith('b'))).toEqual(['b1', 'b2']);
  });

  test('wait for the one before them: they come back with it, untouched, and after as long', async () => {
    refusing('a2');
    const records = [recordOf('a1'), recordOf('a2', 3), recordOf('b1'), recordOf('a3'), recordOf('a4', 2)];
    expect(await run(records)).toEqual(['a2', 'a3', 'a4']);
    expect(called().toSorted()).toEqual(['a1', 'a2', 'b1']);
    expect(Object.fromEntries(delays)).toEqual({ 'receipt-a2': 90, 'receipt-a3': 90, 'receipt-a4': 90 });
  });

  test('wait as well for one that cannot be read, or of which nothing can be known', async () => {
    expect(await run([recordOf('a1', 1, 'not an outcome'), recordOf('a2'), recordOf('b1')])).toEqual([
      'a1',
      'a2',
    ]);
    const stopped = { has: down, stop: down };
    expect(await run([recordOf('a1'), recordOf('a2')], { stopped })).toEqual(['a1', 'a2']);
    expect(lines).toMatchObject([
      {
        level: 'error',
        message: 'Outcome given back after an unexpected error',
        message_id: 'a1',
        error_name: 'Error',
      },
    ]);
    expect(called()).toEqual(['b1']);
    expect(Object.fromEntries(delays)).toEqual({ 'receipt-a1': 10, 'receipt-a2': 10 });
  });

  test('go on after one that was received for the last time: it used to take them along, never told', async () => {
    refusing('a1', 'a3');
    // SQS hands over as many of a group as it has, so those that wait have been received as often.
    const records = ['a1', 'a2', 'a3', 'a4'].map((name) => recordOf(name, MAX_RECEIVES));
    expect(await run(records)).toEqual(['a1', 'a3']);
    expect(called()).toEqual(['a1', 'a2', 'a3', 'a4']);
  });

  test('are not told by a stopped endpoint, the first of them or any', async () => {
    receiver.answer = (response) => void response.writeHead(410).end();
    expect(await run([recordOf('a1', MAX_RECEIVES), recordOf('a2', MAX_RECEIVES - 1)])).toEqual(['a1', 'a2']);
    expect(called()).toEqual(['a1']);
    // After its last receive an outcome is not hidden: it only waits to be moved, and its group with it.
    expect(Object.fromEntries(delays)).toEqual({ 'receipt-a1': 0, 'receipt-a2': 14_400 });
  });
});

describe('an invocation that is running out of time', () => {
  test('begins no call that it could not finish: what is left goes back unattempted, and soon', async () => {
    let left = 30_000;
    receiver.answer = (response) => {
      left = timeToCall(TIMEOUT_MS) - 1;
      response.writeHead(204).end();
    };
    const records = ['a1', 'a2', 'a3'].map((name) => recordOf(name, 4));
    expect(await run(records, {}, () => left)).toEqual(['a2', 'a3']);
    expect(called()).toEqual(['a1']);
    expect(Object.fromEntries(delays)).toEqual({ 'receipt-a2': 8, 'receipt-a3': 8 });
    expect(lines).toContainEqual({
      level: 'info',
      message: 'Too little time left: outcome given back',
      request_id: 'request',
      message_id: 'a2',
      receive_count: 4,
    });
  });

  test('begins one that it just can', async () => {
    expect(await run([recordOf('a1')], {}, () => timeToCall(TIMEOUT_MS))).toEqual([]);
  });
});

test('an outcome whose wait cannot be set comes back all the same, and holds back the others', async () => {
  refusing('a1');
  expect(await run([recordOf('a1'), recordOf('a2')], { queue: { delay: down } })).toEqual(['a1', 'a2']);
  expect(called()).toEqual(['a1']);
  expect(lines.filter(({ message }) => message === 'Visibility not changed')).toHaveLength(2);
});

test('a message without a group is on its own', async () => {
  refusing('a1');
  const alone = ['a1', 'a2'].map((name) => {
    const { attributes, ...record } = recordOf(name);
    const { MessageGroupId: _, ...others } = attributes;
    return { ...record, attributes: others };
  });
  expect(await run(alone)).toEqual(['a1']);
});

test('each line says of which invocation, message and event it is', async () => {
  await run([recordOf('a1', 2)]);
  expect(lines).toMatchObject([
    { request_id: 'request', message_id: 'a1', receive_count: 2, event_type: 'rejected', external_id: 'a' },
  ]);
});
