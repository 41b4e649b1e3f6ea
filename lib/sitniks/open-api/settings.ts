import * as z from 'zod';

const id = z.int().positive();
const title = z.string().trim().min(1).max(100);

/**
 * What the Open API wants to know of an account, as `npm run orders -- setup` prints it. Ids are whole numbers, and each
 * account has its own.
 */
export const openApiSettings = z.strictObject({
  /** How the account calls our statuses; the contract's four unless told otherwise. */
  statuses: z
    .strictObject({
      NEW: title.default('Нові заявки'),
      PENDING_PAYMENT: title.default('Виставлено рахунок'),
      PAID: title.default('ОПЛАЧЕНО'),
      PROCESSING: title.default('Оформлено замовлення'),
    })
    .prefault({}),
  salesChannelId: id.optional(),
  responsibleId: id.optional(),
  warehouseId: id.optional(),
  /** Where payments are booked. Without it none is. */
  settlementAccountId: id.optional(),
  /** The account's Nova Poshta key. Without it the delivery is written into the manager's comment. */
  novaPoshtaId: id.optional(),
  /** An SKU that the catalogue does not have: refused, or a line with title and price alone, which a person can see. */
  unknownSku: z.enum(['refuse', 'title']).default('refuse'),
  /** How the lines are called: three sources know `products`, one knows `offers`, said to be the newer. */
  lines: z.enum(['products', 'offers']).default('products'),
  /** How the delivery is called. */
  delivery: z.enum(['npDelivery', 'delivery']).default('npDelivery'),
  /** Calls that one key may make in 10 s. 10 is what is known of chats; of orders no number is known. */
  callsIn10Seconds: z.int().min(1).max(1000).default(10),
});

export type OpenApiSettings = z.output<typeof openApiSettings>;
