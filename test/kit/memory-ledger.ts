import { decideClaim } from '../../lib/ledger/claim.ts';
import { ended } from '../../lib/ledger/end.ts';
import { type Ledger, RecordChanged } from '../../lib/ledger/ledger.ts';
import type { LedgerRecord } from '../../lib/ledger/record.ts';

export interface MemoryLedger extends Ledger {
  /** As they are kept, by their numbers. */
  records: Map<string, LedgerRecord>;
}

/** The ledger without a table: a write goes over the version that it was made from, as in `lib/ledger/ledger.ts`. */
export function memoryLedger(now: () => number): MemoryLedger {
  const records = new Map<string, LedgerRecord>();
  const aside = new Map<string, LedgerRecord>();
  let writes = 0;

  const get = async (externalId: string) => structuredClone(records.get(externalId));
  async function replace(record: LedgerRecord, by?: string): Promise<LedgerRecord | undefined> {
    const known = records.get(record.external_id);
    const { version, written_by } = known ?? { version: 0 };
    if (record.version !== version || record.written_by !== written_by) return undefined;
    writes += 1;
    const written = { ...record, version: version + 1, written_by: by ?? `write ${writes}` };
    records.set(record.external_id, structuredClone(written));
    return written;
  }

  return {
    records,
    get,
    replace,
    async claim(submission, leaseMs) {
      const decision = decideClaim(await get(submission.external_id), submission, now(), leaseMs);
      if (decision.result !== 'acquired') return decision;
      const record = await replace(decision.record);
      return record === undefined ? { result: 'busy', until: now() + 1000 } : { ...decision, record };
    },
    async end(record, end) {
      const written = await replace(ended(record, end, now()));
      if (written === undefined) throw new RecordChanged(`The record of ${record.external_id} has changed`);
      return written;
    },
    getAside: async (externalId, caller) => structuredClone(aside.get(`${externalId} ${caller}`)),
    putAside: async (record) => void aside.set(`${record.external_id} ${record.submitted_by}`, record),
  };
}

/** The same, where whatever is written is gone at that very moment: its expiry, or an operator, was faster. */
export const vanishing = ({ get, records }: MemoryLedger): Pick<MemoryLedger, 'get' | 'replace'> => ({
  get,
  async replace() {
    records.clear();
    return undefined;
  },
});
