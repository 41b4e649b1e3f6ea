import { advice, peakPerSecond, proofCallsNeeded } from './advice.ts';
import { bill } from './bill.ts';
import { drain } from './drain.ts';
import type { Panel } from './picture.ts';
import { PRICES, PRICES_AS_OF, type Prices } from './prices.ts';
import { ASSUMED, type Shop } from './shop.ts';
import { asDeployed } from './stack.ts';

/** Orders a month. */
export const SIZES = [100, 10_000, 1_000_000];
/** Orders that wait, unless told. */
export const BACKLOG = 1000;

/** The shop as it is deployed, and what is assumed of it. */
export const shopAsDeployed = async (): Promise<Omit<Shop, 'orders' | 'isFreeUsed'>> => ({
  ...ASSUMED,
  ...(await asDeployed()),
});

/** With as many look-ups a minute as its daily proof needs. */
export const withProofCalls = (shop: Shop): Shop => ({
  ...shop,
  proofCallsPerMinute: Math.max(shop.proofCallsPerMinute, proofCallsNeeded(shop)),
});

/**
 * @param shop as it is deployed: what is to be changed is said of it
 * @param billed what is paid for
 */
export function panelOf(
  shop: Shop,
  billed = withProofCalls(shop),
  backlog = BACKLOG,
  prices: Prices = PRICES,
): Panel {
  const { perSecond, seconds, wall } = drain(backlog, billed);
  const changes = advice(shop);
  return {
    orders: shop.orders,
    lines: bill(billed, prices),
    says: [
      `${backlog} that wait are in Sitniks in ${seconds.toFixed(0)} s (${perSecond.toFixed(1)} a second); the wall is ${wall}.`,
      `The busiest hour brings ${peakPerSecond(billed).toFixed(2)} a second.`,
      ...(changes.length === 0 ? ['Change nothing.'] : changes.map((change) => `Change: ${change}.`)),
    ],
  };
}

export const titleOf = ({ crmMs }: Pick<Shop, 'crmMs'>): string =>
  `What a month costs (eu-central-1, prices assumed as of ${PRICES_AS_OF}; Sitniks takes ${crmMs} ms)`;
