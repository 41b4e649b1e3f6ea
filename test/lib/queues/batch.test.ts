import { beforeEach, describe, expect, test } from 'vitest';
import {
  ACKNOWLEDGE,
  type BatchOptions,
  giveBack,
  NOT_BELIEVED,
  processBatch,
  TOO_LATE,
} from '../../../lib/queues/batch.ts';
import { recordingLog } from '../../kit/recording-log.ts';
import { sqsRecord } from '../../kit/sqs-record.ts';

const CAP_MS = 900_000;

let delays: Map<string, number>;
let recording = recordingLog();
beforeEach(() => {
  delays = new Map();
  recording = recordingLog();
});

/** A message received so often; the letter that its name begins with is its group. */
const record = (messageId: string, receives = 1) => {
  const { attributes, ...rest } = sqsRecord('', { messageId, receiptHandle: messageId });
  const ApproximateReceiveCount = String(receives);
  return {
    ...rest,
    attributes: { ...attributes, ApproximateReceiveCount, MessageGroupId: messageId.charAt(0) },
  };
};
const named = (...names: string[]) => names.map((name) => record(name));
const records = (count: number) => Array.from({ length: count }, (_, i) => record(`m${i}`));

const run = (
  batch: ReturnType<typeof record>[],
  handle: BatchOptions['handle'],
  changes: Partial<BatchOptions> = {},
  remainingMs = () => 60_000,
) =>
  processBatch(
    batch,
    { awsRequestId: 'request', getRemainingTimeInMillis: remainingMs },
    {
      what: 'Order',
      queue: { delay: async (handleOf, seconds) => void delays.set(handleOf, seconds) },
      log: recording.log,
      concurrency: 5,
      timeToBeginMs: 40_000,
      capMs: CAP_MS,
      afterThrowMs: (receiveCount) => receiveCount * 30_000,
      handle,
      ...changes,
    },
  );

