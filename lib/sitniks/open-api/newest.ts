import type { CRMResponse, CrmFailure } from '../result.ts';
import type { List } from './lists.ts';
import type { OrderRow } from './order-row.ts';

/** What was read of the list of all orders, from its newest on. */
export interface Newest {
  rows: readonly OrderRow[];
  /** Nothing can have been missed back to `since`. Else why not. */
  isWhole: boolean;
  why: string;
}

export type ReadPage = (skip: number) => Promise<CRMResponse<List<OrderRow>>>;

/** 6,000 orders, at 100 a page: past it somebody has to look. */
const MOST_PAGES = 60;
const MOST_RESTARTS = 3;

/**
 * The orders that were made after `since`, and all that can be said of whether any is missing. Where the list is in
 * order of time, it is read back to `since`, else to its end: its `count` is not asked, because nobody knows of what. It
 * moves while it is read: each page begins with the last
 * order of the page before, so that one that was pushed to another page is not overlooked; and at the end the head is
 * read again, so that nothing can have come in above unseen.
 *
 * `readOn` goes on where it was broken off, or, where all has been read, reads the head again. That is enough only where
 * the newest come first: any other list is read anew.
 */
export function walkNewest(since: number) {
  let rows = new Map<string, OrderRow>();
  let pages = 0;
  let restarts = 0;
  let isBack = false;

  const begin = () => {
    rows = new Map();
    pages = 0;
    isBack = false;
  };

  async function readOn(readPage: ReadPage): Promise<CRMResponse<Newest>> {
    const wasBegun = pages > 0;
    if (wasBegun && !isSorted([...rows.values()])) begin();
    while (!isBack) {
      if (pages >= MOST_PAGES) return unproven(`it has more than ${rows.size} orders to be looked through`);
      const page = await readPage(Math.max(0, rows.size - 1));
      if (!page.ok) return page;
      pages += 1;
      const isJoined = rows.size === 0 || page.rows.some(({ id }) => id === lastOf(rows)?.id);
      const isFirst = ({ id }: OrderRow) => id === rows.keys().next().value;
      const news = page.rows.filter(({ id }) => !rows.has(id));
      for (const row of news) rows.set(row.id, row);
      // Only the one that was asked for again, or, where new ones came in above, those before it.
      const isAtEnd = news.length === 0 && (page.rows.length <= 1 || !page.rows.some(isFirst));
      if (isJoined && isAtEnd) isBack = true;
      else if (!isJoined || news.length === 0) {
        restarts += 1;
        if (restarts > MOST_RESTARTS)
          return unproven('its list of orders does not hold still, or has no pages');
        rows = new Map();
      } else {
        isBack = isNewestFirst([...rows.values()]) && (lastOf(rows)?.createdAt ?? since) < since;
      }
    }
    if (!wasBegun && pages === 1) return whole([...rows.values()]);

    const head = await readPage(0);
    if (!head.ok) return head;
    const first = rows.keys().next().value;
    if (!head.rows.some(({ id }) => id === first)) {
      begin();
      return { ...AGAIN, message: 'Look-up: so many orders come in that the list has moved on' };
    }
    const above = new Map(head.rows.map((row) => [row.id, row]));
    rows = new Map([...above, ...[...rows].filter(([id]) => !above.has(id))]);
    return whole([...rows.values()]);
  }

  const whole = (read: readonly OrderRow[]) => ({ ok: true, rows: read, isWhole: true, why: '' }) as const;
  const unproven = (why: string) => ({ ok: true, rows: [...rows.values()], isWhole: false, why }) as const;
  return { readOn };
}

const lastOf = (rows: ReadonlyMap<string, OrderRow>): OrderRow | undefined => [...rows.values()].at(-1);

/** Newest first, all the way, as far as it was read. One that does not say when it was made is in no order. */
function isSorted(rows: readonly OrderRow[]): boolean {
  const times = timesOf(rows);
  return times.every((time, i) => time <= (times[i - 1] ?? Number.POSITIVE_INFINITY));
}

/** Where all were made at the same time, as by an import, the oldest may come first just as well. */
function isNewestFirst(rows: readonly OrderRow[]): boolean {
  const times = timesOf(rows);
  return isSorted(rows) && Math.max(...times) > Math.min(...times);
}

const timesOf = (rows: readonly OrderRow[]) => rows.map(({ createdAt }) => createdAt ?? Number.NaN);

/** Nothing is proven yet, and nothing is wrong. */
const AGAIN: CrmFailure = { ok: false, type: 'RATE_LIMIT', message: '', mayHaveReachedCrm: false };
