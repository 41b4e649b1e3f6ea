import * as z from 'zod/mini';
import type { Facts } from '../likeness.ts';
import { crmId, ifReadable, numeric, textual } from '../statuses.ts';

const number = ifReadable(numeric);
const text = ifReadable(textual);

const line = z.pipe(
  z.looseObject({
    sku: text,
    productVariation: ifReadable(z.looseObject({ sku: text })),
    quantity: number,
    price: number,
  }),
  z.transform(({ sku, productVariation, quantity, price }) => ({
    sku: sku ?? productVariation?.sku,
    quantity,
    price,
  })),
);
const lines = ifReadable(z.array(line));

/** An order as Sitniks gives it back, as far as it matters here. */
export const orderRow = z.pipe(
  z.looseObject({
    id: crmId,
    orderNumber: ifReadable(crmId),
    externalId: text,
    createdAt: ifReadable(z.pipe(z.iso.datetime({ offset: true }), z.transform(Date.parse))),
    status: ifReadable(z.looseObject({ id: ifReadable(crmId), title: text })),
    totalPrice: number,
    client: ifReadable(z.looseObject({ phone: text })),
    products: lines,
    offers: lines,
  }),
  z.transform(({ id, orderNumber, externalId, createdAt, status, totalPrice, client, products, offers }) => ({
    /** For calls. */
    id,
    /** For people. */
    orderNumber,
    externalId,
    /** Epoch ms. */
    createdAt,
    status,
    totalPrice,
    facts: { phone: client?.phone, lines: products ?? offers } satisfies Facts,
  })),
);

export type OrderRow = z.output<typeof orderRow>;

/** What people call it. */
export const numberOf = ({ orderNumber, id }: Pick<OrderRow, 'orderNumber' | 'id'>): string =>
  orderNumber ?? id;
