/** docs/openapi.yaml is what the functions do: it is up to date, sound, whole, and its examples are true. */
import { readFileSync } from 'node:fs';
import { DeleteTableCommand } from '@aws-sdk/client-dynamodb';
import { DeleteQueueCommand } from '@aws-sdk/client-sqs';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { openApiText } from '../bin/openapi/document.ts';
import { CALLBACKS } from '../bin/openapi/examples/callbacks.ts';
import { DRESS, type HttpExample, type OrderSent, orderOf } from '../bin/openapi/examples/example.ts';
import { GET_ORDER } from '../bin/openapi/examples/get-order.ts';
import { POST_ORDER } from '../bin/openapi/examples/post-order.ts';
import { PUT_STATUS } from '../bin/openapi/examples/put-status.ts';
import { REASON_CODES } from '../lib/explanations/reasons.ts';
import {
  callbackSchema,
  orderViewSchema,
  postedSchema,
  problemSchema,
  statusAcceptedSchema,
} from '../lib/intake/contract.ts';
import { PROBLEMS } from '../lib/intake/http.ts';
import { OUTCOMES } from '../lib/ledger/outcome.ts';
import type { OrderState } from '../lib/ledger/states.ts';
import type { FaultInput } from '../local/sandbox/faults.ts';
import { readServiceFile } from '../local/service-file.ts';
import { type Answer, type Relay, startRelay } from './kit/relay.ts';
import { until } from './kit/until.ts';

const textOf = (file: string) => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
const committed = textOf('docs/openapi.yaml');

const mediaTypes = z
  .record(
    z.string(),
    z.looseObject({ examples: z.record(z.string(), z.looseObject({ value: z.unknown() })).default({}) }),
  )
  .default({});
const operationSchema = z.looseObject({
  requestBody: z.looseObject({ content: mediaTypes }).optional(),
  responses: z.record(
    z.string(),
    z.looseObject({ headers: z.record(z.string(), z.unknown()).default({}), content: mediaTypes }),
  ),
});
const { paths, webhooks, components } = z
  .looseObject({
    paths: z.record(z.string(), z.record(z.string(), operationSchema)),
    webhooks: z.record(z.string(), z.record(z.string(), operationSchema)),
    components: z.looseObject({
      schemas: z.record(
        z.string(),
        z.looseObject({ description: z.string(), enum: z.array(z.string()).optional() }),
      ),
    }),
  })
  .parse(parse(committed));
const serverless = await readServiceFile();

test('docs/openapi.yaml is up to date', () => {
  expect(
    committed === openApiText(),
    'The contract has changed: run `npm run openapi`, and look at the diff',
  ).toBe(true);
});

test('it passes the linter without a finding', async () => {
  const config = await createConfig({
    extends: ['recommended-strict'],
    rules: {
      // The local stack is where everybody begins.
      'no-server-example.com': 'off',
    },
  });
  const findings = await lintFromString({ source: committed, config });
  expect(
    findings.map(({ ruleId, message, location: [at] }) => `${ruleId}: ${message} ${at?.pointer}`),
  ).toEqual([]);
});

describe('it is whole:', () => {
  test('every route of serverless.yml is in it, and no other', () => {
    const { functions } = z
      .object({
        functions: z.record(
          z.string(),
          z.object({ events: z.array(z.object({ httpApi: z.string().optional() })) }),
        ),
      })
      .parse(serverless);
    const routes = Object.values(functions).flatMap(({ events }) =>
      // The manager's page is between us and ourselves.
      events.flatMap(({ httpApi }) => (httpApi?.includes(' /manager') ? [] : (httpApi ?? []))),
    );
    const documented = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(documented.sort()).toEqual(routes.sort());
  });

  test('every outcome has a webhook', () => {
    expect(Object.keys(webhooks)).toEqual(OUTCOMES.map((outcome) => `order.${outcome}`));
  });

  test('every problem is an answer of some operation, under its status', () => {
    const answers = Object.values(paths).flatMap((operations) =>
      Object.values(operations).flatMap(({ responses }) => Object.entries(responses)),
    );
    for (const [code, { status }] of Object.entries(PROBLEMS)) {
      const isThere = answers.some(
        ([key, answer]) =>
          key === String(status) &&
          JSON.stringify(answer.content['application/problem+json']).includes(
            `"urn:sitniks-orders:problem:${code}"`,
          ),
      );
      expect(isThere, code).toBe(true);
    }
  });

  test('every reason is in it, with a line that says what it is', () => {
    const { enum: codes, description } = components.schemas['ReasonCode'] ?? {};
    expect(codes).toEqual([...REASON_CODES]);
    for (const code of REASON_CODES) expect(description).toMatch(new RegExp(`^- \`${code}\`: \\S`, 'm'));
  });

  test('every answer that an operation of ours gives has an example, but for a 500', () => {
    for (const operations of Object.values(paths)) {
      for (const { responses } of Object.values(operations)) {
        for (const [status, { content }] of Object.entries(responses)) {
          // A 429 is API Gateway's; a 500 cannot be had by any request.
          if (status === '429' || status === '500') continue;
          expect(
            Object.values(content).some(({ examples }) => Object.keys(examples).length > 0),
            status,
          ).toBe(true);
        }
      }
    }
  });

  test('what it says in figures is what serverless.yml sets', () => {
    expect(serverless).toMatchObject({
      params: {
        default: {
          callbackTimeoutMs: 15_000,
          callbackRetryBaseSeconds: 10,
          callbackRetryCapSeconds: 4 * 3600,
          callbackMaxReceives: 26,
          maxRetries: 3,
        },
      },
      resources: {
        extensions: {
          HttpApiStage: {
            Properties: { DefaultRouteSettings: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 } },
          },
        },
      },
    });
  });
});

