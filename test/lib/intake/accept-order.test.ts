import { type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type AcceptOrderDeps, acceptOrder, MAX_BODY_BYTES } from '../../../lib/intake/accept-order.ts';
import { Problem } from '../../../lib/intake/http.ts';
import { AWS_CLIENT_OPTIONS } from '../../../lib/lambda/aws.ts';
import { createLedger, type Ledger } from '../../../lib/ledger/ledger.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { accepted, asNoted } from '../../../lib/ledger/start.ts';
import type { OrderState } from '../../../lib/ledger/states.ts';
import { contentHash, contentOf } from '../../../lib/order/content-hash.ts';
import { readOrderMessage } from '../../../lib/queues/codec.ts';
import { type OrdersQueue, ordersQueue } from '../../../lib/queues/queues.ts';
import { submissionOf } from '../../../lib/sync/submission.ts';
import { apiEvent } from '../../../local/api-event.ts';
import { type Stack, startStack } from '../../../local/stack.ts';
import { DEMO } from '../../kit/demo-caller.ts';
import { closedPort } from '../../kit/http-server.ts';
import { PERSONAL, sampleOrder } from '../../kit/orders.ts';
import { parsedOrder } from '../../kit/parsed-order.ts';
import { recordingLog } from '../../kit/recording-log.ts';
import { sqsRecord } from '../../kit/sqs-record.ts';
import { testTemplate } from '../../kit/template.ts';

const NOW = Date.parse('2026-01-02T03:04:05.000Z');

/** Of an order that nothing was known of. */
const SUBMITTED_BY_DEMO = {
  submitted_by: { DataType: 'String', StringValue: 'demo' },
  start: { DataType: 'Number', StringValue: '0' },
  noted: { DataType: 'String', StringValue: expect.stringMatching(/^[\da-f-]{36}@1767323045000$/) },
};
const DOWN = new Error('down, and with a tell-tale');

const { log, lines } = recordingLog();
let stack: Stack;
let queueUrl: string;
let queue: OrdersQueue;
let ledger: Ledger;
let id = 0;

beforeAll(async () => {
  // What was received once is not seen again by another test.
  stack = await startStack({
    template: testTemplate({ visibilitySeconds: 600 }),
    region: 'eu-central-1',
    apiKeySecret: 'unused',
  });
  queueUrl = stack.resources.get('OrdersQueue')?.ref ?? '';
  queue = ordersQueue(stack.sqs, queueUrl);
  ledger = createLedger(stack.dynamodb, { table: 'Ledger' });
});
afterAll(() => stack.stop());
beforeEach(() => {
  id += 1;
  lines.length = 0;
});

const answerSchema = z.object({
  statusCode: z.number(),
  headers: z.record(z.string(), z.string()),
  body: z.string().transform((text): unknown => JSON.parse(text)),
});

/** The answer to a post, or the problem that it throws. */
async function post(
  body: object | string,
  {
    headers = {},
    query,
    ...changes
  }: Partial<AcceptOrderDeps> & { headers?: Record<string, string>; query?: Record<string, string> } = {},
): Promise<z.output<typeof answerSchema> | Problem> {
  const event: APIGatewayProxyEventV2 = apiEvent('POST', '/orders', body);
  Object.assign(event.headers, headers);
  if (query !== undefined) event.queryStringParameters = query;
  try {
    const deps = {
      caller: DEMO,
      newerCaller: async () => undefined,
      queue,
      ledger,
      remainingMs: () => 20_000,
      log,
      now: () => NOW,
      ...changes,
    };
    return answerSchema.parse(await acceptOrder(event, deps));
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

/** What is on the queue now. */
async function sent(): Promise<Message[]> {
  const { Messages = [] } = await stack.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ['All'],
    }),
  );
  return Messages;
}

function recorder() {
  const sends: { body: string; start: number | undefined }[] = [];
  const queue: Pick<OrdersQueue, 'send'> = {
    send: async (body, attributes) => void sends.push({ body, start: attributes?.start }),
  };
  return { queue, sends };
}

