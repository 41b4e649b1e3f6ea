/** Every file of events/ is what its name says: by its form, and by what the exported handlers make of it. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { APIGatewayProxyEventV2, SQSEvent } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { readOrder } from '../lib/order/order.ts';
import { readStatusChange, statusBodySchema } from '../lib/order/status-change.ts';
import { invokeHandler } from '../local/invoke.ts';
import { STATUS_TITLES } from '../local/sandbox/orders.ts';
import { ledgerOf } from './kit/dlq.ts';
import { type Relay, startRelay } from './kit/relay.ts';

const FOLDER = new URL('../events/', import.meta.url);
const text = (name: string) => readFileSync(new URL(name, FOLDER), 'utf8');
const load = (name: string): unknown => JSON.parse(text(name));

/** What is wrong with an order, as `pointer code` lines. */
function problems(json: string): string[] {
  const reading = readOrder(json);
  return reading.ok ? [] : reading.errors.map(({ pointer, code }) => `${pointer} ${code}`);
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html, format 2.0 */
const apiEventSchema = z.strictObject({
  version: z.literal('2.0'),
  routeKey: z.string(),
  rawPath: z.string(),
  rawQueryString: z.string(),
  headers: z.record(z.string().regex(/^[a-z-]+$/), z.string()),
  requestContext: z.strictObject({
    accountId: z.string(),
    apiId: z.string(),
    domainName: z.string(),
    domainPrefix: z.string(),
    http: z.strictObject({
      method: z.string(),
      path: z.string(),
      protocol: z.string(),
      sourceIp: z.ipv4(),
      userAgent: z.string(),
    }),
    requestId: z.string(),
    routeKey: z.string(),
    stage: z.literal('$default'),
    time: z.string(),
    timeEpoch: z.int(),
  }),
  pathParameters: z.record(z.string(), z.string()).optional(),
  body: z.string().optional(),
  isBase64Encoded: z.boolean(),
});

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
const sqsEventSchema = z.strictObject({
  Records: z
    .array(
      z.strictObject({
        messageId: z.uuid(),
        receiptHandle: z.string().min(1),
        body: z.string().min(1),
        attributes: z.strictObject({
          ApproximateReceiveCount: z.string(),
          SentTimestamp: z.string().regex(/^\d{13}$/),
          SenderId: z.string(),
          ApproximateFirstReceiveTimestamp: z.string().regex(/^\d{13}$/),
        }),
        messageAttributes: z.record(
          z.string(),
          z.strictObject({
            stringValue: z.string(),
            stringListValues: z.array(z.never()),
            binaryListValues: z.array(z.never()),
            dataType: z.literal('String'),
          }),
        ),
        md5OfBody: z.string(),
        eventSource: z.literal('aws:sqs'),
        eventSourceARN: z.string().regex(/^arn:aws:sqs:eu-central-1:\d{12}:sitniks-orders-local-orders$/),
        awsRegion: z.literal('eu-central-1'),
      }),
    )
    .min(1),
});

function apiEventOf(name: string): APIGatewayProxyEventV2 {
  // zod says of an optional member that it may be undefined; the type of AWS's events, that it may be missing.
  const { pathParameters, body, ...event } = apiEventSchema.parse(load(name));
  return {
    ...event,
    ...(pathParameters === undefined ? {} : { pathParameters }),
    ...(body === undefined ? {} : { body }),
  };
}
const sqsEventOf = (name: string): SQSEvent => sqsEventSchema.parse(load(name));

const PAYMENT = { amount: 1200, comment: 'LiqPay 2489121' };

const decoded = ({ body = '', isBase64Encoded }: APIGatewayProxyEventV2) =>
  Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8').toString();

describe('a file for inject and curl', () => {
  test('order.json is an order', () => {
    expect(problems(text('order.json'))).toEqual([]);
  });

  test('order-unknown-sku.json is an order, and only the CRM can know that it does not have the SKU', () => {
    expect(problems(text('order-unknown-sku.json'))).toEqual([]);
  });

  test.each([
    ['poison-not-json.txt', ['# invalid_json']],
    ['poison-unknown-field.json', ['#/delivery/adress unknown_field']],
    ['poison-bad-phone.json', ['#/customer/phone invalid_phone']],
  ])('%s is no order, for the cause that its name gives, and for no other', (name, expected) => {
    expect(problems(text(name))).toEqual(expected);
  });
});

describe('an event of API Gateway', () => {
  const names = [
    'accept-order.json',
    'accept-order-base64.json',
    'accept-order-invalid.json',
    'get-order.json',
    'put-status.json',
    'put-status-payment.json',
  ];

  test.each(names)('%s is complete, and agrees with itself', (name) => {
    const event = apiEventOf(name);
    const { requestContext, headers } = event;
    const { http } = requestContext;

    expect(requestContext.routeKey).toBe(event.routeKey);
    expect(http.path).toBe(event.rawPath);
    expect(event.routeKey.startsWith(`${http.method} `)).toBe(true);
    expect(headers['host']).toBe(requestContext.domainName);
    expect(headers['user-agent']).toBe(http.userAgent);
    expect(headers['x-forwarded-for']).toBe(http.sourceIp);
    expect(requestContext.domainName.split('.')[0]).toBe(requestContext.domainPrefix);
    expect(Date.parse(requestContext.time.replaceAll('/', ' ').replace(':', ' '))).toBe(
      requestContext.timeEpoch,
    );
    expect(headers['content-length']).toBe(
      event.body === undefined ? undefined : String(Buffer.byteLength(decoded(event))),
    );
  });

  test('accept-order*.json hold an order, plain and in base64, or what is none', () => {
    expect(apiEventOf('accept-order.json').isBase64Encoded).toBe(false);
    expect(problems(decoded(apiEventOf('accept-order.json')))).toEqual([]);
    expect(apiEventOf('accept-order-base64.json').isBase64Encoded).toBe(true);
    expect(problems(decoded(apiEventOf('accept-order-base64.json')))).toEqual([]);
    expect(problems(decoded(apiEventOf('accept-order-invalid.json')))).toHaveLength(5);
  });

  test('get-order.json asks for the order of accept-order.json', () => {
    const { external_id } = z
      .object({ external_id: z.string() })
      .parse(JSON.parse(decoded(apiEventOf('accept-order.json'))));
    const { pathParameters, rawPath } = apiEventOf('get-order.json');
    expect(pathParameters).toEqual({ external_id });
    expect(rawPath).toBe(`/orders/${external_id}`);
  });

  test.each([
    ['put-status.json', { status: 'PAID' }],
    ['put-status-payment.json', { status: 'PAID', payment: PAYMENT }],
  ])('%s says how far that order is', (name, said) => {
    const { pathParameters, rawPath, body } = apiEventOf(name);
    expect(pathParameters).toEqual(apiEventOf('get-order.json').pathParameters);
    expect(rawPath).toBe(`${apiEventOf('get-order.json').rawPath}/status`);
    expect(statusBodySchema.parse(JSON.parse(body ?? ''))).toEqual(said);
  });
});

describe('an event of SQS', () => {
  test.each(['sync-orders.json', 'sync-orders-validation.json', 'sync-status.json'])(
    '%s is complete, and agrees with itself',
    (name) => {
      for (const { body, md5OfBody } of sqsEventOf(name).Records) {
        expect(createHash('md5').update(body).digest('hex')).toBe(md5OfBody);
      }
    },
  );

  test('sync-orders.json holds an order and poison; sync-orders-validation.json an order that we take', () => {
    const bodies = (name: string) => sqsEventOf(name).Records.map(({ body }) => problems(body));
    expect(bodies('sync-orders.json')).toEqual([[], ['# invalid_json']]);
    expect(bodies('sync-orders-validation.json')).toEqual([[]]);
  });

  test('sync-status.json holds the status, and the payment, of the order of sync-orders.json', () => {
    const [{ body } = { body: '' }] = sqsEventOf('sync-status.json').Records;
    expect(readStatusChange(body)).toEqual({ external_id: 'event-sync-1', status: 'PAID', payment: PAYMENT });
  });
});

test('no file is left out here', () => {
  expect(readdirSync(FOLDER).sort()).toEqual([
    'accept-order-base64.json',
    'accept-order-invalid.json',
    'accept-order.json',
    'get-order.json',
    'order-unknown-sku.json',
    'order.json',
    'poison-bad-phone.json',
    'poison-not-json.txt',
    'poison-unknown-field.json',
    'put-status-payment.json',
    'put-status.json',
    'sync-orders-validation.json',
    'sync-orders.json',
    'sync-status.json',
  ]);
});

describe('the exported handlers', () => {
  let relay: Relay;
  let invoke: Record<'acceptOrder' | 'getOrder', (name: string) => Promise<z.output<typeof answerSchema>>>;
  let syncOrders: (name: string) => Promise<unknown>;

  const answerSchema = z.object({
    statusCode: z.number(),
    body: z.string().transform((json): unknown => JSON.parse(json)),
  });
  const returned = async (invocation: ReturnType<ReturnType<typeof invokeHandler>>): Promise<unknown> => {
    const ended = await invocation;
    if (ended.outcome === 'failed') throw new Error(ended.detail ?? ended.error);
    return JSON.parse(ended.payload);
  };

  beforeAll(async () => {
    // It sets the environment that the functions read when they are loaded.
    relay = await startRelay({ feed: false });
    const accept = (await import('../functions/accept-order.ts')).handler;
    const get = (await import('../functions/get-order.ts')).handler;
    const sync = invokeHandler((await import('../functions/sync-orders.ts')).handler);
    const api = (handler: typeof accept) => {
      const call = invokeHandler<APIGatewayProxyEventV2>((event, context) => handler(event, context));
      return async (name: string) => answerSchema.parse(await returned(call(apiEventOf(name))));
    };
    invoke = { acceptOrder: api(accept), getOrder: api(get) };
    syncOrders = (name) => returned(sync(sqsEventOf(name)));
  });
  afterAll(() => relay.stop());

  test('accept accept-order.json, and then show it for get-order.json', async () => {
    expect(await invoke.getOrder('get-order.json')).toMatchObject({ statusCode: 404 });
    expect(await invoke.acceptOrder('accept-order.json')).toEqual({
      statusCode: 202,
      body: {
        external_id: 'event-1',
        state: 'accepted',
        duplicate: false,
        crm_order_id: null,
        error: null,
      },
    });
    expect(await invoke.getOrder('get-order.json')).toMatchObject({
      statusCode: 200,
      body: { external_id: 'event-1', state: 'accepted', attempts: 0 },
    });
  });

  test('take the status of put-status.json for that order, once', async () => {
    const taken = { external_id: 'event-1', state: 'accepted', status: { wanted: 'PAID', in_crm: null } };
    expect(await invoke.acceptOrder('put-status.json')).toMatchObject({
      statusCode: 202,
      body: { ...taken, duplicate: false },
    });
    expect(await invoke.acceptOrder('put-status.json')).toMatchObject({
      statusCode: 202,
      body: { ...taken, duplicate: true },
    });
  });

  test('take the payment of put-status-payment.json, without what was said of it', async () => {
    const { statusCode, body } = await invoke.acceptOrder('put-status-payment.json');
    expect([statusCode, body]).toMatchObject([202, { payments: [{ amount: 1200, state: 'waiting' }] }]);
    expect(JSON.stringify(body)).not.toContain(PAYMENT.comment);
  });

  test('accept accept-order-base64.json', async () => {
    expect(await invoke.acceptOrder('accept-order-base64.json')).toMatchObject({
      statusCode: 202,
      body: { external_id: 'event-base64-1' },
    });
  });

  test('refuse accept-order-invalid.json with all its problems', async () => {
    const { statusCode, body } = await invoke.acceptOrder('accept-order-invalid.json');
    expect(statusCode).toBe(400);
    const { errors } = z
      .object({ errors: z.array(z.object({ pointer: z.string(), code: z.string() })) })
      .parse(body);
    expect(errors.map(({ pointer, code }) => `${pointer} ${code}`)).toEqual([
      '#/external_id invalid_format',
      '#/customer/phone invalid_phone',
      '#/delivery/address required',
      '#/delivery/adress unknown_field',
      '#/items too_small',
    ]);
  });

  test('sync the order of sync-orders.json, and park its poison', async () => {
    expect(await syncOrders('sync-orders.json')).toEqual({ batchItemFailures: [] });
    expect(relay.inCrm('event-sync-1')).toBe(1);
    expect(await relay.takeDeadLetters()).toMatchObject([
      { body: 'external_id=event-sync-2&source=telegram', attributes: { error_type: 'MALFORMED' } },
    ]);
  });

  test('sync it once, however often it is invoked', async () => {
    expect(await syncOrders('sync-orders.json')).toEqual({ batchItemFailures: [] });
    expect(relay.inCrm('event-sync-1')).toBe(1);
    await relay.takeDeadLetters();
  });

  test('move it on as sync-status.json says, and decline the payment, for which nothing is set up', async () => {
    expect(await syncOrders('sync-status.json')).toEqual({ batchItemFailures: [] });
    const [order] = relay.stack.sandbox.orders().filter(({ body }) => body.external_id === 'event-sync-1');
    expect(order?.body.status).toBe(STATUS_TITLES[2]);
    const record = await ledgerOf(relay.stack).get('event-sync-1');
    expect(record).toMatchObject({
      status: { wanted: 'PAID', in_crm: 'PAID' },
      payments: [{ amount: 1200, state: 'not_booked', error: { reasons: [{ code: 'payment_not_set_up' }] } }],
    });
    expect(await relay.takeDeadLetters()).toEqual([]);
  });

  test("park the order of sync-orders-validation.json with the CRM's reason, and without the customer", async () => {
    expect(await syncOrders('sync-orders-validation.json')).toEqual({ batchItemFailures: [] });
    const [letter, ...others] = await relay.takeDeadLetters();
    expect(others).toEqual([]);
    expect(letter?.attributes).toMatchObject({
      error_type: 'VALIDATION',
      external_id: 'event-sync-validation-1',
    });
    expect(letter?.attributes['error_message']).toMatch(
      /422.*customer\.phone: The phone \[removed\] is invalid$/,
    );
    expect(relay.inCrm('event-sync-validation-1')).toBe(0);
  });

  test('take order-unknown-sku.json, which the CRM then refuses', async () => {
    expect(await relay.post(text('order-unknown-sku.json'))).toMatchObject({ statusCode: 202 });
    relay.feed();
    await relay.drained();
    expect((await relay.takeDeadLetters())[0]?.attributes).toMatchObject({
      external_id: '1046',
      error_type: 'VALIDATION',
      reasons: 'sku_unknown',
    });
    expect(relay.inCrm('1046')).toBe(0);
  });
});
