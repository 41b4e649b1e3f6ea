import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { acceptOrder } from '../lib/accept-order.ts';
import { AWS_CLIENT_OPTIONS } from '../lib/aws.ts';
import { readAcceptOrderConfig } from '../lib/config.ts';
import { answerProblems } from '../lib/http.ts';
import { createLedger } from '../lib/ledger.ts';
import { createLog } from '../lib/observability.ts';
import { ordersQueue } from '../lib/queues.ts';

// Runs on cold start only.
const config = readAcceptOrderConfig();
const log = createLog('acceptOrder');
const deps = {
  queue: ordersQueue(new SQSClient(AWS_CLIENT_OPTIONS), config.ORDERS_QUEUE_URL),
  ledger: createLedger(new DynamoDBClient(AWS_CLIENT_OPTIONS), {
    table: config.LEDGER_TABLE,
    retentionDays: config.LEDGER_RETENTION_DAYS,
  }),
  maxBodyBytes: config.MAX_BODY_BYTES,
};

/** Called by API Gateway for `POST /orders`. Who may post will be a middleware before the others. */
export const handler = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
  .use(answerProblems(log))
  .handler((event, context) =>
    acceptOrder(event, { ...deps, log: log.child({ request_id: context.awsRequestId }) }),
  );
