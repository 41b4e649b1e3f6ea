import { type ParkDeps, park } from '../dead-letters/park.ts';
import { setAside } from '../dead-letters/set-aside.ts';
import type { Failure } from '../explanations/failure.ts';
import { reasonsOfFields } from '../explanations/field-reasons.ts';
import { type Log, nameOf } from '../lambda/observability.ts';
import type { ClaimDecision } from '../ledger/claim.ts';
import { conflictOf } from '../ledger/conflict.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { eventId } from '../ledger/outcome.ts';
import { malformed, type Submission } from '../ledger/start.ts';
import { textHash } from '../order/content-hash.ts';
import { type FieldError, summarise } from '../order/field-errors.ts';
import { readExternalId } from '../order/order.ts';
import type { OrderMessage } from '../queues/codec.ts';
import type { OutcomesQueue } from '../queues/queues.ts';
import { submissionOf } from './submission.ts';

/*
 * Messages that are parked without that being a state of the order whose number they have. Each is told first: it can be
 * told twice, but each time that it is parked makes another letter.
 */

export interface PoisonDeps {
  deadLetters: ParkDeps['deadLetters'];
  outcomes: OutcomesQueue;
  ledger: Pick<Ledger, 'replace' | 'getAside' | 'putAside'>;
  log: Log;
  now?: () => number;
}

/** Not an order: to the dead-letter queue at once. Its neighbours are untouched, and a known order is not disturbed. */
export async function parkMalformed(
  message: OrderMessage,
  errors: readonly FieldError[],
  deps: PoisonDeps,
): Promise<void> {
  const external_id = readExternalId(message.body);
  const problems = summarise(errors);
  const error = { type: 'MALFORMED', message: problems, reasons: reasonsOfFields(errors) } as const;
  const now = (deps.now ?? Date.now)();
  await deps.outcomes.send({
    id: outcomeId(message, error),
    type: 'rejected',
    at: new Date(now).toISOString(),
    external_id,
    submitted_by: message.submittedBy,
    attempts: 0,
    error,
  });
  await park(message, { external_id, attempts: 0, error }, deps);
  if (external_id !== undefined) {
    const submission = { ...submissionOf(message), external_id, content_hash: textHash(message.body) };
    // A courtesy to whoever asks: the letter is what counts, and coming back would only make another.
    await deps.ledger.replace(malformed(submission, error, now)).catch((failure) => {
      deps.log.warn('Refusal not recorded', { external_id, error_name: nameOf(failure) });
    });
  }
  deps.log.warn('Message is not an order: parked', { external_id, error_type: error.type, problems });
}

/**
 * Other content than the order's that has this number: that one is not disturbed, and this one is kept, with a story of
 * its own for whoever sent it.
 */
export async function parkConflict(
  message: OrderMessage,
  submission: Submission,
  { reason, record }: Extract<ClaimDecision, { result: 'conflict' }>,
  deps: PoisonDeps,
): Promise<void> {
  const { external_id } = submission;
  const error = conflictOf(reason, record.crm_order_id);
  const isNews = await setAside(submission, error, outcomeId(message, error), {
    ...deps,
    now: deps.now ?? Date.now,
  });
  // Told already, it may be the letter itself that has been sent back: one letter too many is better than none.
  await park(message, { external_id, attempts: 0, error }, deps);
  if (isNews) deps.log.warn('Order parked', { error_type: error.type, reasons: reason });
  else deps.log.info('Order told of already: parked again');
}

/**
 * Names what became of a message that is no state of the order whose number it has, by what it says and when it was
 * sent: the same when it is delivered again, another when it is sent again.
 */
const outcomeId = ({ body, sentAt }: OrderMessage, error: Failure): string =>
  eventId(error.type, textHash(body), sentAt);
