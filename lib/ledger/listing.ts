import { type DynamoDBClient, paginateQuery, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import * as z from 'zod/mini';
import { followingSince, isFollowing } from './following.ts';
import { isUntold } from './outbox.ts';
import type { LedgerRecord } from './record.ts';
import { type Phase, phaseOf } from './states.ts';

/** What is not in the CRM is listed by its phase; what is, but has not been told or is still followed, as under way. */
export type ListedPhase = Exclude<Phase, 'in_crm'>;

/** By which the ledger's two indexes list a record: written with it, and no part of it. */
export interface IndexKeys {
  /** UTC day on which the order came (`2026-01-31`), and when (ISO 8601). Of every record, and never changed. */
  day: string;
  accepted_at: string;
  /** Missing of what is in the CRM, told, and followed by nothing, so that the index holds only what is not. `since`: ISO 8601. */
  phase?: ListedPhase | 'aside';
  since?: string;
}

/**
 * The two indexes carry keys only. An order that goes straight into the CRM writes each of them once, and takes itself
 * out of the second once: `since` stays while an order is tried again and again.
 */
export function indexKeysOf(record: LedgerRecord, now: number): IndexKeys {
  const { state, history, settled_at } = record;
  const begunAnew = history.findLast(({ step }) => step === 'restarted' || step === 'returned');
  const lastStep = history.at(-1)?.at ?? new Date(now).toISOString();
  const accepted_at = history[0]?.at ?? lastStep;
  const keys = { day: accepted_at.slice(0, 'YYYY-MM-DD'.length), accepted_at };
  const underWay = { ...keys, phase: 'under_way', since: begunAnew?.at ?? accepted_at } as const;
  switch (phaseOf(state)) {
    case 'in_crm':
      // Until it has been told it stays as it was listed, so that whoever looks for what came to no end finds it.
      if (isUntold(record)) return underWay;
      return isFollowing(record)
        ? { ...keys, phase: 'under_way', since: followingSince(record) ?? lastStep }
        : keys;
    case 'under_way':
      return underWay;
    case 'waiting': {
      const since = settled_at === undefined ? lastStep : new Date(settled_at).toISOString();
      return { ...keys, phase: 'waiting', since };
    }
  }
}

/** Of a story beside a number's own: listed only until its end has been told, and apart from the numbers. */
export function asideIndexKeysOf(story: LedgerRecord): Pick<IndexKeys, 'phase' | 'since'> {
  const since = story.history.at(-1)?.at;
  const isListed = phaseOf(story.state) === 'under_way' || isUntold(story);
  return isListed && since !== undefined ? { phase: 'aside', since } : {};
}

/** An order as an index names it. */
export interface Listed {
  external_id: string;
  /** ISO 8601: when it came; of a phase, since when it is in it. */
  at: string;
}

/** Lists orders by their numbers. An index follows the table within about a second. */
export interface Listing {
  /** What came from `from` until before `until` (epoch ms), the oldest first. */
  cameBetween(from: number, until: number): AsyncIterable<Listed>;
  /** What is in this phase since before `until`, and not since before `from` (epoch ms), the longest first. */
  inPhase(phase: ListedPhase, until?: number, from?: number): AsyncIterable<Listed>;
  /** What has been in this phase the longest. */
  longestInPhase(phase: ListedPhase): Promise<Listed | undefined>;
  /** Stories beside a number's own that have had no end, or not told it, since before `until` (epoch ms), by their keys. */
  aside(until: number): AsyncIterable<Listed>;
}

/** Names of the indexes, as `infrastructure` makes them. */
const BY_DAY = 'by_day';
const BY_PHASE = 'by_phase';

/** Sorts after every time. */
const AFTER_ALL = '~';

const DAY_MS = 24 * 60 * 60 * 1000;

const text = z.pipe(
  z.object({ S: z.string() }),
  z.transform(({ S }) => S),
);
const listedSchema = z.object({ external_id: text, at: text });

export function createListing(dynamodb: DynamoDBClient, table: string): Listing {
  async function* query(
    index: typeof BY_DAY | typeof BY_PHASE,
    [hash, value]: ['day' | 'phase', string],
    [range, from, until]: ['accepted_at' | 'since', string, string],
    Limit?: number,
  ): AsyncIterable<Listed> {
    const input: QueryCommandInput = {
      TableName: table,
      IndexName: index,
      KeyConditionExpression: '#hash = :hash AND #range BETWEEN :from AND :until',
      ExpressionAttributeNames: { '#hash': hash, '#range': range },
      ExpressionAttributeValues: { ':hash': { S: value }, ':from': { S: from }, ':until': { S: until } },
      Limit,
    };
    for await (const { Items = [] } of paginateQuery({ client: dynamodb }, input)) {
      for (const item of Items) {
        const listed = listedSchema.parse({ external_id: item['external_id'], at: item[range] });
        // BETWEEN takes both ends, and the last is not meant.
        if (listed.at < until) yield listed;
      }
    }
  }

  return {
    async *cameBetween(from, until) {
      const [first, end] = [new Date(from).toISOString(), new Date(until).toISOString()];
      for (let day = from - (from % DAY_MS); day < until; day += DAY_MS) {
        yield* query(
          BY_DAY,
          ['day', new Date(day).toISOString().slice(0, 'YYYY-MM-DD'.length)],
          ['accepted_at', first, end],
        );
      }
    },
    aside: (until) => query(BY_PHASE, ['phase', 'aside'], ['since', '0', new Date(until).toISOString()]),
    async longestInPhase(phase) {
      for await (const one of query(BY_PHASE, ['phase', phase], ['since', '0', AFTER_ALL], 1)) return one;
      return undefined;
    },
    inPhase: (phase, until, from = 0) =>
      query(
        BY_PHASE,
        ['phase', phase],
        [
          'since',
          new Date(from).toISOString(),
          until === undefined ? AFTER_ALL : new Date(until).toISOString(),
        ],
      ),
  };
}
