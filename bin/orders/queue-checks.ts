import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { nameOf } from '../../lib/lambda/observability.ts';
import { parseJson } from '../../lib/order/parse-json.ts';
import { type Check, fine, wrong } from './check.ts';
import type { Relay } from './connect.ts';
import { age } from './duration.ts';
import { pasteFor } from './paste.ts';

const count = z.coerce.number().int();

const attributesSchema = z.object({
  QueueArn: z.string(),
  VisibilityTimeout: count,
  MessageRetentionPeriod: count,
  RedrivePolicy: z
    .string()
    .transform(parseJson)
    .pipe(z.object({ deadLetterTargetArn: z.string(), maxReceiveCount: count }))
    .optional(),
});
export type QueueAttributes = z.output<typeof attributesSchema>;

/** A queue that takes no notice of how often a function timed out would hand out a message twice. */
const VISIBILITY_FACTOR = 6;
/** SQS counts waits for a rate limit and looks in the console, too: few would end on the dead-letter queue unjustly. */
const LEAST_RECEIVES = 10;
const DEPLOY = 'set it in infrastructure/params.yml, and deploy';

export async function queueChecks(relay: Relay): Promise<Check[]> {
  try {
    const [orders, deadLetters] = await Promise.all([
      attributesOf(relay, relay.ordersQueueUrl),
      attributesOf(relay, relay.deadLetterQueueUrl),
    ]);
    return judgeQueues(orders, deadLetters, relay.syncTimeoutMs, pasteFor(relay).deploy());
  } catch (error) {
    return [
      {
        name: 'queues',
        ...wrong(
          `their settings cannot be read (${nameOf(error)})`,
          'check that you may call sqs:GetQueueAttributes, and that the stack is deployed',
          pasteFor(relay).deploy(),
        ),
      },
    ];
  }
}

async function attributesOf({ sqs }: Relay, queueUrl: string): Promise<QueueAttributes> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }),
  );
  return attributesSchema.parse(Attributes);
}

/**
 * Are the two queues set so that no order is lost or handed out twice (reliability notes, 1, 2 and 11)?
 *
 * @param timeoutMs of `syncOrders`, where it is known
 * @param deploy what deploys the stage
 */
export function judgeQueues(
  orders: QueueAttributes,
  deadLetters: QueueAttributes,
  timeoutMs: number | undefined,
  deploy: string,
): Check[] {
  const check = (name: string, ok: boolean, detail: string, fix: string): Check => ({
    name,
    ...(ok ? fine(detail) : wrong(detail, fix, deploy)),
  });
  const visibility = orders.VisibilityTimeout;
  const needed = timeoutMs === undefined ? 0 : (VISIBILITY_FACTOR * timeoutMs) / 1000;
  const policy = orders.RedrivePolicy;
  const days = (seconds: number) => age(seconds * 1000);
  const isKept = deadLetters.MessageRetentionPeriod > orders.MessageRetentionPeriod;
  const isTarget = policy?.deadLetterTargetArn === deadLetters.QueueArn;
  const isPatient = policy !== undefined && policy.maxReceiveCount >= LEAST_RECEIVES;
  return [
    check(
      'visibility',
      visibility >= needed,
      timeoutMs === undefined
        ? `${visibility} s (the local stack's time-outs are scaled: not compared)`
        : `${visibility} s; ${VISIBILITY_FACTOR} × the time-out of syncOrders is ${needed} s`,
      `ordersVisibilitySeconds to ${needed} or more: ${DEPLOY}`,
    ),
    check(
      'retention',
      isKept,
      `${days(orders.MessageRetentionPeriod)}, then ${days(deadLetters.MessageRetentionPeriod)} as a dead letter`,
      `MessageRetentionPeriod of DeadLetterQueue above that of OrdersQueue, since it counts from the first enqueueing: ${DEPLOY}`,
    ),
    check(
      'redrive policy',
      isTarget && isPatient,
      policy === undefined
        ? 'none: a message that kills the function comes back for days'
        : `${isTarget ? 'to the dead-letter queue' : 'to another queue'} after ${policy.maxReceiveCount} receives`,
      `to DeadLetterQueue, maxReceiveCount ${LEAST_RECEIVES} or more: ${DEPLOY}`,
    ),
  ];
}
