import { exchange } from '../../http-calls/exchange.ts';
import type { Order } from '../../order/order.ts';
import type { OrderCreated, OrderFound } from '../result.ts';
import { readCreated, readFound, SEARCH_LIMIT } from './answers.ts';
import { buildOrderPayload } from './payload.ts';

export interface SitniksClient {
  /** `POST {base}/api/orders`: one attempt, no retry. */
  create(order: Order, apiKey: string): Promise<OrderCreated>;
  /** `GET {base}/api/orders?external_id=…`: is this order there already? Only an exact match counts. */
  find(order: Order, apiKey: string): Promise<OrderFound>;
}

export interface SitniksClientOptions {
  /** Ends before `/api/orders`; https, or http on loopback. */
  baseUrl: string;
  /** For each call, until the last byte of its answer. */
  timeoutMs: number;
  fetch?: typeof globalThis.fetch;
}

/**
 * The client of Sitniks' order API (Integration 5.0, `SnitkixCRMClient`). Make it once per process: the built-in fetch
 * then keeps its connections and reuses them (Integration 5.0, "API Client Singleton").
 */
export function createSitniksClient(options: SitniksClientOptions): SitniksClient {
  const { baseUrl, timeoutMs, fetch = globalThis.fetch } = options;
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
            'idempotency-key': order.external_id,
          },
          body: JSON.stringify(buildOrderPayload(order)),
        },
        timeoutMs,
      );
      return readCreated(answer, order, apiKey);
    },

    async find(order, apiKey) {
      const url = new URL(orders);
      url.searchParams.set('external_id', order.external_id);
      url.searchParams.set('limit', String(SEARCH_LIMIT));
      return readFound(await exchange(fetch, url, { headers: headers(apiKey) }, timeoutMs), order, apiKey);
    },
  };
}
