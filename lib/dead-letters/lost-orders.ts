import { type Log, nameOf } from '../lambda/observability.ts';
import { isLost, LOST, lost } from '../ledger/abandoned.ts';
import { readAsideKey } from '../ledger/aside-key.ts';
import { type Ledger, UnreadableRecord } from '../ledger/ledger.ts';
import type { Listed, Listing } from '../ledger/listing.ts';
import { lastSeenOfLost } from '../ledger/message-life.ts';
import { eventId } from '../ledger/outcome.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { isFinal } from '../ledger/states.ts';
import { publishOutbox } from '../queues/publish-outbox.ts';
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

/** For so long what was refused or parked is looked at once more. */
const LOOKED_AT_MS = 24 * 60 * 60 * 1000;

/**
 * Looks at what is older than a message lives, since no message brings it on any more. What is still under way is
 * recorded as parked; a status or a payment that has not followed its order, as not set and not booked, so that whoever
 * says it again is not taken for repeating it. Of that, and of what came to its end untold (the consumer broke off, and
 * then its message expired or was erased), the caller is told. Each is told first: its outcome has the same id however
 * often it is told, and nobody would come by again once it is recorded.
 *
 * @returns how many were under way, or had something under way.
 */
export async function recordLostOrders(deps: LostOrdersDeps): Promise<number> {
  const until = lastSeenOfLost(deps.now());
  await countOf(deps.listing.inPhase('waiting', until, until - LOOKED_AT_MS), recordLost, deps);
  return (
    (await countOf(deps.listing.inPhase('under_way', until), recordLost, deps)) +
    (await countOf(deps.listing.aside(until), recordLostAside, deps))
  );
}

/** What of it was lost track of, if anything. */
type Lost = 'order' | 'what follows' | undefined;

async function countOf(
  listed: AsyncIterable<Listed>,
  record: (key: string, deps: LostOrdersDeps) => Promise<Lost>,
  deps: LostOrdersDeps,
): Promise<number> {
  let count = 0;
  for await (const { external_id: key } of listed) {
    if (!deps.mayGoOn()) break;
    const log = deps.log.child({ external_id: readAsideKey(key).external_id });
    try {
      const lost = await record(key, deps);
      if (lost === undefined) continue;
      count += 1;
      log.error(LINES[lost]);
    } catch (error) {
      if (!(error instanceof UnreadableRecord)) throw error;
      log.error('Record of a later version: left', { error_name: nameOf(error) });
    }
  }
  return count;
}

/** OrdersLost counts both (infrastructure/metrics.yml). */
const LINES: Readonly<Record<NonNullable<Lost>, string>> = {
  order: 'Order lost track of: on no queue, and not in the CRM',
  'what follows': 'Status or payment lost track of: on no queue, and not in the CRM',
};

async function recordLost(key: string, deps: LostOrdersDeps): Promise<Lost> {
  const { ledger, outcomes, now } = deps;
  const found = await ledger.get(key);
  if (found === undefined) return undefined;
  const known = isFinal(found.state) ? await publishOutbox(found, deps) : found;
  if (!isLost(known, now())) return undefined;
  const { outbox = [], ...record } = lost(known);
  for (const outcome of outbox) await outcomes.send(outcome);
  if ((await ledger.replace(record)) === undefined) return undefined;
  return isFinal(known.state) ? 'what follows' : 'order';
}

/** Where its caller has got the number since, that order's own story is the one that counts. */
async function recordLostAside(key: string, deps: LostOrdersDeps): Promise<Lost> {
  const { external_id, caller } = readAsideKey(key);
  const { ledger } = deps;
  const story = await ledger.getAside(external_id, caller);
  if (story === undefined) return undefined;
  if (isFinal(story.state)) {
    const replace = (told: LedgerRecord) => ledger.putAside(told).then(() => told);
    await publishOutbox(story, { ...deps, ledger: { replace } });
  }
  if (!isLost(story, deps.now())) return undefined;
  if ((await ledger.get(external_id))?.submitted_by === caller) return undefined;
  const at = story.history.at(-1)?.at ?? '';
  const isSetAside = await setAside(story, LOST, eventId(LOST.type, story.content_hash, at), deps);
  return isSetAside ? 'order' : undefined;
}
