import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import dynalite from 'dynalite';
import fc from 'fast-check';
import { startFauxqs } from 'fauxqs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { deadLetterQueue } from '../lib/dead-letters/dead-letter-queue.ts';
import type { Failure } from '../lib/explanations/failure.ts';
import { acceptOrder } from '../lib/intake/accept-order.ts';
import { createLedger } from '../lib/ledger/ledger.ts';
import { outcomeSchema } from '../lib/ledger/outcome.ts';
import type { LedgerRecord } from '../lib/ledger/record.ts';
import { ordersQueue, outcomesQueue } from '../lib/queues/queues.ts';
import { syncBatch } from '../lib/sync/sync-batch.ts';
import { apiEvent } from '../local/api-event.ts';
import { makeResources } from '../local/resources.ts';
import { recordSchema } from '../local/sqs-record.ts';
import { crashing } from './kit/crashing.ts';
import { CrmModel, type CrmModelFault, crmFaults } from './kit/crm-model.ts';
import { DEMO } from './kit/demo-caller.ts';
import { sampleOrder } from './kit/orders.ts';
import { silentLog } from './kit/silent-log.ts';
import { testTemplate } from './kit/template.ts';

/**
 * The three promises under random sequences of all that can happen to an order, against the real code on in-process
 * SQS and DynamoDB. Time is the model's: nothing here waits.
 */

const BACKOFF = { baseMs: 30_000, capMs: 900_000, maxRetries: 3 };
const FUNCTION_TIMEOUT_MS = 60_000;

const realNow = Date.now;
let clockMs = 0;
let queues: Awaited<ReturnType<typeof startFauxqs>>;
let tables: ReturnType<typeof dynalite>;
let sqs: SQSClient;
let dynamodb: DynamoDBClient;
let urls: { orders: string; deadLetters: string; outcomes: string; arn: string };

beforeAll(async () => {
  queues = await startFauxqs({ port: 0, logger: false });
  tables = dynalite({ createTableMs: 0 }).listen(0, '127.0.0.1');
  await new Promise((resolve) => tables.once('listening', resolve));
  const address = tables.address();
  const tablesPort = typeof address === 'object' ? address?.port : undefined;
  const client = { region: 'eu-central-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  sqs = new SQSClient({ ...client, endpoint: `http://127.0.0.1:${queues.port}` });
  dynamodb = new DynamoDBClient({ ...client, endpoint: `http://127.0.0.1:${tablesPort}` });
  const made = await makeResources(testTemplate({ visibilitySeconds: 360 }), { sqs, dynamodb });
  urls = {
    orders: made.get('OrdersQueue')?.ref ?? '',
    deadLetters: made.get('DeadLetterQueue')?.ref ?? '',
    outcomes: made.get('OutcomesQueue')?.ref ?? '',
    arn: made.get('OrdersQueue')?.arn ?? '',
  };
  // SQS, the ledger and the model's CRM all live by this clock.
  vi.spyOn(Date, 'now').mockImplementation(() => realNow() + clockMs);
});

afterAll(async () => {
  vi.restoreAllMocks();
  await queues.stop();
  await new Promise((resolve) => tables.close(resolve));
});

const id = fc.constantFrom('a', 'b');
const content = fc.constantFrom('mono', 'cash');

type Action =
  | { do: 'submit'; id: string; content: string }
  | { do: 'inject'; id: string; content: string }
  /** `crashAt`: the process dies at its n-th call of a collaborator, before or after that call has worked. */
  | {
      do: 'deliver';
      copies: 1 | 2;
      faults: CrmModelFault[];
      crashAt: number | undefined;
      crashAfter: boolean;
    }
  /** Three failures, and a last attempt that ends in some way, perhaps by death: what leads to a dead letter. */
  | { do: 'exhaust'; fault: CrmModelFault; crashAt: number | undefined }
  | { do: 'step'; seconds: number }
  /** `cut`: whoever redrives dies between sending and deleting. */
  | { do: 'redrive'; cut: boolean };

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('submit' as const), id, content }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('inject' as const), id, content }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('deliver' as const),
      copies: fc.constantFrom(1 as const, 2 as const),
      faults: fc.array(fc.constantFrom(...crmFaults), { maxLength: 3 }),
      crashAt: fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined, freq: 2 }),
      crashAfter: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('exhaust' as const),
      fault: fc.constantFrom(...crmFaults),
      crashAt: fc.option(fc.integer({ min: 3, max: 8 }), { nil: undefined, freq: 2 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('step' as const),
      seconds: fc.constantFrom(1, 31, 70, 400, 1000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('redrive' as const), cut: fc.boolean() }) },
);

const refused = 'refused_connection';

class World {
  readonly crm = new CrmModel();
  /** Every order that was promised: the answer was 202, or SQS took it. */
  readonly promised: { external_id: string; payment_method: string }[] = [];
  readonly ledger = createLedger(dynamodb, { table: 'Ledger' });
  readonly queue = ordersQueue(sqs, urls.orders);
  readonly prefix: string;

