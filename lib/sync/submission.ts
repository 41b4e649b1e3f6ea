import type { Submission } from '../ledger/start.ts';
import type { OrderMessage } from '../queues/codec.ts';

/** A message as the ledger knows it, but for what it says. */
export const submissionOf = ({
  messageId,
  submittedBy,
  redriven,
  start,
}: OrderMessage): Pick<Submission, 'message_id' | 'submitted_by' | 'redriven' | 'start'> => ({
  message_id: messageId,
  submitted_by: submittedBy,
  redriven,
  start,
});
