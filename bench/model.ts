import { writeFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import * as z from 'zod';
import { advice, peakPerSecond, proofCallsNeeded } from './model/advice.ts';
import { bill, totalOf } from './model/bill.ts';
import { check } from './model/check.ts';
import { drain } from './model/drain.ts';
import { dollars, type Panel, picture } from './model/picture.ts';
import { isPriceName, PRICES, PRICES_AS_OF, type Prices } from './model/prices.ts';
import { ASSUMED, type Shop } from './model/shop.ts';
import { asDeployed } from './model/stack.ts';
import { wholeNumber } from './shop.ts';

const SIZES = [100, 10_000, 1_000_000];
const PICTURE = new URL('../docs/costs.svg', import.meta.url);

const priced = (text: string, before: Prices): Prices => {
  const [, name = '', usd] = /^(\w+)=(\d+(?:\.\d+)?(?:e-?\d+)?)$/.exec(text) ?? [];
  if (!isPriceName(name)) {
    throw new InvalidArgumentError(`Use name=usd, of ${Object.keys(PRICES).join(', ')}.`);
  }
  return { ...before, [name]: { ...before[name], usd: Number(usd) } };
};

const defaults = { ...ASSUMED, ...(await asDeployed()) };
const options = z
  .looseObject({
    orders: z.number().optional(),
    backlog: z.number(),
    crmMs: z.number(),
    crmPerSecond: z.number().optional(),
    batch: z.number(),
    concurrency: z.number(),
    asks: z.number(),
    proofCallsPerMinute: z.number().optional(),
    free: z.boolean(),
    price: z.custom<Prices>(),
    check: z.boolean().default(false),
    svg: z.boolean().default(false),
  })
  .parse(
    new Command('model')
      .description('What it costs a month, how long a backlog takes, and what is in the way.')
      .option('--orders <n>', 'a day; without it 100, 10,000 and 1,000,000 a month', wholeNumber)
      .option('--backlog <n>', 'orders that wait', wholeNumber, 1000)
      .option('--crm-ms <ms>', 'how long Sitniks takes for a call', wholeNumber, defaults.crmMs)
      .option('--crm-per-second <n>', 'calls that Sitniks takes; no limit unless told', Number)
      .option('--batch <n>', 'messages in a batch', wholeNumber, defaults.batch)
      .option(
        '--concurrency <n>',
        'containers at a time (syncConcurrency)',
        wholeNumber,
        defaults.concurrency,
      )
      .option('--asks <n>', 'questions where an order is, by the order', wholeNumber, defaults.asks)
      .option('--proof-calls-per-minute <n>', 'of the daily proof; what is needed unless told', wholeNumber)
      .option('--no-free', 'without what AWS gives each account every month')
      .option('--price <name=usd>', 'another price of a unit; may come again', priced, PRICES)
      .option('--check', 'measure backlogs on local stacks, and compare: within 15 %', false)
      .option('--svg', 'draw docs/costs.svg anew', false)
      .parse()
      .opts(),
  );

const shopOf = (orders: number): Shop => ({
  ...defaults,
  orders,
  asks: options.asks,
  crmMs: options.crmMs,
  crmPerSecond: options.crmPerSecond,
  batch: options.batch,
  concurrency: options.concurrency,
  proofCallsPerMinute:
    options.proofCallsPerMinute ?? Math.max(defaults.proofCallsPerMinute, proofCallsNeeded({ orders })),
  isFreeUsed: options.free,
});

const panels = (options.orders === undefined ? SIZES : [options.orders * 30]).map((orders): Panel => {
  const shop = shopOf(orders);
  const { perSecond, seconds, wall } = drain(options.backlog, shop);
  // As it is deployed: what the model itself has assumed is said, too.
  const changes = advice({
    ...shop,
    proofCallsPerMinute: options.proofCallsPerMinute ?? defaults.proofCallsPerMinute,
  });
  return {
    orders,
    lines: bill(shop, options.price),
    says: [
      `${options.backlog} that wait are in Sitniks in ${seconds.toFixed(0)} s (${perSecond.toFixed(1)} a second); the wall is ${wall}.`,
      `The busiest hour brings ${peakPerSecond(shop).toFixed(2)} a second.`,
      ...(changes.length === 0 ? ['Change nothing.'] : changes.map((change) => `Change: ${change}.`)),
    ],
  };
});

for (const { orders, lines, says } of panels) {
  console.log(`\n${orders.toLocaleString('en')} orders a month: ${dollars(totalOf(lines))}`);
  for (const { what, price, quantity, usd } of lines) {
    const unit = `${Math.round(quantity * 100) / 100} × ${options.price[price].usd} (${price})`;
    console.log(`  ${what.padEnd(46)} ${dollars(usd).padStart(9)}   ${unit}`);
  }
  for (const line of says) console.log(`  ${line}`);
}
console.log(`\nPrices of eu-central-1 as of ${PRICES_AS_OF}: assumed, see bench/model/prices.ts.`);

if (options.svg) {
  const title = `What a month costs (eu-central-1, prices assumed as of ${PRICES_AS_OF}; Sitniks takes ${options.crmMs} ms)`;
  await writeFile(PICTURE, picture(title, panels));
  console.log('Drawn: docs/costs.svg');
}

if (options.check) {
  console.log('\nBacklogs measured on local stacks:');
  const runs = await check(shopOf(SIZES[0] ?? 0));
  for (const { concurrency, crmMs, backlog, predicted, measured, isWithin } of runs) {
    const off = `${((measured / predicted - 1) * 100).toFixed(0)} %`;
    console.log(
      `  ${backlog} orders, ${concurrency} containers, ${crmMs} ms: ${predicted.toFixed(1)} s said, ${measured.toFixed(1)} s measured (${off}) ${isWithin ? '✓' : '✗'}`,
    );
  }
  process.exitCode = runs.every(({ isWithin }) => isWithin) ? 0 : 1;
}
