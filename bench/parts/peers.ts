import { setTimeout as pause } from 'node:timers/promises';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { writeOrder } from '../../lib/queues/codec.ts';
import { sizeOf } from '../../local/queue-depth.ts';
import type { Measure } from '../report/report.ts';
import { median, quantile, spread } from '../report/statistics.ts';
import { order } from '../shop.ts';
import { inBatches, newIds } from '../stage/batch.ts';
import { type Contender, contenders } from '../stage/contenders.ts';
import { type CrmControl, crmControl } from '../stage/crm-control.ts';
import { postOrders } from '../stage/door.ts';
import { stackApart } from '../stage/stack-apart.ts';

/** Of everything that waits; a quick run waits for less. */
interface Waits {
  crmTimeoutMs: number;
  /** What the peers wait before they try again, for it is all that they can set. */
  visibilitySeconds: number;
  /** Later than that, and sooner than we look the order up. */
  lateCommitMs: number;
  backoffSeconds: number;
}
const WAITS: Waits = { crmTimeoutMs: 1500, visibilitySeconds: 2, lateCommitMs: 8000, backoffSeconds: 10 };
const QUICK_WAITS: Waits = {
  crmTimeoutMs: 1000,
  visibilitySeconds: 1,
  lateCommitMs: 3000,
  backoffSeconds: 4,
};
const DEADLINE_MS = 60_000;
const MOST = 0.9;
/** So long after it has ended, a poll may still be handed messages, and nobody has them (fauxqs). */
const POLL_MS = 1100;
const CRM_MS = [0, 200];
const FAULTS = ['lost_response', 'reset', 'status', 'rate_limit'] as const;

/** What became of the orders of one run. */
interface Outcome {
  lost: number;
  doubled: Record<'faulty' | 'twice' | 'late', number>;
}

interface Speed {
  perSecond: number;
  /** Processor time by the order: of the process with the contender in it, and of the one with the stand-ins (ms). */
  ownMs: number;
  standInsMs: number;
}

