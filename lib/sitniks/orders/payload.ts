import type { Order } from '../../order/order.ts';
import { STATUS_MAPPING } from './status.ts';

/** The JSON that `POST /api/orders` requires, key for key (Integration 5.0, "Order Payload (`create_order`)"). */
export function buildOrderPayload(order: Order) {
  return {
    external_id: order.external_id,
    source: order.source,
    customer: {
      name: order.customer.name,
      phone: order.customer.phone,
      // Where there is none JSON leaves it out.
      email: order.customer.email,
    },
    delivery: {
      method: order.delivery.method,
      city: order.delivery.city,
      address: order.delivery.address,
    },
    items: order.items.map(({ product_id, sku, price, quantity }) => ({ product_id, sku, price, quantity })),
    payment_method: order.payment_method,
    status: STATUS_MAPPING[order.status],
  };
}
