/** A process of its own for test/privacy.test.ts: orders with tell-tale values through every path there is, logged as on AWS. */
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { APIGatewayProxyEventV2, SQSEvent, SQSRecord } from 'aws-lambda';
import { Webhook } from 'standardwebhooks';
import * as z from 'zod';
import {
  TELL_TALE_CALLBACK_SECRET,
  TELL_TALE_SIGNING_SECRET,
  TELL_TALES,
  tellTaleOrder,
} from '../../bench/fuzz/tell-tales.ts';
import { eventId, type Outcome } from '../../lib/ledger/outcome.ts';
import { apiEvent } from '../../local/api-event.ts';
import { startCallbackReceiver } from '../../local/callback-receiver.ts';
import { invokeHandler } from '../../local/invoke.ts';
import { FAULTS } from '../../local/sandbox/faults.ts';
import { startEchoingProxy } from './echoing-proxy.ts';
import { startRelay } from './relay.ts';
import { sqsRecord } from './sqs-record.ts';
import { until } from './until.ts';

const { crmKey, token, wrongToken, signingToken, callbackKey } = TELL_TALES;
const API_KEY_SECRET = 'test/api-key';
const TOKENS_SECRET = 'test/intake-tokens';
const CALLBACKS_SECRET = 'test/callbacks';
const authorized = { authorization: `Bearer ${token}` };
const signer = { authorization: `Bearer ${signingToken}` };

const proxies = {
  sqs: await startEchoingProxy(),
  dynamodb: await startEchoingProxy(),
  secrets: await startEchoingProxy(),
  crm: await startEchoingProxy(),
  endpoint: await startEchoingProxy(),
};
const receiver = await startCallbackReceiver({ signingSecret: TELL_TALE_CALLBACK_SECRET });
proxies.endpoint.target = receiver.url;
const relay = await startRelay({
  feed: false,
  // A call that a stalled machine gives up costs a receive: SQS is to move nothing by itself.
  maxReceiveCount: 1000,
  tokens: JSON.stringify({
    shop: token,
    erp: { tokens: signingToken, signing_secrets: TELL_TALE_SIGNING_SECRET },
  }),
  settings: {
    POWERTOOLS_LOG_LEVEL: 'INFO',
    AWS_ENDPOINT_URL_SQS: proxies.sqs.url,
    AWS_ENDPOINT_URL_DYNAMODB: proxies.dynamodb.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: proxies.secrets.url,
    ORDERS_QUEUE_URL: `${proxies.sqs.url}/000000000000/orders`,
    DEAD_LETTER_QUEUE_URL: `${proxies.sqs.url}/000000000000/dead-letters`,
    OUTCOMES_QUEUE_URL: `${proxies.sqs.url}/000000000000/outcomes.fifo`,
    SITNIKS_BASE_URL: proxies.crm.url,
    MAX_RETRIES: '0',
    INTAKE_TOKENS_TTL_SECONDS: '1',
    INTAKE_TOKENS_RETRY_SECONDS: '1',
    INTAKE_TOKENS_LEAST_LENGTH: '1',
    API_KEY_RETRY_SECONDS: '1',
    CALLBACKS_TTL_SECONDS: '1',
    CALLBACKS_RETRY_SECONDS: '1',
    RETURN_BASE_SECONDS: '1',
    WAVE_TIMEOUT_SECONDS: '1',
  },
});
const { stack } = relay;
proxies.sqs.target = stack.environment['AWS_ENDPOINT_URL_SQS'] ?? '';
proxies.dynamodb.target = stack.environment['AWS_ENDPOINT_URL_DYNAMODB'] ?? '';
proxies.secrets.target = stack.environment['AWS_ENDPOINT_URL_SECRETS_MANAGER'] ?? '';
proxies.crm.target = stack.sandbox.url;
stack.secrets.set(API_KEY_SECRET, crmKey);
stack.sandbox.setApiKey(crmKey);
const callbacks = JSON.stringify({
  shop: {
    url: `${proxies.endpoint.url}/callbacks?key=${callbackKey}`,
    signing_secrets: [TELL_TALE_CALLBACK_SECRET, TELL_TALE_SIGNING_SECRET],
  },
});

