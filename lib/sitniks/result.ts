import type { FailureType } from '../explanations/failure.ts';
import type { Reason } from '../explanations/reasons.ts';
import type { OrderStatus } from '../order/order.ts';
import type { Likeness } from './likeness.ts';

/**
 * How a call to the CRM can fail: Integration 5.0's `CRMResponse.fail(type=…)`, with CONFLICT, RATE_LIMIT and
 * CONFIGURATION told apart. What follows from each type is decided in one place, `sync/after-attempt.ts`.
 */
export type CrmErrorType = Exclude<FailureType, 'UNPROVEN' | 'MALFORMED' | 'NO_REASON' | 'UNKNOWN'>;

export interface CrmFailure {
  ok: false;
  type: CrmErrorType;
  /** In words, without personal data or the key: fit for the ledger and the dead-letter queue. */
  message: string;
  /** Whether the CRM may have acted on the request all the same: then it must be looked up, not sent again. */
  mayHaveReachedCrm: boolean;
  /** Where more is known than the type says: of VALIDATION, what the CRM complains of. */
  reasons?: readonly Reason[];
  /** RATE_LIMIT and CONNECTION: how long the CRM asked to be left alone, if it said. */
  retryAfterMs?: number;
}

/** `CRMResponse` of Integration 5.0. */
export type CRMResponse<T> = ({ ok: true } & T) | CrmFailure;

/** The order is in the CRM, under this id of the CRM's own. */
export type OrderCreated = CRMResponse<InCrm>;

export interface InCrm {
  /** For calls. */
  crmOrderId: string;
  /** What people call it, where that is another. */
  crmOrderNumber?: string | undefined;
}

/** The order has this status now: the one that was asked for, or one that is further. */
export type StatusSet = CRMResponse<{ status: OrderStatus }>;

/** The CRM has the payment. */
export type PaymentBooked = CRMResponse<object>;

/** What a look-up by our number found out. What it proves is the dialect's to say, whose answer it reads. */
export type LookUp =
  /**
   * There is one under this number, ours or another's; `times`: or so many, where there are several. `contents`: hashes of
   * what it says there, one for each status that it may have been sent with; none where not all of it is given back.
   */
  | ({ result: 'found'; likeness: Likeness; times?: number; contents?: readonly string[] } & InCrm)
  /** There is none, and the answer proves it. */
  | { result: 'absent' }
  /** Neither is proven. `why` is about the CRM, and holds nothing of the order; one of `candidates` may be it. */
  | { result: 'unproven'; why: string; candidates?: readonly string[] };

export type OrderFound = CRMResponse<LookUp>;
