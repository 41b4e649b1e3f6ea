import { setTimeout as sleep } from 'node:timers/promises';

export interface Pace {
  /**
   * Waits for its turn.
   *
   * @param until epoch ms
   * @returns 0 once the call may be made, and it is counted; else how long (ms) there is no turn, which is past `until`.
   */
  turn(until: number): Promise<number>;
  /** The CRM has asked for a pause: nobody calls until it is over. */
  shut(pauseMs: number): void;
}

export interface PaceOptions {
  /** Calls in any `windowMs`. */
  calls: number;
  windowMs: number;
  now?: () => number;
  pause?: (ms: number) => Promise<unknown>;
}

/**
 * A budget of calls, kept by one container. All containers share the key and cannot see each other: each has its part
 * of what the key may do, so that together they stay under it.
 */
export function createPace({ calls, windowMs, now = Date.now, pause = sleep }: PaceOptions): Pace {
  /** When the last calls were, or will be, made: as many as a window may hold. */
  let turns: number[] = [];
  let shutUntil = 0;

  return {
    async turn(until) {
      const earliest = turns.length < calls ? 0 : (turns[0] ?? 0) + windowMs;
      const at = Math.max(now(), shutUntil, earliest);
      const wait = at - now();
      if (at > until) return Math.max(1, wait);
      turns = [...turns, at].slice(-calls);
      if (wait > 0) await pause(wait);
      // Shut while it waited: its turn is lost.
      return shutUntil > now() ? shutUntil - now() : 0;
    },
    shut(pauseMs) {
      shutUntil = Math.max(shutUntil, now() + pauseMs);
    },
  };
}

const WINDOW_MS = 10_000;

/**
 * What a container may do of what the key may: the rest is the others'. Never less than one call; and where it is more
 * than two, spread over the time, because nobody knows how the CRM counts.
 */
export function paceOf(callsIn10Seconds: number, containers: number): { calls: number; windowMs: number } {
  const share = Math.max(1, Math.floor(callsIn10Seconds / containers));
  const parts = Math.max(1, Math.floor(share / 2));
  return { calls: Math.floor(share / parts), windowMs: WINDOW_MS / parts };
}
