import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { authenticate } from '../lib/authenticate.ts';
import { AWS_CLIENT_OPTIONS } from '../lib/aws.ts';
import { readGetOrderConfig } from '../lib/config.ts';
import { getOrder } from '../lib/get-order.ts';
import { answerProblems } from '../lib/http.ts';
import { intakeCallers } from '../lib/intake-tokens.ts';
import { createLedger } from '../lib/ledger.ts';
import { createLog } from '../lib/observability.ts';

// Runs on cold start only.
const config = readGetOrderConfig();
const log = createLog('getOrder');
const authentication = authenticate(
  intakeCallers(new SecretsManagerClient(AWS_CLIENT_OPTIONS), config, log),
  log,
);
const deps = {
  ledger: createLedger(new DynamoDBClient(AWS_CLIENT_OPTIONS), {
    table: config.LEDGER_TABLE,
    retentionDays: config.LEDGER_RETENTION_DAYS,
  }),
};

/** Called by API Gateway for `GET /orders/{external_id}`. */
export const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
  .use(answerProblems(log))
  .use(authentication.middleware)
  .handler((event, context) =>
    getOrder(event, {
      ...deps,
      caller: authentication.callerOf(context),
      log: log.child({ request_id: context.awsRequestId }),
    }),
  );
