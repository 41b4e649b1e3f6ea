import type { CRMResponse } from '../result.ts';
import { type Newest, type ReadPage, walkNewest } from './newest.ts';

interface Reading {
  since: number;
  /** Begun with the first page. */
  walk?: ReturnType<typeof walkNewest>;
}

/** Orders whose part in a reading is remembered. */
const MOST_ORDERS = 100;

/**
 * Reads the newest orders for all who look for an order at the time: the calls of the key would not do for each to read
 * them by itself. An order has its part only in a reading that was begun after it was first looked for; whoever comes
 * meanwhile waits for the next. What the time, the pace or a fault breaks off goes on with whoever comes, whether it has
 * a part in it or not: else each would begin one of its own, and none would ever be done.
 */
export function createReader() {
  const partOf = new Map<string, Reading>();
  let underWay: Reading | undefined;
  let next: Reading | undefined;
  let last: Promise<unknown> = Promise.resolve();

  function readingFor(externalId: string, since: number): Reading {
    const begun = partOf.get(externalId);
    if (begun !== undefined && begun.since <= since) return begun;
    next ??= { since };
    next.since = Math.min(next.since, since);
    // The oldest goes: a Map keeps the order in which it was filled.
    const oldest = partOf.keys().next().value;
    if (partOf.size >= MOST_ORDERS && oldest !== undefined) partOf.delete(oldest);
    partOf.set(externalId, next);
    return next;
  }

  async function readOn(reading: Reading, readPage: ReadPage): Promise<CRMResponse<Newest>> {
    reading.walk ??= walkNewest(reading.since);
    const read = await reading.walk.readOn(readPage);
    if (read.ok && underWay === reading) underWay = undefined;
    return read;
  }

  return {
    isReading: (externalId: string): boolean => partOf.has(externalId),

    /** @param since epoch ms */
    async read(externalId: string, since: number, readPage: ReadPage): Promise<CRMResponse<Newest>> {
      const reading = readingFor(externalId, since);
      const turn = last.then(async () => {
        if (reading === next) {
          const before = underWay && (await readOn(underWay, readPage));
          if (before?.ok === false) return before;
          underWay = reading;
          next = undefined;
        }
        return readOn(reading, readPage);
      });
      last = turn.catch(() => undefined);
      const read = await turn;
      if (read.ok) partOf.delete(externalId);
      return read;
    },
  };
}