const handlers = {
  acceptOrder: (await import('../../functions/accept-order.ts')).handler,
  getOrder: (await import('../../functions/get-order.ts')).handler,
  syncOrders: (await import('../../functions/sync-orders.ts')).handler,
  notifySubmitter: (await import('../../functions/notify-submitter.ts')).handler,
  tendDeadLetters: (await import('../../functions/tend-dead-letters.ts')).handler,
};
const accept = invokeHandler<APIGatewayProxyEventV2>((event, context) =>
  handlers.acceptOrder(event, context),
);
const ask = invokeHandler<APIGatewayProxyEventV2>((event, context) => handlers.getOrder(event, context));
const sync = invokeHandler<SQSEvent>(handlers.syncOrders);
const notify = invokeHandler<SQSEvent>(handlers.notifySubmitter);
const tend = invokeHandler<object>(handlers.tendDeadLetters);

/** All that anybody is told, or that is kept. */
const seen = {
  answers: [] as unknown[],
  letters: [] as unknown[],
  records: [] as unknown[],
  outcomes: [] as string[],
  callbacks: [] as unknown[],
};
let count = 0;
const nextId = () => {
  count += 1;
  return `private-${count}`;
};
const post = async (body: object | string, headers: Record<string, string> = authorized) =>
  void seen.answers.push(await accept(apiEvent('POST', '/orders', body, undefined, headers)));
const putStatus = async (id: string, body: object) =>
  void seen.answers.push(
    await accept(apiEvent('PUT', `/orders/${id}/status`, body, { external_id: id }, authorized)),
  );
const get = async (id: string, headers: Record<string, string> = authorized) =>
  void seen.answers.push(
    await ask(apiEvent('GET', `/orders/${id}`, undefined, { external_id: id }, headers)),
  );
const inject = (body: string, attributes: Record<string, string> = {}) =>
  stack.sqs.send(
    new SendMessageCommand({
      QueueUrl: stack.resources.get('OrdersQueue')?.ref,
      MessageBody: body,
      MessageAttributes: Object.fromEntries(
        Object.entries(attributes).map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]),
      ),
    }),
  );
async function settle() {
  relay.feed();
  await relay.drained();
  await relay.stopFeeding();
  seen.letters.push(...(await relay.takeDeadLetters()).map(({ attributes }) => attributes));
}
const outcome: Outcome = {
  id: eventId('private'),
  type: 'synced',
  at: new Date().toISOString(),
  external_id: 'private-0',
  submitted_by: 'shop',
  attempts: 1,
  crm_order_id: '1001',
};
/** Not by the queue, which would take it once only. */
const tell = async (body = JSON.stringify(outcome)) =>
  void seen.answers.push(await notify({ Records: [sqsRecord(body)] }));
/** Until `notifySubmitter` has asked for what it is told by this secret. */
async function tellBySecret(text: string) {
  stack.secrets.set(CALLBACKS_SECRET, text);
  const before = stack.secrets.count(CALLBACKS_SECRET);
  await until(async () => {
    await tell();
    return stack.secrets.count(CALLBACKS_SECRET) > before;
  });
}

const json = JSON.stringify(tellTaleOrder('private-0'));
const POISON = [
  TELL_TALES.name,
  `${TELL_TALES.phone}\n`,
  json.slice(0, -9),
  json.replace('"phone":', '"phone":"067 111 22 33","phone":'),
  json.replace('{', `{"${TELL_TALES.name}":{"x":1,"x":2},"${TELL_TALES.email}":1,`),
  json.replace('"mono"', `${'['.repeat(40)}"${TELL_TALES.address}"${']'.repeat(40)}`),
  json.replace('1200', '1e400').replace('"nova_poshta"', '""'),
  json.replace('"private-0"', JSON.stringify(TELL_TALES.phone)),
  JSON.stringify(tellTaleOrder('private-0', { source: 7, customer: TELL_TALES.name, [TELL_TALES.phone]: 1 })),
  JSON.stringify({
    ...tellTaleOrder('private-0'),
    status: TELL_TALES.name,
    payment_method: TELL_TALES.email.repeat(9),
  }),
];

