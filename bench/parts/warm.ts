import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { apiEvent } from '../../local/api-event.ts';
import { invokeHandler } from '../../local/invoke.ts';
import type { Measure } from '../report/report.ts';
import { median, ratio, spread } from '../report/statistics.ts';
import { order } from '../shop.ts';
import { inBatches, newIds } from '../stage/batch.ts';
import { throughDoor } from '../stage/door.ts';
import { servicesApart } from '../stage/services-apart.ts';

/** What the aims are set against. */
const CRM_CALL_MS = 200;
/** For the compiler. */
const WARMING = 2;
/** Whole, and with one service after another taken out. */
const CONSUMED = 4;

const sent = z.object({ external_id: z.string(), status: z.string() });

/** What an order costs a function that has been running for a while, in processor time. */
export const measureWarm: Measure = async ({ isQuick }) => {
  const [rounds, orders] = isQuick ? [3, 50] : [9, 100];
  const services = await servicesApart();
  Object.assign(process.env, services.environment);
  // Imported only now, because a function reads its settings when it is loaded.
  const accept = invokeHandler((await import('../../functions/accept-order.ts')).handler);
  const sync = invokeHandler((await import('../../functions/sync-orders.ts')).handler);

  /** Of all threads of this process, by the order (ms). */
  async function perOrder(run: (ids: readonly string[]) => Promise<void>): Promise<number[]> {
    const times: number[] = [];
    for (let round = -WARMING; round < rounds; round += 1) {
      const ids = newIds(orders);
      const begun = process.cpuUsage();
      await run(ids);
      const { user, system } = process.cpuUsage(begun);
      if (round >= 0) times.push((user + system) / 1000 / orders);
    }
    return times;
  }
  const door = () =>
    perOrder(async (ids) => {
      for (const id of ids) {
        const answer = await accept(apiEvent('POST', '/orders', order(id)));
        if (answer.outcome === 'failed') throw new Error(answer.error);
      }
    });
  // Before anything is taken out: an order as the door has noted it, for each time that one is to be synced.
  const waiting = inBatches(await throughDoor(services, CONSUMED * (rounds + WARMING) * orders));
  const consumer = () =>
    perOrder(async (ids) => {
      for (const Records of waiting.splice(0, ids.length / 10)) {
        const answer = await sync({ Records });
        if (answer.outcome === 'failed') throw new Error(answer.error);
      }
    });

  try {
    await services.takeCounts();
    const doorWhole = await door();
    const consumerWhole = await consumer();
    const { calls } = await services.takeCounts();
    // From here on SQS is not called, then the ledger neither, then the CRM neither: each answers at once.
    SQSClient.prototype.send = async () => ({ MessageId: 'message' });
    const doorWithoutSqs = await door();
    const consumerWithoutSqs = await consumer();
    DynamoDBClient.prototype.send = async () => ({});
    const doorAlone = await door();
    const consumerWithoutLedger = await consumer();
    globalThis.fetch = async (_url, init) =>
      Response.json({ id: 1, ...sent.parse(JSON.parse(String(init?.body))) }, { status: 201 });
    const consumerAlone = await consumer();

    const row = (what: string, times: readonly number[], whole: readonly number[]) => [
      what,
      spread(times),
      ratio(times, whole),
      `${((100 * median(times)) / CRM_CALL_MS).toFixed(2)} %`,
    ];
    const counted = (name: string) => ((calls[name] ?? 0) / ((rounds + WARMING) * orders)).toFixed(1);
    return {
      how: `The exported handlers on stand-ins in another process, which answer at once: ${rounds} rounds of ${orders} orders after ${WARMING} for the compiler; \`syncOrders\` in batches of 10. Processor time of all threads of the process, by the order, with quartiles. Then the same with the calls taken out, one service after another.`,
      tables: [
        {
          head: ['by the order', 'processor time (ms)', 'ratio', `of a CRM's ${CRM_CALL_MS} ms`],
          rows: [
            row('`acceptOrder`', doorWhole, doorWhole),
            row('… without its call of SQS', doorWithoutSqs, doorWhole),
            row('… and without those of the ledger: our own', doorAlone, doorWhole),
            row('`syncOrders`', consumerWhole, consumerWhole),
            row('… without the calls of SQS', consumerWithoutSqs, consumerWhole),
            row('… and without those of the ledger', consumerWithoutLedger, consumerWhole),
            row('… and without that of the CRM: our own', consumerAlone, consumerWhole),
          ],
        },
      ],
      says: [
        `Both functions together make ${counted('GetItem')} reads and ${counted('PutItem')} writes of the ledger and ${counted('SendMessage')} sends for an order. What a call of the SDK costs the processor is most of either function: it is the number of calls that counts, and ours is small beside it.`,
      ],
    };
  } finally {
    await services.end();
  }
};
