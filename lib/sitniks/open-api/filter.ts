import { randomUUID } from 'node:crypto';
import type { CRMResponse } from '../result.ts';
import type { List } from './lists.ts';
import type { OrderRow } from './order-row.ts';

export type Search = (externalId: string) => Promise<CRMResponse<List<OrderRow>>>;

/**
 * Whether Sitniks searches by `externalId`: nobody has shown it, and a filter may be ignored, with 200 and the head of
 * the whole list. So a number that nobody has must find nothing; and one that some order has must find it, lest "nothing"
 * be its answer to everything. Asked once, and remembered.
 */
export function createFilterCheck() {
  let isHeeded: boolean | undefined;
  return async function check(search: Search, known: () => Promise<CRMResponse<List<OrderRow>>>) {
    if (isHeeded !== undefined) return { ok: true, isHeeded } as const;
    const nobodys = await search(`nobody-${randomUUID()}`);
    if (!nobodys.ok) return nobodys;
    if (nobodys.rows.length > 0) {
      isHeeded = false;
      return { ok: true, isHeeded } as const;
    }
    const head = await known();
    if (!head.ok) return head;
    const externalId = head.rows.find((row) => (row.externalId ?? '') !== '')?.externalId;
    // No order has a number yet: nothing is known, and nothing is remembered.
    if (externalId === undefined) return { ok: true, isHeeded: false } as const;
    const somebodys = await search(externalId);
    if (!somebodys.ok) return somebodys;
    isHeeded = somebodys.rows.length > 0 && somebodys.rows.every((row) => row.externalId === externalId);
    return { ok: true, isHeeded } as const;
  };
}
