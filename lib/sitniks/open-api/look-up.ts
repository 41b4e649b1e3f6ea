import type { Sought } from '../likeness.ts';
import type { OrderFound } from '../result.ts';
import type { Call, Calling } from './calls.ts';
import { createFilterCheck } from './filter.ts';
import { oursIn, readNewest } from './find.ts';
import { readList } from './lists.ts';
import { walkNewest } from './newest.ts';
import { orderRow } from './order-row.ts';

const PAGE = 100;
const SEARCH_ROWS = 20;
/** Of whatever clock, and whatever time zone a time was written in. */
const DAY_MS = 24 * 60 * 60 * 1000;
/** Orders in doubt whose reading is kept, to go on when the key may be used again. */
const MOST_WALKS = 100;

/**
 * Is an order there? By Sitniks' own search, if it has been seen to search; else by reading the newest orders, back to
 * a day before an attempt can have been sent. What the time or the key's pace breaks off goes on with the next attempt
 * in the same container.
 */
export function lookUpOrder(call: Call) {
  const filter = createFilterCheck();
  const walks = new Map<string, ReturnType<typeof walkNewest>>();

  return async (order: Sought, since: number, calling: Calling): Promise<OrderFound> => {
    const { external_id } = order;
    const list = (query: Record<string, string | number>) =>
      readList(call, 'orders', query, orderRow, calling);
    const search = (externalId: string) => list({ externalId, limit: SEARCH_ROWS });
    const newest = (skip: number) => list({ limit: PAGE, skip });

    const begun = walks.get(external_id);
    if (begun === undefined) {
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

    const from = since - DAY_MS;
    const walk = begun ?? walkNewest(from);
    const read = await walk.readOn(newest);
    walks.delete(external_id);
    if (read.ok) return { ok: true, ...readNewest(read, order, from) };
    if (read.type === 'RATE_LIMIT' && walks.size < MOST_WALKS) walks.set(external_id, walk);
    return read;
  };
}
