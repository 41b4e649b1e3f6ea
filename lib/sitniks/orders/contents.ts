import * as z from 'zod/mini';
import { contentOf } from '../../order/content-hash.ts';
import { ORDER_STATUSES, orderSchema } from '../../order/order.ts';

const given = z.object({
  external_id: z.unknown(),
  source: z.unknown(),
  customer: z.object({ name: z.unknown(), phone: z.unknown(), email: z.optional(z.unknown()) }),
  delivery: z.object({ method: z.unknown(), city: z.unknown(), address: z.unknown() }),
  items: z.array(
    z.object({ product_id: z.unknown(), sku: z.unknown(), price: z.unknown(), quantity: z.unknown() }),
  ),
  payment_method: z.unknown(),
});

/**
 * What an order of the CRM's says, as the hashes that the ledger may keep of it: that of today, and for each status that of
 * a record from before the status could follow, which counts it in. None where the CRM does not give back all that we
 * send. What it adds says nothing.
 */
export function contentsOf(row: unknown): { contents?: string[] } {
  const { data } = given.safeParse(row);
  const { data: order } = orderSchema.safeParse({ ...data, status: 'NEW' });
  if (order === undefined) return {};
  const contents = ORDER_STATUSES.map((status) => {
    const { content_hash, former_hash = content_hash } = contentOf({ ...order, status });
    return former_hash;
  });
  return { contents };
}
