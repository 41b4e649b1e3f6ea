import type { LedgerRecord } from '../ledger/record.ts';
import type { Held } from './bodies.ts';

/** An order that may be sent back: all its letters, which are copies of each other: of one content, and one caller. */
export interface Returning {
  external_id: string;
  letters: readonly Held[];
  /** The one that has been sent back most often, and so knows how often that was. */
  newest: Held & { body: string };
  /** The ledger's version before it is sent: what is written after is news of it. */
  version: number;
}

/** How the time until an order may be the probe again grows with each of its returns. */
const WAIT_FACTOR = 3;

/**
 * One entry an order. A crash between sending and deleting can leave two letters of one. Not of one whose body was not
 * kept.
 */
export function returnsOf(
  judged: readonly { letter: Held; record: LedgerRecord | undefined }[],
): Returning[] {
  const byOrder = Map.groupBy(judged, ({ letter: { external_id, content_hash, asks, pays, submitted_by } }) =>
    // An order's status may have a letter of its own, and a payment: no copy of the order's.
    JSON.stringify([external_id, content_hash ?? asks, pays, submitted_by]),
  );
  return [...byOrder.values()].flatMap((copies) => {
    const letters = copies.map(({ letter }) => letter);
    const newest = letters.toSorted((a, b) => b.redriven - a.redriven || b.parkedAt - a.parkedAt)[0];
    if (newest?.external_id === undefined || newest.body === undefined) return [];
    const { external_id, body } = newest;
    return [{ external_id, letters, newest: { ...newest, body }, version: copies[0]?.record?.version ?? 0 }];
  });
}

/**
 * The orders to send, the probe first; none while no order may be the probe.
 *
 * An order may be it from `base × 3^returns` after it was parked (5, 15, 45, 135, 405 minutes), so that its five
 * returns outlast a night. The one that was sent back least often goes first, the oldest of those, so that an outage
 * spends another order each time, and one order that always fails does not keep the others from being tried. Once the
 * probe has got through, the others' own waiting does not matter.
 */
export function toSendNow(returning: readonly Returning[], baseMs: number, now: number): Returning[] {
  const inTurn = returning.toSorted(
    ({ newest: a }, { newest: b }) => a.redriven - b.redriven || a.parkedAt - b.parkedAt,
  );
  const probe = inTurn.find(({ newest }) => now >= newest.parkedAt + baseMs * WAIT_FACTOR ** newest.redriven);
  return probe === undefined ? [] : [probe, ...inTurn.filter((order) => order !== probe)];
}
