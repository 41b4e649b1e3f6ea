export interface SlowStart<T> {
  /** Sends one wave; resolves to whether all of it got through. */
  sendWave(wave: readonly T[]): Promise<boolean>;
  /** Asked before each wave. */
  mayGoOn(): boolean;
}

/** How the one that was sent first fared: `none` was sent. */
export type ProbeResult = 'succeeded' | 'failed' | 'none';

/**
 * Sends in waves of 1, 2, 4, 8, … while every wave gets through whole: what has been down is not met with all that has
 * piled up, and while it is down one alone is spent on finding out.
 */
export async function slowStart<T>(
  items: readonly T[],
  { sendWave, mayGoOn }: SlowStart<T>,
): Promise<ProbeResult> {
  let probe: ProbeResult = 'none';
  for (let from = 0, size = 1; from < items.length && mayGoOn(); from += size, size *= 2) {
    const gotThrough = await sendWave(items.slice(from, from + size));
    if (probe === 'none') probe = gotThrough ? 'succeeded' : 'failed';
    if (!gotThrough) break;
  }
  return probe;
}
