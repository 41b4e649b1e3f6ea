/**
 * The CRM's 429 as the orders of one batch see it: once it has come, none of them calls until the pause is over.
 */
export interface RateLimit {
  hit(pauseMs: number): void;
  /** 0 while calls may be made. */
  remainingMs(): number;
}

export function createRateLimit(now: () => number = Date.now): RateLimit {
  let until = 0;
  return {
    hit(pauseMs) {
      until = Math.max(until, now() + pauseMs);
    },
    remainingMs: () => Math.max(0, until - now()),
  };
}
