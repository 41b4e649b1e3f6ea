import type { Order } from '../../order/order.ts';
import { deliveryBlock } from './delivery.ts';
import type { OpenApiSettings } from './settings.ts';

/** What an order's words are in this account: found before the order is sent. */
export interface Resolved {
  statusId: string;
  /** By SKU; none where a line has title and price alone. */
  variationIds: ReadonlyMap<string, string>;
}

/** The JSON of `POST /orders` of the Open API. What is `undefined` is not in it. */
export function buildOpenApiPayload(order: Order, settings: OpenApiSettings, resolved: Resolved) {
  const { customer, external_id } = order;
  const { salesChannelId, responsibleId } = settings;
  const lines = order.items.map((item) => lineOf(item, settings, resolved.variationIds));
  const delivery = deliveryBlock(order, settings);
  return {
    externalId: external_id,
    client: { fullname: customer.name, phone: customer.phone, email: customer.email },
    statusId: wireId(resolved.statusId),
    salesChannelId,
    responsibleId,
    managerComment: commentOf(order, delivery === undefined),
    [settings.lines]: lines,
    ...delivery,
  };
}

/** Their ids are whole numbers, and are sent as such, to the digit. */
export const wireId = (id: string): number | string => (/^(?:0|[1-9]\d{0,14})$/.test(id) ? Number(id) : id);

type Item = Order['items'][number];

function lineOf(
  { sku, price, quantity }: Item,
  { lines, warehouseId }: OpenApiSettings,
  variationIds: Resolved['variationIds'],
) {
  const variationId = variationIds.get(sku);
  const isKnown = variationId !== undefined;
  return {
    ...(isKnown && lines === 'products' && { productVariationId: wireId(variationId) }),
    ...(isKnown && lines === 'offers' && { itemId: wireId(variationId), itemType: 'variation' }),
    isUpsale: false,
    title: sku,
    price,
    quantity,
    warehouseId,
  };
}

/** What has no field of its own: a manager reads it. */
function commentOf({ delivery, source, payment_method }: Order, hasNoBlock: boolean): string {
  const { method, city, address } = delivery;
  return [
    ...(hasNoBlock ? [`Доставка: ${method}, ${city}, ${address}`] : []),
    `Оплата: ${payment_method}`,
    `Джерело: ${source}`,
  ].join('. ');
}
