import { expect, test } from 'vitest';
import { createPace, paceOf } from '../../../../lib/sitniks/open-api/pace.ts';

/** A clock that goes on only while somebody waits. */
function paced(calls: number, windowMs: number, meanwhile: () => void = () => undefined) {
  let now = 1_000_000;
  const begun = now;
  const pauses: number[] = [];
  const pause = async (ms: number) => {
    pauses.push(ms);
    meanwhile();
    now += ms;
  };
  const pace = createPace({ calls, windowMs, now: () => now, pause });
  return {
    /** @param within ms from the beginning */
    turn: (within: number) => pace.turn(begun + within),
    shut: pace.shut,
    at: () => now - begun,
    passes: (ms: number) => {
      now += ms;
    },
    pauses,
  };
}

test('no window has more calls than are allowed', async () => {
  const { turn, at } = paced(2, 10_000);
  const times: number[] = [];
  for (let i = 0; i < 6; i += 1) {
    await turn(60_000);
    times.push(at());
  }
  expect(times).toEqual([0, 0, 10_000, 10_000, 20_000, 20_000]);
});

test('who need not wait does not', async () => {
  const { turn, passes, pauses } = paced(1, 10_000);
  expect(await turn(60_000)).toBe(0);
  passes(10_000);
  expect(await turn(60_000)).toBe(0);
  expect(pauses).toEqual([]);
});

test('who cannot have a turn in time is told when there is one, and takes none', async () => {
  const { turn, at } = paced(1, 10_000);
  expect(await turn(0)).toBe(0);
  expect(await turn(5_000)).toBe(10_000);
  expect(await turn(5_000)).toBe(10_000);
  expect(at()).toBe(0);
});

test('who comes too late is told to come again, though there would be a turn', async () => {
  const { turn, passes } = paced(1, 10_000);
  passes(5_000);
  expect(await turn(4_999)).toBeGreaterThan(0);
  expect(await turn(5_000)).toBe(0);
});

test('nobody has a turn while the key is shut, and the pause of a second 429 does not shorten it', async () => {
  const { turn, shut } = paced(10, 10_000);
  shut(65_000);
  shut(1_000);
  expect(await turn(64_999)).toBe(65_000);
  expect(await turn(65_000)).toBe(0);
});

test('who is waiting when the key is shut has lost the turn, and is told for how long', async () => {
  const { turn, shut, at } = paced(1, 10_000, () => shut(65_000));
  await turn(0);
  expect(await turn(20_000)).toBe(55_000);
  expect(at()).toBe(10_000);
});

test.each([1, 2, 5, 7, 10])('%i containers together stay under the 10 calls of the key', (containers) => {
  const { calls, windowMs } = paceOf(10, containers);
  expect(calls * Math.ceil(10_000 / windowMs) * containers).toBeLessThanOrEqual(10);
});

test.each([
  ['all, two at a time', 10, 1, { calls: 2, windowMs: 2_000 }],
  ['all, of an odd number', 7, 1, { calls: 2, windowMs: 10_000 / 3 }],
  ['what is not worth spreading, at once', 3, 1, { calls: 3, windowMs: 10_000 }],
  ['its part, rounded down', 10, 4, { calls: 2, windowMs: 10_000 }],
  ['one call, where there are more containers than calls', 10, 20, { calls: 1, windowMs: 10_000 }],
])('a container has %s', (_, calls, containers, share) => {
  expect(paceOf(calls, containers)).toEqual(share);
});
