import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Caller } from '../callers/callers.ts';
import { orderError } from '../explanations/explain.ts';
import { type Log, nameOf } from '../lambda/observability.ts';
import { type Ledger, RETENTION_DAYS } from '../ledger/ledger.ts';
import { isExternalId } from '../order/external-id.ts';
import type { OrderView } from './contract.ts';
import { json, Problem } from './http.ts';
import { paymentsView, statusView } from './status-view.ts';

/**
 * `GET /orders/{external_id}`: where the caller's own order is, and why. Consistent reads: one, or two where another's order
 * has the number. Somebody else's order is answered as one that is not there.
 *
 * @throws {Problem} 404; 503 where the ledger cannot be read.
 */
export async function getOrder(
  event: APIGatewayProxyEventV2,
  { caller, ledger, log }: { caller: Caller; ledger: Pick<Ledger, 'get' | 'getAside'>; log: Log },
): Promise<APIGatewayProxyStructuredResultV2> {
  const externalId = event.pathParameters?.['external_id'] ?? '';
  const record = isExternalId(externalId) ? await read() : undefined;
  if (record === undefined) {
    throw new Problem('order_not_found', {
      detail: `No order of yours is known under this external_id in the last ${RETENTION_DAYS} days. One that was accepted a moment ago may not be seen yet: ask again in a minute.`,
    });
  }
  return json(
    200,
    {
      external_id: record.external_id,
      state: record.state,
      attempts: record.attempts,
      crm_order_id: record.crm_order_id ?? null,
      error: record.error === undefined ? null : orderError(record.error),
      status: statusView(record),
      ...paymentsView(record),
      history: record.history,
      links: { self: `/orders/${record.external_id}` },
    } satisfies OrderView,
    { 'cache-control': 'no-store' },
  );

  async function read() {
    try {
      const holder = await ledger.get(externalId);
      // One that has lost its number, or never had it, has a story of its own.
      return holder?.submitted_by === caller.name ? holder : await ledger.getAside(externalId, caller.name);
    } catch (error) {
      log.error('Ledger not read', { external_id: externalId, error_name: nameOf(error) });
      throw new Problem(
        'temporarily_unavailable',
        {
          detail: 'Where the order is cannot be told just now. Ask again.',
          headers: { 'retry-after': '5' },
          reasons: [{ code: 'internal_error' }],
        },
        { cause: error },
      );
    }
  }
}
