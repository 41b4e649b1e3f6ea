import * as z from 'zod/mini';
import { ORDER_STATUSES, type OrderStatus } from '../../order/order-status.ts';
import type { CRMResponse } from '../result.ts';
import { crmId, ifReadable } from '../statuses.ts';
import type { Call, Calling } from './calls.ts';
import { readList, readPages } from './lists.ts';
import type { OpenApiSettings } from './settings.ts';
import { type Shared, shared } from './shared.ts';

const PAGE = 100;

export const statusRow = z.looseObject({
  id: crmId,
  title: z.string(),
  type: ifReadable(z.string()),
});
export type StatusRow = z.output<typeof statusRow>;

/** Titles are the shop's own words: one was seen with a space at its end. */
export const sameTitle = (a: string, b: string): boolean => a.normalize().trim() === b.normalize().trim();

/** All of them; or, with `wanted`, the page that has all that are wanted is the last that is read. */
export const readStatuses = (call: Call, calling: Calling, wanted: readonly string[] = ['']) =>
  readPages(
    (skip) => readList(call, 'orders/statuses', { limit: PAGE, skip }, statusRow, calling),
    (rows) => wanted.every((title) => rows.some((row) => sameTitle(row.title, title))),
  );

/** The account's statuses by their titles. They hardly ever change: read once, and again when Sitniks refuses one. */
export function statusIds(call: Call, titles: OpenApiSettings['statuses'], ttlMs: number) {
  const statuses: Shared<CRMResponse<{ rows: readonly StatusRow[] }>> = shared({
    ttlMs,
    keep: ({ ok }) => ok,
  });

  return {
    forget: () => statuses.forget(),

    async idOf(status: OrderStatus, calling: Calling): Promise<CRMResponse<{ id: string }>> {
      const read = await statuses.get(() => readStatuses(call, calling, Object.values(titles)));
      if (!read.ok) return read;
      const id = read.rows.find(({ title }) => sameTitle(title, titles[status]))?.id;
      if (id !== undefined) return { ok: true, id };
      const known = read.rows.map(({ title }) => `«${title.trim().slice(0, 60)}»`).join(', ');
      return {
        ok: false,
        type: 'CONFIGURATION',
        message: `Sitniks has no status «${titles[status]}», as ${status} is called in the settings; it has ${known}`,
        mayHaveReachedCrm: false,
      };
    },

    /** Which of ours a status of theirs is. `undefined`: one that the shop has besides. */
    ofTitle: (title: string): OrderStatus | undefined =>
      ORDER_STATUSES.find((status) => sameTitle(titles[status], title)),
  };
}
export type StatusIds = ReturnType<typeof statusIds>;
