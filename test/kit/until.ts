import { setTimeout as pause } from 'node:timers/promises';

const LEAST_MS = 30_000;

/**
 * Waits for something that will become true, instead of sleeping for as long as it usually takes.
 *
 * @param condition asked again and again until what it returns (or resolves to) is truthy; a throw
 *   counts as "not yet", so `expect(…)` may be used inside
 * @param deadlineMs how long to wait at most, in milliseconds; half a minute at least, because a machine that is shared may
 *   stall, and nothing here is about how long it takes
 * @param everyMs pause between two askings, in milliseconds
 * @returns the first truthy value
 * @throws {Error} at the deadline, quoting the condition; `cause` is what it last returned or threw
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { deadlineMs = LEAST_MS, everyMs = 20 }: { deadlineMs?: number; everyMs?: number } = {},
): Promise<NonNullable<T>> {
  const waitMs = Math.max(deadlineMs, LEAST_MS);
  const deadline = performance.now() + waitMs;
  let last: unknown;
  do {
    try {
      const value = await condition();
      if (value) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    await pause(everyMs);
  } while (performance.now() < deadline);
  throw new Error(`Still not true after ${waitMs} ms: ${condition}`, { cause: last });
}
