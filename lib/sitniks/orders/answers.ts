import * as z from 'zod';
import type { Exchange } from '../../http-calls/exchange.ts';
import type { Order } from '../../order/order.ts';
import { parseJson } from '../../order/parse-json.ts';
import { errorText, readErrorAnswer } from '../error-text.ts';
import type { CrmErrorType, CrmFailure, OrderCreated, OrderFound } from '../result.ts';
import { crmId, failureOf, isSuccess, notCreated, orNothing } from '../statuses.ts';

/** How many look-up rows to ask for: more than one, so that a search that ignores its filter gives itself away. */
export const SEARCH_LIMIT = 50;

/** Both ids are what the client of that contract reads. */
const orderAnswer = z.looseObject({
  id: orNothing(crmId),
  order_id: orNothing(crmId),
  external_id: orNothing(z.union([z.string(), z.number()]).transform(String)),
});
const searchAnswer = z
  .union([
    z.array(z.unknown()),
    z.looseObject({ data: z.array(z.unknown()) }).transform(({ data }) => data),
    z.looseObject({ orders: z.array(z.unknown()) }).transform(({ orders }) => orders),
  ])
  .pipe(z.array(orderAnswer));

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

/** What the answer to a look-up means: found, not there, or no telling. */
export function readFound(answer: Exchange, order: Order, apiKey: string): OrderFound {
  // A search changes nothing, so it leaves nothing in doubt that was not in doubt before.
  const unclear = (type: CrmErrorType, message: string): CrmFailure => ({
    ok: false,
    type,
    message,
    mayHaveReachedCrm: false,
  });
  if (!answer.answered || !isSuccess(answer.status)) {
    const said = answer.answered ? readErrorAnswer(answer.body) : undefined;
    const failed = failureOf(answer, errorText(said, order, apiKey));
    // The order's content plays no part in a search, so it cannot be what was refused.
    const type = failed.type === 'VALIDATION' ? 'CONFIGURATION' : failed.type;
    return { ...failed, type, message: `Look-up: ${failed.message}`, mayHaveReachedCrm: false };
  }
  const parsed = searchAnswer.safeParse(answer.body === undefined ? undefined : parseJson(answer.body));
  if (!parsed.success) {
    return unclear('CONNECTION', `Look-up: the CRM answered ${answer.status}, but not with a list of orders`);
  }
  const match = parsed.data.find(({ external_id }) => external_id === order.external_id);
  if (match !== undefined) {
    const crmOrderId = match.id ?? match.order_id;
    return crmOrderId === undefined
      ? unclear('CONNECTION', 'Look-up: the CRM has the order, but does not say under which id')
      : { ok: true, crmOrderId };
  }
  const isAnswerToOurs = parsed.data.every(({ external_id }) => external_id?.includes(order.external_id));
  if (!isAnswerToOurs || parsed.data.length >= SEARCH_LIMIT) {
    return unclear(
      'CONFIGURATION',
      'Look-up: the CRM does not search by external_id, so it cannot say "not there"',
    );
  }
  return { ok: true, crmOrderId: undefined };
}
