import * as z from 'zod/mini';
import type { Exchange } from '../../http-calls/exchange.ts';
import { ORDER_STATUSES, type Order, type OrderStatus } from '../../order/order.ts';
import { parseJson } from '../../order/parse-json.ts';
import { errorText, readErrorAnswer } from '../error-text.ts';
import type { Sought } from '../likeness.ts';
import type { CrmFailure, OrderCreated, StatusSet } from '../result.ts';
import { statusNotSet } from '../status-not-set.ts';
import { crmId, failureOf, isSuccess, notCreated, orNothing, textual } from '../statuses.ts';
import { type Page, readPage } from './search.ts';
import { STATUS_MAPPING } from './status.ts';

/** Both ids are what the client of that contract reads. */
const orderAnswer = z.looseObject({
  id: orNothing(crmId),
  order_id: orNothing(crmId),
  external_id: orNothing(textual),
});
/** What the answer to a creation means for the order. */
export function readCreated(answer: Exchange, order: Order, apiKey: string): OrderCreated {
  if (!answer.answered || !isSuccess(answer.status)) return notCreated(answer, order, apiKey);

  const inDoubt = (message: string): CrmFailure => ({
    ok: false,
    type: 'CONNECTION',
    message: `The CRM answered ${answer.status}, but ${message}`,
    mayHaveReachedCrm: true,
  });
  if (answer.body === undefined) return inDoubt('the body did not come, or was too large');
  const parsed = orderAnswer.safeParse(parseJson(answer.body));
  if (!parsed.success) return inDoubt('not with an order in JSON');
  const { id, order_id, external_id } = parsed.data;
  const crmOrderId = id ?? order_id;
  if (crmOrderId === undefined) return inDoubt('without an id');
  // An answer left on a reused socket can be another request's (GHSA-35p6-xmwp-9g52).
  if (external_id !== undefined && external_id !== order.external_id)
    return inDoubt("with another order's id");
  return { ok: true, crmOrderId };
}

/**
 * What a page of a look-up holds, or why there is none to read. A search changes nothing, so it leaves nothing in doubt
 * that was not in doubt before.
 */
export function readFoundPage(
  answer: Exchange,
  order: Sought,
  apiKey: string,
): { ok: true; page: Page } | CrmFailure {
  if (!answer.answered || !isSuccess(answer.status)) {
    const said = answer.answered ? readErrorAnswer(answer.body) : undefined;
    const failed = failureOf(answer, errorText(said, order, apiKey));
    // The order's content plays no part in a search, so it cannot be what was refused.
    const type = failed.type === 'VALIDATION' ? 'CONFIGURATION' : failed.type;
    return { ...failed, type, message: `Look-up: ${failed.message}`, mayHaveReachedCrm: false };
  }
  const page = readPage(parseJson(answer.body ?? ''));
  return page === undefined
    ? noTelling(`the CRM answered ${answer.status}, but not with a list of orders`)
    : { ok: true, page };
}

export const noTelling = (message: string): CrmFailure => ({
  ok: false,
  type: 'CONNECTION',
  message: `Look-up: ${message}`,
  mayHaveReachedCrm: false,
});

const withStatus = z.looseObject({ status: z.string() });

/** The status that the CRM says an order has: one of ours, or `foreign`; `undefined` where it does not say. */
export function readStatusOf(answer: Exchange): OrderStatus | 'foreign' | undefined {
  if (!answer.answered || !isSuccess(answer.status)) return undefined;
  const { data } = withStatus.safeParse(parseJson(answer.body ?? ''));
  if (data === undefined) return undefined;
  return ORDER_STATUSES.find((status) => STATUS_MAPPING[status] === data.status.trim()) ?? 'foreign';
}

/** What the answer to a change of status means. It can be made twice, so nothing of it is left in doubt. */
export function readStatusSet(answer: Exchange, status: OrderStatus): StatusSet {
  if (answer.answered && isSuccess(answer.status)) return { ok: true, status };
  return statusNotSet(answer);
}
