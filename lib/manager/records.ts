import pMap from 'p-map';
import type { Ledger } from '../ledger/ledger.ts';
import type { Listed } from '../ledger/listing.ts';
import type { LedgerRecord } from '../ledger/record.ts';

const READS_AT_ONCE = 20;

/** Records of listed orders, and whether there are more than `most` in the list. */
export interface Records {
  records: LedgerRecord[];
  isCut: boolean;
}

/**
 * Reads what an index lists, in its order. Of what has left the ledger, or was written by a newer version and cannot be
 * read, nothing is shown.
 */
export async function recordsOf(
  listed: AsyncIterable<Listed>,
  ledger: Pick<Ledger, 'get'>,
  most: number,
): Promise<Records> {
  const ids: string[] = [];
  let isCut = false;
  for await (const { external_id } of listed) {
    isCut = ids.length === most;
    if (isCut) break;
    ids.push(external_id);
  }
  const records = await pMap(ids, (id) => ledger.get(id).catch(skipUnreadable), {
    concurrency: READS_AT_ONCE,
  });
  return { records: records.filter((record) => record !== undefined), isCut };
}

function skipUnreadable(error: unknown): undefined {
  if (error instanceof Error && error.name.endsWith('ZodError')) return undefined;
  throw error;
}
