import { expect, test } from 'vitest';
import { createPace, paceOf } from '../../../../lib/sitniks/open-api/pace.ts';

/** A clock that goes on only while somebody waits. */
function paced(calls: number, windowMs: number) {
  let now = 0;
  const pause = async (ms: number) => {
    now += ms;
  };
  return { pace: createPace({ calls, windowMs, now: () => now, pause }), at: () => now };
}

test('no window has more calls than are allowed', async () => {
  const { pace, at } = paced(2, 10_000);
  const times: number[] = [];
  for (let i = 0; i < 6; i += 1) {
    await pace.turn(60_000);
    times.push(at());
  }
  expect(times).toEqual([0, 0, 10_000, 10_000, 20_000, 20_000]);
});

test('who cannot have a turn in time is told when there is one, and takes none', async () => {
  const { pace, at } = paced(1, 10_000);
  expect(await pace.turn(0)).toBe(0);
  expect(await pace.turn(5_000)).toBe(10_000);
  expect(await pace.turn(5_000)).toBe(10_000);
  expect(at()).toBe(0);
});

test('nobody has a turn while the key is shut, and the pause of a second 429 does not shorten it', async () => {
  const { pace } = paced(10, 10_000);
  pace.shut(65_000);
  pace.shut(1_000);
  expect(await pace.turn(64_999)).toBe(65_000);
  expect(await pace.turn(65_000)).toBe(0);
});

test.each([1, 2, 5, 7, 10])('%i containers together stay under the 10 calls of the key', (containers) => {
  const { calls, windowMs } = paceOf(10, containers);
  expect(calls * Math.ceil(10_000 / windowMs) * containers).toBeLessThanOrEqual(10);
});
