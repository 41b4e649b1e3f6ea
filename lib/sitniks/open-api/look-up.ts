import type { Past, Sought } from '../likeness.ts';
import type { OrderFound } from '../result.ts';
import type { Call, Calling } from './calls.ts';
import { createFilterCheck } from './filter.ts';
import { oursIn, readNewest } from './find.ts';
import { readList } from './lists.ts';
import { orderRow } from './order-row.ts';
import { createReader } from './reader.ts';

const PAGE = 100;
const SEARCH_ROWS = 20;
/** Of whatever clock, and whatever time zone a time was written in. */
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Is an order there? By Sitniks' own search, if it has been seen to search; else by reading the newest orders, back to
 * a day before an attempt can have been sent.
 */
export function lookUpOrder(call: Call) {
  const filter = createFilterCheck();
  const reader = createReader();

  return async (order: Sought, past: Past, calling: Calling): Promise<OrderFound> => {
    const { external_id } = order;
    // Nothing of ours is there, and no number of another's is in the way: not worth the key's calls.
    if (past.isUnsent) return { ok: true, result: 'absent' };
    const list = (query: Record<string, string | number>) =>
      readList(call, 'orders', query, orderRow, calling);
    const search = (externalId: string) => list({ externalId, limit: SEARCH_ROWS });
    const newest = (skip: number) => list({ limit: PAGE, skip });

    if (!reader.isReading(external_id)) {
      const checked = await filter(search, () => newest(0));
      if (!checked.ok) return checked;
      if (checked.isHeeded) {
        const found = await search(external_id);
        if (!found.ok) return found;
        const ours = oursIn(found.rows, order);
        if (ours !== undefined) return { ok: true, ...ours };
        // It has found another's by its number before, and nothing by nobody's: "nothing" is an answer.
        if (found.rows.length === 0) return { ok: true, result: 'absent' };
      }
    }

    const since = past.since - DAY_MS;
    const read = await reader.read(external_id, since, newest);
    return read.ok ? { ok: true, ...readNewest(read, order, { ...past, since }) } : read;
  };
}
