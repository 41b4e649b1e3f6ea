import { writeFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import * as z from 'zod';
import { totalOf } from './model/bill.ts';
import { check } from './model/check.ts';
import { BACKLOG, panelOf, SIZES, shopAsDeployed, titleOf, withProofCalls } from './model/panels.ts';
import { dollars, picture } from './model/picture.ts';
import { isPriceName, PRICES, PRICES_AS_OF, type Prices } from './model/prices.ts';
import type { Shop } from './model/shop.ts';
import { wholeNumber } from './shop.ts';

const PICTURE = new URL('../docs/costs.svg', import.meta.url);

const priced = (text: string, before: Prices): Prices => {
  const [, name = '', usd] = /^(\w+)=(\d+(?:\.\d+)?(?:e-?\d+)?)$/.exec(text) ?? [];
  if (!isPriceName(name)) {
    throw new InvalidArgumentError(`Use name=usd, of ${Object.keys(PRICES).join(', ')}.`);
  }
  return { ...before, [name]: { ...before[name], usd: Number(usd) } };
};

const defaults = await shopAsDeployed();
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
      .option('--backlog <n>', 'orders that wait', wholeNumber, BACKLOG)
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
  proofCallsPerMinute: options.proofCallsPerMinute ?? defaults.proofCallsPerMinute,
  isFreeUsed: options.free,
});
const paidBy = (shop: Shop): Shop =>
  options.proofCallsPerMinute === undefined ? withProofCalls(shop) : shop;

const panels = (options.orders === undefined ? SIZES : [options.orders * 30])
  .map(shopOf)
  .map((shop) => panelOf(shop, paidBy(shop), options.backlog, options.price));

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
  await writeFile(PICTURE, picture(titleOf(options), panels));
  console.log('Drawn: docs/costs.svg');
}

if (options.check) {
  console.log('\nBacklogs measured on local stacks:');
  const runs = await check(paidBy(shopOf(SIZES[0] ?? 0)));
  for (const { concurrency, crmMs, backlog, predicted, measured, isWithin } of runs) {
    const off = `${((measured / predicted - 1) * 100).toFixed(0)} %`;
    console.log(
      `  ${backlog} orders, ${concurrency} containers, ${crmMs} ms: ${predicted.toFixed(1)} s said, ${measured.toFixed(1)} s measured (${off}) ${isWithin ? '✓' : '✗'}`,
    );
  }
  process.exitCode = runs.every(({ isWithin }) => isWithin) ? 0 : 1;
}
