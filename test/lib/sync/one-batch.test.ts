import type { SQSRecord } from 'aws-lambda';
import { expect, test } from 'vitest';
import { type SyncBatchDeps, syncBatch } from '../../../lib/sync/sync-batch.ts';
import { memoryConsumer, NOW } from '../../kit/memory-consumer.ts';
import { sampleOrder } from '../../kit/orders.ts';
import { sqsRecord } from '../../kit/sqs-record.ts';

const LEFT_MS = 50_000;

/** Batches, of an invocation that has `LEFT_MS` left. */
function desk() {
  const consumer = memoryConsumer();
  // By how much clocks may differ, the batch says itself unless it is told.
  const { clockSkewMs: _, ...deps } = consumer.deps;
  const delays: number[] = [];
  return {
    ...consumer,
    delays,
    /** How many come back. */
    async run(records: SQSRecord[], changes: Partial<SyncBatchDeps> = {}) {
      const { batchItemFailures } = await syncBatch(
        records,
        { awsRequestId: 'request', getRemainingTimeInMillis: () => LEFT_MS },
        {
          ...deps,
          settlePayment: async () => ({ acknowledge: true }),
          queue: { delay: async (_handle, seconds) => void delays.push(seconds) },
          ...changes,
        },
      );
      return batchItemFailures.length;
    },
  };
}

const order = () => sqsRecord(JSON.stringify(sampleOrder('1042')));

test('an order is synced, and a status is read as one, not as an order with most of it missing', async () => {
  const { run, calls, delays, letters } = desk();
  const status = sqsRecord(JSON.stringify({ external_id: '1042', status: 'PAID' }));
  expect(await run([status])).toBe(1);
  expect([delays, letters]).toEqual([[38], []]);
  expect(await run([order(), status], { concurrency: 1 })).toBe(0);
  expect(calls).toEqual(['create 1042 NEW', 'status 7 PAID']);
});

test.each([
  [undefined, 60_000],
  [30_000, 30_000],
])(
  'an order is held for what the invocation has left, and by how much clocks may differ: %s',
  async (clockSkewMs, skewMs) => {
    const { run, deps, ledger } = desk();
    const { create } = deps.crm;
    let until: number | undefined;
    const crm: SyncBatchDeps['crm'] = {
      ...deps.crm,
      async create(of) {
        until = ledger.records.get('1042')?.lease_until;
        return create(of);
      },
    };
    await run([order()], { crm, ...(clockSkewMs !== undefined && { clockSkewMs }) });
    expect(until).toBe(NOW + LEFT_MS + skewMs);
  },
);

test('an order whose ledger is down comes back after the backoff', async () => {
  const { run, ledger, calls, delays } = desk();
  const down = { ...ledger, claim: () => Promise.reject(new Error('down')) };
  expect(await run([order()], { ledger: down })).toBe(1);
  expect([calls, delays]).toEqual([[], [38]]);
});
