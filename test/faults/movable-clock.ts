import { vi } from 'vitest';

export interface MovableClock {
  /** So much later at once, for all that is in this process: SQS, the functions, the CRM. */
  moveOn(ms: number): void;
  stop(): void;
}

/** Install it before anything is started: what has `Date.now` in hand already keeps the true one. */
export function movableClock(): MovableClock {
  const trueNow = Date.now;
  let ahead = 0;
  const now = vi.spyOn(Date, 'now').mockImplementation(() => trueNow() + ahead);
  return {
    moveOn(ms) {
      ahead += ms;
    },
    stop: () => now.mockRestore(),
  };
}
