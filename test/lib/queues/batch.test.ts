import { describe, expect, test } from 'vitest';
import { giveBack, processBatch } from '../../../lib/queues/batch.ts';
import { recordingLog } from '../../kit/recording-log.ts';
import { sqsRecord } from '../../kit/sqs-record.ts';

const records = (count: number) =>
  Array.from({ length: count }, (_, i) => sqsRecord(`body ${i}`, { messageId: `m${i}` }));
const failuresOf = (ids: string[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('as many as allowed are in flight at once, and never more', async () => {
  let inFlight = 0;
  let most = 0;
  await processBatch(records(10), {
    concurrency: 5,
    async handle() {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await turn();
      inFlight -= 1;
      return true;
    },
    onError: async () => undefined,
  });
  expect(most).toBe(5);
  expect(inFlight).toBe(0);
});

test('a batch that is done is answered with an empty list, under the very key that Lambda reads', async () => {
  const answer = await processBatch(records(3), {
    concurrency: 2,
    handle: async () => true,
    onError: async () => undefined,
  });
  expect(JSON.stringify(answer)).toBe('{"batchItemFailures":[]}');
  expect(
    await processBatch([], { concurrency: 2, handle: async () => true, onError: async () => undefined }),
  ).toEqual(failuresOf([]));
});

test('what is not positively done comes back, in the order of the batch', async () => {
  const answer = await processBatch(records(4), {
    concurrency: 4,
    async handle({ messageId }) {
      // Ends in another order than it began.
      for (let i = 0; i < 5 - Number(messageId.slice(1)); i += 1) await turn();
      return messageId === 'm1';
    },
    onError: async () => undefined,
  });
  expect(answer).toEqual(failuresOf(['m0', 'm2', 'm3']));
});

test('a throw is told of, brings its own message back, and touches no neighbour', async () => {
  const told: [string, unknown][] = [];
  const broken = new Error('broken');
  const finished: string[] = [];
  const answer = await processBatch(records(5), {
    concurrency: 2,
    async handle({ messageId }) {
      if (messageId === 'm1') throw broken;
      await turn();
      finished.push(messageId);
      return true;
    },
    async onError({ messageId }, error) {
      told.push([messageId, error]);
    },
  });
  expect(answer).toEqual(failuresOf(['m1']));
  expect(told).toEqual([['m1', broken]]);
  expect(finished.sort()).toEqual(['m0', 'm2', 'm3', 'm4']);
});

test('a throw while a throw is being told of changes nothing either', async () => {
  const answer = await processBatch(records(2), {
    concurrency: 1,
    async handle({ messageId }) {
      if (messageId === 'm0') throw new Error('broken');
      return true;
    },
    onError: () => Promise.reject(new Error('and again')),
  });
  expect(answer).toEqual(failuresOf(['m0']));
});

test('nothing is left running when it answers', async () => {
  let running = 0;
  await processBatch(records(6), {
    concurrency: 3,
    async handle({ messageId }) {
      if (messageId === 'm0') throw new Error('at once');
      running += 1;
      for (let i = 0; i < 10; i += 1) await turn();
      running -= 1;
      return true;
    },
    async onError() {
      running += 1;
      await turn();
      running -= 1;
    },
  });
  expect(running).toBe(0);
});

describe('a batch of groups', () => {
  /** `a1`, `a2` and so on: the letter is the group. */
  const named = (...names: string[]) => names.map((messageId) => sqsRecord(messageId, { messageId }));
  const groups = {
    of: ({ messageId }: { messageId: string }) => messageId.charAt(0),
    holdsBack: () => true,
    onHeldBack: async () => undefined,
  };

  test('handles the records of a group one after another, and groups side by side', async () => {
    const inFlight = new Map<string, number>();
    const begun: string[] = [];
    let most = 0;
    const answer = await processBatch(named('a1', 'b1', 'a2', 'b2', 'a3', 'c1'), {
      concurrency: 2,
      groups,
      async handle({ messageId }) {
        const group = messageId.charAt(0);
        inFlight.set(group, (inFlight.get(group) ?? 0) + 1);
        expect(inFlight.get(group)).toBe(1);
        begun.push(messageId);
        most = Math.max(most, [...inFlight.values()].filter((count) => count > 0).length);
        await turn();
        inFlight.set(group, 0);
        return true;
      },
      onError: (_record, error) => Promise.reject(error),
    });
    expect(answer).toEqual(failuresOf([]));
    expect(most).toBe(2);
    expect(begun.filter((id) => id.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
  });

  test.each([
    ['is not done', async () => false],
    ['throws', () => Promise.reject(new Error('broken'))],
  ])('gives back, unhandled, what comes after a record that %s, and no other group', async (_what, fail) => {
    const handled: string[] = [];
    const heldBack: string[] = [];
    const answer = await processBatch(named('a1', 'b1', 'a2', 'a3', 'b2', 'a4'), {
      concurrency: 5,
      groups: {
        ...groups,
        onHeldBack: async (record, by) => void heldBack.push(`${record.messageId} by ${by.messageId}`),
      },
      handle: async ({ messageId }) => {
        handled.push(messageId);
        return messageId === 'a2' ? fail() : true;
      },
      onError: async () => undefined,
    });
    expect(answer).toEqual(failuresOf(['a2', 'a3', 'a4']));
    expect(handled.toSorted()).toEqual(['a1', 'a2', 'b1', 'b2']);
    expect(heldBack).toEqual(['a3 by a2', 'a4 by a2']);
  });

  test('goes on after a record that does not hold back the others', async () => {
    const answer = await processBatch(named('a1', 'a2', 'a3'), {
      concurrency: 5,
      groups: { ...groups, holdsBack: ({ messageId }) => messageId !== 'a1' },
      handle: async ({ messageId }) => messageId === 'a3',
      onError: async () => undefined,
    });
    expect(answer).toEqual(failuresOf(['a1', 'a2', 'a3']));
  });

  test('gives back a record also where telling of it fails', async () => {
    const answer = await processBatch(named('a1', 'a2', 'a3'), {
      concurrency: 5,
      groups: { ...groups, onHeldBack: () => Promise.reject(new Error('broken')) },
      handle: async () => false,
      onError: async () => undefined,
    });
    expect(answer).toEqual(failuresOf(['a1', 'a2', 'a3']));
  });
});

test('a record is given back in whole seconds, rounded up, and a failure to do so is no error', async () => {
  const delays: [string, number][] = [];
  const record = sqsRecord('', { messageId: 'm', receiptHandle: 'receipt' });
  const { log, lines } = recordingLog();
  await giveBack({ delay: async (...delay) => void delays.push(delay) }, record, 1_001, log);
  expect(delays).toEqual([['receipt', 2]]);
  await giveBack({ delay: () => Promise.reject(new TypeError('down')) }, record, 1_001, log);
  expect(lines).toEqual([
    { level: 'warn', message: 'Visibility not changed', message_id: 'm', error_name: 'TypeError' },
  ]);
});
