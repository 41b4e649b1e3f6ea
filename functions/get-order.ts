import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { intakeCallers } from '../lib/callers/intake-tokens.ts';
import { readGetOrderConfig } from '../lib/config.ts';
import { authenticate } from '../lib/intake/authenticate.ts';
import { getOrder } from '../lib/intake/get-order.ts';
import { answerProblems } from '../lib/intake/http.ts';
import { AWS_CLIENT_OPTIONS } from '../lib/lambda/aws.ts';
import { createLog } from '../lib/lambda/observability.ts';
import { createLedger } from '../lib/ledger/ledger.ts';

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
