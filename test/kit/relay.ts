import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import * as z from 'zod';
import type { Callback } from '../../lib/intake/contract.ts';
import { apiEvent } from '../../local/api-event.ts';
import type { CallbackReceiver } from '../../local/callback-receiver.ts';
import {
  type EventSourceMapping,
  type EventSourceMappingOptions,
  startEventSourceMapping,
} from '../../local/event-source-mapping.ts';
import { invokeHandler } from '../../local/invoke.ts';
import { LOCAL_TOKENS } from '../../local/local-secrets.ts';
import { sizeOf } from '../../local/queue-depth.ts';
import { type Stack, startStack } from '../../local/stack.ts';
import { testTemplate } from './template.ts';
import { until } from './until.ts';

const SECRET = 'test/api-key';
const TOKENS_SECRET = 'test/intake-tokens';
const CALLBACKS_SECRET = 'test/callbacks';
const REGION = 'eu-central-1';

const answerSchema = z.object({
  statusCode: z.number(),
  headers: z.record(z.string(), z.string()).default({}),
  body: z.string().transform((text): unknown => JSON.parse(text)),
});
export type Answer = z.output<typeof answerSchema>;

export interface DeadLetterSeen {
  body: string;
  attributes: Record<string, string | undefined>;
}

/**
 * The whole relay in one process: the exported handlers, wired by their own environment, on in-process SQS, DynamoDB,
 * Secrets Manager and sandbox CRM, fed by the event source mapping.
 */
export interface Relay {
  stack: Stack;
  /** What plays the bot of the caller `demo`. */
  receiver: CallbackReceiver;
  /** `POST /orders`, through the exported handler; `query` such as `{ wait: '8' }`. */
  post(
    body: object | string,
    headers?: Record<string, string>,
    query?: Record<string, string>,
  ): Promise<Answer>;
  /** `PUT /orders/{external_id}/status`, through the exported handler. */
  putStatus(externalId: string, body: object | string, headers?: Record<string, string>): Promise<Answer>;
  /** `GET /orders/{external_id}`, through the exported handler. */
  get(externalId: string, headers?: Record<string, string>): Promise<Answer>;
  /** Straight onto the queue, as anyone with the right to send could; in the name of `demo`, whose token `get` sends. */
  inject(body: object | string, submittedBy?: string): Promise<void>;
  /** Takes everything off the dead-letter queue. */
  takeDeadLetters(): Promise<DeadLetterSeen[]>;
  /** What the receiver has been told, oldest first, repeats among it. */
  outcomes(): readonly Callback[];
  /** Bodies from OutcomesQueue that `notifySubmitter` has been given. */
  outcomeMessages(): readonly string[];
  /**
   * Waits until OrdersQueue holds nothing, neither visible nor in flight nor delayed; and then for OutcomesQueue too,
   * while it is fed to `notifySubmitter`.
   */
  drained(deadlineMs?: number): Promise<void>;
  /** Starts to feed `syncOrders` and `notifySubmitter`; done already unless `feed: false`. */
  feed(): void;
  stopFeeding(): Promise<void>;
  /** Orders that the sandbox has under this id. */
  inCrm(externalId: string): number;
  stop(): Promise<void>;
}

export interface RelayOptions {
  /** Settings of the functions that differ from the scaled defaults. */
  settings?: Record<string, string>;
  /** Who may post: the text of the intake secret. Unless told otherwise `demo`, with the token `local`. */
  tokens?: string;
  visibilitySeconds?: number;
  maxReceiveCount?: number;
  /** Called function's time-out. */
  timeoutMs?: number;
  feed?: boolean;
  /** How a batch of orders is invoked, where not once and for all: given how it would be. */
  invoking?: (sync: EventSourceMappingOptions['invoke']) => EventSourceMappingOptions['invoke'];
}

