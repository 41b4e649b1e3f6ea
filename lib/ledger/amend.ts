import { type Ledger, RecordChanged } from './ledger.ts';
import type { LedgerRecord } from './record.ts';

/** Each time somebody else was faster, somebody got on. */
const TRIES = 5;

/**
 * Reads a record, and writes what is made of it over that version only: again where somebody else was faster. Nothing is
 * written where it stays as it is, or `undefined` is made of it.
 *
 * @returns the record as it is after; `undefined` where there is none, or none was made of it.
 * @throws {RecordChanged}
 */
export async function amend(
  ledger: Pick<Ledger, 'get' | 'replace'>,
  externalId: string,
  make: (record: LedgerRecord) => LedgerRecord | undefined,
): Promise<LedgerRecord | undefined> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const known = await ledger.get(externalId);
    const made = known && make(known);
    if (made === undefined || made === known) return made;
    const written = await ledger.replace(made);
    if (written !== undefined) return written;
  }
  throw new RecordChanged(`The record of ${externalId} has changed`);
}
