import { park } from '../dead-letters/park.ts';
import { type Failure, reasonsOf } from '../explanations/failure.ts';
import { codesOf } from '../explanations/reasons.ts';
import { amend } from '../ledger/amend.ts';
import { asking, isGivenUp } from '../ledger/follow.ts';
import { eventId } from '../ledger/outcome.ts';
import { askingToBook, paymentOf } from '../ledger/payments.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { phaseOf } from '../ledger/states.ts';
import { textHash } from '../order/content-hash.ts';
import type { Payment } from '../order/payment.ts';
import type { StatusChange } from '../order/status-change.ts';
import { backoffMs } from '../queues/backoff.ts';
import { ACKNOWLEDGE, type Disposition, giveBack } from '../queues/batch.ts';
import type { OrderMessage } from '../queues/codec.ts';
import { publishOutbox } from '../queues/publish-outbox.ts';
import { type FollowDeps, followStatus } from './follow-status.ts';
import { waitForOrder } from './payment-letters.ts';

/** What becomes of a payment that a message carries, of an order that is in the CRM: not every dialect can book one. */
export type SettlePayment = (
  external_id: string,
  payment: Payment,
  message: OrderMessage,
  deps: FollowDeps,
) => Promise<Disposition>;

export interface SyncStatusDeps extends FollowDeps {
  settlePayment: SettlePayment;
}

/**
 * One status from the queue. Of an order that is not in the CRM it is written down, and that is all: whoever creates the
 * order reads it first. In whatever order statuses come, the furthest counts. What was paid is booked after the status has
 * followed, or has been given up: the money has come either way.
 */
export async function syncStatus(
  change: StatusChange,
  message: OrderMessage,
  deps: SyncStatusDeps,
): Promise<Disposition> {
  const { ledger, backoff, now = Date.now, random = Math.random } = deps;
  const { external_id, status, payment } = change;
  const log = deps.log.child({ external_id });
  const record = await amend(ledger, external_id, (known) => {
    if (isForeign(known, message)) return known;
    const asked = asking(known, status, now());
    const isNew = payment !== undefined && paymentOf(known, payment.amount) === undefined;
    return isNew ? askingToBook(asked, payment.amount, now()) : asked;
  });
  if (record === undefined) {
    // The order may be on the queue still, behind its status.
    if (message.receiveCount <= backoff.maxRetries + 1) {
      log.info('Status of an order that is not known yet: given back');
      return giveBack(backoffMs(message.receiveCount, backoff, random));
    }
    return setAside(change, message, UNKNOWN, { ...deps, log });
  }
  if (isForeign(record, message)) return setAside(change, message, FOREIGN, { ...deps, log });
  if (phaseOf(record.state) !== 'in_crm') {
    log.info('Status waits with its order', { order_status: status, state: record.state });
    return payment === undefined ? ACKNOWLEDGE : waitForOrder(record, message, { ...deps, log });
  }
  const told = await publishOutbox(record, { ...deps, log });
  if (payment === undefined) return followStatus(told, message, { ...deps, log });
  // Given up before this payment was tried, the status has a letter of its own.
  const isBegun = paymentOf(told, payment.amount)?.error !== undefined;
  const followed =
    isBegun && isGivenUp(told) ? ACKNOWLEDGE : await followStatus(told, message, { ...deps, log });
  return followed.acknowledge
    ? deps.settlePayment(external_id, payment, message, { ...deps, log })
    : followed;
}

/** As of an order: whose name is not known counts as its owner. */
const isForeign = ({ submitted_by }: LedgerRecord, { submittedBy }: OrderMessage): boolean =>
  submitted_by !== undefined && submittedBy !== undefined && submitted_by !== submittedBy;

/** Told first: it can be told twice, but each time that it is parked makes another letter. */
async function setAside(
  { external_id, status, payment }: StatusChange,
  message: OrderMessage,
  error: Failure,
  deps: FollowDeps,
): Promise<Disposition> {
  const told = {
    at: new Date((deps.now ?? Date.now)()).toISOString(),
    external_id,
    submitted_by: message.submittedBy,
    attempts: 0,
    error,
  };
  const id = (...what: string[]) => eventId(error.type, textHash(message.body), message.sentAt, ...what);
  await deps.outcomes.send({ ...told, id: id(), type: 'status_not_changed', status });
  if (payment !== undefined) {
    const { amount } = payment;
    await deps.outcomes.send({ ...told, id: id('payment'), type: 'payment_not_booked', amount });
  }
  await park(message, { external_id, attempts: 0, error }, deps);
  deps.log.warn('Status parked', { error_type: error.type, reasons: codesOf(reasonsOf(error)) });
  return ACKNOWLEDGE;
}

const UNKNOWN: Failure = {
  type: 'CONFLICT',
  message: 'No order is known under this external_id, so it has no status to change',
  reasons: [{ code: 'order_not_found' }],
};

const FOREIGN: Failure = {
  type: 'CONFLICT',
  message: "Another caller's order has this external_id: its status is not this caller's to change",
  reasons: [{ code: 'number_taken' }],
};
