import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { withDeadLetters } from '../../../bin/orders/letters.ts';
import { selects } from '../../../bin/orders/selection.ts';
import { deadLetterQueue } from '../../../lib/dead-letters/dead-letter-queue.ts';
import { type Stack, startStack } from '../../../local/stack.ts';
import { countOf, dropLetter, impatient, refOf } from '../../kit/dlq.ts';
import { sampleOrder } from '../../kit/orders.ts';
import { testTemplate } from '../../kit/template.ts';

let stack: Stack;
let notes: string[];
beforeAll(async () => {
  stack = await startStack({ template: testTemplate(), region: 'eu-central-1', apiKeySecret: 'key' });
  for (let i = 0; i < 25; i += 1) await dropLetter(stack, JSON.stringify(sampleOrder(`many-${i}`)));
});
afterAll(() => stack.stop());
beforeEach(() => {
  notes = [];
});

/** Takes what is wanted of the 25 letters, and answers what is in hand meanwhile. */
const take = (wanted: string[], limits?: { wanted: number; seen: number }) => {
  const deadLetterQueueUrl = refOf(stack, 'DeadLetterQueue');
  const deadLetters = impatient(deadLetterQueue(stack.sqs, deadLetterQueueUrl));
  const out = {
    note: (line: string) => void notes.push(line),
    result: () => undefined,
    fail: () => undefined,
    progress: () => ({ step: () => undefined, stop: () => undefined }),
  };
  return withDeadLetters(
    { relay: { sqs: stack.sqs, deadLetters, deadLetterQueueUrl }, out, goOn: () => undefined },
    (letter) => selects({ externalIds: wanted }, letter, Date.now()),
    async ({ letters, unseen }) => ({
      found: letters.map(({ external_id }) => external_id),
      unseen,
      inHand: (await countOf(stack, 'DeadLetterQueue')).inHand,
    }),
    limits,
  );
};

test('a letter is found behind more others than a command takes: they are only looked at, and given back at once', async () => {
  expect(await take(['many-24'], { wanted: 2, seen: 100 })).toEqual({
    found: ['many-24'],
    unseen: 0,
    inHand: 1,
  });
  expect(await countOf(stack, 'DeadLetterQueue')).toEqual({ visible: 25, inHand: 0 });
  expect(notes).toEqual([]);
});

test.each([
  ['look at', ['nowhere'], { wanted: 100, seen: 10 }, 0],
  ['take', [], { wanted: 10, seen: 100 }, 10],
])(
  'what was not seen is said where there are more than a command can %s',
  async (_what, ids, limits, found) => {
    const taken = await take(ids, limits);
    expect(taken.found).toHaveLength(found);
    expect(taken.unseen).toBe(15);
    expect(notes).toEqual([expect.stringMatching(/^About 15 more were not looked at/)]);
    expect(await countOf(stack, 'DeadLetterQueue')).toEqual({ visible: 25, inHand: 0 });
  },
);
