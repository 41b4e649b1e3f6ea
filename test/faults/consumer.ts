import { SQSClient } from '@aws-sdk/client-sqs';
import { handler } from '../../functions/sync-orders.ts';
import { startEventSourceMapping } from '../../local/event-source-mapping.ts';
import { invokeHandler } from '../../local/invoke.ts';

/** A process to be killed: `syncOrders`, fed from the queue that its environment names. */
startEventSourceMapping({
  sqs: new SQSClient({}),
  queueUrl: process.env['ORDERS_QUEUE_URL'] ?? '',
  queueArn: 'arn:aws:sqs:eu-central-1:000000000000:orders',
  region: 'eu-central-1',
  invoke: invokeHandler(handler, { timeoutMs: Number(process.env['FUNCTION_TIMEOUT_MS']) }),
  batchSize: 10,
  maximumConcurrency: 2,
  reportBatchItemFailures: true,
  log: () => undefined,
});
