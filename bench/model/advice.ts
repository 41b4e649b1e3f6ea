import { drain } from './drain.ts';
import type { Shop } from './shop.ts';

/** In a shop's busiest hour comes a tenth of the day. */
const BUSIEST_HOUR = 0.1;
/** Of orders a second, at the door: infrastructure/api.yml. */
const DOOR_PER_SECOND = 50;
/** Of a morning: 60 runs of nine minutes. */
const PROOF_MINUTES = 60 * 9;
/** How long a night's outage may take to catch up on. */
const CATCH_UP_SECONDS = 60 * 60;

export const peakPerSecond = ({ orders }: Pick<Shop, 'orders'>): number =>
  ((orders / 30) * BUSIEST_HOUR) / 3600;

/** A minute, for a morning to be enough. */
export const proofCallsNeeded = ({ orders }: Pick<Shop, 'orders'>): number =>
  Math.ceil(orders / 30 / PROOF_MINUTES);

/** What to change for so many orders, and why. Nothing: the parameters do as they are. */
export function advice(shop: Shop): string[] {
  const peak = peakPerSecond(shop);
  const { perSecond, wall } = drain(1_000_000, shop);
  const day = drain(shop.orders / 30, shop);
  const needed = proofCallsNeeded(shop);
  const says: string[] = [];
  if (perSecond < 2 * peak) {
    const goes = perSecond.toFixed(1);
    says.push(
      wall === 'the containers'
        ? `syncConcurrency=${Math.ceil((shop.concurrency * 2 * peak) / perSecond)}: the busiest hour brings ${peak.toFixed(1)} orders a second, and ${goes} get through`
        : `ask Sitniks for more calls: the busiest hour brings ${peak.toFixed(1)} orders a second, and the key allows ${goes}`,
    );
  }
  if (day.seconds > CATCH_UP_SECONDS) {
    says.push(
      `after a day's outage it takes ${Math.round(day.seconds / 60)} min to catch up: the wall is ${wall}`,
    );
  }
  if (needed > shop.proofCallsPerMinute) {
    says.push(
      `proofCallsPerMinute=${needed}: a morning is too short for ${Math.round(shop.orders / 30)} look-ups`,
    );
  }
  if (peak > DOOR_PER_SECOND / 2) {
    says.push(
      `a higher ThrottlingRateLimit in infrastructure/api.yml: the door takes ${DOOR_PER_SECOND} a second`,
    );
  }
  return says;
}
