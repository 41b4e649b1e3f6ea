/** The promises, through the exported handlers: nobody types a command, and every order arrives once. */
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import * as z from 'zod';
import { invokeHandler } from '../../local/invoke.ts';
import { countOf } from '../kit/dlq.ts';
import { sampleOrder } from '../kit/orders.ts';
import { type Relay, startRelay } from '../kit/relay.ts';
import { until } from '../kit/until.ts';

const reportSchema = z.object({
  seen: z.number(),
  sent_back: z.number(),
  held_back: z.number(),
  probe: z.string(),
});

/** Nothing here is about how long it takes on a machine that others keep busy. */
const STALLED_MS = 60_000;
vi.setConfig({ testTimeout: 3 * STALLED_MS });

let relay: Relay;
let tend: () => Promise<z.output<typeof reportSchema>>;
beforeAll(async () => {
  relay = await startRelay({
    settings: {
      MAX_RETRIES: '0',
      // With no attempt to spare, a machine that stalls for longer than a call may take would park an order.
      CRM_TIMEOUT_MS: '2000',
      API_KEY_RETRY_SECONDS: '1',
      RETURN_BASE_SECONDS: '1',
      WAVE_TIMEOUT_SECONDS: '5',
    },
  });
  const { handler } = await import('../../functions/tend-dead-letters.ts');
  const invoke = invokeHandler(handler, { timeoutMs: 60_000 });
  tend = async () => {
    const invocation = await invoke({});
    if (invocation.outcome === 'failed') throw new Error(invocation.detail);
    return reportSchema.parse(JSON.parse(invocation.payload));
  };
});
afterAll(() => relay.stop());
afterEach(() => relay.stack.sandbox.reset());

/** As the schedule does, until the dead-letter queue is empty. */
async function tendUntilEmpty() {
  await until(
    async () => {
      await tend();
      const { visible, inHand } = await countOf(relay.stack, 'DeadLetterQueue');
      return visible + inHand === 0;
    },
    { deadlineMs: STALLED_MS },
  );
}

test('40 orders posted while the CRM is down are there afterwards, once each', async () => {
  const ids = Array.from({ length: 40 }, (_, i) => `outage-${i}`);
  relay.stack.sandbox.setFault({ fault: 'status', status: 503, times: 10_000, on: 'any' });
  await Promise.all(ids.map((id) => relay.post(sampleOrder(id))));
  await until(async () => (await countOf(relay.stack, 'DeadLetterQueue')).visible === 40, {
    deadlineMs: STALLED_MS,
  });

  // What is in doubt waits out its backoff, so the first runs may find nothing to send.
  const down = await until(
    async () => {
      const report = await tend();
      return report.probe !== 'none' && report;
    },
    { deadlineMs: STALLED_MS },
  );
  expect(down).toMatchObject({ sent_back: 1, probe: 'failed' });
  expect(relay.stack.sandbox.orders()).toEqual([]);

  relay.stack.sandbox.clearFaults();
  await tendUntilEmpty();
  await relay.drained();
  for (const id of ids) expect([id, relay.inCrm(id)]).toEqual([id, 1]);
});

test('orders parked because the key was revoked arrive once it is replaced in the secret', async () => {
  const ids = Array.from({ length: 20 }, (_, i) => `key-${i}`);
  relay.stack.sandbox.setApiKey('new-key');
  await Promise.all(ids.map((id) => relay.post(sampleOrder(id))));
  await until(async () => (await countOf(relay.stack, 'DeadLetterQueue')).visible === 20, {
    deadlineMs: STALLED_MS,
  });

  relay.stack.secrets.set('test/api-key', 'new-key');
  await tendUntilEmpty();
  await relay.drained();
  for (const id of ids) expect([id, relay.inCrm(id)]).toEqual([id, 1]);
});
