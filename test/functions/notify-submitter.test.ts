/** Outcomes through the exported handler, by a real FIFO queue, to a real HTTP server. */
import { DeleteMessageCommand, ReceiveMessageCommand, SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Outcome } from '../../lib/ledger/outcome.ts';
import { outcomesQueue } from '../../lib/queues/queues.ts';
import { type EventSourceMapping, startEventSourceMapping } from '../../local/event-source-mapping.ts';
import { invokeHandler } from '../../local/invoke.ts';
import { type Stack, startStack } from '../../local/stack.ts';
import {
  type CallbackReceiver,
  isSignedBy,
  type Received,
  startCallbackReceiver,
  whsec,
} from '../kit/callback-receiver.ts';
import { refOf, sizeOf } from '../kit/dlq.ts';
import { startHttpServer } from '../kit/http-server.ts';
import { sampleOutcome } from '../kit/outcomes.ts';
import { testTemplate } from '../kit/template.ts';
import { until } from '../kit/until.ts';

const REGION = 'eu-central-1';
const SECRET = 'test/callbacks';

let stack: Stack;
let receiver: CallbackReceiver;
/** Messages that Lambda has handed over since the test began. */
let handedOver: number;
const mappings: EventSourceMapping[] = [];

beforeAll(async () => {
  receiver = await startCallbackReceiver();
});
afterAll(() => receiver.stop());
// Queues of its own for each test: fauxqs hands a message to a poll that has just ended, which costs a receive.
beforeEach(async () => {
  stack = await startStack({ template: testTemplate(), region: REGION, apiKeySecret: 'key' });
  Object.assign(process.env, stack.environment, {
    OUTCOMES_QUEUE_URL: refOf(stack, 'OutcomesQueue'),
    STOPPED_ENDPOINTS_TABLE: refOf(stack, 'StoppedEndpoints'),
    CALLBACKS_SECRET: SECRET,
    CALLBACKS_TTL_SECONDS: '1',
    CALLBACKS_RETRY_SECONDS: '1',
    CALLBACK_TIMEOUT_MS: '500',
    CALLBACK_RETRY_BASE_SECONDS: '1',
    CALLBACK_RETRY_CAP_SECONDS: '1',
  });
  handedOver = 0;
  register();
  await feed();
});
afterEach(async () => {
  await stopFeeding();
  await stack.stop();
  receiver.reset();
});

/** Writes the secret: `bot` and `site`, each with two signing secrets. */
function register() {
  const signing_secrets = [whsec(1), whsec(2)];
  stack.secrets.set(
    SECRET,
    JSON.stringify({
      bot: { url: `${receiver.url}/bot`, signing_secrets },
      site: { url: `${receiver.url}/site`, signing_secrets },
    }),
  );
}

/** After so many receives an outcome goes to the dead-letter queue. */
async function allowReceives(maxReceiveCount: number) {
  const deadLetterTargetArn = stack.resources.get('OutcomesDeadLetterQueue')?.arn;
  await stack.sqs.send(
    new SetQueueAttributesCommand({
      QueueUrl: refOf(stack, 'OutcomesQueue'),
      Attributes: { RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount }) },
    }),
  );
}

/** Feeds a container of its own: the module is loaded anew, with nothing kept from before. */
async function feed() {
  vi.resetModules();
  const { handler } = await import('../../functions/notify-submitter.ts');
  const invoke = invokeHandler(handler, { timeoutMs: 30_000 });
  mappings.push(
    startEventSourceMapping({
      sqs: stack.sqs,
      queueUrl: refOf(stack, 'OutcomesQueue'),
      queueArn: stack.resources.get('OutcomesQueue')?.arn ?? '',
      region: REGION,
      invoke(event) {
        handedOver += event.Records.length;
        return invoke(event);
      },
      batchSize: 10,
      maximumConcurrency: 5,
      reportBatchItemFailures: true,
      log: () => undefined,
    }),
  );
}
async function stopFeeding() {
  await Promise.all(mappings.splice(0).map((mapping) => mapping.stop({ deadlineMs: 5_000 })));
}

async function send(...outcomes: Outcome[]): Promise<void> {
  const queue = outcomesQueue(stack.sqs, refOf(stack, 'OutcomesQueue'));
  for (const outcome of outcomes) await queue.send(outcome);
}
const drained = (deadlineMs = 15_000) =>
  until(async () => (await sizeOf(stack, 'OutcomesQueue')) === 0, { deadlineMs });

async function takeDeadOutcomes(): Promise<unknown[]> {
  const QueueUrl = refOf(stack, 'OutcomesDeadLetterQueue');
  const outcomes: unknown[] = [];
  for (;;) {
    const { Messages = [] } = await stack.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    const [message] = Messages;
    if (message === undefined) return outcomes;
    outcomes.push(JSON.parse(message.Body ?? ''));
    await stack.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
  }
}

/** What the order went through, each an event of its own. */
const lifeOf = (external_id: string, submitted_by = 'bot'): Outcome[] => [
  sampleOutcome({ external_id, submitted_by, type: 'rejected' }),
  sampleOutcome({ external_id, submitted_by, type: 'parked' }),
  sampleOutcome({ external_id, submitted_by, type: 'recovered', crm_order_id: '77', error: undefined }),
];
const idsOf = (received: readonly Received[]) => received.map(({ callback }) => callback.id);