  constructor(prefix: string) {
    this.prefix = prefix;
  }

  async run(step: Action): Promise<void> {
    switch (step.do) {
      case 'submit': {
        const order = this.order(step);
        const deps = {
          caller: DEMO,
          newerCaller: async () => undefined,
          queue: this.queue,
          ledger: this.ledger,
          remainingMs: () => 0,
          log: silentLog,
        };
        const answer = await acceptOrder(apiEvent('POST', '/orders', order), deps).catch(() => undefined);
        if (answer?.statusCode === 202) this.promised.push(order);
        return;
      }
      case 'inject': {
        const order = this.order(step);
        await this.queue.send(JSON.stringify(order));
        this.promised.push(order);
        return;
      }
      case 'deliver':
        return this.deliver(step);
      case 'exhaust':
        for (let attempt = 1; attempt <= 4; attempt += 1) {
          clockMs += 1000_000;
          await this.deliver({
            do: 'deliver',
            copies: 1,
            // Before each creation but the first comes a look-up, and that one works.
            faults: attempt === 1 ? [refused] : ['none', attempt === 4 ? step.fault : refused],
            crashAt: attempt === 4 ? step.crashAt : undefined,
            crashAfter: true,
          });
        }
        return;
      case 'step':
        clockMs += step.seconds * 1000;
        return;
      case 'redrive':
        return this.redrive(step.cut);
    }
  }

  async deliver({ copies, faults, crashAt, crashAfter }: Extract<Action, { do: 'deliver' }>): Promise<void> {
    const records: SQSRecord[][] = [];
    // Received twice without having been given back: what a standard queue may do.
    for (let copy = 1; copy <= copies; copy += 1) {
      records.push(await receive(urls.orders, copy < copies ? 0 : undefined));
    }
    this.crm.faults = [...faults];
    await Promise.all(records.map((batch) => this.consume(batch, crashAt, crashAfter)));
    this.crm.faults = [];
  }

  async consume(
    batch: readonly SQSRecord[],
    crashAt: number | undefined,
    crashAfter: boolean,
  ): Promise<void> {
    const process = crashing(crashAt, crashAfter);
    const startedAt = Date.now();
    const response = await Promise.race([
      process.dead,
      syncBatch(
        batch,
        {
          awsRequestId: 'test',
          getRemainingTimeInMillis: () => FUNCTION_TIMEOUT_MS - (Date.now() - startedAt),
        },
        {
          crm: process.mortal(this.crm),
          ledger: process.mortal(this.ledger),
          deadLetters: process.mortal(deadLetterQueue(sqs, urls.deadLetters)),
          outcomes: process.mortal(outcomesQueue(sqs, urls.outcomes)),
          queue: process.mortal(this.queue),
          backoff: BACKOFF,
          crmTimeoutMs: 10_000,
          log: silentLog,
        },
      ),
    ]);
    if (response === undefined) return;
    const failed = new Set(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const { messageId, receiptHandle } of batch) {
      if (!failed.has(messageId)) await remove(urls.orders, receiptHandle);
    }
  }

  async redrive(cut: boolean): Promise<void> {
    for (const letter of await receive(urls.deadLetters, cut ? 0 : undefined)) {
      const redriven = Number(letter.messageAttributes['redriven']?.stringValue ?? 0) + 1;
      const start = letter.messageAttributes['start']?.stringValue;
      await this.queue.send(letter.body, { redriven, ...(start !== undefined && { start: Number(start) }) });
      if (!cut) await remove(urls.deadLetters, letter.receiptHandle);
    }
  }

  /** The promises, which hold at any moment. */
  async check(): Promise<void> {
    const queued = bodies('orders');
    const parked = bodies('dead-letters');
    for (const order of this.promised) {
      const isKept =
        [...queued, ...parked].some((body) => isSame(body, order)) ||
        this.crm.has(order.external_id, order.payment_method);
      expect(isKept, `never lost: ${JSON.stringify(brief(order))}`).toBe(true);
    }
    for (const external_id of new Set(this.promised.map((order) => order.external_id))) {
      expect(this.crm.count(external_id), `never doubled: ${external_id}`).toBeLessThanOrEqual(1);
      const record = await this.ledger.get(external_id);
      const starts = (record?.restarts ?? 0) + 1;
      expect(
        this.crm.creations(external_id),
        `at most 4 attempts a start: ${external_id}`,
      ).toBeLessThanOrEqual(4 * starts);
      if (record?.state === 'synced') expect(this.crm.count(external_id), `synced is in the CRM`).toBe(1);
      if (record?.state === 'parked' || record?.state === 'rejected') {
        expect(record.error?.reasons?.length, 'never a mystery: why').toBeGreaterThan(0);
      }
      const isInHand = queued.some((body) => brief(JSON.parse(body)).external_id === external_id);
      const told = toldOf(external_id);
      const happened = outcomesIn(record?.history ?? []);
      expect(told, `never a mystery: ${external_id} was told all of ${happened}, in order`).toEqual(
        isInHand ? happened.slice(0, told.length) : happened,
      );
    }
  }

