import type { Submission } from '../ledger/start.ts';
import type { OrderMessage } from '../queues/codec.ts';

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