describe('a receiver that was down', () => {
  test('is told of everything once it is up: each order in its order, what came twice by the same id', async () => {
    const orders = ['down-1', 'down-2', 'down-3', 'down-4'];
    const lives = orders.map((order, i) => lifeOf(order, i % 2 === 0 ? 'bot' : 'site'));
    let isUp = false;
    const taken: Received[] = [];
    const lost = new Set<string>();
    receiver.answer = (response, received) => {
      if (!isUp) return void response.writeHead(503).end();
      taken.push(received);
      // Takes the second outcome of each order, but its answer is lost.
      const { id, type } = received.callback;
      if (type !== 'order.parked' || lost.has(id)) return void response.writeHead(204).end();
      lost.add(id);
      response.destroy();
    };
    for (const event of [0, 1, 2]) await send(...lives.flatMap((life) => life[event] ?? []));

    await until(() => receiver.received.length >= 8, { deadlineMs: 10_000 });
    // As long as it is down the first outcome of an order is all that is tried.
    expect(new Set(idsOf(receiver.received))).toEqual(new Set(lives.map(([first]) => first?.id)));
    isUp = true;
    await drained();

    for (const [i, life] of lives.entries()) {
      const ofOrder = taken.filter(({ callback }) => callback.data.external_id === orders[i]);
      const ids = life.map(({ id }) => id);
      const told = idsOf(ofOrder);
      // A machine that stalls for longer than a call may take loses an answer too.
      expect(told).toEqual(told.toSorted((a, b) => ids.indexOf(a) - ids.indexOf(b)));
      expect([...new Set(told)]).toEqual(ids);
      expect(told.filter((id) => id === ids[1]).length).toBeGreaterThan(1);
      for (const { path } of ofOrder) expect(path).toBe(i % 2 === 0 ? '/bot' : '/site');
    }
    for (const request of receiver.received) {
      expect(request.headers['webhook-id']).toBe(request.callback.id);
      expect([whsec(1), whsec(2)].map((secret) => isSignedBy(secret, request))).toEqual([true, true]);
    }
    expect(await sizeOf(stack, 'OutcomesDeadLetterQueue')).toBe(0);
  });

  test('does not keep others waiting', async () => {
    receiver.answer = (response, { path }) => void response.writeHead(path === '/bot' ? 503 : 204).end();
    const ofSite = lifeOf('well', 'site');
    await send(...lifeOf('ill'), ...ofSite);
    await until(() => receiver.received.filter(({ path }) => path === '/site').length === 3, {
      deadlineMs: 2_000,
    });
    receiver.answer = (response) => void response.writeHead(204).end();
    await drained();
  });
});

test('an endpoint that is dead gets an outcome as often as the queue says, and then the dead-letter queue does', async () => {
  receiver.answer = (response) => void response.writeHead(500).end();
  await allowReceives(3);
  const [outcome, next] = lifeOf('dead');
  if (outcome === undefined || next === undefined) throw new Error('No outcomes');
  await send(outcome, next);
  await until(async () => (await sizeOf(stack, 'OutcomesDeadLetterQueue')) === 2, { deadlineMs: 15_000 });

  expect(idsOf(receiver.received)).toEqual([...Array(3).fill(outcome.id), ...Array(3).fill(next.id)]);
  expect(await sizeOf(stack, 'OutcomesQueue')).toBe(0);
  // As they were sent: whoever moves them back has them told.
  expect(await takeDeadOutcomes()).toEqual([outcome, next]);
});

test('an endpoint that hangs is given up at the deadline, and told later', async () => {
  const began = performance.now();
  receiver.answer = () => undefined;
  await send(sampleOutcome({ external_id: 'hanging' }));
  await until(() => receiver.received.length === 1);
  receiver.answer = (response) => void response.writeHead(204).end();
  await drained();
  expect(receiver.received).toHaveLength(2);
  // The deadline, and the wait: not the function's time-out, and not the queue's visibility.
  expect(performance.now() - began).toBeLessThan(5_000);
});

test('a redirect is not followed, not even to the same host', async () => {
  const elsewhere: string[] = [];
  const other = await startHttpServer((request, response) => {
    elsewhere.push(request.url ?? '');
    response.writeHead(204).end();
  });
  try {
    receiver.answer = (response) => {
      const location = receiver.received.length === 1 ? `${other.url}/bot` : `${receiver.url}/elsewhere`;
      response.writeHead(receiver.received.length <= 2 ? 307 : 204, { location }).end();
    };
    await send(sampleOutcome({ external_id: 'redirected' }));
    await drained();
    expect(receiver.received.map(({ path }) => path)).toEqual(['/bot', '/bot', '/bot']);
    expect(elsewhere).toEqual([]);
  } finally {
    await other.stop();
  }
});

test('an endpoint that is gone is called no more, by no container, until the secret is written anew', async () => {
  receiver.answer = (response) => void response.writeHead(410).end();
  const [first, second] = lifeOf('gone');
  if (first === undefined || second === undefined) throw new Error('No outcomes');
  await send(first);
  await until(() => receiver.received.length === 1);

  receiver.answer = (response) => void response.writeHead(204).end();
  await send(second, sampleOutcome({ external_id: 'gone-too' }));
  await stopFeeding();
  await feed();
  const before = handedOver;
  await until(() => handedOver >= before + 4, { deadlineMs: 10_000 });
  expect(idsOf(receiver.received)).toEqual([first.id]);

  register();
  await drained();
  expect(idsOf(receiver.received).filter((id) => id !== first.id)).toHaveLength(2);
  expect(idsOf(receiver.received).filter((id) => id === first.id || id === second.id)).toEqual([
    first.id,
    first.id,
    second.id,
  ]);
});