  /** Nothing fails any more: in the end every order is in the CRM, or on the dead-letter queue with a reason. */
  async settle(): Promise<void> {
    for (let round = 0; bodies('orders').length > 0; round += 1) {
      expect(round, 'it ends').toBeLessThan(60);
      clockMs += 1000_000;
      await this.deliver({ do: 'deliver', copies: 1, faults: [], crashAt: undefined, crashAfter: false });
    }
    // What the CRM has still to commit is seen too.
    clockMs += 1000_000;
    await this.check();
    expect(withoutReason(), 'never a mystery: nothing was left for SQS to move').toEqual([]);
    for (const external_id of new Set(this.promised.map((order) => order.external_id))) {
      const record = await this.ledger.get(external_id);
      expect(['synced', 'rejected', 'parked']).toContain(record?.state);
    }
  }

  order(step: { id: string; content: string }) {
    return sampleOrder(`${this.prefix}-${step.id}`, { payment_method: step.content });
  }
}

const orderSchema = z.object({ external_id: z.string(), payment_method: z.string() });
const brief = (order: object) => orderSchema.parse(order);
const isSame = (body: string, order: object) =>
  JSON.stringify(orderSchema.parse(JSON.parse(body))) === JSON.stringify(brief(order));

/** All that a queue holds, in flight or not, without receiving it. */
function messagesOf(queue: string) {
  const { ready = [], delayed = [], inflight = [] } = queues.inspectQueue(queue)?.messages ?? {};
  return [...ready, ...delayed, ...inflight.map(({ message }) => message)];
}

const bodies = (queue: string): string[] => messagesOf(queue).map(({ body }) => body);

/** What was told of an order, repeats left out; not what was told of messages that were no state of it. */
function toldOf(externalId: string): string[] {
  const outcomes = bodies('outcomes.fifo')
    .map((body) => outcomeSchema.parse(JSON.parse(body)))
    .filter(({ external_id, error }) => external_id === externalId && !isAboutMessage(error));
  const byId = new Map(outcomes.map((outcome) => [outcome.id, outcome]));
  return [...byId.values()].sort((a, b) => Date.parse(a.at) - Date.parse(b.at)).map(({ type }) => type);
}

const isAboutMessage = (error: Failure | undefined): boolean =>
  error?.reasons?.some(({ code }) => code === 'number_taken') ?? false;

/** What there was to tell, by the steps that the ledger noted. */
function outcomesIn(history: LedgerRecord['history']): string[] {
  const outcomes: string[] = [];
  let last: { outcome: string; why: string } | undefined;
  let wasReturned = false;
  for (const { step, reasons = [] } of history) {
    if (step === 'returned' || step === 'restarted') wasReturned = step === 'returned';
    if (step !== 'synced' && step !== 'rejected' && step !== 'parked') continue;
    const passes = reasons.every((code) => ['crm_unreachable', 'in_doubt', 'broke_off'].includes(code));
    const why = passes ? 'passes' : reasons.join();
    const isNews = !(step === 'parked' && wasReturned && last?.outcome === 'parked' && last.why === why);
    if (isNews)
      outcomes.push(step === 'synced' && history.some((one) => one.step === 'parked') ? 'recovered' : step);
    last = { outcome: step, why };
  }
  return outcomes;
}

const withoutReason = (): string[] =>
  messagesOf('dead-letters')
    .filter(({ messageAttributes }) => messageAttributes['error_type'] === undefined)
    .map(({ body }) => body);

async function receive(queueUrl: string, VisibilityTimeout: number | undefined): Promise<SQSRecord[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: 3,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['All'],
      VisibilityTimeout,
    }),
  );
  const schema = recordSchema({ queueArn: urls.arn, region: 'eu-central-1' });
  return Messages.map((message) => schema.parse(message));
}

const remove = (queueUrl: string, ReceiptHandle: string) =>
  sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));

let runs = 0;

test('never lost, never doubled, never a mystery, whatever happens', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(action, { minLength: 4, maxLength: 25 }), async (actions) => {
      queues.purgeAll();
      await makeResources(testTemplate({ visibilitySeconds: 360 }), { sqs, dynamodb }).catch(() => undefined);
      runs += 1;
      const world = new World(`run${runs}`);
      for (const step of actions) {
        await world.run(step);
        await world.check();
      }
      await world.settle();
    }),
    { numRuns: Number(process.env['PROMISES_RUNS'] ?? 60), endOnFailure: false },
  );
}, 120_000);
