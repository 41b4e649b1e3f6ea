import type { ReasonCode } from '../explanations/reasons.ts';
import type { CrmErrorType, CrmFailure } from './result.ts';

/** Why a payment is not booked, where that is sure. */
export const notBooked = (type: CrmErrorType, message: string, reason: ReasonCode): CrmFailure => ({
  ok: false,
  type,
  message,
  mayHaveReachedCrm: false,
  reasons: [{ code: reason }],
});

/** The contract knows no payments, and an account may have none that they are booked on. */
export const PAYMENTS_NOT_SET_UP = notBooked(
  'CONFIGURATION',
  'No payment is booked here: that needs the Open API, and settlementAccountId in its settings',
  'payment_not_set_up',
);
