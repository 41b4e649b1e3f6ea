import type { Exchange } from '../http-calls/exchange.ts';
import type { CrmFailure } from './result.ts';
import { failureOf } from './statuses.ts';

/** Where the order is not there, and where what is asked cannot be done with it. */
const GONE: readonly number[] = [404, 410];
const REFUSED: readonly number[] = [400, 405, 409, 422];

/** Why a status was not set. It can be set twice, so nothing is left in doubt. */
export function statusNotSet(answer: Exchange): CrmFailure {
  const failed: CrmFailure = { ...failureOf(answer, ''), mayHaveReachedCrm: false };
  if (!answer.answered) return failed;
  const { status } = answer;
  if (GONE.includes(status)) {
    return {
      ...failed,
      type: 'VALIDATION',
      message: `The CRM does not know this order any more (${status})`,
      reasons: [{ code: 'order_gone' }],
    };
  }
  if (REFUSED.includes(status)) {
    return {
      ...failed,
      type: 'VALIDATION',
      message: `The CRM refuses the status (${status})`,
      reasons: [{ code: 'status_refused' }],
    };
  }
  return failed;
}

/** A person has moved it to a status of the shop's own. Whether ours is further, nobody but the shop can tell. */
export const SET_BY_HAND: CrmFailure = {
  ok: false,
  type: 'CONFLICT',
  message: "The order has a status of the shop's own in the CRM, which is left as it is",
  mayHaveReachedCrm: false,
  reasons: [{ code: 'status_by_hand' }],
};
