import * as z from 'zod/mini';
import type { ReasonCode } from '../../explanations/reasons.ts';
import type { Exchange } from '../../http-calls/exchange.ts';
import { parseJson } from '../../order/parse-json.ts';
import type { Payment } from '../../order/payment.ts';
import type { CrmErrorType, CrmFailure, PaymentBooked } from '../result.ts';
import { statusNotSet } from '../status-not-set.ts';
import { crmId, failureOf, isSuccess, orNothing } from '../statuses.ts';
import type { Call, Calling } from './calls.ts';
import { notRead, unreadable } from './lists.ts';
import { orderRow } from './order-row.ts';
import { wireId } from './payload.ts';
import type { OpenApiSettings } from './settings.ts';

/**
 * `POST /transactions`, if the order is still there and is not paid with more than it costs. One source shows the call
 * (docs/sitniks.md), and none a way to ask for what was booked: so it is sent once.
 */
export async function bookPayment(
  crmOrderId: string,
  { amount, comment }: Payment,
  paidBeside: number,
  {
    call,
    settlementAccountId,
  }: { call: Call; settlementAccountId: NonNullable<OpenApiSettings['settlementAccountId']> },
  calling: Calling,
): Promise<PaymentBooked> {
  const seen = await call(`orders/${encodeURIComponent(crmOrderId)}`, {}, calling);
  if (!seen.ok) return seen;
  const { answer } = seen;
  if (answer.answered && answer.status === 404) return statusNotSet(answer);
  if (!answer.answered || !isSuccess(answer.status)) return notRead(answer, 'orders/{id}');
  const { data: order } = orderRow.safeParse(parseJson(answer.body ?? ''));
  // Asked again, it may say: only of an order is it known that it does not.
  if (order === undefined) return unreadable(answer.status, 'orders/{id}', 'an order');
  if (order.totalPrice === undefined) {
    return notBooked('VALIDATION', 'Sitniks does not say what the order costs', 'payment_refused');
  }
  if (kopiykas(amount) + kopiykas(paidBeside) > kopiykas(order.totalPrice)) {
    return notBooked(
      'VALIDATION',
      `${amount} would be more than the order costs in Sitniks (${order.totalPrice}, and ${paidBeside} is paid)`,
      'payment_too_much',
    );
  }

  const body = { orderId: wireId(crmOrderId), settlementAccountId, amount, comment };
  const sent = await call('transactions', { method: 'POST', body }, calling);
  return sent.ok ? readBooked(sent.answer, crmOrderId) : sent;
}

const kopiykas = (hryvnia: number): number => Math.round(hryvnia * 100);

/** Bare, or within `data`: nobody has seen one. What has no id is no answer to this. */
const bare = z.looseObject({ id: crmId, orderId: z.catch(orNothing(crmId), undefined) });
const transaction = z.union([
  bare,
  z.pipe(
    z.looseObject({ data: bare }),
    z.transform(({ data }) => data),
  ),
]);

const REFUSED: readonly number[] = [400, 404, 405, 422];

function readBooked(answer: Exchange, crmOrderId: string): PaymentBooked {
  if (answer.answered && isSuccess(answer.status)) {
    const { data } = transaction.safeParse(parseJson(answer.body ?? ''));
    if (data === undefined) return inDoubt(`answered ${answer.status}, but not with a payment`);
    // An answer left on a reused socket can be another request's (GHSA-35p6-xmwp-9g52).
    return data.orderId === undefined || data.orderId === crmOrderId
      ? { ok: true }
      : inDoubt(`answered ${answer.status}, but with another order's payment`);
  }
  if (answer.answered && REFUSED.includes(answer.status)) {
    return notBooked('VALIDATION', `Sitniks refuses the payment (${answer.status})`, 'payment_refused');
  }
  // Nobody knows what it would mean: perhaps that it is there.
  if (answer.answered && answer.status === 409) return inDoubt('answered 409');
  return failureOf(answer, '');
}

/** Where that is sure. */
const notBooked = (type: CrmErrorType, message: string, reason: ReasonCode): CrmFailure => ({
  ok: false,
  type,
  message,
  mayHaveReachedCrm: false,
  reasons: [{ code: reason }],
});

const inDoubt = (what: string): CrmFailure => ({
  ok: false,
  type: 'CONNECTION',
  message: `Sitniks ${what}`,
  mayHaveReachedCrm: true,
});
