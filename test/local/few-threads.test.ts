import { expect, test } from 'vitest';
import { withFewThreads } from '../../local/few-threads.ts';
import { until } from '../kit/until.ts';

const NEVER_MS = 2 ** 30;

/** A function whose calls end when they are told to. */
function calls() {
  const begun: { event: unknown; end: (answer: string) => void }[] = [];
  const invoke = (event: unknown) => {
    const call = Promise.withResolvers<string>();
    begun.push({ event, end: call.resolve });
    return call.promise;
  };
  return { begun, invoke };
}

test('a call waits for the thread that is there, and gets its own answer, in its turn', async () => {
  const { begun, invoke } = calls();
  const spare = withFewThreads(invoke, { patienceMs: NEVER_MS });
  const answers = Promise.all(['a', 'b', 'c'].map((event) => spare(event)));
  for (const event of ['a', 'b', 'c']) {
    await until(() => begun.at(-1)?.event === event);
    begun.at(-1)?.end(`${event}!`);
  }
  expect(await answers).toEqual(['a!', 'b!', 'c!']);
  expect(begun).toHaveLength(3);
});

test('one more is started where none gets free, so that nobody waits for one who waits', async () => {
  const { begun, invoke } = calls();
  const spare = withFewThreads(invoke, { patienceMs: 1 });
  const answers = Promise.all(['a', 'b', 'c'].map((event) => spare(event)));
  await until(() => begun.length === 3);
  for (const { end } of begun) end('');
  await answers;
  // The three are kept.
  const more = Promise.all(['d', 'e', 'f'].map((event) => spare(event)));
  await until(() => begun.length === 6);
  for (const { end } of begun) end('');
  await more;
});

test('what fails frees its thread', async () => {
  let count = 0;
  const spare = withFewThreads(
    async () => {
      count += 1;
      if (count === 1) throw new Error('no Invoke API');
      return count;
    },
    { patienceMs: NEVER_MS },
  );
  const first = spare('a');
  const second = spare('b');
  await expect(first).rejects.toThrow('no Invoke API');
  expect(await second).toBe(2);
});
