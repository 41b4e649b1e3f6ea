import type { LostOrdersDeps } from '../../lib/dead-letters/lost-orders.ts';
import { asideKey } from '../../lib/ledger/aside-key.ts';
import { asideIndexKeysOf, indexKeysOf, type Listed, type Listing } from '../../lib/ledger/listing.ts';
import type { Outcome } from '../../lib/ledger/outcome.ts';
import type { LedgerRecord } from '../../lib/ledger/record.ts';
import { type MemoryLedger, memoryLedger } from './memory-ledger.ts';
import { recordingLog } from './recording-log.ts';

/** When everything happens, unless a test says otherwise. */
export const NOW = Date.parse('2026-01-10T12:00:00Z');

export const iso = (at: number): string => new Date(at).toISOString();

/**
 * What is around a dead letter, with nothing but memory: a ledger that lists what it has, and whoever is told. No
 * server, and no clock that runs.
 */
export function memoryLetters() {
  const clock = { now: NOW };
  const now = () => clock.now;
  const kept = memoryLedger(now);
  const aside = new Map<string, LedgerRecord>();
  const { log, lines } = recordingLog();
  const told: Outcome[] = [];
  const ledger: MemoryLedger = {
    ...kept,
    getAside: async (externalId, caller) => structuredClone(aside.get(asideKey(externalId, caller))),
    putAside: async (record) =>
      void aside.set(asideKey(record.external_id, record.submitted_by ?? ''), structuredClone(record)),
  };
  const deps = {
    ledger,
    listing: memoryListing(kept.records, aside, now),
    outcomes: { send: async (outcome: Outcome) => void told.push(outcome) },
    log,
    now,
    mayGoOn: () => true,
  } satisfies LostOrdersDeps;
  /** As it is in the ledger already. */
  const know = async (record: LedgerRecord): Promise<LedgerRecord> => {
    const written = await ledger.replace(record);
    if (written === undefined) throw new Error(`The ledger has ${record.external_id} in another version`);
    return written;
  };
  return { deps, clock, ledger, aside, told, lines, know };
}

/** The indexes of the ledger, as `lib/ledger/listing.ts` reads them. */
function memoryListing(
  records: ReadonlyMap<string, LedgerRecord>,
  aside: ReadonlyMap<string, LedgerRecord>,
  now: () => number,
): Omit<Listing, 'cameBetween'> {
  const listed = (phase: string, until = '~', from = ''): Listed[] =>
    [
      ...[...records].map(([key, record]) => ({ key, ...indexKeysOf(record, now()) })),
      ...[...aside].map(([key, story]) => ({ key, ...asideIndexKeysOf(story) })),
    ]
      .flatMap(({ key, phase: is, since }) =>
        is === phase && since !== undefined && since >= from && since < until
          ? [{ external_id: key, at: since }]
          : [],
      )
      .toSorted((a, b) => a.at.localeCompare(b.at));
  return {
    async *inPhase(phase, until, from = 0) {
      yield* listed(phase, until === undefined ? undefined : iso(until), iso(from));
    },
    async *aside(until) {
      yield* listed('aside', iso(until));
    },
    longestInPhase: async (phase) => listed(phase)[0],
  };
}
