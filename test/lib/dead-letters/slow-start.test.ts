import { expect, test } from 'vitest';
import { slowStart } from '../../../lib/dead-letters/slow-start.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

/** Waves as they were sent, when those of the given sizes do not get through. */
async function run(count: number, { failing = [], most = 99 }: { failing?: number[]; most?: number } = {}) {
  const waves: number[][] = [];
  const probe = await slowStart(numbers(count), {
    mayGoOn: () => waves.length < most,
    async sendWave(wave) {
      waves.push([...wave]);
      return !failing.includes(wave.length);
    },
  });
  return { probe, sizes: waves.map((wave) => wave.length), sent: waves.flat() };
}

test('doubles while every wave gets through, until none is left', async () => {
  expect(await run(40)).toEqual({ probe: 'succeeded', sizes: [1, 2, 4, 8, 16, 9], sent: numbers(40) });
});

test('sends nothing but the probe while the probe fails', async () => {
  expect(await run(40, { failing: [1] })).toEqual({ probe: 'failed', sizes: [1], sent: [0] });
});

test('stops at the first wave that does not get through', async () => {
  expect(await run(40, { failing: [4] })).toMatchObject({ probe: 'succeeded', sizes: [1, 2, 4] });
});

test('begins no wave for which there is no time', async () => {
  expect(await run(40, { most: 3 })).toMatchObject({ probe: 'succeeded', sizes: [1, 2, 4] });
  expect(await run(40, { most: 0 })).toEqual({ probe: 'none', sizes: [], sent: [] });
});

test('has nothing to do with nothing', async () => {
  expect(await run(0)).toEqual({ probe: 'none', sizes: [], sent: [] });
});
