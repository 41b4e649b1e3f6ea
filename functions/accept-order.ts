import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { acceptOrder } from '../lib/accept-order.ts';
import { authenticate } from '../lib/authenticate.ts';
import { AWS_CLIENT_OPTIONS } from '../lib/aws.ts';
import { readAcceptOrderConfig } from '../lib/config.ts';
import { answerProblems } from '../lib/http.ts';
import { intakeCallers } from '../lib/intake-tokens.ts';
import { createLedger } from '../lib/ledger.ts';
import { createLog } from '../lib/observability.ts';
import { ordersQueue } from '../lib/queues.ts';

// Runs on cold start only.
const config = readAcceptOrderConfig();
const log = createLog('acceptOrder');
const authentication = authenticate(
  intakeCallers(new SecretsManagerClient(AWS_CLIENT_OPTIONS), config, log),
  log,
);
const deps = {
  queue: ordersQueue(new SQSClient(AWS_CLIENT_OPTIONS), config.ORDERS_QUEUE_URL),
  ledger: createLedger(new DynamoDBClient(AWS_CLIENT_OPTIONS), {
    table: config.LEDGER_TABLE,
    retentionDays: config.LEDGER_RETENTION_DAYS,
  }),
  maxBodyBytes: config.MAX_BODY_BYTES,
};

/** Called by API Gateway for `POST /orders`. */
export const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
  .use(answerProblems(log))
  .use(authentication.middleware)
  .handler((event, context) =>
    acceptOrder(event, {
      ...deps,
      caller: authentication.callerOf(context),
      remainingMs: () => context.getRemainingTimeInMillis(),
      log: log.child({ request_id: context.awsRequestId }),
    }),
  );