const failuresOf = (ids: string[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('as many as allowed are in flight at once, and never more', async () => {
  let inFlight = 0;
  let most = 0;
  await run(records(10), async () => {
    inFlight += 1;
    most = Math.max(most, inFlight);
    await turn();
    inFlight -= 1;
    return ACKNOWLEDGE;
  });
  expect(most).toBe(5);
  expect(inFlight).toBe(0);
});

test('who has left its turn makes room for one more, and is waited for all the same', async () => {
  let inTurn = 0;
  let most = 0;
  const ended: string[] = [];
  await run(
    records(4),
    async ({ messageId }, _log, { leave }) => {
      inTurn += 1;
      most = Math.max(most, inTurn);
      await turn();
      inTurn -= 1;
      leave();
      // Twice makes no more room than once.
      leave();
      // The first are not done before the last have begun.
      for (let i = 0; i < 10; i += 1) await turn();
      ended.push(messageId);
      return ACKNOWLEDGE;
    },
    { concurrency: 1 },
  );
  expect(most).toBe(1);
  expect(ended).toEqual(['m0', 'm1', 'm2', 'm3']);
});

test('who comes back waits until there is room, behind those that were there first', async () => {
  const seen: string[] = [];
  await run(
    records(3),
    async ({ messageId }, _log, { leave, comeBack }) => {
      seen.push(`${messageId} in`);
      await turn();
      leave();
      await comeBack();
      // Who has not left has nothing to wait for.
      await comeBack();
      seen.push(`${messageId} back`);
      await turn();
      seen.push(`${messageId} done`);
      return ACKNOWLEDGE;
    },
    { concurrency: 1 },
  );
  const of = (name: string) => [`${name} back`, `${name} done`];
  expect(seen).toEqual(['m0 in', 'm1 in', 'm2 in', ...of('m0'), ...of('m1'), ...of('m2')]);
});

test('a batch that is done is answered with an empty list, under the very key that Lambda reads', async () => {
  expect(JSON.stringify(await run(records(3), async () => ACKNOWLEDGE))).toBe('{"batchItemFailures":[]}');
  expect(await run([], async () => ACKNOWLEDGE)).toEqual(failuresOf([]));
});

test('what is not positively done comes back, in the order of the batch, after as long as was said', async () => {
  const answer = await run(records(4), async ({ messageId }) => {
    // Ends in another order than it began.
    for (let i = 0; i < 5 - Number(messageId.slice(1)); i += 1) await turn();
    return messageId === 'm1' ? ACKNOWLEDGE : giveBack(1_001);
  });
  expect(answer).toEqual(failuresOf(['m0', 'm2', 'm3']));
  // In whole seconds, rounded up.
  expect(Object.fromEntries(delays)).toEqual({ m0: 2, m2: 2, m3: 2 });
});

test('a throw is told of without its text, brings its own message back, and touches no neighbour', async () => {
  const finished: string[] = [];
  const answer = await run([record('m0'), record('m1', 2), record('m2')], async ({ messageId }) => {
    if (messageId === 'm1') throw new TypeError('Олена');
    await turn();
    finished.push(messageId);
    return ACKNOWLEDGE;
  });
  expect(answer).toEqual(failuresOf(['m1']));
  expect(finished.toSorted()).toEqual(['m0', 'm2']);
  expect(Object.fromEntries(delays)).toEqual({ m1: 60 });
  expect(recording.lines).toEqual([
    {
      level: 'error',
      message: 'Order given back after an unexpected error',
      request_id: 'request',
      message_id: 'm1',
      receive_count: 2,
      error_name: 'TypeError',
    },
  ]);
});

test('where its wait cannot be set a message comes back all the same', async () => {
  const queue = { delay: () => Promise.reject(new TypeError('down')) };
  expect(await run(named('a1'), async () => giveBack(0), { queue })).toEqual(failuresOf(['a1']));
  expect(recording.lines).toMatchObject([
    { level: 'warn', message: 'Visibility not changed', message_id: 'a1', error_name: 'TypeError' },
  ]);
});

test('nothing is left running when it answers', async () => {
  let running = 0;
  const slowly = async () => {
    running += 1;
    for (let i = 0; i < 10; i += 1) await turn();
    running -= 1;
  };
  const queue = { delay: slowly };
  await run(
    records(6),
    async ({ messageId }) => {
      if (messageId === 'm0') throw new Error('at once');
      await slowly();
      return ACKNOWLEDGE;
    },
    { queue, concurrency: 3 },
  );
  expect(running).toBe(0);
});

test('what could not be finished in time is not begun, and goes back soon: longer each time, up to the cap', async () => {
  let left = 40_000;
  const handled: string[] = [];
  const batch = [record('m0'), record('m1', 4), record('m2', 99)];
  const answer = await run(
    batch,
    async ({ messageId }) => {
      handled.push(messageId);
      left = 39_999;
      return ACKNOWLEDGE;
    },
    { concurrency: 1 },
    () => left,
  );
  expect(handled).toEqual(['m0']);
  expect(answer).toEqual(failuresOf(['m1', 'm2']));
  expect(Object.fromEntries(delays)).toEqual({ m1: 8, m2: CAP_MS / 1000 });
  expect(recording.lines).toMatchObject([
    { level: 'info', message: 'Too little time left: order given back', message_id: 'm1', receive_count: 4 },
    { level: 'info', message: 'Too little time left: order given back', message_id: 'm2', receive_count: 99 },
  ]);
});

test('each record has a log of its own, of which no neighbour’s line knows', async () => {
  await run(named('a1', 'b1'), async ({ messageId }, log) => {
    const own = log.child({ external_id: messageId });
    await turn();
    own.info('Seen');
    return ACKNOWLEDGE;
  });
  const seen = recording.lines.map(({ message_id, external_id }) => [message_id, external_id]);
  expect(seen).toEqual([
    ['a1', 'a1'],
    ['b1', 'b1'],
  ]);
});

describe('a batch of a FIFO queue', () => {
  const fifo = { maxReceives: 3 };

  test('handles the records of a group one after another, and groups side by side', async () => {
    const inFlight = new Map<string, number>();
    const begun: string[] = [];
    let most = 0;
    const answer = await run(
      named('a1', 'b1', 'a2', 'b2', 'a3', 'c1'),
      async ({ messageId }) => {
        const group = messageId.charAt(0);
        inFlight.set(group, (inFlight.get(group) ?? 0) + 1);
        expect(inFlight.get(group)).toBe(1);
        begun.push(messageId);
        most = Math.max(most, [...inFlight.values()].filter((count) => count > 0).length);
        await turn();
        inFlight.set(group, 0);
        return ACKNOWLEDGE;
      },
      { fifo, concurrency: 2 },
    );
    expect(answer).toEqual(failuresOf([]));
    expect(most).toBe(2);
    expect(begun.filter((id) => id.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
  });

  test.each([
    ['is given back', async () => giveBack(30_000)],
    ['throws', () => Promise.reject(new Error('broken'))],
  ])('gives back, unhandled and for as long, what comes after a record that %s', async (_what, fail) => {
    const handled: string[] = [];
    const answer = await run(
      named('a1', 'b1', 'a2', 'a3', 'b2', 'a4'),
      async ({ messageId }) => {
        handled.push(messageId);
        return messageId === 'a2' ? fail() : ACKNOWLEDGE;
      },
      { fifo },
    );
    expect(answer).toEqual(failuresOf(['a2', 'a3', 'a4']));
    expect(handled.toSorted()).toEqual(['a1', 'a2', 'b1', 'b2']);
    expect(Object.fromEntries(delays)).toEqual({ a2: 30, a3: 30, a4: 30 });
  });

  test('goes on after one that was received for the last time, and lets SQS have it at once', async () => {
    const answer = await run(
      [record('a1', 3), record('a2'), record('a3')],
      async ({ messageId }) => giveBack(messageId === 'a1' ? 60_000 : 45_000),
      { fifo },
    );
    expect(answer).toEqual(failuresOf(['a1', 'a2', 'a3']));
    // Not as long as the first: it was handled itself.
    expect(Object.fromEntries(delays)).toEqual({ a1: 0, a2: 45, a3: 45 });
  });

  test('takes each record for itself where the queue is none, or it has no group', async () => {
    const fail = async ({ messageId }: { messageId: string }) =>
      messageId === 'a1' ? giveBack(0) : ACKNOWLEDGE;
    expect(await run(named('a1', 'a2'), fail)).toEqual(failuresOf(['a1']));
  });
});

describe('a batch whose records have to be proven', () => {
  const handled: string[] = [];
  const acknowledge = async ({ messageId }: { messageId: string }) => {
    handled.push(messageId);
    return ACKNOWLEDGE;
  };
  beforeEach(() => handled.splice(0));

  test('is asked for in one call, and what SQS does not know is not handled, nor told of by what it says', async () => {
    const asked: [readonly string[], number][] = [];
    const provenBy = {
      async statesOf(receiptHandles: readonly string[], seconds: number) {
        asked.push([receiptHandles, seconds]);
        return ['in_flight', 'unknown', 'in_flight'] as const;
      },
    };
    const answer = await run(named('a1', 'Олена', 'a3'), acknowledge, { provenBy }, () => 60_000);
    expect(handled).toEqual(['a1', 'a3']);
    expect(answer).toEqual(failuresOf(['Олена']));
    // Six times what the function has: they stay invisible as long as the queue's own time-out would keep them.
    expect(asked).toEqual([[['a1', 'Олена', 'a3'], 360]]);
    expect(recording.lines).toEqual([
      { level: 'error', message: NOT_BELIEVED, request_id: 'request', seen: 1 },
    ]);
  });

  test('and comes too late is not handled either, but is no forgery: nobody is woken', async () => {
    const provenBy = { statesOf: async () => ['expired', 'in_flight'] as const };
    expect(await run(named('a1', 'a2'), acknowledge, { provenBy })).toEqual(failuresOf(['a1']));
    expect(handled).toEqual(['a2']);
    expect(recording.lines).toEqual([{ level: 'warn', message: TOO_LATE, request_id: 'request', seen: 1 }]);
  });

  test('is not handled at all where SQS cannot say; without a record it is not asked', async () => {
    const provenBy = { statesOf: () => Promise.reject(new Error('down')) };
    expect(await run([], acknowledge, { provenBy })).toEqual(failuresOf([]));
    await expect(run(named('a1'), acknowledge, { provenBy })).rejects.toThrow('down');
    expect(handled).toEqual([]);
  });
});
