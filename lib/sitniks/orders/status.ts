import type { OrderStatus } from '../../order/order.ts';

/** Sitniks' name of each {@link OrderStatus}, to the letter (Integration 5.0, "Status Mapping (`STATUS_MAPPING`)"). */
export const STATUS_MAPPING = {
  NEW: 'Нові заявки',
  PENDING_PAYMENT: 'Виставлено рахунок',
  PAID: 'ОПЛАЧЕНО',
  PROCESSING: 'Оформлено замовлення',
} as const satisfies Record<OrderStatus, string>;
