import type { Failure } from '../explanations/failure.ts';
import { keptAside } from '../ledger/end.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Outcome } from '../ledger/outcome.ts';
import { accepted, type Posted } from '../ledger/start.ts';
import { isFinal } from '../ledger/states.ts';
import type { OutcomesQueue } from '../queues/queues.ts';

export interface SetAsideDeps {
  ledger: Pick<Ledger, 'getAside' | 'putAside'>;
  outcomes: OutcomesQueue;
  now: () => number;
}

/**
 * An order that does not have its number, and so no record of its own, is on the dead-letter queue: its caller is told
 * why, once, and can ask for it. Told first, because it can be told twice.
 *
 * @param outcomeId the same for the same message
 * @returns false where that has been told already.
 */
export async function setAside(
  submission: Posted,
  error: Failure,
  outcomeId: string,
  { ledger, outcomes, now }: SetAsideDeps,
): Promise<boolean> {
  const { external_id, submitted_by, content_hash } = submission;
  const story = submitted_by === undefined ? undefined : await ledger.getAside(external_id, submitted_by);
  const isSame = story?.content_hash === content_hash;
  if (isSame && isFinal(story.state) && story.error?.type === error.type) return false;
  await outcomes.send(outcomeOf(submission, error, outcomeId, now()));
  await ledger.putAside(keptAside(isSame ? story : accepted(submission, now()), error, now()));
  return true;
}

const outcomeOf = (
  { external_id, submitted_by }: Posted,
  error: Failure,
  id: string,
  at: number,
): Outcome => ({
  id,
  type: 'parked',
  at: new Date(at).toISOString(),
  external_id,
  submitted_by,
  attempts: 0,
  error,
});
