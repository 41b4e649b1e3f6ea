import { type Order, orderSchema } from '../../lib/order/order.ts';
import { sampleOrder } from './orders.ts';

/** A sample order as it is once it has been read: what everything behind `readOrder` gets. */
export const parsedOrder = (external_id: string, changes: object = {}): Order =>
  orderSchema.parse(sampleOrder(external_id, changes));
