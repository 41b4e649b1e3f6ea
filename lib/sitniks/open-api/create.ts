import type { Exchange } from '../../http-calls/exchange.ts';
import type { Order } from '../../order/order.ts';
import { parseJson } from '../../order/parse-json.ts';
import { readErrorAnswer } from '../error-text.ts';
import type { CRMResponse, CrmFailure, OrderCreated } from '../result.ts';
import { isSuccess, notCreated } from '../statuses.ts';
import type { Call, Calling } from './calls.ts';
import { numberOf, orderRow } from './order-row.ts';
import { buildOpenApiPayload, type Resolved } from './payload.ts';
import type { OpenApiSettings } from './settings.ts';
import type { StatusIds } from './status-ids.ts';
import type { Variations } from './variations.ts';

export interface CreateDeps {
  call: Call;
  settings: OpenApiSettings;
  statuses: StatusIds;
  variations: Variations;
}

/** `client.fullname` must have as many. */
const SHORTEST_NAME = 3;

/**
 * `POST /orders`, after the account's ids have been found for what the order says. Once, and with all its fields: an
 * order that was refused is not sent with fewer. Only where Sitniks refuses an id that it gave us a while ago is it
 * asked for the ids anew, and the order sent again if they have changed.
 */
export async function createOrder(order: Order, deps: CreateDeps, calling: Calling): Promise<OrderCreated> {
  if ([...order.customer.name].length < SHORTEST_NAME) {
    return refused('Sitniks takes a customer only with a name of 3 letters or more', [
      { code: 'name_invalid', pointer: '#/customer/name' },
    ]);
  }
  const resolved = await resolve(order, deps, calling);
  if (!resolved.ok) return { ...resolved, mayHaveReachedCrm: false };
  const sent = await send(order, resolved, deps, calling);
  if (!sent.isIdRefused) return sent.result;

  deps.statuses.forget();
  deps.variations.forget();
  const anew = await resolve(order, deps, calling);
  if (!anew.ok) return { ...anew, mayHaveReachedCrm: false };
  return isSame(resolved, anew) ? sent.result : (await send(order, anew, deps, calling)).result;
}

async function resolve(
  order: Order,
  { settings, statuses, variations }: CreateDeps,
  calling: Calling,
): Promise<CRMResponse<Resolved>> {
  const status = await statuses.idOf(order.status, calling);
  if (!status.ok) return status;
  const variationIds = new Map<string, string>();
  const unknown: { line: number; sku: string }[] = [];
  for (const [line, { sku }] of order.items.entries()) {
    const found = await variations.find(sku, calling);
    if (!found.ok) return found;
    if (found.id !== undefined) variationIds.set(sku, found.id);
    else unknown.push({ line, sku });
  }
  if (unknown.length > 0 && settings.unknownSku === 'refuse') {
    const skus = [...new Set(unknown.map(({ sku }) => sku))].join(', ');
    return refused(
      `Sitniks' catalogue has nothing on sale under ${skus}`,
      unknown.map(({ line }) => ({ code: 'sku_unknown', pointer: `#/items/${line}/sku` })),
    );
  }
  return { ok: true, statusId: status.id, variationIds };
}

/** Codes seen: `status_must_be_valid`. Ids that are gone are called so, or by their field. */
const ID_REFUSED =
  /\b(status|product_?variation|item|variation)(_?id)?_(must_be_valid|not_found|must_exist)\b/i;

async function send(order: Order, resolved: Resolved, deps: CreateDeps, calling: Calling) {
  const body = buildOpenApiPayload(order, deps.settings, resolved);
  const called = await deps.call('orders', { method: 'POST', body }, calling);
  if (!called.ok) return { result: called, isIdRefused: false };
  const { answer } = called;
  const result = readCreated(answer, order, calling.apiKey);
  const words = answer.answered && answer.status === 400 ? readErrorAnswer(answer.body)?.message : undefined;
  const isIdRefused = ID_REFUSED.test(words ?? '');
  // Ids are ours to know: whoever ordered can put nothing right.
  return isIdRefused && !result.ok
    ? {
        result: {
          ...result,
          type: 'CONFIGURATION',
          reasons: [{ code: 'crm_misconfigured' }],
        } satisfies CrmFailure,
        isIdRefused,
      }
    : { result, isIdRefused };
}

function readCreated(answer: Exchange, order: Order, apiKey: string): OrderCreated {
  if (!answer.answered || !isSuccess(answer.status)) return notCreated(answer, order, apiKey);
  const inDoubt = (message: string): CrmFailure => ({
    ok: false,
    type: 'CONNECTION',
    message: `The CRM answered ${answer.status}, but ${message}`,
    mayHaveReachedCrm: true,
  });
  if (answer.body === undefined) return inDoubt('the body did not come, or was too large');
  const { data: row } = orderRow.safeParse(parseJson(answer.body));
  if (row === undefined) return inDoubt('not with an order that has an id');
  // An answer left on a reused socket can be another request's (GHSA-35p6-xmwp-9g52).
  if (row.externalId !== undefined && row.externalId !== order.external_id)
    return inDoubt("with another order's number");
  return { ok: true, crmOrderId: row.id, crmOrderNumber: numberOf(row) };
}

const isSame = (a: Resolved, b: Resolved): boolean =>
  a.statusId === b.statusId && JSON.stringify([...a.variationIds]) === JSON.stringify([...b.variationIds]);

const refused = (message: string, reasons: NonNullable<CrmFailure['reasons']>): CrmFailure => ({
  ok: false,
  type: 'VALIDATION',
  message,
  mayHaveReachedCrm: false,
  reasons,
});
