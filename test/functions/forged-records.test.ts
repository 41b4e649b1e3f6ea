/** Whoever may invoke a function has made up a record, beside what the queue has really given out. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeOutcome } from '../../lib/queues/codec.ts';
import { invokeHandler } from '../../local/invoke.ts';
import { sampleOrder } from '../kit/orders.ts';
import { sampleOutcome } from '../kit/outcomes.ts';
import { type Relay, startRelay } from '../kit/relay.ts';
import { sqsRecord } from '../kit/sqs-record.ts';
import { until } from '../kit/until.ts';

let relay: Relay;
beforeAll(async () => {
  relay = await startRelay({ settings: { PROVE_RECORDS: 'true' } });
});
afterAll(() => relay.stop());

test('a forged record creates no order, in nobody’s name, while what was sent gets there', async () => {
  const { handler } = await import('../../functions/sync-orders.ts');
  const forged = sqsRecord(JSON.stringify(sampleOrder('forged-1')), {
    messageAttributes: { submitted_by: { dataType: 'String', stringValue: 'demo' } },
  });
  const invocation = await invokeHandler(handler, { timeoutMs: 20_000 })({ Records: [forged] });
  expect(invocation).toMatchObject({ outcome: 'returned' });
  await relay.post(sampleOrder('real-1'));
  await until(() => relay.inCrm('real-1') === 1);
  await relay.drained();
  expect(relay.inCrm('forged-1')).toBe(0);
  expect((await relay.get('forged-1')).statusCode).toBe(404);
});

test('a forged record is no signed callback of a lie, while what became of the order is told', async () => {
  const { handler } = await import('../../functions/notify-submitter.ts');
  const lie = sampleOutcome({ external_id: 'never-there', submitted_by: 'demo', type: 'synced' });
  await invokeHandler(handler, { timeoutMs: 20_000 })({ Records: [sqsRecord(writeOutcome(lie))] });
  await relay.post(sampleOrder('real-2'));
  await until(() => relay.outcomes().some(({ data }) => data.external_id === 'real-2'));
  expect(relay.outcomes().filter(({ data }) => data.external_id === 'never-there')).toEqual([]);
});
