import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Caller } from '../callers/callers.ts';
import { type Log, nameOf } from '../lambda/observability.ts';
import { isToFollow } from '../ledger/follow.ts';
import { type Ledger, RETENTION_DAYS } from '../ledger/ledger.ts';
import { isToBook } from '../ledger/payments.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { isExternalId } from '../order/external-id.ts';
import { fieldErrors, invalidJson } from '../order/field-errors.ts';
import { structureErrors } from '../order/json-structure.ts';
import { ORDER_STATUSES } from '../order/order.ts';
import { parseJson } from '../order/parse-json.ts';
import { STATUS_FIELD_NAMES, type StatusBody, statusBodySchema } from '../order/status-change.ts';
import { traceparent } from '../queues/codec.ts';
import type { OrdersQueue } from '../queues/queues.ts';
import type { StatusAccepted } from './contract.ts';
import { decodeUtf8, json, Problem, readJsonBytes } from './http.ts';
import { passOnStatus } from './pass-on-status.ts';
import { requireSignature } from './signature.ts';
import { paymentsView, statusView } from './status-view.ts';

export interface AcceptStatusDeps {
  caller: Caller;
  newerCaller: () => Promise<Caller | undefined>;
  queue: Pick<OrdersQueue, 'send'>;
  ledger: Pick<Ledger, 'get' | 'getAside' | 'replace'>;
  log: Log;
  now?: () => number;
}

const MAX_BODY_BYTES = 4 * 1024;

/**
 * `PUT /orders/{external_id}/status`: for whoever learns how far an order is and does not have the whole of it, as a
 * payment's callback. 202 only after SQS has acknowledged it. A status that the order has, or has left behind, is taken
 * and changes nothing: an order never goes back. PAID may say what was paid, which the CRM books once.
 *
 * @throws {Problem} 400, 401 (the signature), 404, 409, 413, 415, 503.
 */
export async function acceptStatus(
  event: APIGatewayProxyEventV2,
  deps: AcceptStatusDeps,
): Promise<APIGatewayProxyStructuredResultV2> {
  const { caller, now = Date.now } = deps;
  const external_id = event.pathParameters?.['external_id'] ?? '';
  const log = deps.log.child({
    submitted_by: caller.name,
    ...(isExternalId(external_id) && { external_id }),
  });
  const { status, payment } = await readStatus(event, deps);
  const record = await ownOrder(external_id, { ...deps, log });

  const isPaid = payment !== undefined && isToBook(record, payment.amount, now());
  const isRepeat = !isToFollow(record, status) && !isPaid;
  const trace = traceparent.safeParse(event.headers['traceparent']).data;
  const noted = isRepeat
    ? record
    : await passOnStatus(
        { external_id, status, ...(isPaid && { payment }) },
        { submitted_by: caller.name, traceparent: trace },
        { ...deps, log, now },
      );
  const known = noted ?? record;
  const view = statusView(known);
  const body: StatusAccepted = {
    external_id,
    state: known.state,
    duplicate: isRepeat,
    status: noted !== undefined ? view : { in_crm: view?.in_crm ?? null, wanted: status, error: null },
    ...paymentsView(known),
  };
  return json(202, body, { location: `/orders/${external_id}` });
}

async function readStatus(
  event: APIGatewayProxyEventV2,
  { caller, newerCaller }: AcceptStatusDeps,
): Promise<StatusBody> {
  const bytes = readJsonBytes(event, MAX_BODY_BYTES, 'A status');
  await requireSignature({ body: bytes, headers: event.headers }, caller, newerCaller);
  const text = decodeUtf8(bytes);
  const value = parseJson(text);
  const parsed = statusBodySchema.safeParse(value);
  // What JSON.parse passes over: a status that comes twice is two statuses, and nobody knows which is meant.
  const structure = value === undefined ? [] : structureErrors(text, STATUS_FIELD_NAMES);
  if (parsed.success && structure.length === 0) return parsed.data;
  throw new Problem('invalid_status', {
    detail: `Send { "status": "PAID" }, with one of ${ORDER_STATUSES.join(', ')}.`,
    members: {
      errors:
        value === undefined
          ? [invalidJson(text, undefined)]
          : [...structure, ...(parsed.success ? [] : fieldErrors(parsed.error, value))],
    },
  });
}

/** The caller's own order. @throws {Problem} 404, 409, 503 */
async function ownOrder(
  externalId: string,
  { caller, ledger, log }: Pick<AcceptStatusDeps, 'caller' | 'ledger' | 'log'>,
): Promise<LedgerRecord> {
  const read = async () => {
    if (!isExternalId(externalId)) return {};
    const holder = await ledger.get(externalId);
    if (holder?.submitted_by === caller.name) return { own: holder };
    return { aside: await ledger.getAside(externalId, caller.name) };
  };
  const { own, aside } = await read().catch((error) => {
    log.error('Ledger not read', { error_name: nameOf(error) });
    throw new Problem(
      'temporarily_unavailable',
      {
        detail:
          'Whether there is such an order cannot be told just now: its status was not accepted. Send it again.',
        headers: { 'retry-after': '5' },
      },
      { cause: error },
    );
  });
  if (own !== undefined) return own;
  if (aside !== undefined) {
    throw new Problem('external_id_taken', {
      detail:
        'Under this external_id another order is; yours is kept aside. Send it under an id of its own, with the status that it has by now.',
      members: { state: aside.state },
    });
  }
  throw new Problem('order_not_found', {
    detail: `No order of yours is known under this external_id in the last ${RETENTION_DAYS} days, so it has no status to change. One that was accepted a moment ago may not be seen yet: send it again in a minute.`,
  });
}
