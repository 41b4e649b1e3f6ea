import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { endpointHealth } from '../lib/callbacks/endpoint-health.ts';
import { callbackEndpoints } from '../lib/callbacks/endpoints.ts';
import { notifyBatch } from '../lib/callbacks/notify-batch.ts';
import { stoppedEndpoints } from '../lib/callbacks/stopped-endpoints.ts';
import { tellings } from '../lib/callbacks/tellings.ts';
import { readNotifySubmitterConfig } from '../lib/config.ts';
import { AWS_CLIENT_OPTIONS } from '../lib/lambda/aws.ts';
import { createLog } from '../lib/lambda/observability.ts';
import { inFlight } from '../lib/queues/queues.ts';

// Runs on cold start only: one set of endpoints and their connections for all outcomes of this container.
const config = readNotifySubmitterConfig();
const log = createLog('notifySubmitter');
const queue = inFlight(new SQSClient(AWS_CLIENT_OPTIONS), config.OUTCOMES_QUEUE_URL);
const dynamodb = new DynamoDBClient(AWS_CLIENT_OPTIONS);
const deps = {
  endpoints: callbackEndpoints(new SecretsManagerClient(AWS_CLIENT_OPTIONS), config, log),
  stopped: stoppedEndpoints(dynamodb, config.STOPPED_ENDPOINTS_TABLE),
  health: endpointHealth(dynamodb, config.STOPPED_ENDPOINTS_TABLE, config.CALLBACK_TIMEOUT_MS),
  tellings: tellings(dynamodb, config.STOPPED_ENDPOINTS_TABLE, log),
  queue,
  provenBy: config.PROVE_RECORDS ? queue : undefined,
  backoff: {
    baseMs: config.CALLBACK_RETRY_BASE_SECONDS * 1000,
    capMs: config.CALLBACK_RETRY_CAP_SECONDS * 1000,
  },
  maxReceives: config.CALLBACK_MAX_RECEIVES,
  timeoutMs: config.CALLBACK_TIMEOUT_MS,
  log,
};

/** Called by Lambda with up to 10 messages of OutcomesQueue. */
export const handler = (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
  notifyBatch(event.Records, context, deps);
