import { exchange } from '../../http-calls/exchange.ts';
import { textHash } from '../../order/content-hash.ts';
import { isFurther, type Order } from '../../order/order.ts';
import type { Dialect } from '../dialect.ts';
import { SET_BY_HAND, statusNotSet } from '../status-not-set.ts';
import { isSuccess } from '../statuses.ts';
import { noTelling, readCreated, readFoundPage, readStatusOf, readStatusSet } from './answers.ts';
import { buildOrderPayload } from './payload.ts';
import { type Page, readSearch } from './search.ts';
import { STATUS_MAPPING } from './status.ts';

export interface SitniksClientOptions {
  /** Ends before `/api/orders`; https, or http on loopback. */
  baseUrl: string;
  /** For each call, until the last byte of its answer. */
  timeoutMs: number;
  fetch?: typeof globalThis.fetch;
  now?: () => number;
}

/**
 * The client of Sitniks' order API (Integration 5.0, `SnitkixCRMClient`). Make it once per process: the built-in fetch
 * then keeps its connections and reuses them (Integration 5.0, "API Client Singleton").
 */
export function createSitniksClient(options: SitniksClientOptions): Dialect {
  const { baseUrl, timeoutMs, fetch = globalThis.fetch, now = Date.now } = options;
  const orders = new URL('api/orders', baseUrl.endsWith('/') ? baseUrl : `${baseUrl}/`);
  const headers = (apiKey: string) => ({
    accept: 'application/json',
    authorization: `Bearer ${apiKey}`,
    'user-agent': 'sitniks-orders',
  });

  return {
    async create(order, apiKey) {
      const answer = await exchange(
        fetch,
        orders,
        {
          method: 'POST',
          headers: {
            ...headers(apiKey),
            'content-type': 'application/json',
            'idempotency-key': idempotencyKey(order),
          },
          body: JSON.stringify(buildOrderPayload(order)),
        },
        timeoutMs,
      );
      return readCreated(answer, order, apiKey);
    },

    async find(order, apiKey) {
      // All pages within the time of one call: an order is begun only if its calls fit in.
      const deadline = now() + timeoutMs;
      const pages: Page[] = [];
      for (let leftMs = timeoutMs; leftMs > 0 && pages.length < MOST_PAGES; leftMs = deadline - now()) {
        const url = searchUrl(orders, order.external_id, pages.length + 1);
        const answer = await exchange(fetch, url, { headers: headers(apiKey) }, leftMs);
        const read = readFoundPage(answer, order, apiKey);
        if (!read.ok && pages.length === 0) return read;
        if (!read.ok) break;
        pages.push(read.page);
        const reading = readSearch(pages, order, ROWS_ASKED);
        if (reading.result === 'nameless') {
          return noTelling('the CRM has the order, but does not say under which id');
        }
        if (reading.result !== 'next') return { ok: true, ...reading };
      }
      return { ok: true, result: 'unproven', why: 'its search gives more orders than can be read' };
    },

    // The paths are those of the client that the contract documents, and no part of the contract itself.
    async setStatus(crmOrderId, status, apiKey) {
      const url = new URL(`orders/${encodeURIComponent(crmOrderId)}`, orders);
      const seen = await exchange(fetch, url, { headers: headers(apiKey) }, timeoutMs);
      // Unseen, it may be further already. Only where orders cannot be asked for at all there is nothing to see.
      if (!seen.answered || !(isSuccess(seen.status) || UNASKABLE.includes(seen.status)))
        return statusNotSet(seen);
      if (isSuccess(seen.status) && seen.body === undefined)
        return noTelling(`the CRM answered ${seen.status}, but the order did not come, or was too large`);
      const current = readStatusOf(seen);
      if (current === 'foreign') return SET_BY_HAND;
      if (current !== undefined && !isFurther(status, current)) return { ok: true, status: current };
      const change = {
        method: 'PATCH',
        headers: { ...headers(apiKey), 'content-type': 'application/json' },
        body: JSON.stringify({ status: STATUS_MAPPING[status] }),
      };
      return readStatusSet(await exchange(fetch, url, change, timeoutMs), status);
    },
  };
}

/** `GET /api/orders/{id}` is no part of the contract. What is gone, the change says so as well. */
const UNASKABLE: readonly number[] = [404, 405];

/** More than one row, so that a search that ignores its filter gives itself away. */
const ROWS_ASKED = 50;
const MOST_PAGES = 5;

function searchUrl(orders: URL, externalId: string, page: number): URL {
  const url = new URL(orders);
  url.searchParams.set('external_id', externalId);
  url.searchParams.set('limit', String(ROWS_ASKED));
  if (page > 1) url.searchParams.set('page', String(page));
  return url;
}

/** The same for every attempt with one body, and another for a correction or another status: no key comes with two bodies. */
const idempotencyKey = (order: Order): string => `${order.external_id}:${textHash(JSON.stringify(order))}`;
