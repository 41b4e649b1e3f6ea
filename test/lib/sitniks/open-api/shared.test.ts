import { expect, test } from 'vitest';
import { shared } from '../../../../lib/sitniks/open-api/shared.ts';

/** A value that is another with each reading; one that is below zero is not worth keeping. */
function readings(...values: (number | Error)[]) {
  let now = 0;
  let loads = 0;
  const one = shared<number>({ ttlMs: 600_000, keep: (value) => value >= 0, now: () => now });
  const load = async () => {
    const value = values[loads] ?? 0;
    loads += 1;
    if (value instanceof Error) throw value;
    return value;
  };
  return {
    one,
    get: () => one.get(load),
    loads: () => loads,
    passes: (ms: number) => {
      now += ms;
    },
  };
}

test('a value is read once for all who ask at the same time', async () => {
  const { get, loads } = readings(1, 2);
  expect(await Promise.all([get(), get(), get()])).toEqual([1, 1, 1]);
  expect(loads()).toBe(1);
});

test('it is kept until its time is over, counted from when it came', async () => {
  const { get, passes } = readings(1, 2, 3);
  passes(1_000_000);
  expect(await get()).toBe(1);
  passes(599_999);
  expect(await get()).toBe(1);
  passes(1);
  expect(await get()).toBe(2);
  passes(599_999);
  expect(await get()).toBe(2);
});

test('one that takes longer than it would be kept is still read once', async () => {
  const { one, passes } = readings();
  let arrive: (value: number) => void = () => undefined;
  const slow = one.get(() => new Promise<number>((resolve) => (arrive = resolve)));
  passes(10_000_000);
  const next = one.get(async () => 2);
  arrive(1);
  expect(await Promise.all([slow, next])).toEqual([1, 1]);
});

test('what is not worth keeping is told to whom it concerns, and read anew for the next', async () => {
  const { get, loads } = readings(-1, 2, 3);
  expect(await Promise.all([get(), get()])).toEqual([-1, -1]);
  expect(await get()).toBe(2);
  expect(await get()).toBe(2);
  expect(loads()).toBe(2);
});

test('nor is a fault kept', async () => {
  const { get } = readings(new Error('down'), 2);
  await expect(get()).rejects.toThrow('down');
  expect(await get()).toBe(2);
});

test('what was forgotten is read anew', async () => {
  const { one, get } = readings(1, 2);
  await get();
  one.forget();
  expect(await get()).toBe(2);
});

test.each([1, -1])(
  'a reading that was forgotten on its way (%i) does not take the place of the next',
  async (late) => {
    const { one } = readings();
    let arrive: (value: number) => void = () => undefined;
    const slow = one.get(() => new Promise<number>((resolve) => (arrive = resolve)));
    one.forget();
    expect(await one.get(async () => 2)).toBe(2);
    arrive(late);
    expect(await slow).toBe(late);
    expect(await one.get(async () => 3)).toBe(2);
  },
);