/** The same orders from the same queue into the same CRM, by this relay and by what one would take from npm instead. */
export const measurePeers: Measure = async ({ isQuick }) => {
  const [count, rounds] = isQuick ? [20, 1] : [200, 3];
  const { crmTimeoutMs, visibilitySeconds, lateCommitMs, backoffSeconds } = isQuick ? QUICK_WAITS : WAITS;
  const stack = await stackApart(visibilitySeconds);
  const { environment } = stack;
  Object.assign(process.env, environment, {
    CRM_TIMEOUT_MS: String(crmTimeoutMs),
    RETRY_BASE_SECONDS: String(backoffSeconds),
  });
  const crm = crmControl(environment['SITNIKS_BASE_URL'] ?? '');
  const queue = queueOn(environment['ORDERS_QUEUE_URL'] ?? '');
  const all = await contenders({ environment, crmTimeoutMs });
  const subjects = isQuick ? all.filter(({ name }) => QUICK.includes(name)) : all;

  async function broken(contender: Contender): Promise<Outcome> {
    await crm.reset();
    const plain = newIds(count);
    const [faulty, twice, late] = [newIds(20), newIds(count), newIds(10)];
    for (const [i, external_id] of faulty.entries()) {
      const fault = FAULTS[i % FAULTS.length] ?? 'reset';
      await crm.setFault({ fault, external_id });
    }
    for (const external_id of late) {
      await crm.setFault({ fault: 'late_commit', latency_ms: lateCommitMs, external_id });
    }
    await queue.send([...plain, ...faulty, ...late, ...twice, ...twice]);
    const end = await contender.start();
    await queue.drained();
    await end();
    // What was sent last may be committed so much later.
    await pause(lateCommitMs);
    const counts = new Map<string, number>();
    for (const { body: id } of await crm.orders()) counts.set(id, (counts.get(id) ?? 0) + 1);
    const doubled = (ids: readonly string[]) => ids.filter((id) => (counts.get(id) ?? 0) > 1).length;
    return {
      lost: [...plain, ...faulty, ...twice, ...late].filter((id) => !counts.has(id)).length,
      doubled: { faulty: doubled(faulty), twice: doubled(twice), late: doubled(late) },
    };
  }

  async function speed(contender: Contender, crmMs: number): Promise<Speed> {
    await crm.reset();
    if (crmMs > 0) await crm.slowDown(crmMs);
    await postOrders(count);
    const standIns = await stack.cpuMs();
    const own = process.cpuUsage();
    const begun = Date.now();
    const end = await contender.start();
    const arrivals = await arrived(crm, count);
    const { user, system } = process.cpuUsage(own);
    const standInsMs = (await stack.cpuMs()) - standIns;
    await queue.drained();
    await end();
    await pause(POLL_MS);
    // One that timed out on a busy machine comes back after its backoff, and says nothing of the speed.
    const seconds = (quantile(arrivals, MOST) + crmMs - begun) / 1000;
    return {
      perSecond: (MOST * count) / seconds,
      ownMs: (user + system) / 1000 / count,
      standInsMs: standInsMs / count,
    };
  }

  try {
    const outcomes: Outcome[] = [];
    for (const subject of subjects) outcomes.push(await broken(subject));
    const speeds = subjects.map(() => CRM_MS.map(() => [] as Speed[]));
    for (let round = 0; round < rounds; round += 1) {
      for (const [i, subject] of subjects.entries()) {
        for (const [j, crmMs] of CRM_MS.entries()) speeds[i]?.[j]?.push(await speed(subject, crmMs));
      }
    }
    const of = (i: number, j: number, what: keyof Speed) => (speeds[i]?.[j] ?? []).map((one) => one[what]);
    const row = (what: string, cell: (outcome: Outcome, i: number) => string) => [
      what,
      ...outcomes.map(cell),
    ];
    return {
      how: `On the same local queue, sandbox CRM and stand-ins in a process of their own, 5 pollers, batches of 10, with the very same client of the CRM (deadline ${crmTimeoutMs} ms). First ${count} orders as they are, with 20 more that meet a fault each (an answer lost after the order was made, a connection reset, a 500, a 429: five of each), ${count} that are on the queue twice, and 10 whose call hangs and is committed ${lateCommitMs / 1000} s later. Then ${count} orders at a time from a queue that the door has filled, ${rounds === 1 ? 'once' : `${rounds} times in turns`}, until nine in ten are in the CRM.`,
      tables: [
        {
          head: [`${count} orders`, ...subjects.map(({ name }) => name)],
          rows: [
            row('lost', ({ lost }) => String(lost)),
            row('doubled, of 20 that met a fault', ({ doubled }) => String(doubled.faulty)),
            row(`doubled, of ${count} sent twice`, ({ doubled }) => String(doubled.twice)),
            row('doubled, of 10 committed late', ({ doubled }) => String(doubled.late)),
            ...CRM_MS.flatMap((crmMs, j) => [
              row(`orders a second, CRM ${crmMs} ms`, (_, i) => spread(of(i, j, 'perSecond'), 0)),
              row(`… as a ratio to ${subjects[0]?.name}`, (_, i) =>
                (median(of(i, j, 'perSecond')) / median(of(0, j, 'perSecond'))).toFixed(2),
              ),
            ]),
            row('processor time of an order, own (ms)', (_, i) => spread(of(i, 0, 'ownMs'), 1)),
            row('… of the stand-ins (ms)', (_, i) => spread(of(i, 0, 'standInsMs'), 1)),
          ],
        },
      ],
      says: [
        `Whoever asks first, and comes back after the commit, doubles none of the late ones: the peers come back when the queue's visibility is over, here ${visibilitySeconds} s, we after our own backoff, here ${backoffSeconds} s and 30 s as deployed. What a CRM commits later than that no client can see in time.`,
        'The peers have all ten of a batch at the CRM at once, 50 calls, and we five, 25: with a CRM of 200 ms that is at most 250 a second and 125. And they keep no record, but for the last, which keeps one of Powertools’ own: two writes for an order, and none is left where the call throws, so that nothing of a time-out is known when the message comes again. None has an outcome to tell, or proof that a record came from SQS. Here all of it runs on two cores, the stand-ins of SQS and DynamoDB included, so at a CRM of 0 ms it is the processor time that decides, of which the last two rows say whose it is.',
      ],
    };
  } finally {
    await stack.end();
  }
};

const QUICK: readonly string[] = ['this relay', 'Powertools batch', 'Powertools batch, asks first'];

function queueOn(QueueUrl: string) {
  const sqs = new SQSClient({});
  return {
    async send(ids: readonly string[]): Promise<void> {
      for (const batch of inBatches(ids)) {
        const Entries = batch.map((id, i) => ({
          Id: String(i),
          ...writeOrder(JSON.stringify(order(id)), { submitted_by: 'demo', start: 0 }),
        }));
        await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
      }
    },
    /** Until nothing is on it, neither visible nor in flight nor delayed. */
    async drained(): Promise<void> {
      const deadline = Date.now() + DEADLINE_MS;
      while ((await sizeOf(sqs, QueueUrl)) > 0) {
        if (Date.now() > deadline) throw new Error('The queue is not empty in time');
        await pause(100);
      }
    },
  };
}

/** When each order got there, once so many have. */
async function arrived(crm: CrmControl, count: number): Promise<number[]> {
  const deadline = Date.now() + DEADLINE_MS;
  for (;;) {
    const at = (await crm.orders()).map(({ received_at }) => received_at);
    if (at.length >= count) return at;
    if (Date.now() > deadline) throw new Error(`${at.length} of ${count} arrived in time`);
    await pause(100);
  }
}
