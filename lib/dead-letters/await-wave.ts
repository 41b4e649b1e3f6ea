import pMap from 'p-map';
import { isBehind } from '../ledger/follow.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import type { Returning } from './redriven.ts';

export interface WaveWatch {
  ledger: Pick<Ledger, 'get'>;
  /** How long to go on without one more order getting through. */
  waveTimeoutMs: number;
  mayGoOn: () => boolean;
  now: () => number;
  pause: (ms: number) => Promise<unknown>;
}

const POLL_MS = 250;
const READS_AT_ONCE = 10;

/**
 * Waits until the CRM has answered every order of a wave.
 *
 * @returns false at the first that fails, or when none has got through for so long: a CRM that is slow but steady is
 * let get on with it.
 */
export async function allGotThrough(
  wave: readonly Pick<Returning, 'external_id' | 'version'>[],
  watch: WaveWatch,
): Promise<boolean> {
  const { ledger, waveTimeoutMs, mayGoOn, now, pause } = watch;
  let pending = wave;
  let deadline = now() + waveTimeoutMs;
  for (;;) {
    await pause(POLL_MS);
    const outcomes = await pMap(
      pending,
      async ({ external_id, version }) => outcomeOf(await ledger.get(external_id), version),
      { concurrency: READS_AT_ONCE },
    );
    if (outcomes.includes('failed')) return false;
    const left = pending.filter((_, i) => outcomes[i] === 'pending');
    if (left.length === 0) return true;
    if (left.length < pending.length) deadline = now() + waveTimeoutMs;
    if (now() >= deadline || !mayGoOn()) return false;
    pending = left;
  }
}

/** How an order fares since it was sent at this version of its record. */
export function outcomeOf(
  record: LedgerRecord | undefined,
  sentAtVersion: number,
): 'got_through' | 'failed' | 'pending' {
  if (record === undefined || record.version <= sentAtVersion) return 'pending';
  switch (record.state) {
    case 'accepted':
    case 'syncing':
      return 'pending';
    case 'synced':
      // Or for what was paid.
      if (record.payments?.some(({ state }) => state === 'sending')) return 'pending';
      if (record.payments?.some(({ state, error }) => state === 'waiting' && error !== undefined))
        return 'failed';
      // It was sent for its status, where that is what is still to follow.
      if (!isBehind(record)) return 'got_through';
      return record.status?.error === undefined ? 'pending' : 'failed';
    // Refused for its content: for that the CRM must have been there.
    case 'rejected':
      return 'got_through';
    case 'retrying':
    case 'in_doubt':
    case 'parked':
      return 'failed';
  }
}
