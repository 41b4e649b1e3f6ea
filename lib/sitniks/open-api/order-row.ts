import * as z from 'zod';
import type { Facts } from '../likeness.ts';
import { crmId, orNothing } from '../statuses.ts';

const number = z
  .union([
    z.number(),
    z
      .string()
      .trim()
      .regex(/^\d+(\.\d+)?$/)
      .transform(Number),
  ])
  .nullish()
  .transform((value) => value ?? undefined)
  .catch(undefined);
const text = orNothing(z.union([z.string(), z.number()]).transform(String)).catch(undefined);

const line = z
  .looseObject({
    sku: text,
    productVariation: z.looseObject({ sku: text }).nullish().catch(undefined),
    quantity: number,
    price: number,
  })
  .transform(({ sku, productVariation, quantity, price }) => ({
    sku: sku ?? productVariation?.sku,
    quantity,
    price,
  }));
const lines = z.array(line).nullish().catch(undefined);

/** An order as Sitniks gives it back, as far as it matters here. */
export const orderRow = z
  .looseObject({
    id: crmId,
    orderNumber: orNothing(crmId).catch(undefined),
    externalId: text,
    createdAt: orNothing(z.iso.datetime({ offset: true }).transform(Date.parse)).catch(undefined),
    status: z
      .looseObject({ id: orNothing(crmId).catch(undefined), title: text })
      .nullish()
      .catch(undefined),
    totalPrice: number,
    client: z.looseObject({ phone: text }).nullish().catch(undefined),
    products: lines,
    offers: lines,
  })
  .transform(({ id, orderNumber, externalId, createdAt, status, totalPrice, client, products, offers }) => ({
    /** For calls. */
    id,
    /** For people. */
    orderNumber,
    externalId,
    /** Epoch ms. */
    createdAt,
    status: status ?? undefined,
    totalPrice,
    facts: { phone: client?.phone, lines: products ?? offers ?? undefined } satisfies Facts,
  }));

export type OrderRow = z.output<typeof orderRow>;

/** What people call it. */
export const numberOf = ({ orderNumber, id }: Pick<OrderRow, 'orderNumber' | 'id'>): string =>
  orderNumber ?? id;
