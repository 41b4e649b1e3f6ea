import { type Log, nameOf } from '../lambda/observability.ts';
import { amend } from '../ledger/amend.ts';
import { asking } from '../ledger/follow.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { askingToBook } from '../ledger/payments.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import type { StatusChange } from '../order/status-change.ts';
import type { OrderAttributes } from '../queues/codec.ts';
import type { OrdersQueue } from '../queues/queues.ts';
import { handOver } from './hand-over.ts';

export interface PassOnDeps {
  queue: Pick<OrdersQueue, 'send'>;
  ledger: Pick<Ledger, 'get' | 'replace'>;
  log: Log;
  now: () => number;
}

/**
 * Hands a status on through the queue, as an order is; then notes it, so that it can be asked for at once and an order
 * that is still on its way is created with it.
 *
 * @returns the record as it is after, where it could be written; the consumer notes it otherwise.
 * @throws {Problem} 503
 */
export async function passOnStatus(
  change: StatusChange,
  attributes: OrderAttributes,
  deps: PassOnDeps,
): Promise<LedgerRecord | undefined> {
  await handOver(change, attributes, deps);
  const { external_id, status, payment } = change;
  const noted = await amend(deps.ledger, external_id, (record) => {
    if (record.submitted_by !== attributes.submitted_by) return undefined;
    const asked = asking(record, status, deps.now());
    return payment === undefined ? asked : askingToBook(asked, payment.amount, deps.now());
  }).catch((error) => {
    deps.log.warn('Status not recorded: the consumer will', { error_name: nameOf(error) });
    return undefined;
  });
  deps.log.info('Status accepted', { order_status: status });
  return noted;
}
