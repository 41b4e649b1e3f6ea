import { setTimeout as pause } from 'node:timers/promises';
import { Command } from 'commander';
import * as z from 'zod';
import { type RunningStack, runLocalStack } from '../local/run.ts';
import { order, send, wholeNumber } from './shop.ts';

const options = z
  .object({ orders: z.number().min(1) })
  .parse(
    new Command('bench:callback')
      .description(
        'Orders with an unknown SKU posted to the running local stack, one after another: how long until the bot is told why.',
      )
      .option('--orders <n>', 'how many', wholeNumber, 20)
      .parse()
      .opts(),
  );

const DEADLINE_MS = 30_000;
const receivedEvents = z.array(
  z.object({
    received_at: z.iso.datetime(),
    event: z.object({ type: z.string(), data: z.object({ external_id: z.string().nullable() }) }),
  }),
);

const stack = await runLocalStack();
try {
  await measure(stack);
} catch (error) {
  console.error(error, stack.output().split('\n').slice(-40).join('\n'));
  throw error;
} finally {
  await stack.stop();
}

async function measure({ api, receiver, output }: RunningStack): Promise<void> {
  const times: number[] = [];
  for (let n = 1; n <= options.orders; n += 1) {
    const id = `refused-${n}`;
    const items = [{ product_id: '123', sku: 'UNKNOWN-1', price: 1200, quantity: 1 }];
    const begun = Date.now();
    const status = await send('POST', `${api}/orders`, { ...order(id), items });
    if (status !== 202) throw new Error(`${id} was not accepted: ${status}`);
    times.push((await receivedAt(receiver, id)) - begun);
  }
  const told = output()
    .split('\n')
    .find((line) => /^callback +refused-1 /.test(line));
  const [first = 0] = times;
  const sorted = times.toSorted((a, b) => a - b);
  console.log(`${told}

From the begin of POST /orders to the callback, ${times.length} orders, one after another, in ms
  first    ${first}, with acceptOrder started cold
  median   ${sorted[Math.floor((sorted.length - 1) / 2)]}
  worst    ${sorted.at(-1)}`);
}

/** When the receiver had the event, by its own clock, which is this machine's too. */
async function receivedAt(receiver: string, id: string): Promise<number> {
  const deadline = Date.now() + DEADLINE_MS;
  while (Date.now() < deadline) {
    const events = receivedEvents.parse(await (await fetch(`${receiver}/_receiver/events`)).json());
    const received = events.find(({ event }) => event.data.external_id === id);
    if (received !== undefined) return Date.parse(received.received_at);
    await pause(10);
  }
  throw new Error(`Nothing was told of ${id} in ${DEADLINE_MS} ms`);
}