const SIGNING_SECRET = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
const ANOTHER = { authorization: 'Bearer of-another-caller' };
const UNKNOWN_SKU = { items: [{ ...DRESS, sku: 'UNKNOWN-116' }] };
const KEY_REFUSED: FaultInput = { fault: 'unauthorized' };

interface Given {
  order: OrderSent;
  state: OrderState;
  fault?: FaultInput;
  headers?: Record<string, string>;
}

/** Orders that were posted before the examples are sent, and what has become of them. */
const GIVEN: readonly Given[] = [
  // Of POST examples.
  { order: orderOf('1043'), state: 'synced' },
  { order: orderOf('1046', UNKNOWN_SKU), state: 'rejected' },
  { order: orderOf('1051'), state: 'synced' },
  { order: orderOf('1052'), state: 'synced', headers: ANOTHER },
  // Of GET examples.
  { order: orderOf('1061'), state: 'synced' },
  { order: orderOf('1062'), state: 'in_doubt', fault: { fault: 'html_ok' } },
  { order: orderOf('1063', UNKNOWN_SKU), state: 'rejected' },
  { order: orderOf('1064'), state: 'parked', fault: KEY_REFUSED },
  // Of callbacks.
  { order: orderOf('1071'), state: 'synced' },
  { order: orderOf('1072', UNKNOWN_SKU), state: 'rejected' },
  { order: orderOf('1073'), state: 'parked', fault: KEY_REFUSED },
  { order: orderOf('1074'), state: 'parked', fault: KEY_REFUSED },
  { order: orderOf('1075'), state: 'synced' },
  { order: orderOf('1076'), state: 'synced' },
  { order: orderOf('1079'), state: 'synced' },
  // Of PUT examples.
  { order: orderOf('1065'), state: 'synced' },
  { order: orderOf('1066', { status: 'PROCESSING' }), state: 'synced' },
  { order: orderOf('1067'), state: 'synced' },
  { order: orderOf('1077'), state: 'synced' },
];

