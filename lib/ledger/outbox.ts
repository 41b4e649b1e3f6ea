import { whoActs } from '../explanations/reasons.ts';
import { eventId, type Outcome, type OutcomeType } from './outcome.ts';
import type { LedgerRecord } from './record.ts';
import type { Step } from './step.ts';

/**
 * What the submitter is to be told of an order that has just been settled. `undefined` while the order is on its way,
 * and where it is no news: an outage sends an order back again and again, and parks it again for the same cause.
 */
export function outcomeOf(record: LedgerRecord): Outcome | undefined {
  const { state, history, settled_at } = record;
  return state === 'parked' && isParkedAgain(history) ? undefined : outcomeAt(record, settled_at);
}

/** What was last told of it, with the same id: of what was parked again and again, that it was parked. */
export function lastOutcome(record: LedgerRecord): Outcome | undefined {
  let { history, settled_at } = record;
  while (record.state === 'parked' && isParkedAgain(history)) {
    // Back to before that end was noted.
    history = history.slice(0, -1);
    settled_at = Date.parse(history.findLast(({ step }) => step === 'parked')?.at ?? '');
  }
  return outcomeAt(record, settled_at);
}

function outcomeAt(record: LedgerRecord, settledAt: number | undefined): Outcome | undefined {
  const { external_id, state, submitted_by, attempts, crm_order_id, error } = record;
  const type = outcomeTypeOf(record);
  if (type === undefined || settledAt === undefined) return undefined;
  return {
    id: eventId(external_id, submitted_by ?? '', state, settledAt),
    type,
    at: new Date(settledAt).toISOString(),
    external_id,
    submitted_by,
    attempts,
    crm_order_id,
    error,
  };
}

/** With what there is to tell of it, if anything, to be told after what is still in its outbox. */
export function withOutcome(record: LedgerRecord): LedgerRecord {
  const outcome = outcomeOf(record);
  return outcome === undefined ? record : { ...record, outbox: [...(record.outbox ?? []), outcome] };
}

/** Whether there is something that its submitter has not been told, as far as is known. */
export const isUntold = ({ outbox = [] }: LedgerRecord): boolean => outbox.length > 0;

function outcomeTypeOf({ state, history }: LedgerRecord): OutcomeType | undefined {
  if (state === 'synced') return history.some(({ step }) => step === 'parked') ? 'recovered' : 'synced';
  return state === 'rejected' || state === 'parked' ? state : undefined;
}

/** After a return that ended as the time before. */
function isParkedAgain(history: readonly Step[]): boolean {
  const parked = history.findLastIndex(({ step }) => step === 'parked');
  const before = history.slice(0, Math.max(0, parked));
  const start = before.findLast(({ step }) => step === 'returned' || step === 'restarted');
  const settledBefore = before.findLast(({ step }) => step === 'parked' || step === 'rejected');
  return (
    start?.step === 'returned' &&
    settledBefore?.step === 'parked' &&
    causeOf(settledBefore) === causeOf(history[parked])
  );
}

/** What passes by itself is one cause, in whatever form it shows: nobody has anything to do. */
function causeOf(step: Step | undefined): string | undefined {
  const { reasons = [], error_type } = step ?? {};
  const causes = new Set(reasons.map((code) => (whoActs(code) === 'nobody' ? 'passes' : code)));
  return causes.size === 0 ? error_type : [...causes].sort().join();
}
