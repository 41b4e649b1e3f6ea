import * as z from 'zod';
import type { Reason } from '../../explanations/reasons.ts';
import type { Exchange } from '../../http-calls/exchange.ts';
import { readRetryAfter } from '../../http-calls/retry-after.ts';
import type { Order } from '../../order/order.ts';
import { errorText, parseJson, readErrorAnswer } from '../error-text.ts';
import { refusalReasons } from '../refusal-reasons.ts';
import type { CrmErrorType, CrmFailure, OrderCreated, OrderFound } from '../result.ts';

/** How many look-up rows to ask for: more than one, so that a search that ignores its filter gives itself away. */
export const SEARCH_LIMIT = 50;

/** An id as it may be kept and shown: whatever else stands there is text from outside, and no id. */
const crmId = z
  .union([z.string(), z.number()])
  .transform(String)
  .pipe(z.string().regex(/^[\w.:-]{1,64}$/));

/** A member may be missing or null, as that of an order that a manager made by hand. */
const orNothing = <T extends z.ZodType>(schema: T) =>
  schema.nullish().transform((value) => value ?? undefined);

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

/** {@link failure}, and what the answer to a creation says besides: what is wrong with the order, or that it is there. */
function notCreated(answer: Exchange, order: Order, apiKey: string): CrmFailure {
  if (!answer.answered) return failure(answer, '');
  const said = readErrorAnswer(answer.body);
  const words = errorText(said, order, apiKey);
  const failed = failure(answer, words);
  const isConflict = answer.status === 409;
  if (failed.type !== 'VALIDATION' && !isConflict) return failed;

  // A 409 alone says that there is one already; with words it may be about something else: the stock, say.
  const reasons: Reason[] =
    isConflict && words === '' ? [{ code: 'duplicate_in_crm' }] : refusalReasons(said);
  const isUnderstood = reasons.some(({ code }) => code !== 'refused_unknown');
  const isThere = reasons.every(({ code }) => code === 'duplicate_in_crm');
  return {
    ...failed,
    type: isThere || (isConflict && !isUnderstood) ? 'CONFLICT' : 'VALIDATION',
    message: withWords(
      `The CRM ${isThere ? 'has this order already' : 'refuses the order'} (${answer.status})`,
      words,
    ),
    reasons,
  };
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
    const failed = failure(answer, errorText(said, order, apiKey));
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

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

/** What an answer that is not a success means: the one place that reads the CRM's statuses. */
function failure(answer: Exchange, words: string): CrmFailure {
  if (!answer.answered) {
    return {
      ok: false,
      type: 'CONNECTION',
      message: `The CRM cannot be reached: ${answer.reason}`,
      mayHaveReachedCrm: answer.mayHaveBeenSent,
    };
  }
  const { status } = answer;
  const refused = (type: CrmErrorType, message: string): CrmFailure => ({
    ok: false,
    type,
    message: withWords(message, words),
    mayHaveReachedCrm: type === 'CONNECTION',
  });

  if (status === 401 || status === 403)
    return refused('AUTHENTICATION', `The CRM refuses the API key (${status})`);
  if (status === 400 || status === 422) return refused('VALIDATION', `The CRM refuses the order (${status})`);
  if (status === 429) {
    const retryAfterMs = readRetryAfter(answer.headers.get('retry-after'), Date.now());
    return {
      ...refused('RATE_LIMIT', 'The CRM asks for a pause (429)'),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    };
  }
  if (status >= 500 || status === 408) return refused('CONNECTION', `The CRM failed (${status})`);
  if (status >= 300 && status < 400) {
    return refused(
      'CONFIGURATION',
      `The CRM redirects (${status}): SITNIKS_BASE_URL is not where its API is`,
    );
  }
  return refused('CONFIGURATION', `The CRM does not know this request (${status}): check SITNIKS_BASE_URL`);
}

const withWords = (message: string, words: string): string =>
  words === '' ? message : `${message}: ${words}`;
