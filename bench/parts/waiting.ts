import * as z from 'zod';
import { apiEvent } from '../../local/api-event.ts';
import { invokeHandler } from '../../local/invoke.ts';
import type { Measure } from '../report/report.ts';
import { quantile } from '../report/statistics.ts';
import { order } from '../shop.ts';
import { newIds } from '../stage/batch.ts';
import { contenders } from '../stage/contenders.ts';
import { crmControl } from '../stage/crm-control.ts';
import { stackApart } from '../stage/stack-apart.ts';

const POSTS_AT_ONCE = 5;
const WAIT_SECONDS = '15';
const CRM_TIMEOUT_MS = 10_000;

const posted = z.object({ statusCode: z.number() });

/** How long a bot waits that posts with `?wait=`, over how long the CRM takes. */
export const measureWaiting: Measure = async ({ isQuick }) => {
  const posts = isQuick ? 10 : 40;
  const stack = await stackApart(60);
  Object.assign(process.env, stack.environment, { CRM_TIMEOUT_MS: String(CRM_TIMEOUT_MS) });
  const crm = crmControl(stack.environment['SITNIKS_BASE_URL'] ?? '');
  const accept = invokeHandler((await import('../../functions/accept-order.ts')).handler);
  const [relay] = await contenders({ environment: stack.environment, crmTimeoutMs: CRM_TIMEOUT_MS });
  const stop = await relay?.start();

  /** From the post to the answer, and how many were answered with the CRM's number (200). */
  async function waits(count: number): Promise<{ times: number[]; inCrm: number }> {
    const ids = newIds(count);
    const times: number[] = [];
    let inCrm = 0;
    const posting = Array.from({ length: POSTS_AT_ONCE }, async () => {
      for (let id = ids.shift(); id !== undefined; id = ids.shift()) {
        const begun = performance.now();
        const answer = await accept(
          apiEvent('POST', '/orders', order(id), undefined, {}, { wait: WAIT_SECONDS }),
        );
        times.push(performance.now() - begun);
        if (answer.outcome === 'failed') throw new Error(answer.error);
        if (posted.parse(JSON.parse(answer.payload)).statusCode === 200) inCrm += 1;
      }
    });
    await Promise.all(posting);
    return { times, inCrm };
  }

  try {
    await waits(10);
    const measured: { crmMs: number; p50: number; p99: number; inCrm: number }[] = [];
    for (const crmMs of isQuick ? [200] : [0, 200, 500, 1000, 2000]) {
      await crm.reset();
      if (crmMs > 0) await crm.slowDown(crmMs);
      const { times, inCrm } = await waits(posts);
      measured.push({ crmMs, p50: quantile(times, 0.5), p99: quantile(times, 0.99), inCrm });
    }
    return {
      how: `${posts} posts with \`?wait=${WAIT_SECONDS}\` for each, ${POSTS_AT_ONCE} at a time, on the local queue and sandbox CRM in a process of their own; from the post to the answer, by the clock. The door looks into the ledger after 150 ms, then in steps that grow by 30 % up to a second.`,
      tables: [
        {
          head: ['the CRM takes (ms)', 'p50 (ms)', 'p99 (ms)', 'p50 over the CRM (ms)', 'answered 200'],
          rows: measured.map(({ crmMs, p50, p99, inCrm }) => [
            String(crmMs),
            p50.toFixed(0),
            p99.toFixed(0),
            (p50 - crmMs).toFixed(0),
            `${inCrm} of ${posts}`,
          ]),
        },
      ],
      plots: [
        {
          name: 'waiting',
          title: 'How long a bot waits with ?wait=, over how long the CRM takes',
          x: 'the CRM takes (ms)',
          y: 'ms',
          series: [
            { name: 'p99', points: measured.map(({ crmMs, p99 }) => [crmMs, p99]) },
            { name: 'p50', points: measured.map(({ crmMs, p50 }) => [crmMs, p50]) },
            { name: 'the CRM', points: measured.map(({ crmMs }) => [crmMs, crmMs]) },
          ],
        },
      ],
    };
  } finally {
    await stop?.();
    await stack.end();
  }
};
