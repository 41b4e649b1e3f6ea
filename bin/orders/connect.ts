import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type EndpointHealthSeen, endpointHealth } from '../../lib/callbacks/endpoint-health.ts';
import { type StoppedEndpoints, stoppedEndpoints } from '../../lib/callbacks/stopped-endpoints.ts';
import { type Telling, tellingsOf } from '../../lib/callbacks/tellings.ts';
import { type DeadLetterQueue, deadLetterQueue } from '../../lib/dead-letters/dead-letter-queue.ts';
import { AWS_CLIENT_OPTIONS } from '../../lib/lambda/aws.ts';
import { createLedger, type Ledger } from '../../lib/ledger/ledger.ts';
import { createListing, type Listing } from '../../lib/ledger/listing.ts';
import { type OrdersQueue, type OutcomesQueue, ordersQueue, outcomesQueue } from '../../lib/queues/queues.ts';
import { LOCAL_SECRET_NAMES } from '../../local/local-secrets.ts';
import { readPorts } from '../../local/ports.ts';
import { reachable } from '../../local/resources.ts';
import type { Addresses } from './addresses.ts';
import { Refusal } from './failure.ts';
import { readStackOutputs } from './stack-outputs.ts';

/** A stage, ready to be asked and told. */
export interface Relay extends Addresses {
  stage: string;
  region: string;
  sqs: SQSClient;
  secrets: SecretsManagerClient;
  dynamodb: DynamoDBClient;
  ledger: Ledger;
  listing: Listing;
  ordersQueue: OrdersQueue;
  outcomesQueue: OutcomesQueue;
  deadLetters: DeadLetterQueue;
  stopped: Pick<StoppedEndpoints, 'has'>;
  health: Pick<EndpointHealthSeen, 'isSpared'>;
  /** How an order's outcomes were last told, the oldest first. */
  tellingsOf(externalId: string): Promise<Telling[]>;
  close(): void;
}

/** The names that serverless.yml gives at stage `local`. */
const LOCAL = {
  ordersQueue: 'sitniks-orders-local-orders',
  deadLetterQueue: 'sitniks-orders-local-dead-letters',
  outcomesQueue: 'sitniks-orders-local-outcomes.fifo',
  outcomesDeadLetterQueue: 'sitniks-orders-local-outcomes-dead-letters.fifo',
  ledgerTable: 'Ledger',
  stoppedEndpointsTable: 'StoppedEndpoints',
} as const;

/** @throws {Refusal} where there is no such stage, or it is not running. */
export async function connect({ stage, region }: { stage: string; region: string }): Promise<Relay> {
  const isLocal = stage === 'local';
  const clients = isLocal ? localClients(region) : deployedClients(region);
  const { sqs, dynamodb, secrets } = clients;
  const close = () => {
    for (const client of [sqs, dynamodb, secrets]) client.destroy();
  };
  try {
    const at = isLocal ? await localAddresses(sqs) : await readStackOutputs(stage, region);
    const { stoppedEndpointsTable } = at;
    return {
      ...at,
      stage,
      region,
      dynamodb,
      sqs,
      secrets,
      ledger: createLedger(dynamodb, { table: at.ledgerTable }),
      listing: createListing(dynamodb, at.ledgerTable),
      ordersQueue: ordersQueue(sqs, at.ordersQueueUrl),
      outcomesQueue: outcomesQueue(sqs, at.outcomesQueueUrl),
      deadLetters: deadLetterQueue(sqs, at.deadLetterQueueUrl),
      stopped: stoppedEndpoints(dynamodb, stoppedEndpointsTable),
      tellingsOf: (externalId) => tellingsOf(dynamodb, stoppedEndpointsTable, externalId),
      // Only asked, never let call: how long a call takes does not matter here.
      health: endpointHealth(dynamodb, stoppedEndpointsTable, 0),
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

const deployedClients = (region: string) => clientsFor(() => ({ ...AWS_CLIENT_OPTIONS, region }));

function localClients(region: string) {
  const ports = readPorts();
  return clientsFor((port) => ({
    ...AWS_CLIENT_OPTIONS,
    region,
    endpoint: `http://127.0.0.1:${ports[port]}`,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  }));
}

const clientsFor = (options: (port: 'SQS_PORT' | 'DYNAMODB_PORT' | 'SECRETS_PORT') => object) => ({
  sqs: new SQSClient(options('SQS_PORT')),
  dynamodb: new DynamoDBClient(options('DYNAMODB_PORT')),
  secrets: new SecretsManagerClient(options('SECRETS_PORT')),
});

async function localAddresses(sqs: SQSClient): Promise<Addresses> {
  const ports = readPorts();
  const urlOf = async (name: string) => {
    const { QueueUrl = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName: name })).catch((cause) => {
      throw new Refusal(
        `No local stack on port ${ports.SQS_PORT} (SQS_PORT): run npm start in another terminal.`,
        {
          cause,
        },
      );
    });
    return reachable(sqs, QueueUrl);
  };
  return {
    ordersQueueUrl: await urlOf(LOCAL.ordersQueue),
    deadLetterQueueUrl: await urlOf(LOCAL.deadLetterQueue),
    outcomesQueueUrl: await urlOf(LOCAL.outcomesQueue),
    outcomesDeadLetterQueueUrl: await urlOf(LOCAL.outcomesDeadLetterQueue),
    ledgerTable: LOCAL.ledgerTable,
    sitniksBaseUrl: `http://localhost:${ports.SANDBOX_PORT}`,
    sitniksDialect: process.env['SITNIKS_DIALECT'] === 'open-api' ? 'open-api' : 'orders',
    sitniksOpenApi: '{}',
    apiKeySecret: LOCAL_SECRET_NAMES.apiKey,
    callbacksSecret: LOCAL_SECRET_NAMES.callbacks,
    stoppedEndpointsTable: LOCAL.stoppedEndpointsTable,
    intakeTokensSecret: LOCAL_SECRET_NAMES.intakeTokens,
    // Its token is short, so that it can be typed.
    intakeTokensLeastLength: 1,
    syncTimeoutMs: undefined,
  };
}
