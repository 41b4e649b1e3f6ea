import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { Context, ScheduledEvent } from 'aws-lambda';
import { callbackEndpoints } from '../lib/callbacks/endpoints.ts';
import { readTellShopsConfig } from '../lib/config.ts';
import { AWS_CLIENT_OPTIONS } from '../lib/lambda/aws.ts';
import { createLog } from '../lib/lambda/observability.ts';
import { createLedger } from '../lib/ledger/ledger.ts';
import { createListing } from '../lib/ledger/listing.ts';
import { chatMemory } from '../lib/shop-chat/chat-memory.ts';
import { createTelegram } from '../lib/shop-chat/telegram.ts';
import { tellShops } from '../lib/shop-chat/tell-shops.ts';

// Runs on cold start only.
const config = readTellShopsConfig();
const log = createLog('tellShops');
const dynamodb = new DynamoDBClient(AWS_CLIENT_OPTIONS);
const endpoints = callbackEndpoints(new SecretsManagerClient(AWS_CLIENT_OPTIONS), config, log);
const deps = {
  listing: createListing(dynamodb, config.LEDGER_TABLE),
  ledger: createLedger(dynamodb, { table: config.LEDGER_TABLE }),
  memory: chatMemory(dynamodb, config.SHOP_CHATS_TABLE),
  telegram: createTelegram({ baseUrl: config.TELEGRAM_API_URL, timeoutMs: 10_000 }),
  pageUrl: config.PAGE_URL,
};

/** Called by EventBridge every minute. */
export const handler = async (_event: Partial<ScheduledEvent>, context: Context): Promise<void> =>
  tellShops({
    ...deps,
    endpoints: await endpoints.get(),
    log: log.child({ request_id: context.awsRequestId }),
  });
