import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleOrder } from '../kit/orders.ts';
import { type Relay, startRelay } from '../kit/relay.ts';
import { until } from '../kit/until.ts';

let relay: Relay;
const consumers: ChildProcess[] = [];
beforeAll(async () => {
  // As deployed, the dead one's lease runs out long before SQS has given a message out too often and moves it.
  relay = await startRelay({ feed: false, visibilitySeconds: 2, maxReceiveCount: 1000 });
});
afterAll(async () => {
  for (const consumer of consumers) consumer.kill('SIGKILL');
  await relay.stop();
});

/** `syncOrders` and its event source mapping in a process of their own. */
function startConsumer(): ChildProcess {
  const consumer = spawn(process.execPath, [new URL('consumer.ts', import.meta.url).pathname], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, FUNCTION_TIMEOUT_MS: '12000', CRM_TIMEOUT_MS: '500', SYNC_TIMEOUT_SECONDS: '12' },
  });
  consumers.push(consumer);
  return consumer;
}

test('a consumer killed in the middle of a batch loses nothing and doubles nothing', async () => {
  const { sandbox } = relay.stack;
  // One order is created whose answer never comes, and one hangs uncreated: the worst moments to die.
  sandbox.setFault({ fault: 'stalled_body', external_id: 'kill-1', times: 1 });
  sandbox.setFault({ fault: 'timeout', external_id: 'kill-2', times: 1 });
  const ids = Array.from({ length: 10 }, (_, n) => `kill-${n + 1}`);
  for (const id of ids) await relay.inject(sampleOrder(id));

  const first = startConsumer();
  await until(
    () => ['kill-1', 'kill-2'].every((id) => sandbox.calls().some((call) => call.external_id === id)),
    { deadlineMs: 30_000 },
  );
  first.kill('SIGKILL');
  await once(first, 'exit');
  expect(sandbox.orders().length).toBeLessThan(10);

  startConsumer();
  await until(async () => (await relay.get('kill-2')).statusCode === 200);
  await relay.drained(45_000);
  expect(ids.map((id) => relay.inCrm(id))).toEqual(ids.map(() => 1));
  for (const id of ids) expect((await relay.get(id)).body).toMatchObject({ state: 'synced' });
  expect(await relay.takeDeadLetters()).toEqual([]);
}, 60_000);
