import type { FailureType } from '../../lib/explanations/failure.ts';
import { type ReasonCode, WHO, type Who, whoActs } from '../../lib/explanations/reasons.ts';

/** What a letter counts by. */
export interface Counted {
  type: FailureType;
  reasons: readonly ReasonCode[];
  mends_itself: boolean;
  /** ISO 8601. */
  parked_at: string;
}

/** Letters of one type and reason. */
export interface Group {
  type: FailureType;
  reason: ReasonCode;
  count: number;
  /** When the longest there was parked, ISO 8601. */
  since: string;
  who: Who;
  /** They are sent back by themselves once the cause has passed. */
  mends_itself: boolean;
}

/** By type and reason, what somebody must do something about first, then the most frequent. A letter counts for each of its reasons. */
export function groupsOf(letters: readonly Counted[]): Group[] {
  const each = letters.flatMap(({ reasons, ...letter }) =>
    [...new Set(reasons)].map((reason) => ({ ...letter, reason })),
  );
  return [
    ...Map.groupBy(each, ({ type, reason, mends_itself }) => `${type} ${reason} ${mends_itself}`).values(),
  ]
    .flatMap((same): Group[] => {
      const [first] = same;
      if (first === undefined) return [];
      const { type, reason, mends_itself } = first;
      const since = same.reduce(
        (least, { parked_at }) => (parked_at < least ? parked_at : least),
        first.parked_at,
      );
      return [{ type, reason, count: same.length, since, who: whoActs(reason), mends_itself }];
    })
    .toSorted(
      (a, b) =>
        Number(a.mends_itself) - Number(b.mends_itself) ||
        b.count - a.count ||
        WHO.indexOf(a.who) - WHO.indexOf(b.who) ||
        a.reason.localeCompare(b.reason),
    );
}
