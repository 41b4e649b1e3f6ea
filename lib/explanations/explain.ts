import type * as z from 'zod';
import type { Explanation, orderErrorSchema } from '../intake/contract.ts';
import type { Failure } from './failure.ts';
import type { Reason } from './reasons.ts';
import { storedReasons } from './stored-reasons.ts';
import { TEXTS } from './texts.ts';

/** What the customer can put right comes first, what passes by itself last. */
const RANK: Readonly<Record<Explanation['who'], number>> = {
  customer: 0,
  manager: 1,
  developer: 2,
  nobody: 3,
};

/**
 * Reasons in words: one explanation for each code, with all the fields it is about. What the customer can put right
 * comes first.
 *
 * @returns at least one: without a reason it says that the reason is unknown.
 */
export function explain(reasons: readonly Reason[]): Explanation[] {
  const known: readonly Reason[] = reasons.length > 0 ? reasons : [{ code: 'unknown' }];
  return [...Map.groupBy(known, ({ code }) => code)]
    .map(([code, same]) => ({
      reason: code,
      pointers: [...new Set(same.flatMap(({ pointer }) => pointer ?? []))],
      ...TEXTS[code],
    }))
    .sort((a, b) => RANK[a.who] - RANK[b.who]);
}

/** A stored failure as whoever submitted the order is told of it. */
export function orderError(failure: Failure): z.output<typeof orderErrorSchema> {
  const { type, message } = failure;
  // What only the operator can mend is told without its internals: `npm run orders -- show` has them.
  const isOurs = type === 'CONFIGURATION' || type === 'AUTHENTICATION';
  return {
    type,
    message: isOurs ? 'The way into the CRM has to be mended. The order is kept, and sent then.' : message,
    explanations: explain(storedReasons(failure)),
  };
}
