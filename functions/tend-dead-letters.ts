import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, ScheduledEvent } from 'aws-lambda';
import { readTendDeadLettersConfig } from '../lib/config.ts';
import { deadLetterQueue } from '../lib/dead-letters/dead-letter-queue.ts';
import { tendDeadLetters } from '../lib/dead-letters/tend.ts';
import { AWS_CLIENT_OPTIONS } from '../lib/lambda/aws.ts';
import { createLog } from '../lib/lambda/observability.ts';
import { createLedger } from '../lib/ledger/ledger.ts';
import { createListing } from '../lib/ledger/listing.ts';
import { ordersQueue, outcomesQueue } from '../lib/queues/queues.ts';

// Runs on cold start only.
const config = readTendDeadLettersConfig();
const sqs = new SQSClient(AWS_CLIENT_OPTIONS);
const dynamodb = new DynamoDBClient(AWS_CLIENT_OPTIONS);
const deps = {
  deadLetters: deadLetterQueue(sqs, config.DEAD_LETTER_QUEUE_URL),
  queue: ordersQueue(sqs, config.ORDERS_QUEUE_URL),
  ledger: createLedger(dynamodb, { table: config.LEDGER_TABLE }),
  listing: createListing(dynamodb, config.LEDGER_TABLE),
  outcomes: outcomesQueue(sqs, config.OUTCOMES_QUEUE_URL),
  returnBaseMs: config.RETURN_BASE_SECONDS * 1000,
  waveTimeoutMs: config.WAVE_TIMEOUT_SECONDS * 1000,
  log: createLog('tendDeadLetters'),
};

/** Called by EventBridge every 5 minutes. What it did is returned, and logged. */
export const handler = (_event: Partial<ScheduledEvent>, context: Context) => tendDeadLetters(context, deps);
