import type { Shop } from './shop.ts';

export type Wall = "the CRM's limit" | 'the containers';

export interface Drain {
  /** Orders. */
  perSecond: number;
  seconds: number;
  /** What would have to give way for it to be faster. */
  wall: Wall;
}

export type Draining = Pick<
  Shop,
  'crmMs' | 'crmPerSecond' | 'orderMs' | 'batchMs' | 'batch' | 'atOnce' | 'concurrency'
>;

/** How long a backlog of so many takes, by one call of the CRM's for each order. Each container takes batch after batch. */
export function drain(backlog: number, shop: Draining): Drain {
  const { batch, concurrency, crmPerSecond = Number.POSITIVE_INFINITY } = shop;
  const seconds = batchSeconds(shop);
  const containers = (concurrency * batch) / seconds;
  // Whole rounds: the last batches take as long as the first.
  const byContainers = Math.ceil(backlog / (concurrency * batch)) * seconds;
  const byCrm = backlog / crmPerSecond;
  return byCrm > byContainers
    ? { perSecond: crmPerSecond, seconds: byCrm, wall: "the CRM's limit" }
    : { perSecond: containers, seconds: byContainers, wall: 'the containers' };
}

/** Of one batch, some of its orders at a time. */
export const batchSeconds = ({ batch, atOnce, crmMs, orderMs, batchMs }: Draining): number =>
  (Math.ceil(batch / atOnce) * (crmMs + orderMs) + batchMs) / 1000;

/** Of a container's own time by the batch, from how long a measured backlog took. */
export function overheadOf(backlog: number, measuredSeconds: number, shop: Draining): number {
  const rounds = Math.ceil(backlog / (shop.concurrency * shop.batch));
  const withoutIt = batchSeconds({ ...shop, batchMs: 0 });
  return Math.max(0, (measuredSeconds / rounds - withoutIt) * 1000);
}
