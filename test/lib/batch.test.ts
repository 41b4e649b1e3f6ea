import { expect, test } from 'vitest';
import { processBatch } from '../../lib/batch.ts';
import { sqsRecord } from '../sqs-record.ts';

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
