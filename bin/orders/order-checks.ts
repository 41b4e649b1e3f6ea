import { nameOf } from '../../lib/lambda/observability.ts';
import { isLost } from '../../lib/ledger/abandoned.ts';
import { isFollowing } from '../../lib/ledger/following.ts';
import { UnreadableRecord } from '../../lib/ledger/ledger.ts';
import { indexKeysOf, type ListedPhase } from '../../lib/ledger/listing.ts';
import { isUntold } from '../../lib/ledger/outbox.ts';
import type { LedgerRecord } from '../../lib/ledger/record.ts';
import { phaseOf } from '../../lib/ledger/states.ts';
import { type Check, type Finding, fine, wrong } from './check.ts';
import type { Relay } from './connect.ts';
import { age } from './duration.ts';
import { pasteFor } from './paste.ts';
import { STATE_WORDS } from './words.ts';

/** An order that needs longer has met something that does not pass in a moment: as OrdersWaitAlarm has it. */
const LONG_MS = 30 * 60_000;
/** The longest waiting come first, and so many tell enough. */
const MOST = 500;

/** Is any accepted order stuck on its way, or lost track of? By the ledger. */
export async function orderChecks(relay: Relay, now: number): Promise<Check[]> {
  try {
    const underWay = await recordsIn('under_way', relay);
    const waiting = await recordsIn('waiting', relay);
    return [
      { name: 'oldest order', ...oldest(underWay, relay, now) },
      { name: 'lost track of', ...lostTrackOf([...underWay, ...waiting], relay, now) },
    ];
  } catch (error) {
    return [
      {
        name: 'orders',
        ...wrong(
          `the ledger's indexes cannot be read (${nameOf(error)})`,
          'check that you may read them, and that the stack is deployed',
          pasteFor(relay).deploy(),
        ),
      },
    ];
  }
}

async function recordsIn(phase: ListedPhase, { listing, ledger }: Relay): Promise<LedgerRecord[]> {
  const records: LedgerRecord[] = [];
  let seen = 0;
  for await (const { external_id } of listing.inPhase(phase)) {
    seen += 1;
    const record = await ledger.get(external_id).catch((error) => {
      if (error instanceof UnreadableRecord) return undefined;
      throw error;
    });
    // The index lags by a second.
    if (record !== undefined && (phaseOf(record.state) === phase || isUntold(record) || isFollowing(record)))
      records.push(record);
    if (seen === MOST) break;
  }
  return records;
}

/** The first is the oldest: that is how they are listed. */
function oldest(underWay: readonly LedgerRecord[], relay: Relay, now: number): Finding {
  const [first] = underWay;
  if (first === undefined) return fine('none is under way');
  const { external_id, state } = first;
  const waits = now - Date.parse(indexKeysOf(first, now).since ?? '');
  const more = isUntold(first)
    ? ', its caller not told'
    : isFollowing(first)
      ? ', its status or payment not'
      : '';
  const detail = `${external_id} for ${age(waits)}: ${STATE_WORDS[state].en}${more}; under way: ${underWay.length}${underWay.length === MOST ? ' or more' : ''}`;
  return waits < LONG_MS
    ? fine(detail)
    : wrong(detail, 'see what it is waiting for', pasteFor(relay).orders(`show ${external_id}`));
}

function lostTrackOf(records: readonly LedgerRecord[], relay: Relay, now: number): Finding {
  const lost = records.filter(
    (record) => isLost(record, now) || record.error?.reasons?.some(({ code }) => code === 'lost_track'),
  );
  const [first] = lost;
  return first === undefined
    ? fine('none')
    : wrong(
        `${lost.length}: on no queue, and not known to be in Sitniks, or not all of it: ${namesOf(lost)}`,
        'look for each in Sitniks; what is not there is sent again under the same number, and so is a status or a payment',
        pasteFor(relay).orders(`show ${first.external_id}`),
      );
}

const A_FEW = 5;
const namesOf = (records: readonly LedgerRecord[]): string =>
  [
    ...records.slice(0, A_FEW).map(({ external_id }) => external_id),
    ...(records.length > A_FEW ? ['…'] : []),
  ].join(', ');
