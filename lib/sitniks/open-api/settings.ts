import * as z from 'zod/mini';

const id = z.int().check(z.positive());
const title = z.string().check(z.trim(), z.minLength(1), z.maxLength(100));

/**
 * What the Open API wants to know of an account, as `npm run orders -- setup` prints it. Ids are whole numbers, and each
 * account has its own.
 */
export const openApiSettings = z.strictObject({
  /** How the account calls our statuses; the contract's four unless told otherwise. */
  statuses: z.prefault(
    z.strictObject({
      NEW: z._default(title, 'Нові заявки'),
      PENDING_PAYMENT: z._default(title, 'Виставлено рахунок'),
      PAID: z._default(title, 'ОПЛАЧЕНО'),
      PROCESSING: z._default(title, 'Оформлено замовлення'),
    }),
    {},
  ),
  salesChannelId: z.optional(id),
  responsibleId: z.optional(id),
  warehouseId: z.optional(id),
  /** The account that payments are booked on. Without it none is. */
  settlementAccountId: z.optional(id),
  /** The account's Nova Poshta key. Without it the delivery is written into the manager's comment. */
  novaPoshtaId: z.optional(id),
  /** An SKU that the catalogue does not have: refused, or a line with title and price alone, which a person can see. */
  unknownSku: z._default(z.enum(['refuse', 'title']), 'refuse'),
  /** How the lines are called: three sources know `products`, one knows `offers`, said to be the newer. */
  lines: z._default(z.enum(['products', 'offers']), 'products'),
  /** How the delivery is called. */
  delivery: z._default(z.enum(['npDelivery', 'delivery']), 'npDelivery'),
  /** Calls that one key may make in 10 s. 10 is what is known of chats; of orders no number is known. */
  callsIn10Seconds: z._default(z.int().check(z.minimum(1), z.maximum(1000)), 10),
});

export type OpenApiSettings = z.output<typeof openApiSettings>;
