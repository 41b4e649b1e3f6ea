import { explain } from '../explanations/explain.ts';
import type { Explanation } from '../explanations/explanation.ts';
import { FAILURES, reasonsOf } from '../explanations/failure.ts';
import type { ReasonCode } from '../explanations/reasons.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Listing } from '../ledger/listing.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { type Phase, phaseOf } from '../ledger/states.ts';
import { kyivDay } from './kyiv-day.ts';
import { recordsOf } from './records.ts';

/** The promise in numbers: `accepted = in_crm + under_way + waiting`. */
export interface Today extends Record<Phase, number> {
  /** Kyiv's, `2026-01-31`. */
  day: string;
  accepted: number;
}

/** Orders that were not taken into the CRM, for one reason. */
export interface WaitingGroup {
  reason: ReasonCode;
  who: Explanation['who'];
  /** Nobody need act: they are sent back by themselves once the cause has passed. */
  mends_itself: boolean;
  uk: Explanation['uk'];
  en: Explanation['en'];
  /** The longest first. */
  orders: { external_id: string; since: string; submitted_by: string | null }[];
}

export interface Overview {
  today: Today;
  /** What needs a person before what mends itself, then the group that has waited longest. */
  waiting: WaitingGroup[];
  /** There are more than were read: the numbers are "at least". */
  is_cut: boolean;
}

export interface OverviewDeps {
  ledger: Pick<Ledger, 'get'>;
  listing: Listing;
  now?: () => number;
}

/** A shop has hundreds of orders a day; beyond this a page of them helps nobody. */
const MOST_TODAY = 5_000;
const MOST_WAITING = 500;

/** What a manager sees first: how many orders came today and where they are, and what waits, from whatever day. */
export async function overview({ ledger, listing, now = Date.now }: OverviewDeps): Promise<Overview> {
  const day = kyivDay(now());
  const today = await recordsOf(listing.cameBetween(day.from, day.until), ledger, MOST_TODAY);
  const waiting = await recordsOf(listing.inPhase('waiting'), ledger, MOST_WAITING);

  const counts: Record<Phase, number> = { in_crm: 0, under_way: 0, waiting: 0 };
  for (const { state } of today.records) counts[phaseOf(state)] += 1;
  return {
    today: { day: day.name, accepted: today.records.length, ...counts },
    waiting: groupsOf(waiting.records),
    is_cut: today.isCut || waiting.isCut,
  };
}

function groupsOf(records: readonly LedgerRecord[]): WaitingGroup[] {
  // An index lags: what has got into the CRM meanwhile waits no more.
  const waiting = records.filter(({ state }) => phaseOf(state) === 'waiting').map(toWaiting);
  const groups = Map.groupBy(waiting, ({ reason, mends_itself }) => `${reason} ${mends_itself}`);
  return [...groups.values()]
    .flatMap((same) => {
      const [first] = same;
      if (first === undefined) return [];
      const { order: _, ...group } = first;
      return [{ ...group, orders: same.map(({ order }) => order).toSorted(bySince) }];
    })
    .sort(
      (a, b) =>
        Number(a.mends_itself) - Number(b.mends_itself) ||
        (a.orders[0]?.since ?? '').localeCompare(b.orders[0]?.since ?? ''),
    );
}

const bySince = (a: { since: string }, b: { since: string }) => a.since.localeCompare(b.since);

function toWaiting({ external_id, submitted_by, state, error, settled_at, history }: LedgerRecord) {
  const [{ reason, who, uk, en }] = explanationsOf(error);
  const since = settled_at === undefined ? history.at(-1)?.at : new Date(settled_at).toISOString();
  return {
    reason,
    who,
    mends_itself: mendsItself(state, error),
    uk,
    en,
    order: { external_id, since: since ?? '', submitted_by: submitted_by ?? null },
  };
}

/** At least one. */
export function explanationsOf(error: LedgerRecord['error']): [Explanation, ...Explanation[]] {
  const [first, ...others] = explain(error === undefined ? [] : reasonsOf(error));
  if (first === undefined) throw new Error('There is an explanation for everything');
  return [first, ...others];
}

/** Parked for a cause that passes, and not given up. */
export const mendsItself = (state: LedgerRecord['state'], error: LedgerRecord['error']): boolean =>
  state === 'parked' &&
  error !== undefined &&
  FAILURES[error.type].comesBack &&
  !reasonsOf(error).some(({ code }) => code === 'given_up');
