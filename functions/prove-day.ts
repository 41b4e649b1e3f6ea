import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Context } from 'aws-lambda';
import { callbackEndpoints } from '../lib/callbacks/endpoints.ts';
import { readProveDayConfig } from '../lib/config.ts';
import { AWS_CLIENT_OPTIONS } from '../lib/lambda/aws.ts';
import { createLog } from '../lib/lambda/observability.ts';
import { createLedger } from '../lib/ledger/ledger.ts';
import { createListing } from '../lib/ledger/listing.ts';
import { dailyProof } from '../lib/proof/daily-proof.ts';
import { tallyOf } from '../lib/proof/proof.ts';
import { proofMemory } from '../lib/proof/proof-memory.ts';
import { cachedSecret } from '../lib/secrets/cached-secret.ts';
import { createTelegram } from '../lib/shop-chat/telegram.ts';
import { readApiKey } from '../lib/sitniks/api-key.ts';
import { crmWithKey } from '../lib/sitniks/crm.ts';
import { createPace } from '../lib/sitniks/open-api/pace.ts';
import { speak } from '../lib/sitniks/speak.ts';

const MINUTE_MS = 60_000;

// Runs on cold start only.
const config = readProveDayConfig();
const log = createLog('proveDay');
const dynamodb = new DynamoDBClient(AWS_CLIENT_OPTIONS);
const secrets = new SecretsManagerClient(AWS_CLIENT_OPTIONS);
const dialect = speak({
  dialect: config.SITNIKS_DIALECT,
  baseUrl: config.SITNIKS_BASE_URL,
  timeoutMs: config.CRM_TIMEOUT_MS,
  openApi: () => config.SITNIKS_OPEN_API,
  pace: createPace({ calls: config.PROOF_CALLS_PER_MINUTE, windowMs: MINUTE_MS }),
});
const apiKey = cachedSecret({
  what: 'API keys',
  load: () => readApiKey(secrets, config.SITNIKS_API_KEY_SECRET),
  ttlSeconds: config.API_KEY_TTL_SECONDS,
  retrySeconds: config.API_KEY_RETRY_SECONDS,
  log,
});
const endpoints = callbackEndpoints(secrets, config, log);
const deps = {
  listing: createListing(dynamodb, config.LEDGER_TABLE),
  ledger: createLedger(dynamodb, { table: config.LEDGER_TABLE }),
  memory: proofMemory(dynamodb, config.PROOFS_TABLE),
  crm: crmWithKey(dialect, apiKey),
  chats: async () => (await endpoints.get()).chats,
  telegram: createTelegram({ baseUrl: config.TELEGRAM_API_URL, timeoutMs: 10_000 }),
  gapMs: MINUTE_MS / config.PROOF_CALLS_PER_MINUTE,
  // A look-up, the same again with a new key, and what is written at the end.
  timeToLookUpMs: 3 * config.CRM_TIMEOUT_MS,
};

/** Called by EventBridge in the morning, every ten minutes; by hand with `{ "day": "2026-01-31" }`. */
export const handler = async (event: unknown, context: Context) => {
  const { proof, stop } = await dailyProof(event, context, {
    ...deps,
    log: log.child({ request_id: context.awsRequestId }),
  });
  return { day: proof.day, stop, ...tallyOf(proof) };
};
