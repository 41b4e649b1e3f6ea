import { readSyncOrdersConfig } from '../../lib/config.ts';
import type { Relay } from './connect.ts';

/** A stage's settings, read by the rules of the functions themselves. @throws {WrongSettings} */
export const settingsOf = (relay: Relay) =>
  readSyncOrdersConfig({
    ORDERS_QUEUE_URL: relay.ordersQueueUrl,
    DEAD_LETTER_QUEUE_URL: relay.deadLetterQueueUrl,
    OUTCOMES_QUEUE_URL: relay.outcomesQueueUrl,
    LEDGER_TABLE: relay.ledgerTable,
    SITNIKS_BASE_URL: relay.sitniksBaseUrl,
    SITNIKS_API_KEY_SECRET: relay.apiKeySecret,
    SITNIKS_DIALECT: relay.sitniksDialect,
    SITNIKS_OPEN_API: relay.sitniksOpenApi,
  });
