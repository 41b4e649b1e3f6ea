import { createSitniksClient } from '../lib/sitniks/orders/client.ts';
import { declinePayment } from '../lib/sync/decline-payment.ts';
import { consumer } from './consumer.ts';

/** `syncOrders` where the dialect is `orders`, which knows no payments. */
export const handler = consumer(
  'orders',
  ({ SITNIKS_BASE_URL, CRM_TIMEOUT_MS }) =>
    createSitniksClient({ baseUrl: SITNIKS_BASE_URL, timeoutMs: CRM_TIMEOUT_MS }),
  () => declinePayment,
);