/** Everything that can be wrong at the edge. */
async function edge() {
  for (const body of POISON) await post(body);
  await post('x'.repeat(65_537).concat(TELL_TALES.name));
  await post(json, { ...authorized, 'content-type': `text/${TELL_TALES.email}` });
  const bytes = Buffer.concat([Buffer.from(json), Buffer.from([0xff])]);
  const event = apiEvent('POST', '/orders', bytes.toString('base64'), undefined, authorized);
  seen.answers.push(await accept({ ...event, isBase64Encoded: true }));
  for (const authorization of [`Bearer ${wrongToken}`, `Basic ${token}`, `Bearer ${token} x`, token]) {
    await post(json, { authorization });
    await get('private-0', { authorization });
  }
  const signed = {
    ...signer,
    'webhook-id': TELL_TALES.email,
    'webhook-timestamp': '1',
    'webhook-signature': `v1,${wrongToken}`,
  };
  await post(json, signer);
  await post(json, signed);
  await post(json, { ...signed, 'webhook-timestamp': String(Math.floor(Date.now() / 1000)) });
  const at = new Date();
  const body = JSON.stringify(tellTaleOrder(nextId()));
  await post(body, {
    ...signed,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(TELL_TALE_SIGNING_SECRET).sign(TELL_TALES.email, at, body),
  });
  const taken = nextId();
  await post(tellTaleOrder(taken));
  await post(tellTaleOrder(taken, { payment_method: 'cash' }));
  // A payment that waits for its order for long is on a letter, and those are taken away here.
  await settle();
  const { name, phone, address } = TELL_TALES;
  await putStatus(taken, {
    status: 'PAID',
    payment: { amount: 1, comment: `${name}, ${phone}, ${address}` },
  });
  await putStatus(taken, { status: 'PAID', payment: { amount: name, comment: name, [phone]: 1 } });
  await get(TELL_TALES.phone);
  await get(taken);
}

/** Every fault that the sandbox can play, on creation and on look-up, and a CRM that echoes under each status. */
async function crm() {
  for (const on of ['create', 'search'] as const) {
    for (const fault of FAULTS) {
      const external_id = nextId();
      stack.sandbox.setFault({ fault, external_id, on, times: 9 });
      await inject(JSON.stringify(tellTaleOrder(external_id)), {
        submitted_by: 'shop',
        ...(on === 'search' ? { redriven: '1' } : {}),
      });
    }
  }
  await settle();
  for (const status of [200, 201, 302, 400, 401, 404, 409, 422, 429, 500, 503]) {
    proxies.crm.mode = { echo: 'crm', status };
    const ids = [nextId(), nextId()];
    for (const [index, id] of ids.entries()) {
      const record = sqsRecord(JSON.stringify(tellTaleOrder(id)), {
        messageAttributes: {
          submitted_by: { dataType: 'String', stringValue: 'shop' },
          ...(index === 0 ? {} : { redriven: { dataType: 'Number', stringValue: '1' } }),
        },
      });
      seen.answers.push(await sync({ Records: [record] }));
    }
    for (const id of ids) await get(id);
  }
  proxies.crm.mode = undefined;
  // The key is revoked for good.
  stack.sandbox.setApiKey('another');
  await inject(JSON.stringify(tellTaleOrder(nextId())));
  await settle();
  stack.sandbox.setApiKey(crmKey);
}

