import type { Order } from '../../order/order.ts';
import type { Dialect } from '../dialect.ts';
import { bookPayment } from './book-payment.ts';
import { createCall } from './calls.ts';
import { createOrder } from './create.ts';
import { lookUpOrder } from './look-up.ts';
import { createPace, type Pace, paceOf } from './pace.ts';
import { setOrderStatus } from './set-status.ts';
import type { OpenApiSettings } from './settings.ts';
import { statusIds } from './status-ids.ts';
import { variations } from './variations.ts';

export interface OpenApiOptions {
  /** With or without `/open-api` at its end; https, or http on loopback. */
  baseUrl: string;
  /** For each call, until the last byte of its answer. */
  timeoutMs: number;
  settings: OpenApiSettings;
  /** Containers that may call at the same time with the same key. */
  containers: number;
  /** How long statuses and variations are kept. */
  lookUpTtlMs?: number;
  pace?: Pace;
  shutMs?: number;
  mostShutMs?: number;
  fetch?: typeof globalThis.fetch;
}

const TEN_MINUTES_MS = 600_000;

/**
 * The client of Sitniks' live Open API, as public integrations show it: nobody here has called it (docs/sitniks.md says
 * how sure each fact is). Make it once per process: its connections, its pace and what it has looked up are shared.
 */
export function createOpenApiClient(options: OpenApiOptions): Dialect {
  const { settings, timeoutMs, containers, lookUpTtlMs = TEN_MINUTES_MS } = options;
  const pace = options.pace ?? createPace(paceOf(settings.callsIn10Seconds, containers));
  const call = createCall({ ...options, pace });
  const known = {
    statuses: statusIds(call, settings.statuses, lookUpTtlMs),
    variations: variations(call, { warehouseId: settings.warehouseId, ttlMs: lookUpTtlMs }),
  };
  const lookUp = lookUpOrder(call);
  const { settlementAccountId } = settings;
  // An order is begun only if three calls fit in: so is what comes before the last one.
  const calling = (apiKey: string, calls: number) => ({ apiKey, until: Date.now() + calls * timeoutMs });

  return {
    create: (order: Order, apiKey) => createOrder(order, { call, settings, ...known }, calling(apiKey, 1)),
    find: (order, apiKey, past = { since: 0 }) => lookUp(order, past, calling(apiKey, 1.5)),
    setStatus: (crmOrderId, status, apiKey) =>
      setOrderStatus(crmOrderId, status, { call, statuses: known.statuses }, calling(apiKey, 1)),
    ...(settlementAccountId !== undefined && {
      book: (crmOrderId, payment, paidBeside, apiKey) =>
        bookPayment(crmOrderId, payment, paidBeside, { call, settlementAccountId }, calling(apiKey, 1)),
    }),
  };
}
