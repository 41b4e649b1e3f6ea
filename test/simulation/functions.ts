import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { deadLetterQueue } from '../../lib/dead-letters/dead-letter-queue.ts';
import { tendDeadLetters } from '../../lib/dead-letters/tend.ts';
import { acceptOrder } from '../../lib/intake/accept-order.ts';
import { acceptStatus } from '../../lib/intake/accept-status.ts';
import { getOrder } from '../../lib/intake/get-order.ts';
import { PROBLEMS, Problem } from '../../lib/intake/http.ts';
import { createLedger, type Ledger } from '../../lib/ledger/ledger.ts';
import { createListing } from '../../lib/ledger/listing.ts';
import type { OrderStatus } from '../../lib/order/order-status.ts';
import { ordersQueue, outcomesQueue } from '../../lib/queues/queues.ts';
import { cached } from '../../lib/secrets/cached.ts';
import { type Crm, crmWithKey } from '../../lib/sitniks/crm.ts';
import type { Dialect } from '../../lib/sitniks/dialect.ts';
import { createOpenApiClient } from '../../lib/sitniks/open-api/client.ts';
import { createPace, paceOf } from '../../lib/sitniks/open-api/pace.ts';
import { openApiSettings } from '../../lib/sitniks/open-api/settings.ts';
import { createSitniksClient } from '../../lib/sitniks/orders/client.ts';
import { bookingWith } from '../../lib/sync/book-payment.ts';
import { declinePayment } from '../../lib/sync/decline-payment.ts';
import { syncBatch } from '../../lib/sync/sync-batch.ts';
import { apiEvent } from '../../local/api-event.ts';
import { sampleOrder } from '../kit/orders.ts';
import { type Container, Refused } from './container.ts';
import { simulatedDynamoDb } from './dynamodb.ts';
import type { SimulatedMessage } from './queue.ts';
import { simulatedSqs } from './sqs.ts';
import type { CallerName, Content } from './story.ts';
import type { World } from './world.ts';

/*
 * The real functions, put together as in `functions/`, on the simulated services. The settings are those that
 * `lib/config.ts` has where nobody sets anything.
 */

const CRM_TIMEOUT_MS = 10_000;
const SYNC_TIMEOUT_MS = 60_000;
const API_TIMEOUT_MS = 29_000;
/** Of `syncOrders`: `MaximumConcurrency`. */
export const MOST_AT_ONCE = 5;
const TEND_TIMEOUT_MS = 300_000;

export const orders = ordersQueue(simulatedSqs, 'orders');
export const deadLetters = deadLetterQueue(simulatedSqs, 'dead-letters');
const outcomes = outcomesQueue(simulatedSqs, 'outcomes');

export const ledgerOf = ({ now }: Container): Ledger =>
  createLedger(simulatedDynamoDb, { table: 'ledger', now });

/** Each container has its own, kept from one invocation to the next: the key in it may be an old one. */
const crms = new WeakMap<Container, Crm>();

function crmOf(world: World, container: Container): Crm {
  const known = crms.get(container);
  if (known !== undefined) return known;
  const { now } = container;
  const apiKey = cached({
    load: () =>
      container.call('GetSecretValue', () =>
        world.faults.active('secrets')
          ? { error: new Refused('InternalServiceError') }
          : { value: world.secret },
      ),
    ttlMs: 300_000,
    retryMs: 60_000,
    now,
  });
  const crm = crmWithKey(dialectOf(world, container), apiKey);
  crms.set(container, crm);
  return crm;
}

function dialectOf({ crm, shape }: World, { now, pause }: Container): Dialect {
  const { openApi } = shape.crm;
  const options = { baseUrl: 'https://crm.test', timeoutMs: CRM_TIMEOUT_MS, fetch: crm.fetch };
  if (openApi === undefined) return createSitniksClient({ ...options, now });
  const settings = openApiSettings.parse({
    callsIn10Seconds: openApi.calls,
    ...(shape.crm.follows?.books && { settlementAccountId: 1 }),
  });
  const pace = createPace({ ...paceOf(settings.callsIn10Seconds, MOST_AT_ONCE), now, pause });
  return createOpenApiClient({ ...options, settings, containers: MOST_AT_ONCE, pace });
}

/** By the container's clock, as the runtime of Lambda reckons. */
const countdown = ({ now }: Container, timeoutMs: number) => {
  const deadline = now() + timeoutMs;
  return () => deadline - now();
};

