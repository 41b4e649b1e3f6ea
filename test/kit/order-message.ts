import type { OrderMessage } from '../../lib/queues/codec.ts';

/** A message of OrdersQueue as its consumer reads it: just sent, and received for the first time. */
export const orderMessage = (body: string, changes: Partial<OrderMessage> = {}): OrderMessage => ({
  messageId: 'message',
  body,
  sentAt: Date.now(),
  receiveCount: 1,
  redriven: 0,
  start: undefined,
  submittedBy: undefined,
  traceparent: undefined,
  ...changes,
});
