import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { SQSRecord } from 'aws-lambda';
import { readOrder } from '../../lib/order/order.ts';
import { createSitniksClient } from '../../lib/sitniks/orders/client.ts';
import { ORDERS_AT_ONCE } from '../../lib/sync/sync-batch.ts';
import { invokeHandler } from '../../local/invoke.ts';
import { LOCAL_API_KEY } from '../../local/local-secrets.ts';
import type { Measure } from '../report/report.ts';
import { ratio, spread } from '../report/statistics.ts';
import { throughDoor } from '../stage/door.ts';
import { servicesApart } from '../stage/services-apart.ts';

const CRM_MS = 200;
/** Of a call of SQS or the ledger: about what AWS takes within a region. */
const AWS_MS = 5;
const BATCH = 10;
const SLOWER = 10;

const OURS = '`syncOrders`';
const POWERTOOLS = 'Powertools batch, all at once';

/** One batch, against what it would take at best, and what others take for it that keep no promises. */
export const measureBatches: Measure = async ({ isQuick }) => {
  const services = await servicesApart();
  Object.assign(process.env, services.environment);
  const ours = invokeHandler((await import('../../functions/sync-orders.ts')).handler);
  const crm = createSitniksClient({
    baseUrl: services.environment['SITNIKS_BASE_URL'] ?? '',
    timeoutMs: 10_000,
  });

  async function create(body: string): Promise<void> {
    const reading = readOrder(body);
    if (!reading.ok) throw new Error('Not an order');
    const created = await crm.create(reading.order, LOCAL_API_KEY);
    if (!created.ok) throw new Error(created.message);
  }
  const processor = new BatchProcessor(EventType.SQS);
  const ways = new Map<string, (records: SQSRecord[]) => Promise<unknown>>([
    [OURS, (Records) => ours({ Records })],
    [
      'a loop, one order after another',
      async (records) => {
        for (const { body } of records) await create(body);
      },
    ],
    [
      POWERTOOLS,
      (Records) => processPartialResponse({ Records }, ({ body }: SQSRecord) => create(body), processor),
    ],
  ]);

  /** So many rounds of these ways, in turns (ms). */
  async function timesOf(
    names: readonly string[],
    rounds: number,
    slower: number,
  ): Promise<Map<string, number[]>> {
    const times = new Map(names.map((name) => [name, [] as number[]]));
    for (let round = 0; round < rounds; round += 1) {
      for (const name of names) {
        const records = await throughDoor(services, BATCH);
        await services.setDelays({ awsMs: slower === 1 ? 0 : AWS_MS * slower, crmMs: CRM_MS * slower });
        const begun = performance.now();
        await ways.get(name)?.(records);
        times.get(name)?.push(performance.now() - begun);
      }
    }
    return times;
  }

  try {
    // For the compiler.
    await timesOf([OURS, POWERTOOLS], 3, 1);
    const asItIs = await timesOf([...ways.keys()], isQuick ? 2 : 11, 1);
    const slowly = await timesOf([OURS, POWERTOOLS], isQuick ? 1 : 5, SLOWER);
    const ideal = [CRM_MS * Math.ceil(BATCH / ORDERS_AT_ONCE)];
    const idealSlowly = ideal.map((ms) => ms * SLOWER);
    return {
      how: `A batch of ${BATCH} orders at a CRM that takes ${CRM_MS} ms, in turns, on stand-ins in another process, by the clock. At best it takes ${ideal} ms: ${CRM_MS} ms × ⌈${BATCH} / ${ORDERS_AT_ONCE}⌉, for no more than ${ORDERS_AT_ONCE} of a batch are at the CRM at a time. Then the same in slow motion, so that this machine's processor is hardly part of it: everything takes ${SLOWER} × as long, the CRM ${CRM_MS * SLOWER} ms, and each call of the ledger and of SQS ${AWS_MS * SLOWER} ms, where AWS takes about ${AWS_MS} ms.`,
      tables: [
        {
          head: ['a batch', 'ms', 'to the best', 'in slow motion (ms)', 'to the best'],
          rows: [...ways.keys()].map((name) => {
            const [fast = [], slow] = [asItIs.get(name), slowly.get(name)];
            return [
              name,
              spread(fast, 0),
              ratio(fast, ideal),
              slow === undefined ? '–' : spread(slow, 0),
              slow === undefined ? '–' : ratio(slow, idealSlowly),
            ];
          }),
        },
      ],
      says: [
        'Powertools has no limit: it calls the CRM for all at once, and keeps no record of what it has begun.',
      ],
    };
  } finally {
    await services.end();
  }
};
