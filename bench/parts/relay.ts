import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { SQSRecord } from 'aws-lambda';
import { invokeHandler } from '../../local/invoke.ts';
import { PRICES, type PriceName } from '../model/prices.ts';
import type { Measure } from '../report/report.ts';
import { median } from '../report/statistics.ts';
import { inBatches, newIds, orderRecord } from '../stage/batch.ts';
import { throughDoor } from '../stage/door.ts';
import { servicesApart } from '../stage/services-apart.ts';

/** As deployed. */
const CONTAINERS = 5;
const AT_ONCE_IN_EACH = 5;
const CRM_MS = 200;
const AWS_MS = 5;
/** So slow that this machine's processor is hardly part of it. */
const SLOWER = 10;
/** Calls that the CRM takes at a time; the others wait. */
const CRM_TAKES = 50;
const MB = 1024 * 1024;
/** Before it the compiler and the caches grow. */
const SETTLED = 0.2;

/** Through the whole relay: what it asks of the CRM and of the ledger, how fast it is as there is more of it, and its memory. */
export const measureRelay: Measure = async ({ isQuick }) => {
  const [counted, long] = isQuick ? [50, 200] : [1000, 20_000];
  const services = await servicesApart();
  Object.assign(process.env, services.environment);
  // Imported only now, because a function reads its settings when it is loaded.
  const sync = invokeHandler((await import('../../functions/sync-orders.ts')).handler);

  /** Through `syncOrders` in batches of 10, so many containers at a time. @returns orders a second */
  async function drain(records: readonly SQSRecord[], containers: number): Promise<number> {
    const batches = inBatches(records);
    const begun = performance.now();
    const work = Array.from({ length: containers }, async () => {
      for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
        const done = await sync({ Records: batch });
        if (done.outcome === 'failed' || done.payload !== '{"batchItemFailures":[]}') {
          throw new Error('Not all of a batch was synced');
        }
      }
    });
    await Promise.all(work);
    return (records.length * 1000) / (performance.now() - begun);
  }
  try {
    const heap = await memoryOver(long, (ids) => drain(ids.map(orderRecord), CONTAINERS));

    await services.takeCounts();
    const records = await throughDoor(services, counted);
    const door = await services.takeCounts();
    await services.setDelays({ awsMs: 0, crmMs: 20 });
    await drain(records, CONTAINERS);
    const consumer = await services.takeCounts();
    const perOrder = ({ calls }: typeof door, name: string) => (calls[name] ?? 0) / counted;

    const speeds: { containers: number; most: number; perSecond: number }[] = [];
    for (const containers of isQuick ? [5] : [1, 2, 5, 10, 15]) {
      const most = Math.min(CRM_TAKES, containers * AT_ONCE_IN_EACH) / (CRM_MS / 1000);
      const batchesEach = containers > 5 ? 2 : 3;
      const waiting = await throughDoor(services, 10 * batchesEach * containers);
      await services.setDelays({ awsMs: AWS_MS * SLOWER, crmMs: CRM_MS * SLOWER, crmTakes: CRM_TAKES });
      const perSecond = (await drain(waiting, containers)) * SLOWER;
      speeds.push({ containers, most, perSecond });
    }

    const later = heap.filter(([done]) => done >= long * SETTLED).map(([, mb]) => mb);
    const third = Math.ceil(later.length / 3);
    const growth = median(later.slice(-third)) - median(later.slice(0, third));
    const dollars = (name: PriceName) => PRICES[name].usd * 1e6;
    const ledgerRow = (what: string, calls: number, price: PriceName, why: string) => [
      what,
      calls.toFixed(2),
      `$${(calls * dollars(price)).toFixed(2)}`,
      why,
    ];
    return {
      how: `The exported handlers, on stand-ins in another process. Calls, over ${counted} orders that go through at once, ${CONTAINERS} batches of 10 at a time. Orders a second in slow motion: everything takes ${SLOWER} × as long, a call of the CRM ${CRM_MS * SLOWER} ms and each call of AWS ${AWS_MS * SLOWER} ms, and the figure is told as if it did not; the CRM takes ${CRM_TAKES} calls at a time, and the others wait. Memory: ${long.toLocaleString('en')} orders in one process, its heap after a collection.`,
      tables: [
        {
          head: ['calls of the ledger by the order', '', 'a million cost', 'why'],
          rows: [
            ledgerRow(
              '`acceptOrder` reads',
              perOrder(door, 'GetItem'),
              'dynamodbRead',
              'a repeat is answered, another’s number refused, and it is known which start a correction is',
            ),
            ledgerRow(
              '… and writes',
              perOrder(door, 'PutItem'),
              'dynamodbWrite',
              'the order can be asked for at once, and the consumer need not read it',
            ),
            ledgerRow(
              '`syncOrders` reads',
              perOrder(consumer, 'GetItem'),
              'dynamodbRead',
              'only what comes again, or what the door has not noted yet',
            ),
            ledgerRow(
              '… and writes',
              perOrder(consumer, 'PutItem'),
              'dynamodbWrite',
              'the claim, without which two could create; the end, with what is to be told of it; that it has been told, or a repeat would tell it again',
            ),
          ],
        },
        {
          head: ['what the CRM sees', 'by the order', `over ${counted} orders`],
          rows: [
            ['creations', perOrder(consumer, 'create').toFixed(2), String(consumer.calls['create'] ?? 0)],
            ['look-ups', perOrder(consumer, 'find').toFixed(2), String(consumer.calls['find'] ?? 0)],
            ['connections made', '', String(consumer.connections)],
            ['calls at once, at most', '', String(consumer.atOnce)],
          ],
        },
        {
          head: ['containers', 'orders a second', 'at most', 'ratio'],
          rows: speeds.map(({ containers, most, perSecond }) => [
            String(containers),
            perSecond.toFixed(0),
            `${most.toFixed(0)}${containers * AT_ONCE_IN_EACH > CRM_TAKES ? ', the CRM is the wall' : ''}`,
            (perSecond / most).toFixed(2),
          ]),
        },
      ],
      plots: [
        {
          name: 'orders-a-second',
          title: `Orders a second, by containers (CRM ${CRM_MS} ms, ${CRM_TAKES} calls at a time)`,
          x: 'containers',
          y: 'orders a second',
          series: [
            { name: 'at most', points: speeds.map(({ containers, most }) => [containers, most]) },
            {
              name: 'this relay',
              points: speeds.map(({ containers, perSecond }) => [containers, perSecond]),
            },
          ],
        },
        {
          name: 'memory',
          title: `Memory of syncOrders over ${long.toLocaleString('en')} orders`,
          x: 'orders',
          y: 'heap after a collection (MB)',
          series: [{ name: 'heap', points: heap }],
        },
      ],
      says: [
        `Memory: from the ${(long * SETTLED).toLocaleString('en')}th order to the last the heap has changed by ${growth.toFixed(1)} MB, of ${median(later).toFixed(1)} MB.`,
        'The connections are those of all the containers, which here share one process: as many as there are calls at once, and no more.',
      ],
    };
  } finally {
    await services.end();
  }
};

/** The heap after a collection, twenty times on the way (orders done, MB). */
async function memoryOver(
  orders: number,
  drain: (ids: readonly string[]) => Promise<unknown>,
): Promise<[number, number][]> {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const points: [number, number][] = [];
  const step = orders / 20;
  for (let done = step; done <= orders; done += step) {
    await drain(newIds(step));
    collect();
    points.push([done, process.memoryUsage().heapUsed / MB]);
  }
  return points;
}
