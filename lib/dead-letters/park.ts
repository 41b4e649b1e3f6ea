import { codesOf, type Reason } from '../explanations/reasons.ts';
import type { Submission } from '../ledger/record.ts';
import type { DeadLetterReason } from '../queues/queues.ts';
import type { OrderMessage, SyncOrderDeps } from '../sync/sync-order.ts';

export interface DeadLetterError {
  type: DeadLetterReason;
  message: string;
  reasons: Reason[];
}

/** Puts a message onto the dead-letter queue, its body as it came. */
export function park(
  message: OrderMessage,
  {
    external_id,
    attempts,
    error,
  }: { external_id: string | undefined; attempts: number; error: DeadLetterError },
  { deadLetters, now = Date.now }: Pick<SyncOrderDeps, 'deadLetters' | 'now'>,
): Promise<void> {
  return deadLetters.park({
    body: message.body,
    error_type: error.type,
    error_message: error.message,
    reasons: codesOf(error.reasons),
    attempts,
    external_id,
    parked_at: new Date(now()).toISOString(),
    redriven: message.redriven,
    submitted_by: message.submittedBy,
    traceparent: message.traceparent,
  });
}

/** A message as the ledger knows it, but for what it says. */
export const submissionOf = ({
  sentAt,
  submittedBy,
  redriven,
}: OrderMessage): Pick<Submission, 'sentAt' | 'submitted_by' | 'redriven'> => ({
  sentAt,
  submitted_by: submittedBy,
  redriven,
});
