import { randomUUID } from 'node:crypto';
import type { SQSRecord } from 'aws-lambda';
import { writeOrder } from '../../lib/queues/codec.ts';
import { recordSchema } from '../../local/sqs-record.ts';
import { order } from '../shop.ts';

const toRecord = recordSchema({
  queueArn: 'arn:aws:sqs:eu-central-1:000000000000:orders',
  region: 'eu-central-1',
});

/** What was sent to OrdersQueue, as Lambda hands it to `syncOrders`. */
export function asRecord({ MessageBody, MessageAttributes }: ReturnType<typeof writeOrder>): SQSRecord {
  const now = String(Date.now());
  return toRecord.parse({
    MessageId: randomUUID(),
    ReceiptHandle: randomUUID(),
    Body: MessageBody,
    Attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: now,
      SenderId: '000000000000',
      ApproximateFirstReceiveTimestamp: now,
    },
    MessageAttributes,
    MD5OfBody: '',
  });
}

/** An order of `demo`'s that no door has noted. */
export const orderRecord = (id: string): SQSRecord =>
  asRecord(writeOrder(JSON.stringify(order(id)), { submitted_by: 'demo', start: 0 }));

let named = 0;

/** Names for so many orders that nothing has had yet. */
export function newIds(count: number): string[] {
  named += count;
  return Array.from({ length: count }, (_, i) => `bench-${named - count + i + 1}`);
}

/** In batches as SQS gives them. */
export const inBatches = <T>(all: readonly T[], size = 10): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
