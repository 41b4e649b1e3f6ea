import { BEST_LIKENESS_FIRST, type Likeness, likenessOf, type Past, type Sought } from '../likeness.ts';
import type { LookUp } from '../result.ts';
import type { Newest } from './newest.ts';
import { numberOf, type OrderRow } from './order-row.ts';

/** More need not be shown to a person. */
const MOST_CANDIDATES = 5;

const SAYS_NO: ReadonlySet<Likeness> = new Set(['other_lines', 'contradicts']);

/** The order that has our number, exactly. Of several the one that is most like ours. */
export function oursIn(rows: readonly OrderRow[], order: Sought): LookUp | undefined {
  const ours = rows.filter(({ externalId }) => externalId === order.external_id);
  const times = new Set(ours.map(({ id }) => id)).size;
  const best = ours
    .map((row) => ({ row, likeness: likenessOf(order, row.facts) }))
    .toSorted((a, b) => BEST_LIKENESS_FIRST.indexOf(a.likeness) - BEST_LIKENESS_FIRST.indexOf(b.likeness))[0];
  return (
    best && {
      result: 'found',
      crmOrderId: best.row.id,
      crmOrderNumber: best.row.orderNumber,
      likeness: best.likeness,
      ...(times > 1 && { times }),
    }
  );
}

/**
 * What the newest orders prove. One that has another number is another's; one that has none may be ours all the same,
 * unless its phone or its lines say no, and no other were ever sent: a person can tell.
 *
 * @param since epoch ms: nothing of ours was made before
 */
export function readNewest(
  { rows, isWhole, why }: Newest,
  order: Sought,
  { since, wasOtherwise = false }: Past,
): LookUp {
  const ours = oursIn(rows, order);
  if (ours !== undefined) return ours;
  const perhaps = rows.filter(
    ({ externalId, createdAt, facts }) =>
      (externalId === undefined || externalId === '') &&
      (createdAt === undefined || createdAt >= since) &&
      (wasOtherwise || !SAYS_NO.has(likenessOf(order, facts))),
  );
  if (perhaps.length === 0 && isWhole) return { result: 'absent' };
  return {
    result: 'unproven',
    why: perhaps.length > 0 ? 'it has orders without a number that may be this one' : why,
    candidates: perhaps.slice(0, MOST_CANDIDATES).map(numberOf),
  };
}
