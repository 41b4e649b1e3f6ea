import type { Explanation, OrderError } from './explanation.ts';
import { FAILURES, type Failure, reasonsOf } from './failure.ts';
import { type Reason, WHO, whoActs } from './reasons.ts';
import { TEXTS } from './texts.ts';

/**
 * Reasons in words: one explanation for each code, with all the fields it is about. What the customer can put right
 * comes first, what passes by itself last.
 *
 * @returns at least one: without a reason it says that the reason is unknown.
 */
export function explain(reasons: readonly Reason[]): Explanation[] {
  const known: readonly Reason[] = reasons.length > 0 ? reasons : [{ code: 'unknown' }];
  return [...Map.groupBy(known, ({ code }) => code)]
    .map(([code, same]) => ({
      reason: code,
      pointers: [...new Set(same.flatMap(({ pointer }) => pointer ?? []))],
      who: whoActs(code),
      ...TEXTS[code],
    }))
    .sort((a, b) => WHO.indexOf(a.who) - WHO.indexOf(b.who));
}

/** A stored failure as whoever submitted the order is told of it. */
export function orderError(failure: Failure): OrderError {
  const { type, message } = failure;
  return {
    type,
    // `npm run orders -- show` has the internals.
    message: FAILURES[type].isOperators
      ? 'The way into the CRM has to be mended. The order is kept, and sent then.'
      : message,
    explanations: explain(reasonsOf(failure)),
  };
}
