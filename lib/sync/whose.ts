import type { LedgerRecord } from '../ledger/record.ts';
import type { Likeness } from '../sitniks/likeness.ts';

/** Whose the order is that the CRM has under our number. */
export type Whose =
  | 'ours'
  /** Ours, because it may have been sent; the CRM gives back nothing to compare. */
  | 'ours_assumed'
  /** Ours, as it was before its correction. */
  | 'outdated'
  | 'anothers';

/** It is ours only if an attempt may ever have been sent, and what the CRM gives back does not contradict. */
export function whoseIs(
  { maybe_sent = [], content_hash }: Pick<LedgerRecord, 'maybe_sent' | 'content_hash'>,
  likeness: Likeness,
): Whose {
  const others = maybe_sent.filter((hash) => hash !== content_hash);
  if (maybe_sent.length === 0) return 'anothers';
  switch (likeness) {
    case 'contradicts':
      // Somebody must compare: another customer's order must not be told as ours to correct.
      return 'anothers';
    case 'other_lines':
      return others.length > 0 ? 'outdated' : 'anothers';
    case 'agrees':
      return others.length === maybe_sent.length ? 'outdated' : 'ours';
    case 'nothing_to_compare':
      // Before the newest was sent, a look-up had not found the others.
      return maybe_sent.at(-1) === content_hash ? 'ours_assumed' : 'outdated';
  }
}
