import { type Log, nameOf } from '../lambda/observability.ts';
import { isLost, LOST, lastSeenOfLost, lost } from '../ledger/abandoned.ts';
import { readAsideKey } from '../ledger/aside-key.ts';
import { type Ledger, UnreadableRecord } from '../ledger/ledger.ts';
import type { Listed, Listing } from '../ledger/listing.ts';
import { eventId } from '../ledger/outcome.ts';
import type { OutcomesQueue } from '../queues/queues.ts';
import { setAside } from './set-aside.ts';

export interface LostOrdersDeps {
  listing: Pick<Listing, 'inPhase' | 'aside'>;
  ledger: Pick<Ledger, 'get' | 'replace' | 'getAside' | 'putAside'>;
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
  const until = lastSeenOfLost(deps.now());
  return (
    (await countOf(deps.listing.inPhase('under_way', until), recordLost, deps)) +
    (await countOf(deps.listing.aside(until), recordLostAside, deps))
  );
}

async function countOf(
  listed: AsyncIterable<Listed>,
  record: (key: string, deps: LostOrdersDeps) => Promise<boolean>,
  deps: LostOrdersDeps,
): Promise<number> {
  let count = 0;
  for await (const { external_id: key } of listed) {
    if (!deps.mayGoOn()) break;
    const log = deps.log.child({ external_id: readAsideKey(key).external_id });
    try {
      if (!(await record(key, deps))) continue;
      count += 1;
      log.error('Order lost track of: on no queue, and not in the CRM');
    } catch (error) {
      if (!(error instanceof UnreadableRecord)) throw error;
      log.error('Record of a later version: left', { error_name: nameOf(error) });
    }
  }
  return count;
}

async function recordLost(key: string, { ledger, outcomes, now }: LostOrdersDeps): Promise<boolean> {
  const known = await ledger.get(key);
  if (known === undefined || !isLost(known, now())) return false;
  const { outbox = [], ...record } = lost(known);
  for (const outcome of outbox) await outcomes.send(outcome);
  return (await ledger.replace(record)) !== undefined;
}

/** Where its caller has got the number since, that order's own story is the one that counts. */
async function recordLostAside(key: string, deps: LostOrdersDeps): Promise<boolean> {
  const { external_id, caller } = readAsideKey(key);
  const story = await deps.ledger.getAside(external_id, caller);
  if (story === undefined || !isLost(story, deps.now())) return false;
  if ((await deps.ledger.get(external_id))?.submitted_by === caller) return false;
  const at = story.history.at(-1)?.at ?? '';
  return setAside(story, LOST, eventId(LOST.type, story.content_hash, at), deps);
}
