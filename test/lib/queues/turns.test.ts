import { expect, test } from 'vitest';
import { turns } from '../../../lib/queues/turns.ts';

/** Whether it has resolved by the time that all that can go on has gone on. */
async function isReady(asked: Promise<unknown>): Promise<boolean> {
  let done = false;
  void asked.then(() => {
    done = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  return done;
}

test('a place that was left while nobody waited is free for the next, and for no more than one', async () => {
  const takeTurn = turns(1);
  const first = await takeTurn();
  first.leave();
  first.leave();
  const second = takeTurn();
  const third = takeTurn();
  expect([await isReady(second), await isReady(third)]).toEqual([true, false]);
  (await second).leave();
  expect(await isReady(third)).toBe(true);
});

test('a place is handed on to whoever has waited longest, also where its holder wants it back', async () => {
  const takeTurn = turns(1);
  const first = await takeTurn();
  const waiting = takeTurn();
  first.leave();
  const back = first.comeBack();
  expect([await isReady(waiting), await isReady(back)]).toEqual([true, false]);
  (await waiting).leave();
  expect(await isReady(back)).toBe(true);
  // It is in: to come back again waits for nothing.
  expect(await isReady(first.comeBack())).toBe(true);
});
