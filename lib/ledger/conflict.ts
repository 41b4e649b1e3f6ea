import type { Failure } from '../explanations/failure.ts';
import type { LedgerRecord } from './record.ts';
import type { Submission } from './start.ts';
import { isFinal } from './states.ts';

/** Why other content cannot have the number of the order that has it. */
export type ConflictReason = 'number_taken' | 'correction_too_late';

/** What is told to whoever sent it. @param crmOrderId of the order that has the number, where it is in the CRM */
export function conflictOf(reason: ConflictReason, crmOrderId: string | undefined): Failure {
  switch (reason) {
    case 'number_taken':
      return {
        type: 'CONFLICT',
        message:
          'Another order has this external_id; this one is kept on the dead-letter queue. Send it under an id of its own',
        reasons: [{ code: 'number_taken' }],
      };
    case 'correction_too_late':
      return {
        type: 'CONFLICT',
        message: `The CRM had this order before its correction came, as ${crmOrderId}: correct it there`,
        reasons: [{ code: 'correction_too_late' }],
      };
  }
}

/**
 * Its caller has been told to send it under a number of its own, and may have done so: a copy that comes back, whoever
 * sends it, does not take the number after all. The caller can: it posts it once more.
 *
 * @param story what the caller is told of its order that does not have its number
 */
export const isTurnedAway = (
  story: LedgerRecord | undefined,
  { content_hash }: Pick<Submission, 'content_hash'>,
): boolean =>
  story?.content_hash === content_hash && isFinal(story.state) && story.error?.type === 'CONFLICT';
