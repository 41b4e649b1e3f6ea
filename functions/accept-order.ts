import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { intakeCallers } from '../lib/callers/intake-tokens.ts';
import { readAcceptOrderConfig } from '../lib/config.ts';
import { acceptOrder } from '../lib/intake/accept-order.ts';
import { acceptStatus } from '../lib/intake/accept-status.ts';
import { authenticate } from '../lib/intake/authenticate.ts';
import { answerProblems } from '../lib/intake/http.ts';
import { AWS_CLIENT_OPTIONS } from '../lib/lambda/aws.ts';
import { createLog } from '../lib/lambda/observability.ts';
import { createLedger } from '../lib/ledger/ledger.ts';
import { ordersQueue } from '../lib/queues/queues.ts';

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
  }),
};

/** Called by API Gateway for `POST /orders` and `PUT /orders/{external_id}/status`. */
export const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
  .use(answerProblems(log))
  .use(authentication.middleware)
  .handler((event, context) =>
    (event.routeKey.startsWith('PUT ') ? acceptStatus : acceptOrder)(event, {
      ...deps,
      caller: authentication.callerOf(context),
      newerCaller: () => authentication.newerCallerOf(context),
      remainingMs: () => context.getRemainingTimeInMillis(),
      log: log.child({ request_id: context.awsRequestId }),
    }),
  );
