import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { readSyncOrdersConfig, type SyncOrdersConfig, WrongSettings } from '../lib/config.ts';
import { deadLetterQueue } from '../lib/dead-letters/dead-letter-queue.ts';
import { AWS_CLIENT_OPTIONS } from '../lib/lambda/aws.ts';
import { createLog } from '../lib/lambda/observability.ts';
import { createLedger } from '../lib/ledger/ledger.ts';
import { inFlight, outcomesQueue } from '../lib/queues/queues.ts';
import { cachedSecret } from '../lib/secrets/cached-secret.ts';
import { readApiKey } from '../lib/sitniks/api-key.ts';
import { type Crm, crmWithKey } from '../lib/sitniks/crm.ts';
import type { Dialect } from '../lib/sitniks/dialect.ts';
import { syncBatch } from '../lib/sync/sync-batch.ts';
import type { SettlePayment } from '../lib/sync/sync-status.ts';

/**
 * `syncOrders`, speaking one dialect of Sitniks'. Runs on cold start only: one client, one key and their connections for
 * all orders of this container.
 */
export function consumer(
  dialect: SyncOrdersConfig['SITNIKS_DIALECT'],
  speak: (config: SyncOrdersConfig) => Dialect,
  payments: (crm: Crm) => SettlePayment,
) {
  const config = readSyncOrdersConfig();
  // What was packaged is what is spoken.
  if (config.SITNIKS_DIALECT !== dialect) {
    throw new WrongSettings(`Wrong settings: SITNIKS_DIALECT: this function was deployed for ${dialect}`);
  }
  const log = createLog('syncOrders');
  const sqs = new SQSClient(AWS_CLIENT_OPTIONS);
  const secrets = new SecretsManagerClient(AWS_CLIENT_OPTIONS);

  const apiKey = cachedSecret({
    what: 'API keys',
    load: () => readApiKey(secrets, config.SITNIKS_API_KEY_SECRET),
    ttlSeconds: config.API_KEY_TTL_SECONDS,
    retrySeconds: config.API_KEY_RETRY_SECONDS,
    log,
  });

  const queue = inFlight(sqs, config.ORDERS_QUEUE_URL);
  const crm = crmWithKey(speak(config), apiKey);
  const deps = {
    crm,
    settlePayment: payments(crm),
    ledger: createLedger(new DynamoDBClient(AWS_CLIENT_OPTIONS), {
      table: config.LEDGER_TABLE,
    }),
    queue,
    provenBy: config.PROVE_RECORDS ? queue : undefined,
    deadLetters: deadLetterQueue(sqs, config.DEAD_LETTER_QUEUE_URL),
    outcomes: outcomesQueue(sqs, config.OUTCOMES_QUEUE_URL),
    backoff: {
      maxRetries: config.MAX_RETRIES,
      baseMs: config.RETRY_BASE_SECONDS * 1000,
      capMs: config.RETRY_CAP_SECONDS * 1000,
    },
    crmTimeoutMs: config.CRM_TIMEOUT_MS,
    // As long as the function may run: by so much a clock may be ahead before it could double an order.
    clockSkewMs: config.SYNC_TIMEOUT_SECONDS * 1000,
    log,
  };

  /** Called by Lambda with up to 10 messages of OrdersQueue. */
  return (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
    syncBatch(event.Records, context, deps);
}
