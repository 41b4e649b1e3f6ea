import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { expect } from 'vitest';
import * as z from 'zod';
import { leaksIn, tellTaleOrder } from '../../bench/fuzz/tell-tales.ts';
import { deadLetterQueue, takeAll } from '../../lib/dead-letters/dead-letter-queue.ts';
import type { Letter } from '../../lib/dead-letters/letter.ts';
import { orderViewSchema } from '../../lib/intake/contract.ts';
import { isFinal } from '../../lib/ledger/states.ts';
import { type CapturedLine, captureLog } from '../kit/captured-log.ts';
import { impatient, refOf } from '../kit/dlq.ts';
import { type Relay, type RelayOptions, startRelay } from '../kit/relay.ts';

/** What has become of an order, in a few words: `synced on attempt 2`, `parked on attempt 4 (CONNECTION)`. */
type Fate = string;

/** A relay whose orders can be told wherever they turn up, and what it logs. */
export interface Shop {
  relay: Relay;
  lines: readonly CapturedLine[];
  /** `POST /orders`, which must be a 202. */
  accepted(id: string, changes?: object): Promise<void>;
  /** Calls of the CRM for this order that would create it. */
  creations(id: string): number;
  /**
   * The invariants of every fault, once the queues are empty. Of this order: it is in the CRM once, or on the
   * dead-letter queue with a reason that its caller can `GET` and is told; and the ledger agrees with the CRM. Of
   * everything: nothing personal in the log, in the ledger, or on a letter.
   */
  fateOf(id: string): Promise<Fate>;
  /** What is on the dead-letter queue, and stays there. */
  letters(): Promise<Letter[]>;
  stop(): Promise<void>;
}

const recordSchema = z.looseObject({
  external_id: z.string(),
  doubt: z.string().optional(),
  restarts: z.number(),
});

export async function openShop({ settings, ...options }: RelayOptions = {}): Promise<Shop> {
  const log = captureLog();
  const relay = await startRelay({
    // Short, because a poll that was ended may still be given some: SQS does not notice that nobody listens.
    visibilitySeconds: 2,
    maxReceiveCount: 1000,
    // Nobody is in a hurry, however busy the machine is: what fails is what was told to.
    timeoutMs: 60_000,
    ...options,
    settings: {
      POWERTOOLS_LOG_LEVEL: 'INFO',
      CRM_TIMEOUT_MS: '5000',
      // After one in vain an endpoint is spared for four times as long.
      CALLBACK_TIMEOUT_MS: '2000',
      RETRY_BASE_SECONDS: '2',
      RETRY_CAP_SECONDS: '2',
      ...settings,
    },
  });
  const { stack } = relay;
  const deadLetters = impatient(deadLetterQueue(stack.sqs, refOf(stack, 'DeadLetterQueue')));

  const letters = async () => {
    const all = await takeAll(deadLetters, {
      visibilitySeconds: 60,
      most: 100,
      mayGoOn: () => true,
      hold: (letter) => letter,
    });
    await deadLetters.hide(all, 0);
    return all;
  };
  const records = async () => {
    const { Items = [] } = await stack.dynamodb.send(new ScanCommand({ TableName: refOf(stack, 'Ledger') }));
    return Items.map((item) => recordSchema.parse(unmarshall(item)));
  };
  const creations = (id: string) =>
    stack.sandbox
      .calls()
      .filter(
        ({ method, path, external_id }) => method === 'POST' && /orders$/.test(path) && external_id === id,
      ).length;
  const numbersInCrm = (id: string) => [
    ...stack.sandbox.orders().flatMap((order) => (order.body.external_id === id ? [order.id] : [])),
    ...stack.sandbox
      .openApiOrders()
      .flatMap((order) => (order.body.externalId === id ? [order.orderNumber] : [])),
  ];

  return {
    relay,
    lines: log.lines,
    letters,
    creations,
    async accepted(id, changes) {
      expect(await relay.post(tellTaleOrder(id, changes))).toMatchObject({ statusCode: 202 });
    },
    async fateOf(id) {
      const view = orderViewSchema.parse((await relay.get(id)).body);
      const { state, attempts, crm_order_id, error } = view;
      const [ledger, onQueue] = [await records(), await letters()];
      const record = ledger.find(({ external_id }) => external_id === id);
      const told = relay.outcomes().filter(({ data }) => data.external_id === id);
      const itsLetters = onQueue.filter((letter) => letter.external_id === id);

      expect({ id, state, isFinal: isFinal(state) }).toEqual({ id, state, isFinal: true });
      // Never lost, never doubled.
      const inCrm = numbersInCrm(id).map(String);
      if (state === 'synced') expect({ id, inCrm }).toEqual({ id, inCrm: [crm_order_id] });
      else
        expect({ id, inCrm: inCrm.length }).toEqual({
          id,
          inCrm: record?.doubt === undefined ? 0 : inCrm.length,
        });
      expect(inCrm.length).toBeLessThanOrEqual(1);
      expect(creations(id)).toBeLessThanOrEqual(4 * (1 + (record?.restarts ?? 0)));
      // Never a mystery.
      if (state === 'synced') {
        expect({ id, error, itsLetters }).toEqual({ id, error: null, itsLetters: [] });
        expect(told.at(-1)).toMatchObject({ data: { crm_order_id } });
        expect(told.at(-1)?.type).toMatch(/^order\.(synced|recovered)$/);
      } else {
        expect(itsLetters.map(({ reason }) => reason)).toEqual([error?.type]);
        expect(error?.explanations.map(({ uk }) => uk.cause)).not.toEqual([]);
        expect(told.at(-1)).toMatchObject({ type: `order.${state}`, data: { error: { type: error?.type } } });
      }
      // Whatever is told twice has the same id, and there is one end that is told last.
      const ends = new Map(told.map(({ id: event, type }) => [event, type]));
      expect([...ends.values()]).toEqual([...new Set(ends.values())]);

      expect(log.lines.flatMap((line) => leaksIn(JSON.stringify(line)))).toEqual([]);
      expect(ledger.flatMap((one) => leaksIn(JSON.stringify(one)))).toEqual([]);
      expect(onQueue.flatMap(({ body: _, ...letter }) => leaksIn(JSON.stringify(letter)))).toEqual([]);
      return `${state} on attempt ${attempts}${error === null ? '' : ` (${error.type})`}`;
    },
    async stop() {
      log.stop();
      await relay.stop();
    },
  };
}
