import type { Failure } from '../explanations/failure.ts';
import type { OrderStatus } from '../order/order-status.ts';
import type { ConflictReason } from './conflict.ts';
import { withOutcome } from './outbox.ts';
import { type Doubt, type LedgerRecord, maybeSent, withStep } from './record.ts';
import { created } from './status.ts';
import type { Step } from './step.ts';

/** Where the order is in the CRM. */
export interface InCrm {
  /** For calls. */
  crmOrderId: string;
  /** What people call it, where that is another. */
  crmOrderNumber?: string | undefined;
}

/** How an attempt ended. */
export type AttemptEnd =
  | ({ state: 'synced'; assumed?: true; status?: OrderStatus | undefined } & InCrm)
  | {
      state: 'retrying';
      error: Failure;
      notBefore: number;
      doubt: Doubt;
      /** False for a rate limit, or what was not begun after all. */
      costsAttempt: boolean;
    }
  | {
      state: 'rejected' | 'parked';
      error: Failure;
      doubt: Doubt;
      notBefore: number | undefined;
      costsAttempt: boolean;
    };

/** The record after an attempt: the lease is given up, the result stands. */
export function ended(record: LedgerRecord, end: AttemptEnd, now: number): LedgerRecord {
  const attempt = record.attempts;
  const doubt = end.state === 'synced' ? undefined : end.doubt;
  const free = { ...maybeSent(record, doubt), lease_until: undefined, not_before: undefined };
  switch (end.state) {
    case 'synced':
      return settled(
        {
          ...free,
          state: 'synced',
          crm_order_id: end.crmOrderNumber ?? end.crmOrderId,
          crm_call_id: end.crmOrderNumber === undefined ? undefined : end.crmOrderId,
          error: undefined,
          doubt: undefined,
          settled_at: now,
          status: created(record.status, end.status),
        },
        now,
        { step: 'synced', attempt, ...(end.assumed && { assumed: true }) },
      );
    case 'retrying': {
      const state = end.doubt === undefined ? 'retrying' : 'in_doubt';
      return withStep(
        {
          ...free,
          state,
          error: end.error,
          doubt: end.doubt,
          not_before: end.notBefore,
          attempts: end.costsAttempt ? attempt : attempt - 1,
        },
        now,
        { step: state, attempt, ...whyOf(end.error) },
      );
    }
    case 'rejected':
    case 'parked':
      return settled(
        {
          ...free,
          state: end.state,
          error: end.error,
          doubt: end.doubt,
          not_before: end.notBefore,
          attempts: end.costsAttempt ? attempt : attempt - 1,
          settled_at: now,
          start: nextStart(record),
        },
        now,
        { step: end.state, attempt, ...whyOf(end.error) },
      );
  }
}

const whyOf = ({ type, reasons = [] }: Failure): Pick<Step, 'error_type' | 'reasons'> => ({
  error_type: type,
  ...(reasons.length > 0 && { reasons: [...new Set(reasons.map(({ code }) => code))] }),
});

/** The end and what is to be told of it are one write, so that neither can be without the other. */
function settled(record: LedgerRecord, now: number, what: Omit<Step, 'at'>): LedgerRecord {
  return withOutcome(withStep(record, now, what));
}

/** What the dead letter of an order that is in hand begins when it comes back. */
export const nextStart = ({ start }: LedgerRecord): number => start + 1;

/** Other content came under this number: noted, and nothing else changes. */
export function conflicted(record: LedgerRecord, reason: ConflictReason, now: number): LedgerRecord {
  return withStep(record, now, { step: 'conflict', reasons: [reason] });
}

/** An order that has lost its number to another: it is kept on the dead-letter queue, and has a story of its own. */
export function keptAside(record: LedgerRecord, error: Failure, now: number): LedgerRecord {
  const parked = { ...record, state: 'parked' as const, error, settled_at: now };
  return withStep(parked, now, { step: 'parked', ...whyOf(error) });
}
