import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tellTaleOrder } from '../../bench/fuzz/tell-tales.ts';
import { until } from '../kit/until.ts';
import { movableClock } from './movable-clock.ts';
import { openShop, type Shop } from './shop.ts';

/** Longer than the dead one's lease, and than its messages stay with it. */
const A_LEASE_MS = 400_000;

const clock = movableClock();
let shop: Shop;
let consumer: ChildProcess;
beforeAll(async () => {
  shop = await openShop({ feed: false });
});
afterAll(async () => {
  consumer.kill('SIGKILL');
  clock.stop();
  await shop.stop();
});

/** `syncOrders` and its event source mapping in a process of their own. */
const startConsumer = (): ChildProcess =>
  spawn(process.execPath, [new URL('consumer.ts', import.meta.url).pathname], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, FUNCTION_TIMEOUT_MS: '60000', POWERTOOLS_LOG_LEVEL: 'SILENT' },
  });

test('a consumer killed in the middle of a batch loses nothing and doubles nothing', async () => {
  const { relay } = shop;
  const { sandbox } = relay.stack;
  // One order is created whose answer never comes, and one hangs uncreated: the worst moments to die.
  sandbox.setFault({ fault: 'stalled_body', external_id: 'kill-1', times: 1 });
  sandbox.setFault({ fault: 'timeout', external_id: 'kill-2', times: 1 });
  const ids = Array.from({ length: 10 }, (_, n) => `kill-${n + 1}`);
  for (const id of ids) await relay.inject(tellTaleOrder(id));

  consumer = startConsumer();
  await until(() => ['kill-1', 'kill-2'].every((id) => shop.creations(id) > 0), { deadlineMs: 30_000 });
  consumer.kill('SIGKILL');
  await once(consumer, 'exit');
  expect(sandbox.orders().length).toBeLessThan(10);

  clock.moveOn(A_LEASE_MS);
  relay.feed();
  await relay.drained();
  for (const id of ids) expect(await shop.fateOf(id)).toMatch(/^synced on attempt [12]$/);
  expect(shop.creations('kill-1')).toBe(1);
}, 180_000);
