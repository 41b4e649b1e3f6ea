import type { Failure } from '../explanations/failure.ts';
import { isFurther, type OrderStatus } from '../order/order-status.ts';
import { eventId, type Outcome } from './outcome.ts';
import { type LedgerRecord, withStep } from './record.ts';
import { phaseOf } from './states.ts';
import { isNews, type StatusOf, wanting } from './status.ts';
import type { Step } from './step.ts';

/*
 * How the status of an order that is in the CRM follows. Whoever moves it on holds the order by a lease, as for a
 * creation: of two calls the later one would win, and it may be the one that goes back.
 */

/** With a status that it is to have. The same record where it is no news. */
export function asking(record: LedgerRecord, status: OrderStatus | undefined, now: number): LedgerRecord {
  if (status === undefined || !isNews(record.status, status)) return record;
  const asked = { ...record, status: wanting(record.status, status) };
  return withStep(asked, now, { step: 'status_asked', status });
}

/** In the CRM, and not as far there as it is to be. */
export const isBehind = ({ state, status }: LedgerRecord): boolean =>
  phaseOf(state) === 'in_crm' && status !== undefined && isFurther(status.wanted, status.in_crm);

/** In the CRM, and as far there as this, or further. */
export const isReached = ({ state, status }: LedgerRecord, asked: OrderStatus): boolean =>
  phaseOf(state) === 'in_crm' && status !== undefined && !isFurther(asked, status.in_crm);

/** No message of this order brings its status on any more: its letter does, or whoever asks again. */
export const isGivenUp = ({ status, not_before }: LedgerRecord): boolean =>
  status?.error !== undefined && not_before === undefined;

/** Is there anything to do for whoever wants it to have this status? After it was given up, the same is asked anew. */
export const isToFollow = (record: LedgerRecord, status: OrderStatus | undefined): boolean =>
  status !== undefined &&
  (isNews(record.status, status) || (isGivenUp(record) && record.status?.wanted === status));

/** The order in hand, to move it on to `status`. */
export interface Moving {
  record: LedgerRecord;
  status: OrderStatus;
  attempts: number;
  leaseUntil: number;
}

/** Until when (epoch ms) nobody may move it on: somebody else does, or its backoff is not over. */
export const heldUntil = ({ lease_until = 0, not_before = 0 }: LedgerRecord): number =>
  Math.max(lease_until, not_before);

/** Takes it in hand until then. */
export function moving(record: LedgerRecord, known: StatusOf, leaseUntil: number): Moving {
  // Given up, it was begun anew.
  const attempts = isGivenUp(record) ? 1 : known.attempts + 1;
  return {
    record: {
      ...record,
      status: { ...known, attempts, error: undefined },
      lease_until: leaseUntil,
      not_before: undefined,
    },
    status: known.wanted,
    attempts,
    leaseUntil,
  };
}

/** How an attempt to move it on has ended. */
export type MoveEnd =
  /** The CRM has this status now. */
  | { result: 'moved'; status: OrderStatus }
  | { result: 'later'; error: Failure; notBefore: number; costsAttempt: boolean }
  /** `isReturn`: it had been given up before, and has come back from the dead-letter queue. */
  | { result: 'given_up'; error: Failure; isReturn: boolean };

/** The record after it, the lease given up; `undefined` where the order is not in these hands any more. */
export function moved(
  current: LedgerRecord,
  { status: tried, attempts, leaseUntil }: Moving,
  end: MoveEnd,
  now: number,
): LedgerRecord | undefined {
  const { status } = current;
  if (current.lease_until !== leaseUntil || status === undefined) return undefined;
  const free = { ...current, lease_until: undefined, not_before: undefined };
  // Asked for since: what was tried does not matter any more.
  const isOvertaken = isFurther(status.wanted, tried);
  switch (end.result) {
    case 'moved': {
      const in_crm = end.status;
      const wanted = isFurther(in_crm, status.wanted) ? in_crm : status.wanted;
      return told(
        { ...free, status: { wanted, in_crm, attempts: 0 } },
        { step: 'status_changed', status: in_crm },
        now,
      );
    }
    case 'later':
      return {
        ...free,
        not_before: end.notBefore,
        status: {
          ...status,
          attempts: isOvertaken ? 0 : end.costsAttempt ? attempts : attempts - 1,
          error: end.error,
        },
      };
    case 'given_up': {
      if (isOvertaken) return { ...free, status: { ...status, attempts: 0, error: undefined } };
      const reasons = codesOf(end.error);
      const failed = { ...free, status: { ...status, attempts, error: end.error } };
      const step = { step: 'status_not_changed', status: tried, reasons } as const;
      const last = current.history.findLast((one) => one.step === 'status_not_changed');
      const isToldAlready = end.isReturn && last?.status === tried && last.reasons?.join() === reasons.join();
      return isToldAlready
        ? withStep(failed, now, { ...step, error_type: end.error.type })
        : told(failed, { ...step, error_type: end.error.type }, now);
    }
  }
}

/** No message brings its status on any more. The same record where there is nothing to bring on. */
export function statusLost(record: LedgerRecord, error: Failure, now: number): LedgerRecord {
  const { status } = record;
  if (status === undefined || !isBehind(record) || isGivenUp(record)) return record;
  const free = { ...record, lease_until: undefined, not_before: undefined };
  return told(
    { ...free, status: { ...status, error } },
    { step: 'status_not_changed', status: status.wanted, error_type: error.type, reasons: codesOf(error) },
    now,
  );
}

const codesOf = ({ reasons = [] }: Failure) => [...new Set(reasons.map(({ code }) => code))];

/** The end and what is to be told of it are one write. */
function told(
  record: LedgerRecord & { status: StatusOf },
  step: Omit<Step, 'at' | 'step'> & { step: Outcome['type'] & Step['step']; status: OrderStatus },
  now: number,
): LedgerRecord {
  const { external_id, submitted_by, crm_order_id, status } = record;
  const outcome: Outcome = {
    id: eventId(external_id, submitted_by ?? '', step.step, step.status, now),
    type: step.step,
    at: new Date(now).toISOString(),
    external_id,
    submitted_by,
    attempts: status.attempts,
    crm_order_id,
    status: step.status,
    error: status.error,
  };
  return withStep({ ...record, outbox: [...(record.outbox ?? []), outcome] }, now, step);
}
