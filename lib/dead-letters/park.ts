import { type Failure, reasonsOf } from '../explanations/failure.ts';
import { codesOf } from '../explanations/reasons.ts';
import type { OrderMessage } from '../queues/order-message.ts';
import type { DeadLetterQueue } from '../queues/queues.ts';

export interface ParkDeps {
  deadLetters: DeadLetterQueue;
  now?: () => number;
}

/** Puts a message onto the dead-letter queue, its body as it came. */
export function park(
  message: OrderMessage,
  { external_id, attempts, error }: { external_id: string | undefined; attempts: number; error: Failure },
  { deadLetters, now = Date.now }: ParkDeps,
): Promise<void> {
  return deadLetters.park({
    body: message.body,
    error_type: error.type,
    error_message: error.message,
    reasons: codesOf(reasonsOf(error)),
    attempts,
    external_id,
    parked_at: new Date(now()).toISOString(),
    redriven: message.redriven,
    submitted_by: message.submittedBy,
    traceparent: message.traceparent,
  });
}
