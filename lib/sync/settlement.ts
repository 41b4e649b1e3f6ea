import type { Settlement } from '../queues/codec.ts';
import type { Attempt, Claimed } from './attempt.ts';

/**
 * What a person has said of an order that was parked because nothing was certain. It counts for the first attempt after
 * that, and for no other: once something may have been sent again, what the person saw is no longer all there is.
 */
const counts = ({ settledAt }: Settlement, { record }: Claimed): boolean =>
  record.attempts === 1 && record.settled_before === settledAt;

/** It is there: the person says so, and under which number. */
export function foundByPerson(settlement: Settlement | undefined, claimed: Claimed): Attempt | undefined {
  return settlement?.isThere && counts(settlement, claimed)
    ? { kind: 'found', crmOrderId: settlement.crmOrderId, whose: 'ours' }
    : undefined;
}

/** It is not there: then it is created without being looked for. Else as it was claimed. */
export function asPersonSays(settlement: Settlement | undefined, claimed: Claimed): Claimed {
  const isAbsent = settlement !== undefined && !settlement.isThere && counts(settlement, claimed);
  return isAbsent ? { ...claimed, lookUp: false, record: { ...claimed.record, doubt: undefined } } : claimed;
}
