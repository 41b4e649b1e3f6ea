/** Internal status of an order ("Status Mapping"); its Sitniks value is in `sitniks/orders/status.ts`. */
export const ORDER_STATUSES = ['NEW', 'PENDING_PAYMENT', 'PAID', 'PROCESSING'] as const;
export type OrderStatus = (typeof ORDER_STATUSES)[number];

/** An order's life goes forward only. */
export const isFurther = (status: OrderStatus, than: OrderStatus | undefined): boolean =>
  than === undefined || ORDER_STATUSES.indexOf(status) > ORDER_STATUSES.indexOf(than);
