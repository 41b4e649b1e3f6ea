import * as z from 'zod/mini';
import type { CRMResponse } from '../result.ts';
import { crmId, ifReadable, textual } from '../statuses.ts';
import type { Call, Calling } from './calls.ts';
import { readList, readPages } from './lists.ts';
import { type Shared, shared } from './shared.ts';

const PAGE = 100;
/** SKUs that a container remembers. */
const MOST_SKUS = 1000;

const variationRow = z.looseObject({
  id: crmId,
  sku: ifReadable(textual),
  isActive: z.catch(z.nullish(z.boolean()), undefined),
});

export type VariationFound = CRMResponse<{ id: string | undefined }>;

/**
 * Product variations by SKU: the exact one, on sale, and no other, on whatever page it is; `undefined` where the
 * catalogue has none. The filter is asked for, and not believed.
 */
export function variations(call: Call, options: { warehouseId?: number | undefined; ttlMs: number }) {
  const { warehouseId, ttlMs } = options;
  const bySku = new Map<string, Shared<VariationFound>>();

  async function read(sku: string, calling: Calling): Promise<VariationFound> {
    const isIt = (row: z.output<typeof variationRow>) => row.sku?.trim() === sku && row.isActive !== false;
    const filter = { sku, limit: PAGE, ...(warehouseId !== undefined && { warehouseId }) };
    const pages = await readPages(
      (skip) => readList(call, 'products/variations', { ...filter, skip }, variationRow, calling),
      (rows) => rows.some(isIt),
    );
    return pages.ok ? { ok: true, id: pages.rows.find(isIt)?.id } : pages;
  }

  return {
    forget: () => bySku.clear(),
    find(sku: string, calling: Calling): Promise<VariationFound> {
      // The oldest goes: a Map keeps the order in which it was filled.
      const oldest = bySku.keys().next().value;
      if (bySku.size >= MOST_SKUS && !bySku.has(sku) && oldest !== undefined) bySku.delete(oldest);
      const known =
        bySku.get(sku) ??
        shared<VariationFound>({ ttlMs, keep: (found) => found.ok && found.id !== undefined });
      bySku.set(sku, known);
      return known.get(() => read(sku, calling));
    },
  };
}
export type Variations = ReturnType<typeof variations>;