/** A ledger that is down. */
const NO_LEDGER: AcceptOrderDeps['ledger'] = {
  get: () => Promise.reject(DOWN),
  replace: () => Promise.reject(DOWN),
  getAside: () => Promise.reject(DOWN),
  putAside: () => Promise.reject(DOWN),
};

const idOf = () => `order-${id}`;

/** Puts the order into the ledger, as if it had got as far as this. */
async function isAlready(state: OrderState, changes: object = {}): Promise<void> {
  const order = parsedOrder(idOf(), changes);
  const record = accepted(
    { external_id: order.external_id, content_hash: contentHash(order), submitted_by: DEMO.name },
    NOW - 1000,
  );
  await ledger.replace({ ...record, state, attempts: 2, settled_at: NOW - 500 });
}

describe('a new order', () => {
  test('is answered with 202, where it will be, and that it is no duplicate', async () => {
    expect(await post(sampleOrder(idOf()))).toEqual({
      statusCode: 202,
      headers: { 'content-type': 'application/json', location: `/orders/${idOf()}` },
      body: { external_id: idOf(), state: 'accepted', duplicate: false, crm_order_id: null, error: null },
    });
    await sent();
  });

  test('is on the queue as it was read, and in the ledger without anything personal', async () => {
    await post(sampleOrder(idOf()));

    const [message, ...others] = await sent();
    expect(others).toEqual([]);
    expect(message?.Body).toBe(JSON.stringify(parsedOrder(idOf())));
    expect(message?.MessageAttributes).toEqual(SUBMITTED_BY_DEMO);
    const record = await ledger.get(idOf());
    expect(record).toEqual({
      external_id: idOf(),
      state: 'accepted',
      content_hash: contentHash(parsedOrder(idOf())),
      attempts: 0,
      restarts: 0,
      status: { wanted: 'NEW', attempts: 0 },
      submitted_by: 'demo',
      start: 0,
      history: [{ at: '2026-01-02T03:04:05.000Z', step: 'accepted' }],
      version: 1,
      written_by: expect.any(String),
    });
  });

  test.each([
    ['', {}],
    [', which is paid already', { status: 'PAID' }],
  ])(
    'tells the consumer the whole of what it notes, so that nothing has to be read%s',
    async (_, changes) => {
      await post(sampleOrder(idOf(), changes), { caller: { ...DEMO, name: 'shop-bot' } });
      const [{ Body = '', MessageAttributes = {} } = {}] = await sent();
      const message = readOrderMessage({
        ...sqsRecord(Body),
        messageAttributes: Object.fromEntries(
          Object.entries(MessageAttributes).map(([name, { StringValue = '' }]) => [
            name,
            { dataType: 'String', stringValue: StringValue },
          ]),
        ),
      });
      const order = parsedOrder(idOf(), changes);
      const submission = {
        ...submissionOf(message),
        external_id: idOf(),
        ...contentOf(order),
        wanted_status: order.status,
      };
      if (submission.noted === undefined) throw new Error('It should have been told');
      const told = asNoted(submission, submission.noted);
      expect(await ledger.get(idOf())).toEqual(JSON.parse(JSON.stringify(told)));
    },
  );

  test('and of what is known already tells it nothing: that has to be read', async () => {
    await isAlready('rejected');
    await post(sampleOrder(idOf(), { payment_method: 'cash' }));
    const [message] = await sent();
    expect(Object.keys(message?.MessageAttributes ?? {}).toSorted()).toEqual(['start', 'submitted_by']);
  });

  test('hands on a trace that is in form, and no other', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    await post(sampleOrder(idOf()), { headers: { traceparent } });
    const [traced] = await sent();
    expect(traced?.MessageAttributes).toEqual({
      ...SUBMITTED_BY_DEMO,
      traceparent: { DataType: 'String', StringValue: traceparent },
    });

    const bad = [
      '00-xyz',
      `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
      `00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`,
      `00-${'0'.repeat(32)}-${'0'.repeat(16)}-00`,
      traceparent.replace(/^00/, 'ff'),
      traceparent.toUpperCase(),
      `${traceparent}, ${traceparent}`,
      `${traceparent} `,
      `${traceparent}-00`,
      traceparent.replaceAll('-', '_'),
      traceparent.slice(0, -1),
      '',
    ];
    for (const header of bad) {
      id += 1;
      await post(sampleOrder(idOf()), { headers: { traceparent: header } });
      const [untraced] = await sent();
      expect(untraced?.MessageAttributes).toEqual(SUBMITTED_BY_DEMO);
    }
  });

  test('goes on without an e-mail address that is none, and says so each time', async () => {
    const { name, phone } = PERSONAL;
    const order = sampleOrder(idOf(), { customer: { name, phone, email: 'немає' } });
    const omitted = [
      {
        pointer: '#/customer/email',
        code: 'invalid_format',
        detail: 'customer.email is not an e-mail address: an order goes on without it.',
      },
    ];
    expect(await post(order)).toMatchObject({ statusCode: 202, body: { duplicate: false, omitted } });
    const [message] = await sent();
    expect(JSON.parse(message?.Body ?? '')).toMatchObject({ customer: { name, phone } });
    expect(message?.Body).not.toContain('немає');
    expect(await post(order)).toMatchObject({ statusCode: 202, body: { duplicate: true, omitted } });
  });

  test('is on the queue before it is in the ledger', async () => {
    const steps: string[] = [];
    await post(sampleOrder(idOf()), {
      queue: { send: async () => void steps.push('sent') },
      ledger: {
        ...ledger,
        get(externalId) {
          steps.push('asked');
          return ledger.get(externalId);
        },
        replace(record) {
          steps.push('recorded');
          return ledger.replace(record);
        },
      },
    });
    expect(steps).toEqual(['asked', 'sent', 'recorded']);
  });
});

describe('what was paid for it', () => {
  const paid = () => sampleOrder(idOf(), { status: 'PAID', payment: { amount: 500.5, comment: 'LiqPay 7' } });
  const onItsOwn = () => ({
    external_id: idOf(),
    status: 'PAID',
    payment: { amount: 500.5, comment: 'LiqPay 7' },
  });
  const bodies = (sends: readonly { body: string }[]) =>
    sends.map(({ body }): unknown => JSON.parse(body)).toSorted((a, b) => lengthOf(b) - lengthOf(a));
  const lengthOf = (body: unknown) => JSON.stringify(body).length;

  test('goes on a message of its own, after its order, and is no part of what the order is', async () => {
    const { queue, sends } = recorder();
    expect(await post(paid(), { queue })).toMatchObject({ statusCode: 202, body: { duplicate: false } });
    const order = parsedOrder(idOf(), { status: 'PAID' });
    expect(sends.map(({ body }): unknown => JSON.parse(body))).toEqual([order, onItsOwn()]);
    expect(await ledger.get(idOf())).toMatchObject({
      content_hash: contentHash(order),
      payments: [{ amount: 500.5, state: 'waiting' }],
    });
    expect(JSON.stringify(await ledger.get(idOf()))).not.toContain('LiqPay');
  });

  test('is asked for once, however often the order is posted with it', async () => {
    const { queue, sends } = recorder();
    await post(sampleOrder(idOf(), { status: 'PAID' }), { queue });
    await post(paid(), { queue });
    expect(await post(paid(), { queue })).toMatchObject({ statusCode: 202, body: { duplicate: true } });
    expect(bodies(sends)).toEqual([parsedOrder(idOf(), { status: 'PAID' }), onItsOwn()]);
  });

  test('comes with its status, of an order that is not as far', async () => {
    const { queue, sends } = recorder();
    await isAlready('synced');
    await post(paid(), { queue });
    expect(bodies(sends)).toEqual([onItsOwn()]);
  });

  test('that SQS does not acknowledge is no 202, and the order brings it along when it comes again', async () => {
    const { queue, sends } = recorder();
    let isDown = true;
    const failing: Pick<OrdersQueue, 'send'> = {
      send: (body, attributes) =>
        isDown && body.includes('payment"') ? Promise.reject(DOWN) : queue.send(body, attributes),
    };
    expect(await post(paid(), { queue: failing })).toMatchObject({ code: 'temporarily_unavailable' });
    isDown = false;
    expect(await post(paid(), { queue: failing })).toMatchObject({ statusCode: 202 });
    expect(bodies(sends)).toEqual([parsedOrder(idOf(), { status: 'PAID' }), onItsOwn()]);
  });

  test.each([
    ['with another status', { status: 'NEW', payment: { amount: 5 } }, '#/payment'],
    ['of nothing', { status: 'PAID', payment: { amount: 0 } }, '#/payment/amount'],
    ['with a field more', { status: 'PAID', payment: { amount: 5, card: '4111' } }, '#/payment/card'],
  ])('%s is refused with its order, and named', async (_, changes, pointer) => {
    const { queue, sends } = recorder();
    expect(await post(sampleOrder(idOf(), changes), { queue })).toMatchObject({
      code: 'invalid_order',
      details: { members: { errors: [{ pointer }] } },
    });
    expect(sends).toEqual([]);
  });
});

describe('the same order again', () => {
  test.each(['accepted', 'syncing', 'retrying', 'in_doubt', 'synced'] as const)(
    'while it is %s is a duplicate: it is told where it is, and not sent again',
    async (state) => {
      await isAlready(state);
      expect(await post(sampleOrder(idOf()))).toMatchObject({
        statusCode: 202,
        headers: { location: `/orders/${idOf()}` },
        body: { external_id: idOf(), state, duplicate: true },
      });
      expect(await sent()).toEqual([]);
      expect(await ledger.get(idOf())).toMatchObject({ state, version: 1 });
      expect(lines).toMatchObject([{ message: 'Order known already', state, duplicate: true }]);
    },
  );

  test.each(['rejected', 'parked'] as const)('after it was %s is sent again', async (state) => {
    await isAlready(state);
    expect(await post(sampleOrder(idOf()))).toMatchObject({
      statusCode: 202,
      body: { state: 'accepted', duplicate: true },
    });
    const [message] = await sent();
    // One more than its dead letter would have.
    expect(message?.MessageAttributes).toMatchObject({ start: { StringValue: '1' } });
    expect(await ledger.get(idOf())).toMatchObject({ state: 'accepted', attempts: 0, restarts: 1 });
    expect(lines).toMatchObject([{ message: 'Order accepted', duplicate: true }]);
  });

  test('is the same in whatever way it is written', async () => {
    await isAlready('synced');
    const { status: _, ...order } = sampleOrder(idOf());
    const another = JSON.stringify(
      { ...order, customer: { ...order.customer, phone: '+38 (067) 123-45-67' } },
      null,
      2,
    );
    expect(await post(another)).toMatchObject({ statusCode: 202, body: { duplicate: true } });
    expect(await sent()).toEqual([]);
  });

  test('posted twice at the same moment may be on the queue twice, and is in the ledger once', async () => {
    const answers = await Promise.all([post(sampleOrder(idOf())), post(sampleOrder(idOf()))]);
    for (const answer of answers) expect(answer).toMatchObject({ statusCode: 202 });
    expect((await sent()).length).toBeGreaterThan(0);
    expect(await ledger.get(idOf())).toMatchObject({ state: 'accepted', version: 1 });
  });
});

test('a new start is recorded even if a consumer has noted something in the meantime, and not over a newer state', async () => {
  for (const newer of [{}, { start: 1 }]) {
    id += 1;
    await isAlready('rejected');
    const known = await ledger.get(idOf());
    if (known !== undefined) await ledger.replace({ ...known, ...newer });
    const reads = [known];
    const late = {
      ...ledger,
      get: async (externalId: string) => reads.shift() ?? ledger.get(externalId),
    };
    expect(await post(sampleOrder(idOf()), { ledger: late, queue: recorder().queue })).toMatchObject({
      statusCode: 202,
    });
    const isNewer = 'start' in newer;
    expect(await ledger.get(idOf())).toMatchObject({ state: isNewer ? 'rejected' : 'accepted' });
  }
});

describe('another order under the same external_id', () => {
  const other = { payment_method: 'cash' };

  test.each(['accepted', 'syncing', 'retrying', 'in_doubt', 'synced'] as const)(
    'while that one is %s is refused with 409 and that state',
    async (state) => {
      await isAlready(state);
      const problem = await post(sampleOrder(idOf(), other));
      expect(problem).toBeInstanceOf(Problem);
      expect(problem).toMatchObject({ code: 'external_id_taken', details: { members: { state } } });
      expect(await sent()).toEqual([]);
      expect(await ledger.get(idOf())).toMatchObject({ state, version: 1 });
    },
  );

  test.each(['rejected', 'parked'] as const)('after that one was %s is its correction', async (state) => {
    await isAlready(state);
    const { queue, sends } = recorder();
    expect(await post(sampleOrder(idOf(), other), { queue })).toMatchObject({
      statusCode: 202,
      body: { state: 'accepted', duplicate: false },
    });
    expect(sends).toMatchObject([{ body: JSON.stringify(parsedOrder(idOf(), other)), start: 1 }]);
    expect(await ledger.get(idOf())).toMatchObject({
      state: 'accepted',
      content_hash: contentHash(parsedOrder(idOf(), other)),
      attempts: 0,
      restarts: 1,
    });
  });
});

describe('with ?wait=', () => {
  const wait = { wait: '8' };
  /** The ledger, in which the order gets on after so many looks. */
  const getsOn = (looks: number, to: Partial<LedgerRecord>): AcceptOrderDeps['ledger'] => {
    let left = looks;
    return {
      ...ledger,
      async get(externalId) {
        const record = await ledger.get(externalId);
        left -= 1;
        return left >= 0 || record === undefined ? record : { ...record, settled_at: NOW + 1000, ...to };
      },
    };
  };
  const phone = { type: 'VALIDATION' as const, message: 'no', reasons: [{ code: 'phone_invalid' as const }] };

  test('an order that gets there in time is answered with 200 and its number in the CRM', async () => {
    const inTime = getsOn(3, { state: 'synced', crm_order_id: '1001' });
    expect(await post(sampleOrder(idOf()), { query: wait, ledger: inTime, now: Date.now })).toMatchObject({
      statusCode: 200,
      headers: { location: `/orders/${idOf()}` },
      body: { state: 'synced', duplicate: false, crm_order_id: '1001', error: null },
    });
    expect(await sent()).toHaveLength(1);
  });

  test('an order that is rejected meanwhile is answered with 202, and why', async () => {
    const refused = getsOn(2, { state: 'rejected', error: phone });
    expect(await post(sampleOrder(idOf()), { query: wait, ledger: refused, now: Date.now })).toMatchObject({
      statusCode: 202,
      body: { state: 'rejected', crm_order_id: null, error: { explanations: [{ reason: 'phone_invalid' }] } },
    });
    await sent();
  });

  /** Time that only passes while somebody waits. */
  const modelTime = () => {
    let clock = NOW;
    const pause = async (ms: number) => {
      clock += ms;
    };
    return { now: () => clock, pause };
  };

  test.each([
    ['the time is over', 20_000, 8_000],
    ['the invocation nearly is', 5_000, 3_500],
  ])(
    'an order that does not get there is answered with 202 once %s',
    async (_what, remainingMs, waitedMs) => {
      const time = modelTime();
      expect(
        await post(sampleOrder(idOf()), { query: wait, remainingMs: () => remainingMs, ...time }),
      ).toMatchObject({ statusCode: 202, body: { state: 'accepted', error: null } });
      expect(time.now() - NOW).toBe(waitedMs);
      await sent();
    },
  );

  test('a repeat of what is in the CRM is answered at once, with 200', async () => {
    await isAlready('synced');
    expect(await post(sampleOrder(idOf()), { query: wait })).toMatchObject({
      statusCode: 200,
      body: { state: 'synced', duplicate: true },
    });
    expect(await post(sampleOrder(idOf()), { query: { wait: '0' } })).toMatchObject({ statusCode: 202 });
  });

  test('a repeat of what is on its way waits for the same end', async () => {
    await isAlready('retrying');
    const inTime = getsOn(2, { state: 'synced', crm_order_id: '1001' });
    expect(await post(sampleOrder(idOf()), { query: wait, ledger: inTime, now: Date.now })).toMatchObject({
      statusCode: 200,
      body: { duplicate: true, crm_order_id: '1001' },
    });
  });

  test('a new start does not take the end of the last one for its own', async () => {
    await isAlready('rejected');
    // The start is not recorded, so what is read is the old state.
    const stuck = { ...ledger, replace: () => Promise.reject(DOWN) };
    expect(
      await post(sampleOrder(idOf()), {
        query: wait,
        ledger: stuck,
        queue: recorder().queue,
        ...modelTime(),
      }),
    ).toMatchObject({
      statusCode: 202,
      body: { state: 'accepted', error: null },
    });
  });

  test('an order whose past cannot be read is not waited for', async () => {
    const down = NO_LEDGER;
    expect(await post(sampleOrder(idOf()), { query: wait, ledger: down })).toMatchObject({ statusCode: 202 });
    expect(await sent()).toHaveLength(1);
  });

  test.each(['', 'x', '-1', '21', '8.5', '1e1', '8,9', '008'])(
    'that is no time to wait (%j) the order is refused',
    async (text) => {
      const problem = await post(sampleOrder(idOf()), { query: { wait: text } });
      expect(problem).toMatchObject({ code: 'invalid_query' });
      expect(await ledger.get(idOf())).toBeUndefined();
      expect(await sent()).toEqual([]);
    },
  );
});

describe('what is no order', () => {
  test('is refused with all its problems, and neither sent nor recorded', async () => {
    const problem = await post(
      sampleOrder(idOf(), { source: '', customer: { name: PERSONAL.name, phone: '12' } }),
    );
    expect(problem).toMatchObject({
      code: 'invalid_order',
      details: {
        members: {
          errors: [
            { pointer: '#/source', code: 'too_small' },
            { pointer: '#/customer/phone', code: 'invalid_phone' },
          ],
        },
      },
    });
    expect(JSON.stringify(problem)).not.toContain(PERSONAL.name);
    expect(await sent()).toEqual([]);
    expect(await ledger.get(idOf())).toBeUndefined();
    expect(lines).toEqual([
      {
        level: 'info',
        message: 'Order refused',
        submitted_by: 'demo',
        problems: '#/source too_small; #/customer/phone invalid_phone',
        reasons: 'field_missing,phone_invalid',
      },
    ]);
  });

  test('is refused by its size and its type before anything is read of it', async () => {
    expect(await post('x'.repeat(MAX_BODY_BYTES + 1))).toMatchObject({ code: 'body_too_large' });
    expect(await post(sampleOrder(idOf()), { headers: { 'content-type': 'text/plain' } })).toMatchObject({
      code: 'unsupported_media_type',
    });
    expect(await sent()).toEqual([]);
  });
});

describe('while the ledger is down', () => {
  test('an order is accepted all the same, with everything that SQS needs', async () => {
    expect(await post(sampleOrder(idOf()), { ledger: NO_LEDGER })).toMatchObject({
      statusCode: 202,
      body: { state: 'accepted', duplicate: false },
    });
    expect(await sent()).toHaveLength(1);
    expect(lines.map(({ level, message, error_name }) => [level, message, error_name])).toEqual([
      ['warn', 'Ledger not read: order taken for new', 'Error'],
      ['warn', 'Acceptance not recorded: the consumer will', 'Error'],
      ['info', 'Order accepted', undefined],
    ]);
  });

  test('an order is accepted when the ledger goes down after it was asked', async () => {
    await isAlready('rejected');
    const half = { ...ledger, replace: () => Promise.reject(DOWN) };
    const { queue, sends } = recorder();
    expect(await post(sampleOrder(idOf()), { ledger: half, queue })).toMatchObject({ statusCode: 202 });
    expect(sends).toHaveLength(1);
  });
});

describe('when SQS does not acknowledge', () => {
  test.each<[string, OrderState | undefined]>([
    ['a new order', undefined],
    ['a correction', 'rejected'],
    ['a repeat of what was parked', 'parked'],
  ])(
    '%s is answered with 503 and when to come back, never with 202, and not recorded',
    async (_what, state) => {
      if (state !== undefined) await isAlready(state);
      const before = await ledger.get(idOf());
      const problem = await post(sampleOrder(idOf()), { queue: { send: () => Promise.reject(DOWN) } });

      expect(problem).toBeInstanceOf(Problem);
      expect(problem).toMatchObject({
        code: 'temporarily_unavailable',
        details: { headers: { 'retry-after': '5' } },
      });
      expect(await ledger.get(idOf())).toEqual(before);
      expect(lines).toEqual([
        {
          level: 'error',
          message: 'SQS has not acknowledged the order',
          external_id: idOf(),
          submitted_by: 'demo',
          error_name: 'Error',
        },
      ]);
    },
  );

  test('because nobody listens there, the answer comes at once', async () => {
    const endpoint = `http://127.0.0.1:${await closedPort()}`;
    const sqs = new SQSClient({
      ...AWS_CLIENT_OPTIONS,
      endpoint,
      region: 'eu-central-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    const started = performance.now();
    const nowhere = ordersQueue(sqs, `${endpoint}/000000000000/orders`);
    expect(await post(sampleOrder(idOf()), { queue: nowhere })).toMatchObject({
      code: 'temporarily_unavailable',
    });
    expect(performance.now() - started).toBeLessThan(2_000);
    sqs.destroy();
  });

  test('the order can be sent again, with the same external_id', async () => {
    // Both acknowledgements may have been lost on their way here.
    expect(await post(sampleOrder(idOf()), { queue: { send: () => Promise.reject(DOWN) } })).toMatchObject({
      code: 'temporarily_unavailable',
      details: { detail: expect.stringMatching(/accepted is not known\. Send it again, with the same/) },
    });
    expect(await post(sampleOrder(idOf()))).toMatchObject({ statusCode: 202, body: { duplicate: false } });
    expect(await sent()).toHaveLength(1);
  });
});

test('nothing personal, and no word of an error, is ever logged', async () => {
  const everything: unknown[] = [];
  const step = async (...args: Parameters<typeof post>) => {
    await post(...args);
    everything.push(...lines);
  };
  await step(sampleOrder(idOf()));
  await step(sampleOrder(idOf(), { source: PERSONAL.name.repeat(9), [PERSONAL.phone]: PERSONAL.email }));
  await step(sampleOrder(idOf()), { queue: { send: () => Promise.reject(DOWN) } });
  await step(sampleOrder(`${idOf()}-x`), {
    ledger: NO_LEDGER,
  });
  await sent();

  const told = JSON.stringify(everything);
  for (const value of [...Object.values(PERSONAL), '067', 'tell-tale']) expect(told).not.toContain(value);
});
