import { setTimeout as sleep } from 'node:timers/promises';
import type { Ledger } from '../ledger/ledger.ts';
import type { Listed, Listing } from '../ledger/listing.ts';
import { phaseOf } from '../ledger/states.ts';
import type { Day } from '../manager/kyiv-day.ts';
import type { Crm } from '../sitniks/crm.ts';
import { compare } from './compare.ts';
import { counted, NO_CALLER, type Proof } from './proof.ts';

export interface ProveDeps {
  listing: Pick<Listing, 'cameBetween'>;
  ledger: Pick<Ledger, 'get'>;
  crm: Pick<Crm, 'find'>;
  /** Milliseconds from one look-up to the next: the orders of today come first. */
  gapMs: number;
  /** Whether there is time for a pause of so many ms and a look-up after it. */
  mayGoOn: (pauseMs: number) => boolean;
  /** Keeps how far it has come. @returns what the next one is to be based on; `undefined` where another run has it in hand. */
  save: (proof: Proof) => Promise<Proof | undefined>;
  pause?: (ms: number) => Promise<unknown>;
}

/** Why a run has ended: `complete`, or what kept it from going on. */
export type Stop = 'complete' | 'time' | 'rate_limit' | 'crm' | 'another_run';

/** A crash costs as many look-ups, which change nothing and are made again. */
const SAVE_EVERY = 10;
/** So many failures in a row are the CRM's, and not of one order. */
const MOST_FAILURES = 3;
/** After a 429 that does not say for how long. */
const RATE_LIMIT_PAUSE_MS = 60_000;

/**
 * Compares the orders that came on a day with the CRM, one look-up each, from where an earlier run has stopped. Changes
 * nothing. An order that cannot be asked for is asked for again at the end; the CRM's rate limit is waited for, or ends
 * the run.
 */
export async function proveDay(
  begun: Proof,
  day: Day,
  deps: ProveDeps,
): Promise<{ proof: Proof; stop: Stop }> {
  const { listing, ledger, crm, gapMs, mayGoOn, pause = sleep } = deps;
  let proof = begun;
  let unsaved = 0;
  let failures = 0;

  /** @returns why it cannot go on, if it cannot. */
  async function look(external_id: string): Promise<Stop | undefined> {
    const record = await ledger.get(external_id);
    // Expired since it was listed.
    if (record === undefined) return undefined;
    const isLookUp = phaseOf(record.state) === 'in_crm';
    for (;;) {
      if (isLookUp && !mayGoOn(0)) return 'time';
      const compared = await compare(record, crm);
      if (isLookUp) await pause(gapMs);
      if (compared.ok) {
        failures = 0;
        proof = counted(proof, record.submitted_by ?? NO_CALLER, external_id, compared);
        return undefined;
      }
      switch (compared.type) {
        case 'RATE_LIMIT': {
          const pauseMs = compared.retryAfterMs ?? RATE_LIMIT_PAUSE_MS;
          if (!mayGoOn(pauseMs)) return 'rate_limit';
          await pause(pauseMs);
          break;
        }
        case 'AUTHENTICATION':
        case 'CONFIGURATION':
          proof = { ...proof, again: [...proof.again, { external_id, why: compared.type }] };
          failures = MOST_FAILURES;
          return undefined;
        case 'CONNECTION':
        case 'CONFLICT':
        case 'VALIDATION':
          proof = { ...proof, again: [...proof.again, { external_id, why: compared.type }] };
          failures += 1;
          return undefined;
      }
    }
  }

  async function saved(stop: Stop): Promise<{ proof: Proof; stop: Stop }> {
    const kept = await deps.save(proof);
    return kept === undefined ? { proof, stop: 'another_run' } : { proof: kept, stop };
  }

  for await (const listed of unseen(listing, day, begun)) {
    const stop = await look(listed.external_id);
    if (stop !== undefined) return saved(stop);
    proof = { ...proof, seen: withSeen(proof, listed) };
    if (failures >= MOST_FAILURES) return saved('crm');
    unsaved += 1;
    if (unsaved < SAVE_EVERY) continue;
    unsaved = 0;
    const kept = await deps.save(proof);
    if (kept === undefined) return { proof, stop: 'another_run' };
    proof = kept;
  }

  for (const { external_id } of proof.again) {
    const { again } = proof;
    proof = { ...proof, again: again.filter((one) => one.external_id !== external_id) };
    const stop = await look(external_id);
    if (stop !== undefined) {
      proof = { ...proof, again };
      return saved(stop);
    }
    if (failures >= MOST_FAILURES) return saved('crm');
  }
  if (proof.again.length > 0) return saved('crm');
  proof = { ...proof, is_complete: true };
  return saved('complete');
}

/** What came on the day and has not been looked at. */
async function* unseen(
  listing: ProveDeps['listing'],
  { from, until }: Day,
  { seen }: Proof,
): AsyncIterable<Listed> {
  const ids = new Set(seen.ids);
  for await (const listed of listing.cameBetween(Math.max(from, Date.parse(seen.at) || 0), until)) {
    if (!ids.has(listed.external_id)) yield listed;
  }
}

const withSeen = ({ seen }: Proof, { at, external_id }: Listed): Proof['seen'] =>
  at === seen.at ? { at, ids: [...seen.ids, external_id] } : { at, ids: [external_id] };
