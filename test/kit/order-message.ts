import type { OrderMessage } from '../../lib/queues/codec.ts';

/** A message of OrdersQueue as its consumer reads it: just sent, and received for the first time. */
export const orderMessage = (body: string, changes: Partial<OrderMessage> = {}): OrderMessage => ({
  body,
  sentAt: Date.now(),
  receiveCount: 1,
  redriven: 0,
  submittedBy: undefined,
  traceparent: undefined,
  ...changes,
});
