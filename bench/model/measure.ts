import { setTimeout as pause } from 'node:timers/promises';
import { GetQueueUrlCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { runLocalStack } from '../../local/run.ts';
import { order, send } from '../shop.ts';
import type { Draining } from './drain.ts';

const arrivals = z.array(z.object({ received_at: z.iso.datetime().transform(Date.parse) }));

/** Until then all of a backlog is there, and none of it can be had. */
const HIDDEN_SECONDS = 5;
const SQS_BATCH = 10;
const DEADLINE_MS = 180_000;
/** For calls that are slower than those of a stack that a person watches. */
const ROOM = { crmTimeoutMs: 5000, syncTimeoutSeconds: 60, ordersVisibilitySeconds: 120 };

/** Seconds that a local stack of its own, with so many containers and a CRM so slow, takes for each of these backlogs. */
export async function measureDrains(
  { concurrency, batch }: Pick<Draining, 'concurrency' | 'batch'>,
  runs: readonly { crmMs: number; backlog: number }[],
): Promise<number[]> {
  const stack = await runLocalStack({}, { ...ROOM, syncConcurrency: concurrency });
  const sqs = new SQSClient({
    endpoint: `http://127.0.0.1:${stack.ports['SQS_PORT']}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName: 'sitniks-orders-local-orders' }));
  let number = 0;

  async function drained(crmMs: number, backlog: number): Promise<number> {
    await fetch(`${stack.sandbox}/_sandbox/orders`, { method: 'DELETE' });
    await fetch(`${stack.sandbox}/_sandbox/faults`, { method: 'DELETE' });
    await send('POST', `${stack.sandbox}/_sandbox/faults`, {
      fault: 'slow',
      latency_ms: crmMs,
      times: 1_000_000,
      on: 'any',
    });
    for (let sent = 0; sent < backlog; sent += SQS_BATCH) {
      const Entries = Array.from({ length: Math.min(SQS_BATCH, backlog - sent) }, (_, i) => {
        number += 1;
        return {
          Id: String(i),
          MessageBody: JSON.stringify(order(`model-${number}`)),
          DelaySeconds: HIDDEN_SECONDS,
        };
      });
      await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    }
    const deadline = Date.now() + DEADLINE_MS;
    for (;;) {
      await pause(250);
      const answer = await fetch(`${stack.sandbox}/_sandbox/orders`);
      const at = arrivals.parse(await answer.json()).map(({ received_at }) => received_at);
      // The sandbox has an order before it answers: the last answer still has to come.
      if (at.length >= backlog) return (Math.max(...at) - Math.min(...at) + crmMs) / 1000;
      if (Date.now() > deadline) throw new Error(`${at.length} of ${backlog} arrived in time`);
    }
  }

  try {
    // Each container loads the function once: AWS's do so as well, and it is no part of what is measured.
    await drained(300, 2 * concurrency * batch);
    const seconds: number[] = [];
    for (const { crmMs, backlog } of runs) seconds.push(await drained(crmMs, backlog));
    return seconds;
  } finally {
    sqs.destroy();
    await stack.stop();
  }
}
