import { MOST_AT_ONCE, syncOrders } from './functions.ts';
import type { World } from './world.ts';

/** Feeds `syncOrders` from the orders queue by Lambda's rules: what it is not positively told to keep it deletes. */
export function startMapping(world: World): void {
  const { time, queues, faults } = world;
  const random = world.random.fork('mapping');
  let atOnce = 0;
  let nextPoll = Number.POSITIVE_INFINITY;

  const poll = (): void => {
    nextPoll = Number.POSITIVE_INFINITY;
    if (atOnce >= MOST_AT_ONCE) return;
    if (faults.active('mapping') !== undefined) {
      wake(time.now() + 600_000);
      return;
    }
    if (faults.active('sqs') === 'down') {
      wake(time.now() + 5000);
      return;
    }
    const received = queues.orders.receive(random.between(1, 10));
    if (received.length === 0) return;
    atOnce += 1;
    void consume(received);
    wake(time.now());
  };
  const consume = async (received: ReturnType<typeof queues.orders.receive>): Promise<void> => {
    const done = await syncOrders(world, received);
    for (const handle of done) {
      if (faults.active('sqs') === 'down')
        world.seen('an order was done, and its message could not be deleted');
      else {
        world.note('mapping', `deletes ${handle}`);
        queues.orders.delete(handle);
      }
    }
    atOnce -= 1;
    wake(time.now());
  };
  /** Long polling: what becomes visible is received within half a second. */
  const wake = (at: number): void => {
    const when = Math.max(at, time.now()) + random.between(5, 500);
    if (when >= nextPoll) return;
    nextPoll = when;
    time.at(when, () => {
      if (when === nextPoll) poll();
    });
  };

  // Each message has its own time at which it can be seen again, and what is planned earlier must not hide it.
  queues.orders.onMessage = (at) => time.at(at, () => wake(at));
}
