import { files } from 'page:files';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SQSClient } from '@aws-sdk/client-sqs';
import middy from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2, Context } from 'aws-lambda';
import { intakeCallers } from '../lib/callers/intake-tokens.ts';
import { readManagerPageConfig } from '../lib/config.ts';
import { countLetters } from '../lib/dead-letters/count-letters.ts';
import { deadLetterQueue } from '../lib/dead-letters/dead-letter-queue.ts';
import { authenticate } from '../lib/intake/authenticate.ts';
import { answerProblems } from '../lib/intake/http.ts';
import { AWS_CLIENT_OPTIONS } from '../lib/lambda/aws.ts';
import { createLog } from '../lib/lambda/observability.ts';
import { createLedger } from '../lib/ledger/ledger.ts';
import { createListing } from '../lib/ledger/listing.ts';
import { managerApi } from '../lib/manager/manager-api.ts';
import { pageFile } from '../lib/manager/page-files.ts';
import { ordersQueue } from '../lib/queues/queues.ts';

// Runs on cold start only.
const config = readManagerPageConfig();
const log = createLog('managerPage');
const authentication = authenticate(
  intakeCallers(
    new SecretsManagerClient(AWS_CLIENT_OPTIONS),
    { ...config, INTAKE_TOKENS_SECRET: config.OPERATORS_SECRET },
    log,
  ),
  log,
);
const dynamodb = new DynamoDBClient(AWS_CLIENT_OPTIONS);
const sqs = new SQSClient(AWS_CLIENT_OPTIONS);
const deps = {
  ledger: createLedger(dynamodb, { table: config.LEDGER_TABLE }),
  listing: createListing(dynamodb, config.LEDGER_TABLE),
  deadLetters: deadLetterQueue(sqs, config.DEAD_LETTER_QUEUE_URL),
  countLetters: () => countLetters(sqs, config.DEAD_LETTER_QUEUE_URL),
  queue: ordersQueue(sqs, config.ORDERS_QUEUE_URL),
};

const api = middy<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>()
  .use(answerProblems(log))
  .use(authentication.middleware)
  .handler((event, context) =>
    managerApi(event, {
      ...deps,
      operator: authentication.callerOf(context),
      remainingMs: () => context.getRemainingTimeInMillis(),
      log: log.child({ request_id: context.awsRequestId }),
    }),
  );

/** Called by API Gateway for `/manager`: the page's files for anybody, what they ask for with an operator's token. */
export const handler = async (event: APIGatewayProxyEventV2, context: Context) =>
  pageFile(files, event) ?? api(event, context);
