import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { Invocation } from '../../local/batch-response.ts';
import { startSchedule } from '../../local/schedule.ts';
import { until } from '../kit/until.ts';

const FINE: Invocation = { outcome: 'returned', payload: 'null' };

test('runs again and again, never while it still runs, and no more once it is stopped', async () => {
  let running = 0;
  let most = 0;
  let runs = 0;
  const schedule = startSchedule({
    everySeconds: 0.01,
    log: () => undefined,
    async invoke() {
      running += 1;
      most = Math.max(most, running);
      await pause(50);
      running -= 1;
      runs += 1;
      return FINE;
    },
  });
  await until(() => runs >= 3);
  schedule.stop();
  await until(() => running === 0);
  const atStop = runs;
  await pause(100);
  expect([most, runs]).toEqual([1, atStop]);
});

test('a run that fails, or cannot be begun, is told without the words of the function; the next comes all the same', async () => {
  const lines: string[] = [];
  const outcomes = [
    async (): Promise<Invocation> => ({ outcome: 'failed', error: 'threw', detail: 'personal' }),
    async (): Promise<Invocation> => Promise.reject(new Error('personal')),
  ];
  const schedule = startSchedule({
    everySeconds: 0.01,
    log: (line) => lines.push(line),
    invoke: () => (outcomes.shift() ?? (async () => FINE))(),
  });
  await until(() => lines.length === 2);
  schedule.stop();
  expect(lines).toEqual(['scheduled run failed: threw', 'scheduled run failed: could not be invoked']);
});
