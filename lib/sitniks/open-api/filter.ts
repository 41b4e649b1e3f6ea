import { randomUUID } from 'node:crypto';
import type { CRMResponse } from '../result.ts';
import type { List } from './lists.ts';
import type { OrderRow } from './order-row.ts';
import { type Shared, shared } from './shared.ts';

type Heeded = CRMResponse<{ isHeeded: boolean; isKnown: boolean }>;
type Newest = () => Promise<CRMResponse<List<OrderRow>>>;
export type Search = (externalId: string) => Promise<CRMResponse<List<OrderRow>>>;

/**
 * Whether Sitniks searches by `externalId`: nobody has shown it, and a filter may be ignored, with 200 and the head of
 * the whole list. So a number that nobody has must find nothing; and one that some order has must find it, lest "nothing"
 * be its answer to everything. Asked once, and remembered.
 */
export function createFilterCheck() {
  const known: Shared<Heeded> = shared({
    ttlMs: Number.POSITIVE_INFINITY,
    keep: (answer) => answer.ok && answer.isKnown,
  });
  return (search: Search, newest: Newest): Promise<Heeded> => known.get(() => check(search, newest));
}

async function check(search: Search, newest: Newest): Promise<Heeded> {
  const nobodys = await search(`nobody-${randomUUID()}`);
  if (!nobodys.ok) return nobodys;
  if (nobodys.rows.length > 0) return { ok: true, isHeeded: false, isKnown: true };
  const head = await newest();
  if (!head.ok) return head;
  const externalId = head.rows.find((row) => (row.externalId ?? '') !== '')?.externalId;
  // No order has a number yet.
  if (externalId === undefined) return { ok: true, isHeeded: false, isKnown: false };
  const somebodys = await search(externalId);
  if (!somebodys.ok) return somebodys;
  const isHeeded = somebodys.rows.length > 0 && somebodys.rows.every((row) => row.externalId === externalId);
  return { ok: true, isHeeded, isKnown: true };
}
