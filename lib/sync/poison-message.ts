import { type ParkDeps, park } from '../dead-letters/park.ts';
import type { Failure } from '../explanations/failure.ts';
import { reasonsOfFields } from '../explanations/field-reasons.ts';
import { type Log, nameOf } from '../lambda/observability.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { eventId, type Outcome } from '../ledger/outcome.ts';
import { malformed } from '../ledger/start.ts';
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
  ledger: Pick<Ledger, 'replace'>;
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
  await deps.outcomes.send(outcomeOfMessage(message, 'rejected', external_id, error, now));
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

/** Other content than the order's that has this number: that one is not disturbed. */
export async function parkConflict(
  message: OrderMessage,
  external_id: string,
  deps: PoisonDeps,
): Promise<void> {
  const now = (deps.now ?? Date.now)();
  await deps.outcomes.send(outcomeOfMessage(message, 'parked', external_id, OTHER_ORDER, now));
  await park(message, { external_id, attempts: 0, error: OTHER_ORDER }, deps);
  deps.log.warn('Order parked', { error_type: OTHER_ORDER.type });
}

/**
 * What became of a message that is no state of the order whose number it has. It is named by what it says and when it
 * was sent: the same when it is delivered again, another when it is sent again. `at` is when it was seen, and may differ
 * in a repeat.
 */
const outcomeOfMessage = (
  { body, sentAt, submittedBy }: OrderMessage,
  type: 'rejected' | 'parked',
  external_id: string | undefined,
  error: Failure,
  now: number,
): Outcome => ({
  id: eventId(error.type, textHash(body), sentAt),
  type,
  at: new Date(now).toISOString(),
  external_id,
  submitted_by: submittedBy,
  attempts: 0,
  error,
});

const OTHER_ORDER: Failure = {
  type: 'CONFLICT',
  message: 'Another order already has this external_id: send this one under an id of its own',
  reasons: [{ code: 'number_taken' }],
};
