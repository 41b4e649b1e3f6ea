import { type Log, nameOf } from '../lambda/observability.ts';
import { isLost, lastSeenOfLost, lost } from '../ledger/abandoned.ts';
import { type Ledger, UnreadableRecord } from '../ledger/ledger.ts';
import type { Listing } from '../ledger/listing.ts';
import type { OutcomesQueue } from '../queues/queues.ts';

export interface LostOrdersDeps {
  listing: Pick<Listing, 'inPhase'>;
  ledger: Pick<Ledger, 'get' | 'replace'>;
  outcomes: OutcomesQueue;
  log: Log;
  mayGoOn: () => boolean;
  now: () => number;
}

/**
 * Records as parked, and tells, what has been under way for longer than a message lives. Each is told first: its outcome
 * has the same id however often it is told, and nobody would come by again once it is recorded.
 *
 * @returns how many there were.
 */
export async function recordLostOrders(deps: LostOrdersDeps): Promise<number> {
  const { listing, ledger, outcomes, mayGoOn, now } = deps;
  let count = 0;
  for await (const { external_id } of listing.inPhase('under_way', lastSeenOfLost(now()))) {
    if (!mayGoOn()) break;
    const log = deps.log.child({ external_id });
    try {
      const known = await ledger.get(external_id);
      if (known === undefined || !isLost(known, now())) continue;
      const { outbox = [], ...record } = lost(known);
      for (const outcome of outbox) await outcomes.send(outcome);
      if ((await ledger.replace(record)) === undefined) continue;
      count += 1;
      log.error('Order lost track of: on no queue, and not in the CRM');
    } catch (error) {
      if (!(error instanceof UnreadableRecord)) throw error;
      log.error('Record of a later version: left', { error_name: nameOf(error) });
    }
  }
  return count;
}
