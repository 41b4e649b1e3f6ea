import { createOpenApiClient } from '../lib/sitniks/open-api/client.ts';
import { bookingWith } from '../lib/sync/book-payment.ts';
import { declinePayment } from '../lib/sync/decline-payment.ts';
import { consumer } from './consumer.ts';

/** `syncOrders` where the dialect is `open-api`: a function of its own, so that neither dialect carries the other. */
export const handler = consumer(
  'open-api',
  (config) =>
    createOpenApiClient({
      baseUrl: config.SITNIKS_BASE_URL,
      timeoutMs: config.CRM_TIMEOUT_MS,
      settings: config.SITNIKS_OPEN_API,
      containers: config.SITNIKS_CONTAINERS,
      mostShutMs: config.RETRY_CAP_SECONDS * 1000,
    }),
  ({ book }) => (book === undefined ? declinePayment : bookingWith(book)),
);
