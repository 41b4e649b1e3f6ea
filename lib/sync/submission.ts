import type { Submission } from '../ledger/start.ts';
import type { OrderMessage } from '../queues/codec.ts';

/** A message as the ledger knows it, but for what it says. */
export const submissionOf = ({
  messageId,
  submittedBy,
  redriven,
  start,
  signedAt,
}: OrderMessage): Pick<Submission, 'message_id' | 'submitted_by' | 'redriven' | 'start' | 'signed_at'> => ({
  message_id: messageId,
  submitted_by: submittedBy,
  redriven,
  start,
  signed_at: signedAt,
});
