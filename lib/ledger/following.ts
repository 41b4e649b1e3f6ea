import { isBehind, isGivenUp } from './follow.ts';
import { isOnItsWay } from './payments.ts';
import type { LedgerRecord } from './record.ts';
import { phaseOf } from './states.ts';

/*
 * What follows an order once it is in the CRM: its status and its payments, each brought on by a message of its own.
 */

/** Is there anything that a message is still to bring on? What was given up is told of, and has a letter. */
export const isFollowing = (record: LedgerRecord): boolean =>
  phaseOf(record.state) === 'in_crm' &&
  ((isBehind(record) && !isGivenUp(record)) || (record.payments ?? []).some(isOnItsWay));

/** When it was last asked for, or tried (epoch ms). */
export const followedAt = ({
  lease_until = 0,
  not_before = 0,
  history,
  payments = [],
}: LedgerRecord): number =>
  Math.max(
    lease_until,
    not_before,
    Date.parse(history.at(-1)?.at ?? '') || 0,
    ...payments.filter(isOnItsWay).flatMap((payment) => [payment.asked_at ?? 0, payment.not_before ?? 0]),
  );

/** Since when something has been on its way (ISO 8601); `undefined` where nothing says it. */
export function followingSince(record: LedgerRecord): string | undefined {
  const { history, payments = [] } = record;
  const asked = isBehind(record) ? history.findLast(({ step }) => step === 'status_asked')?.at : undefined;
  const paid = payments
    .filter(isOnItsWay)
    .flatMap(({ asked_at }) => (asked_at === undefined ? [] : new Date(asked_at).toISOString()));
  // Where nothing is known it comes last.
  return [asked, ...paid].sort()[0];
}