/** AWS in the worst of moods: each of its errors quotes everything that it was sent. */
async function aws() {
  for (const service of ['sqs', 'dynamodb', 'secrets'] as const) {
    for (const echo of ['error', 'html'] as const) {
      proxies[service].mode = { echo };
      await post(tellTaleOrder(nextId()));
      await get('private-1');
      for (const body of [JSON.stringify(tellTaleOrder(nextId())), ...POISON.slice(0, 3)]) {
        seen.answers.push(await sync({ Records: [sqsRecord(body)] }));
      }
      await tell();
      if (service !== 'secrets') seen.answers.push(await tend({}));
      proxies[service].mode = undefined;
    }
  }
  // Secrets that hold something, but nothing that can be used.
  for (const broken of [`{"shop":"${wrongToken} x"}`, wrongToken, `{"${wrongToken}":7}`]) {
    const before = stack.secrets.count(TOKENS_SECRET);
    stack.secrets.set(TOKENS_SECRET, broken);
    await until(async () => {
      await post(json, { authorization: `Bearer ${wrongToken}` });
      return stack.secrets.count(TOKENS_SECRET) > before;
    });
  }
}

/** An endpoint in every mood, and one that echoes all that it was told. */
async function endpoint() {
  for (const body of POISON) await tell(body);
  await tell(JSON.stringify({ ...outcome, [TELL_TALES.phone]: TELL_TALES.name }));
  for (const echo of ['error', 'html'] as const) {
    proxies.endpoint.mode = { echo };
    await tell();
  }
  for (const status of [202, 302, 401, 404, 429, 500, 503, 410]) {
    proxies.endpoint.mode = { echo: 'crm', status };
    await tell();
  }
  proxies.endpoint.mode = undefined;
  // It has stopped, until the secret is written anew.
  await tell();
  for (const unusable of [
    wrongToken,
    `{"shop":{"url":"http://${wrongToken}.example","signing_secrets":7}}`,
  ]) {
    await tellBySecret(unusable);
  }
  await tellBySecret(callbacks);
  receiver.setMode({ hang: true });
  await tell();
  receiver.setMode({});
  proxies.endpoint.target = 'http://127.0.0.1:1';
  await tell();
  proxies.endpoint.target = receiver.url;
}

/** What no type allows, and so nobody has thought of. */
async function unthoughtOf() {
  const event: object = { ...apiEvent('POST', '/orders', json), headers: null };
  // It is the point that these are no events: a schema that takes everything says that they are.
  const takenForEvent = z.custom<APIGatewayProxyEventV2>(() => true);
  const broken = [event, { body: json }, json, null].map((one) => takenForEvent.parse(one));
  for (const one of broken) {
    seen.answers.push(await accept(one), await ask(one));
  }
  const { attributes: _, ...record } = sqsRecord(json);
  const records: unknown[] = [
    record,
    { ...sqsRecord(json), body: undefined },
    { body: json, messageAttributes: null },
  ];
  const takenForRecord = z.custom<SQSRecord>(() => true);
  for (const one of records.map((record) => takenForRecord.parse(record))) {
    seen.answers.push(await sync({ Records: [one] }), await notify({ Records: [one] }));
  }
}

// Before the secret has ever been read.
await tellBySecret(wrongToken);
await tellBySecret(callbacks);
for (const poison of POISON) {
  await inject(poison);
  await inject(poison, { submitted_by: 'shop' });
}
await settle();
await edge();
await settle();
await crm();
await endpoint();
await unthoughtOf();
await aws();
await tend({});
await settle();

const { Items = [] } = await stack.dynamodb.send(
  new ScanCommand({ TableName: stack.resources.get('Ledger')?.ref }),
);
seen.records.push(...Items.map((item) => unmarshall(item)));
seen.outcomes.push(...relay.outcomeMessages());
seen.callbacks.push(...receiver.events());
process.send?.(seen, () => {
  // What is still open belongs to nobody any more.
  process.exit(0);
});