describe('its examples are true:', () => {
  let relay: Relay;
  beforeAll(async () => {
    relay = await startRelay({
      tokens: JSON.stringify({
        demo: 'local',
        another: 'of-another-caller',
        signing: { tokens: 'of-a-caller-that-signs', signing_secrets: SIGNING_SECRET },
      }),
      // What is in doubt stays so for as long as it is looked at.
      settings: { RETRY_BASE_SECONDS: '60', RETRY_CAP_SECONDS: '60' },
      // A consumer that is faster than the edge would leave `accepted` out of an order's history.
      feed: false,
    });
    for (const { order, fault, headers } of GIVEN) {
      if (fault !== undefined) relay.stack.sandbox.setFault({ ...fault, external_id: order.external_id });
      expect(await relay.post(order, headers)).toMatchObject({ statusCode: 202 });
    }
    relay.feed();
    for (const { order, state, headers } of GIVEN) {
      const isThere = async () => {
        expect((await relay.get(order.external_id, headers)).body).toMatchObject({ state });
        return true;
      };
      await until(isThere, { deadlineMs: 15_000 });
    }
    await relay.inject(orderOf('1067', { payment_method: 'cash' }), 'another');
    await until(async () => (await relay.get('1067', ANOTHER)).statusCode === 200, { deadlineMs: 15_000 });
  });
  afterAll(() => relay.stop());

  // The contract's dialect books none: test/payments.test.ts has one that is booked.
  const happening = CALLBACKS.filter(({ name }) => name !== 'payment_booked');
  test.each(happening)('$body.type is what the receiver gets', async ({ name, body }) => {
    const { external_id } = body.data;
    if (body.type === 'order.recovered') await relay.post(orderOf(external_id ?? ''));
    if (body.type === 'order.status_not_changed')
      relay.stack.sandbox.setFault({ fault: 'status', status: 404, on: 'status' });
    if (body.data.status !== undefined)
      await relay.putStatus(external_id ?? '', { status: body.data.status });
    const { amount } = body.data;
    if (amount !== undefined)
      await relay.putStatus(external_id ?? '', { status: 'PAID', payment: { amount } });
    const got = await until(
      () => relay.outcomes().find(({ type, data }) => type === body.type && data.external_id === external_id),
      { deadlineMs: 15_000 },
    );
    expect(asIn(body, got)).toEqual(body);
    expect(callbackSchema.parse(body)).toEqual(body);
    const { examples = {} } = webhooks[body.type]?.['post']?.requestBody?.content['application/json'] ?? {};
    expect(examples[name]?.value).toEqual(body);
  });

  async function dropLedger() {
    const TableName = relay.stack.resources.get('Ledger')?.ref;
    // Gone already, it is gone.
    await relay.stack.dynamodb.send(new DeleteTableCommand({ TableName })).catch(() => undefined);
  }

  /** What goes down before an example, where anything does. */
  const DOWN: Readonly<Record<string, () => Promise<unknown>>> = {
    not_accepted: async () => {
      await relay.stopFeeding();
      const QueueUrl = relay.stack.resources.get('OrdersQueue')?.ref;
      return relay.stack.sqs.send(new DeleteQueueCommand({ QueueUrl }));
    },
    unavailable: dropLedger,
    status_unavailable: dropLedger,
  };

  const sending = [
    ...GET_ORDER.map((example) => ({ method: 'GET' as const, path: '/orders/{external_id}', example })),
    ...POST_ORDER.map((example) => ({ method: 'POST' as const, path: '/orders', example })),
    ...PUT_STATUS.map((example) => ({
      method: 'PUT' as const,
      path: '/orders/{external_id}/status',
      example,
    })),
  ];
  // What is down stays down.
  const isLast = ({ example }: { example: HttpExample }) => example.name in DOWN;
  const inOrder = [...sending.filter((one) => !isLast(one)), ...sending.filter(isLast)];

  test.each(inOrder)(
    '$method $path: $example.name is answered with $example.status',
    async ({ method, path, example }) => {
      await DOWN[example.name]?.();
      const { external_id = '', body = '', headers, query } = example.request;
      const ask = {
        GET: () => relay.get(external_id, headers),
        POST: () => relay.post(body, headers, query),
        PUT: () => relay.putStatus(external_id, body, headers),
      };
      const answer = await ask[method]();

      const { 'content-type': type = '', ...others } = answer.headers;
      expect({ status: answer.statusCode, headers: others, body: asIn(example.body, answer.body) }).toEqual({
        status: example.status,
        headers: example.headers,
        body: example.body,
      });
      expect(schemaOf(method, answer).parse(example.body)).toEqual(example.body);

      const { requestBody, responses = {} } = paths[path]?.[method.toLowerCase()] ?? {};
      const documented = responses[example.status];
      expect(documented?.content[type]?.examples[example.name]?.value).toEqual(example.body);
      const names = Object.keys(documented?.headers ?? {}).map((name) => name.toLowerCase());
      expect(names).toEqual(Object.keys(others));
      const shown = requestBody?.content['application/json']?.examples[example.name];
      if (shown !== undefined) expect(shown.value).toEqual(body);
    },
  );
});

const schemaOf = (method: 'GET' | 'POST' | 'PUT', { statusCode }: Answer) => {
  if (statusCode >= 400) return problemSchema;
  return { GET: orderViewSchema, POST: postedSchema, PUT: statusAcceptedSchema }[method];
};

/** What is another one each time, by the name of its field. */
const VOLATILE: Readonly<Record<string, RegExp>> = {
  at: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  timestamp: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  instance: /^urn:request:[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/,
  id: /^evt_[\da-f]{32}$/,
  crm_order_id: /^\d+$/,
  // Whoever asks may be slower than the consumer.
  in_crm: /^[A-Z_]+$/,
};

/** A real answer with the example's times and ids, wherever both have one. */
function asIn(example: unknown, real: unknown): unknown {
  if (Array.isArray(real)) return real.map((one, index) => asIn(Object(example)[index], one));
  if (typeof real !== 'object' || real === null) return real;
  return Object.fromEntries(
    Object.entries(real).map(([name, value]) => {
      const expected: unknown = Object(example)[name];
      const isVolatile = [value, expected].every(
        (one) => typeof one === 'string' && VOLATILE[name]?.test(one),
      );
      return [name, isVolatile ? expected : asIn(expected, value)];
    }),
  );
}
