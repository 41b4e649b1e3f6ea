import type { Submission } from '../ledger/start.ts';
import type { Content } from '../order/content-hash.ts';
import type { OrderMessage } from '../queues/codec.ts';

/** A message as the ledger knows it, but for what it says. */
export const submissionOf = ({
  messageId,
  submittedBy,
  redriven,
  start,
  signedAt,
  receiveCount,
  noted,
}: OrderMessage): Omit<Submission, keyof Content | 'external_id' | 'wanted_status'> => ({
  message_id: messageId,
  submitted_by: submittedBy,
  redriven,
  start,
  signed_at: signedAt,
  // Received before, it has been taken in hand since: to try would be a write in vain.
  noted: receiveCount === 1 ? noted : undefined,
});
