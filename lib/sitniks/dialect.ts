import type { Order, OrderStatus } from '../order/order.ts';
import type { Payment } from '../order/payment.ts';
import type { Past, Sought } from './likeness.ts';
import type { OrderCreated, OrderFound, PaymentBooked, StatusSet } from './result.ts';

/**
 * What a dialect of Sitniks' can do, with the key at hand: one attempt each, no retry. What an answer proves is the
 * dialect's to say; nobody else knows which one is spoken.
 */
export interface Dialect {
  create(order: Order, apiKey: string): Promise<OrderCreated>;
  /**
   * Is this order there already? Changes nothing. Of whose past nothing is said, it may be as old as any.
   */
  find(order: Sought, apiKey: string, past?: Past): Promise<OrderFound>;
  /**
   * Moves an order that is there on to a status: never back from one of ours that is further, nor away from one of the
   * shop's own, which a person has set.
   */
  setStatus(crmOrderId: string, status: OrderStatus, apiKey: string): Promise<StatusSet>;
  /**
   * Books a payment of an order that is there. It can be neither repeated nor looked up: where it may have got there,
   * `mayHaveReachedCrm` says so. A dialect that can book none has no such call.
   *
   * @param paidBeside what else of this order is, or may be, booked (hryvnia)
   */
  book?(crmOrderId: string, payment: Payment, paidBeside: number, apiKey: string): Promise<PaymentBooked>;
}
