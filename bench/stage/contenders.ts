import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { type Message, SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import { Consumer } from 'sqs-consumer';
import { type Order, readOrder } from '../../lib/order/order.ts';
import { createSitniksClient } from '../../lib/sitniks/orders/client.ts';
import { startEventSourceMapping } from '../../local/event-source-mapping.ts';
import { invokeHandler } from '../../local/invoke.ts';
import { LOCAL_API_KEY } from '../../local/local-secrets.ts';

/** Something that brings orders from a queue into the CRM. */
export interface Contender {
  name: string;
  /** @returns ends it */
  start(): Promise<() => Promise<void>>;
}

export interface Track {
  environment: Record<string, string>;
  /** The deadline of a call of the CRM, for all of them. */
  crmTimeoutMs: number;
}

const POLLERS = 5;
const BATCH = 10;

/**
 * Ours, and the two that one would take from npm; and one of them asking the CRM first where a message comes again, as
 * either would, without and with the record of what it has begun that Powertools has for it.
 */
export async function contenders(track: Track): Promise<Contender[]> {
  const { environment } = track;
  const QueueUrl = environment['ORDERS_QUEUE_URL'] ?? '';
  const sqs = new SQSClient({});
  const { handler } = await import('../../functions/sync-orders.ts');

  const fed = (name: string, handle: (event: SQSEvent, context: Context) => Promise<unknown>): Contender => ({
    name,
    async start() {
      const mapping = startEventSourceMapping({
        sqs,
        queueUrl: QueueUrl,
        queueArn: 'arn:aws:sqs:eu-central-1:000000000000:orders',
        region: 'eu-central-1',
        invoke: invokeHandler(handle),
        batchSize: BATCH,
        maximumConcurrency: POLLERS,
        reportBatchItemFailures: true,
        log: () => undefined,
      });
      return () => mapping.stop({ deadlineMs: 5000 });
    },
  });
  const powertools = (
    name: string,
    bring: Bring,
    inInvocation: (context: Context) => void = () => undefined,
  ): Contender =>
    fed(name, (event, context) => {
      inInvocation(context);
      return processPartialResponse(
        event,
        ({ body, attributes }: SQSRecord) => bring(body, Number(attributes.ApproximateReceiveCount)),
        new BatchProcessor(EventType.SQS),
        // Else what failed altogether throws, and is logged as an error of the function.
        { throwOnFullBatchFailure: false },
      );
    });
  const sqsConsumer = (name: string, bring: Bring): Contender => ({
    name,
    async start() {
      const pollers = Array.from({ length: POLLERS }, () =>
        Consumer.create({
          queueUrl: QueueUrl,
          sqs,
          batchSize: BATCH,
          waitTimeSeconds: 1,
          messageSystemAttributeNames: ['ApproximateReceiveCount'],
          async handleMessage(message: Message) {
            await bring(message.Body ?? '', Number(message.Attributes?.ApproximateReceiveCount));
            return message;
          },
        }),
      );
      for (const poller of pollers) {
        // Without a listener it would end the process.
        poller.on('error', () => undefined);
        poller.on('processing_error', () => undefined);
        poller.start();
      }
      return async () => {
        for (const poller of pollers) poller.stop({ abort: true });
      };
    },
  });
  const { plainly, askingFirst } = bringers(track);
  const config = new IdempotencyConfig({});
  const once = makeIdempotent(
    (_id: string, body: string, receiveCount: number) => askingFirst(body, receiveCount),
    {
      // A table that nobody else needs here.
      persistenceStore: new DynamoDBPersistenceLayer({
        tableName: environment['SHOP_CHATS_TABLE'] ?? '',
        keyAttr: 'caller',
      }),
      config,
    },
  );
  return [
    fed('this relay', handler),
    sqsConsumer('sqs-consumer', plainly),
    powertools('Powertools batch', plainly),
    powertools('Powertools batch, asks first', askingFirst),
    powertools(
      'Powertools batch and idempotency, asks first',
      (body, receiveCount) => once(orderIn(body).external_id, body, receiveCount),
      // By which it knows how long who has begun an order may hold it.
      (context) => config.registerLambdaContext(context),
    ),
  ];
}

/** What one writes into the handler: throws where the order has not got there. */
type Bring = (body: string, receiveCount: number) => Promise<void>;

/** By the very client of the CRM that the relay has. */
function bringers({ environment, crmTimeoutMs }: Track): { plainly: Bring; askingFirst: Bring } {
  const crm = createSitniksClient({
    baseUrl: environment['SITNIKS_BASE_URL'] ?? '',
    timeoutMs: crmTimeoutMs,
  });
  const create = async (order: Order) => {
    const created = await crm.create(order, LOCAL_API_KEY);
    if (!created.ok) throw new Error(created.type);
  };
  return {
    plainly: (body) => create(orderIn(body)),
    async askingFirst(body, receiveCount) {
      const order = orderIn(body);
      if (receiveCount > 1) {
        const found = await crm.find(order, LOCAL_API_KEY);
        if (!found.ok) throw new Error(found.type);
        if (found.result === 'found') return;
      }
      await create(order);
    },
  };
}

function orderIn(body: string): Order {
  const reading = readOrder(body);
  if (!reading.ok) throw new Error('Not an order');
  return reading.order;
}