export async function startRelay(options: RelayOptions = {}): Promise<Relay> {
  const { settings = {}, timeoutMs = 20_000, feed = true, invoking = (sync) => sync } = options;
  const stack = await startStack({
    template: testTemplate(options),
    region: REGION,
    apiKeySecret: SECRET,
    callbacksSecret: CALLBACKS_SECRET,
    secrets: { [TOKENS_SECRET]: options.tokens ?? LOCAL_TOKENS },
  });
  const refOf = (id: string) => stack.resources.get(id)?.ref ?? '';
  Object.assign(process.env, stack.environment, {
    ORDERS_QUEUE_URL: refOf('OrdersQueue'),
    DEAD_LETTER_QUEUE_URL: refOf('DeadLetterQueue'),
    OUTCOMES_QUEUE_URL: refOf('OutcomesQueue'),
    LEDGER_TABLE: refOf('Ledger'),
    STOPPED_ENDPOINTS_TABLE: refOf('StoppedEndpoints'),
    SITNIKS_BASE_URL: stack.sandbox.url,
    SITNIKS_API_KEY_SECRET: SECRET,
    API_KEY_RETRY_SECONDS: '60',
    INTAKE_TOKENS_SECRET: TOKENS_SECRET,
    INTAKE_TOKENS_LEAST_LENGTH: '1',
    CALLBACKS_SECRET,
    CALLBACK_TIMEOUT_MS: '500',
    CALLBACK_RETRY_BASE_SECONDS: '1',
    CALLBACK_RETRY_CAP_SECONDS: '1',
    CRM_TIMEOUT_MS: '500',
    MAX_RETRIES: '3',
    RETRY_BASE_SECONDS: '1',
    RETRY_CAP_SECONDS: '1',
    ...settings,
  });
  // Imported only now, because a function reads its settings when it is loaded.
  const functions = {
    acceptOrder: (await import('../../functions/accept-order.ts')).handler,
    getOrder: (await import('../../functions/get-order.ts')).handler,
    syncOrders:
      settings['SITNIKS_DIALECT'] === 'open-api'
        ? (await import('../../functions/sync-open-api.ts')).handler
        : (await import('../../functions/sync-orders.ts')).handler,
    notifySubmitter: (await import('../../functions/notify-submitter.ts')).handler,
  };
  const accept = invokeHandler<APIGatewayProxyEventV2>((event, context) =>
    functions.acceptOrder(event, context),
  );
  const get = invokeHandler<APIGatewayProxyEventV2>((event, context) => functions.getOrder(event, context));
  const sync = invoking(invokeHandler(functions.syncOrders, { timeoutMs }));
  const notify = invokeHandler(functions.notifySubmitter, { timeoutMs });
  const outcomeMessages: string[] = [];

  const startMapping = (queue: string, invoke: EventSourceMappingOptions['invoke']) =>
    startEventSourceMapping({
      sqs: stack.sqs,
      queueUrl: refOf(queue),
      queueArn: stack.resources.get(queue)?.arn ?? '',
      region: REGION,
      invoke,
      batchSize: 10,
      maximumConcurrency: 5,
      reportBatchItemFailures: true,
      log: () => undefined,
    });
  let mappings: EventSourceMapping[] = [];
  const startFeeding = () => {
    if (mappings.length > 0) return;
    mappings = [
      startMapping('OrdersQueue', sync),
      startMapping('OutcomesQueue', (event) => {
        outcomeMessages.push(...event.Records.map(({ body }) => body));
        return notify(event);
      }),
    ];
  };
  const stopFeeding = async () => {
    await Promise.all(mappings.map((mapping) => mapping.stop({ deadlineMs: 5000 })));
    mappings = [];
  };
  if (feed) startFeeding();

  const isEmpty = async (queue: string) => (await sizeOf(stack.sqs, refOf(queue))) === 0;

  return {
    stack,
    receiver: stack.receiver,
    feed: startFeeding,
    stopFeeding,
    post: async (body, headers, query) =>
      answerOf(await accept(apiEvent('POST', '/orders', body, undefined, headers, query))),
    putStatus: async (id, body, headers) =>
      answerOf(await accept(apiEvent('PUT', `/orders/${id}/status`, body, { external_id: id }, headers))),
    get: async (id, headers) =>
      answerOf(await get(apiEvent('GET', `/orders/${id}`, undefined, { external_id: id }, headers))),
    async inject(body, submittedBy = 'demo') {
      const MessageBody = typeof body === 'string' ? body : JSON.stringify(body);
      await stack.sqs.send(
        new SendMessageCommand({
          QueueUrl: refOf('OrdersQueue'),
          MessageBody,
          MessageAttributes:
            submittedBy === '' ? {} : { submitted_by: { DataType: 'String', StringValue: submittedBy } },
        }),
      );
    },
    async takeDeadLetters() {
      const letters: DeadLetterSeen[] = [];
      for (;;) {
        const messages = await receive(stack, refOf('DeadLetterQueue'));
        if (messages.length === 0) return letters;
        letters.push(...messages.map(toDeadLetter));
      }
    },
    // A call that a stalled machine gives up leaves an order in hand until its lease is over.
    async drained(deadlineMs = 120_000) {
      await until(() => isEmpty('OrdersQueue'), { deadlineMs });
      if (mappings.length > 0) await until(() => isEmpty('OutcomesQueue'), { deadlineMs });
    },
    outcomes: () => stack.receiver.events().map(({ event }) => event),
    outcomeMessages: () => [...outcomeMessages],
    inCrm: (id) =>
      stack.sandbox.orders().filter(({ body }) => idOf(body) === id).length +
      stack.sandbox.openApiOrders().filter(({ body }) => body.externalId === id).length,
    async stop() {
      await stopFeeding();
      await stack.stop();
    },
  };
}

function answerOf(invocation: Awaited<ReturnType<ReturnType<typeof invokeHandler>>>): Answer {
  if (invocation.outcome === 'failed') throw new Error(`The function failed: ${invocation.detail}`);
  return answerSchema.parse(JSON.parse(invocation.payload));
}

async function receive({ sqs }: Stack, queueUrl: string): Promise<Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ['All'],
    }),
  );
  for (const { ReceiptHandle } of Messages) {
    await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
  }
  return Messages;
}

const toDeadLetter = ({ Body = '', MessageAttributes = {} }: Message): DeadLetterSeen => ({
  body: Body,
  attributes: Object.fromEntries(
    Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]),
  ),
});

const idOf = (body: unknown): string | undefined =>
  z.object({ external_id: z.string() }).safeParse(body).data?.external_id;
