import type { Content } from '../order/content-hash.ts';
import type { LedgerRecord } from './record.ts';

/** Its content as the record names it: one from before the status could follow counts the status in. */
export function asKnown<T extends Content>(record: LedgerRecord, content: T): T {
  const { content_hash, superseded = [] } = record;
  const known = [content_hash, ...superseded].find((hash) => hash === content.former_hash);
  return known === undefined ? content : { ...content, content_hash: known };
}

export const isContentOf = (record: LedgerRecord, content: Content): boolean =>
  asKnown(record, content).content_hash === record.content_hash;