/** @returns the messages that may be deleted; none where it died or failed */
export async function syncOrders(
  world: World,
  received: readonly (SimulatedMessage & { handle: string })[],
): Promise<string[]> {
  const records = received.map((message) => ({
    messageId: message.id,
    receiptHandle: message.handle,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receives),
      SentTimestamp: String(message.sentTimestamp),
      SenderId: '',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: Object.fromEntries(
      Object.entries(message.attributes).map(([name, { DataType = 'String', StringValue = '' }]) => [
        name,
        { dataType: DataType, stringValue: StringValue },
      ]),
    ),
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-central-1:000000000000:orders',
    awsRegion: 'eu-central-1',
  }));
  const response = await world
    .inContainer('syncOrders', SYNC_TIMEOUT_MS, (container) => {
      const known = crmOf(world, container);
      return syncBatch(
        records,
        { awsRequestId: container.name, getRemainingTimeInMillis: countdown(container, SYNC_TIMEOUT_MS) },
        {
          crm: known,
          settlePayment: known.book === undefined ? declinePayment : bookingWith(known.book),
          ledger: ledgerOf(container),
          queue: orders,
          deadLetters: deadLetters,
          outcomes,
          backoff: { maxRetries: 3, baseMs: 30_000, capMs: 900_000 },
          concurrency: 5,
          crmTimeoutMs: CRM_TIMEOUT_MS,
          log: world.logOf('syncOrders'),
          now: container.now,
          random: container.random,
        },
      );
    })
    .catch(() => undefined);
  if (response === undefined) return [];
  const failed = new Set(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
  return received.filter(({ id }) => !failed.has(id)).map(({ handle }) => handle);
}

/** Runs under way, of each world. */
const tending = new WeakMap<World, number>();

export async function tend(world: World): Promise<void> {
  const underWay = tending.get(world) ?? 0;
  if (underWay > 0) world.seen('two runs of tendDeadLetters at once');
  tending.set(world, underWay + 1);
  await world
    .inContainer('tendDeadLetters', TEND_TIMEOUT_MS, (container) =>
      tendDeadLetters(
        { awsRequestId: container.name, getRemainingTimeInMillis: countdown(container, TEND_TIMEOUT_MS) },
        {
          deadLetters,
          queue: orders,
          outcomes,
          ledger: ledgerOf(container),
          listing: createListing(simulatedDynamoDb, 'ledger'),
          log: world.logOf('tendDeadLetters'),
          returnBaseMs: 300_000,
          waveTimeoutMs: 20_000,
          now: container.now,
          pause: container.pause,
        },
      ),
    )
    .catch(() => undefined);
  tending.set(world, (tending.get(world) ?? 1) - 1);
}

export interface ApiAnswer {
  status: number;
  // biome-ignore lint/suspicious/noExplicitAny: read by whoever asked
  body: Record<string, any>;
}

/** @returns undefined: no answer came */
export function post(
  world: World,
  caller: CallerName,
  order: object,
  waitSeconds: number,
): Promise<ApiAnswer | undefined> {
  return answerOf(
    world.inContainer('acceptOrder', API_TIMEOUT_MS, (container) =>
      acceptOrder(
        apiEvent(
          'POST',
          '/orders',
          order,
          undefined,
          {},
          waitSeconds > 0 ? { wait: String(waitSeconds) } : {},
        ),
        {
          caller: { name: caller, signingSecrets: [] },
          newerCaller: async () => undefined,
          queue: orders,
          ledger: ledgerOf(container),
          remainingMs: countdown(container, API_TIMEOUT_MS),
          log: world.logOf('acceptOrder'),
          now: container.now,
          pause: container.pause,
        },
      ),
    ),
  );
}

/** @returns undefined: no answer came */
export function sayStatus(
  world: World,
  caller: CallerName,
  number: string,
  body: { status: OrderStatus; payment?: { amount: number } },
): Promise<ApiAnswer | undefined> {
  return answerOf(
    world.inContainer('acceptOrder', API_TIMEOUT_MS, (container) =>
      acceptStatus(apiEvent('PUT', `/orders/${number}/status`, body, { external_id: number }), {
        caller: { name: caller, signingSecrets: [] },
        newerCaller: async () => undefined,
        queue: orders,
        ledger: ledgerOf(container),
        log: world.logOf('acceptOrder'),
        now: container.now,
      }),
    ),
  );
}

/** @returns undefined: no answer came */
export function ask(world: World, caller: CallerName, number: string): Promise<ApiAnswer | undefined> {
  return answerOf(
    world.inContainer('getOrder', API_TIMEOUT_MS, (container) =>
      getOrder(apiEvent('GET', `/orders/${number}`, undefined, { external_id: number }), {
        caller: { name: caller, signingSecrets: [] },
        ledger: ledgerOf(container),
        log: world.logOf('getOrder'),
      }),
    ),
  );
}

async function answerOf(
  answering: Promise<APIGatewayProxyStructuredResultV2 | undefined>,
): Promise<ApiAnswer | undefined> {
  try {
    const answer = await answering;
    return answer && { status: answer.statusCode ?? 200, body: JSON.parse(answer.body ?? '{}') };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { status: PROBLEMS[error.code].status, body: { code: error.code, detail: error.message } };
  }
}

/** What is in the order's SKU is the name of what it says; contents have different phones, but for two. */
export const orderOf = (number: string, content: Content, status: OrderStatus = 'NEW'): object =>
  sampleOrder(number, {
    status,
    customer: { name: PERSONAL_NAME, phone: phoneOf(content) },
    items: [{ product_id: '1', sku: content, price: 100, quantity: 1 }],
  });

export const PERSONAL_NAME = 'Олена Таємниця';

/** Some contents are one customer's. */
function phoneOf(content: Content): string {
  let digits = 0;
  for (const character of content === 'green' ? 'red' : content)
    digits = (digits * 31 + character.charCodeAt(0)) % 10_000_000;
  return `+38067${String(digits).padStart(7, '0')}`;
}
