import type { ClaimDecision } from '../ledger/claim.ts';
import type { Doubt } from '../ledger/record.ts';
import type { Order, OrderStatus } from '../order/order.ts';
import type { Crm } from '../sitniks/crm.ts';
import type { Past } from '../sitniks/likeness.ts';
import type { CrmFailure, InCrm } from '../sitniks/result.ts';
import type { RateLimit } from './rate-limit.ts';
import { type Whose, whoseIs } from './whose.ts';

export type Claimed = Extract<ClaimDecision, { result: 'acquired' }>;

/** How an attempt at the CRM went. */
export type Attempt =
  | ({ kind: 'created'; status: OrderStatus } & InCrm)
  /** A look-up found one under this number. */
  | ({ kind: 'found'; whose: Whose } & InCrm)
  /** The CRM may have it, and can neither say that it has, nor prove that it has not. */
  | { kind: 'unproven'; why: string; candidates: readonly string[]; doubt: Doubt }
  | { kind: 'failed'; failure: CrmFailure; doubt: Doubt }
  /** A neighbour met the CRM's rate limit before this one called; or a call could outlive the lease. */
  | { kind: 'not_begun'; why: 'rate_limit' | 'lease'; doubt: Doubt };

export interface AttemptDeps {
  crm: Pick<Crm, 'find' | 'create'>;
  rateLimit: Pick<RateLimit, 'remainingMs'>;
  maxRetries: number;
  crmTimeoutMs: number;
  clockSkewMs: number;
  now: () => number;
}

/** A creation, and the same again with a new key. */
const CREATION_CALLS = 2;

/** Calls the CRM: looks up first wherever the order may be there already, and creates it only if it is not. */
export async function attemptOrder(
  order: Order,
  { record, lookUp }: Claimed,
  { crm, rateLimit, maxRetries, crmTimeoutMs, clockSkewMs, now }: AttemptDeps,
): Promise<Attempt> {
  let { doubt } = record;
  if (lookUp) {
    const found = await crm.find(order, pastOf(record));
    if (!found.ok) return { kind: 'failed', failure: found, doubt };
    switch (found.result) {
      case 'found': {
        const { crmOrderId, crmOrderNumber, likeness } = found;
        return { kind: 'found', crmOrderId, crmOrderNumber, whose: whoseIs(record, likeness) };
      }
      case 'unproven':
        // Where nothing of ours can have been sent, there is nothing to double.
        if (record.maybe_sent !== undefined) {
          const { why, candidates = [] } = found;
          return { kind: 'unproven', why, candidates, doubt: doubt ?? record.maybe_sent.at(-1) };
        }
        break;
      case 'absent':
        doubt = undefined;
    }
  }
  if (record.attempts > maxRetries + 1) return { kind: 'failed', failure: BROKE_OFF, doubt };
  if (rateLimit.remainingMs() > 0) return { kind: 'not_begun', why: 'rate_limit', doubt };
  // Once the lease is over somebody else looks up and creates: by then, even by a clock ahead, ours must have ended.
  const endsBy = now() + CREATION_CALLS * crmTimeoutMs + clockSkewMs;
  if (endsBy > (record.lease_until ?? 0)) return { kind: 'not_begun', why: 'lease', doubt };

  const created = await crm.create(order);
  if (created.ok) {
    const { crmOrderId, crmOrderNumber } = created;
    return { kind: 'created', crmOrderId, crmOrderNumber, status: order.status };
  }
  return { kind: 'failed', failure: created, doubt: created.mayHaveReachedCrm ? record.content_hash : doubt };
}

/** No attempt was sent before the relay first knew of it. */
const pastOf = ({ history, maybe_sent = [], content_hash }: Claimed['record']): Past => ({
  since: Date.parse(history[0]?.at ?? '') || 0,
  wasOtherwise: maybe_sent.some((hash) => hash !== content_hash),
  isUnsent: maybe_sent.length === 0,
});

/** The last attempt that was allowed ended without a result, as when the function was killed. */
const BROKE_OFF: CrmFailure = {
  ok: false,
  type: 'CONNECTION',
  message: 'The last attempt broke off, and the CRM does not have the order',
  mayHaveReachedCrm: false,
  reasons: [{ code: 'broke_off' }],
};
