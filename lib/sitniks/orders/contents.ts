import * as z from 'zod/mini';
import { contentHash } from '../../order/content-hash.ts';
import { ORDER_STATUSES, orderSchema } from '../../order/order.ts';

const given = z.object({
  external_id: z.unknown(),
  source: z.unknown(),
  customer: z.object({ name: z.unknown(), phone: z.unknown(), email: z.unknown() }),
  delivery: z.object({ method: z.unknown(), city: z.unknown(), address: z.unknown() }),
  items: z.array(
    z.object({ product_id: z.unknown(), sku: z.unknown(), price: z.unknown(), quantity: z.unknown() }),
  ),
  payment_method: z.unknown(),
});

/**
 * What an order of the CRM's says, as the hashes that the ledger keeps: one for each status that it may have been sent
 * with, because that one moves on. None where the CRM does not give back all that we send. What it adds says nothing.
 */
export function contentsOf(row: unknown): { contents?: string[] } {
  const { data } = given.safeParse(row);
  const contents = ORDER_STATUSES.flatMap((status) => {
    const order = orderSchema.safeParse(data && { ...data, status });
    return order.success ? contentHash(order.data) : [];
  });
  return contents.length === 0 ? {} : { contents };
}
