export interface Backoff {
  baseMs: number;
  capMs: number;
  /** How many times as long each wait is as the one before it; 2 unless told. */
  factor?: number;
}

/** For what costs no attempt: soon at first, but growing, because each receive counts for SQS. */
export const soonMs = (receiveCount: number, capMs: number): number =>
  Math.min(capMs, 1000 * 2 ** (receiveCount - 1));

/**
 * How long to wait after failed attempt `attempt` (from 1): `base × factor^(attempt - 1)`, and up to half as much again
 * by chance, at most the cap. The jitter only lengthens the wait, because the look-up after a time-out counts on it:
 * an order that the CRM commits late is then seen.
 */
export function backoffMs(
  attempt: number,
  { baseMs, capMs, factor = 2 }: Backoff,
  random: () => number = Math.random,
): number {
  return Math.min(capMs, baseMs * factor ** (attempt - 1) * (1 + random() / 2));
}
