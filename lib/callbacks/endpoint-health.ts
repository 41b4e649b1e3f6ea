import { randomUUID } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';

/**
 * Keeps an endpoint that does not answer, or only slowly, from holding up everybody else's callbacks: until it has
 * answered quickly, one call at a time is made to it, over all containers.
 */
export interface EndpointHealth {
  /** Makes the call, unless the endpoint has to be spared for now: then `undefined`. */
  guard<T extends { answered: boolean }>(caller: string, call: () => Promise<T>): Promise<T | undefined>;
}

/** What an operator may want to know of it. */
export interface EndpointHealthSeen extends EndpointHealth {
  /** It did not answer, or somebody is finding out just now. */
  isSpared(caller: string): Promise<boolean>;
}

/** What answers within this holds up nobody. */
const QUICK_MS = 2_000;
/** For so long after a quick answer it may be called as often as there is something to tell. */
const PROVEN_MS = 10 * 60_000;
/** After no answer it is not called at all for so many times as long as it was waited for: a minute, of 15 s. */
const PAUSE_FACTOR = 4;
/** For SQS and the table around a call. */
const CALL_MARGIN_MS = 5_000;

/**
 * On DynamoDB, one item a caller beside that of `stopped-endpoints.ts`, with times in epoch ms.
 *
 * @param timeoutMs of one call
 */
export function endpointHealth(
  dynamodb: DynamoDBClient,
  table: string,
  timeoutMs: number,
  now: () => number = Date.now,
): EndpointHealthSeen {
  // No caller's name has this sign in it.
  const keyOf = (caller: string) => ({ S: `${caller}#health` });
  const write = (caller: string, times: { proven_until?: number; spared_until?: number }) => ({
    TableName: table,
    Item: {
      caller: keyOf(caller),
      mark: { S: randomUUID() },
      ...Object.fromEntries(Object.entries(times).map(([name, time]) => [name, { N: String(time) }])),
    },
  });

  async function read(caller: string) {
    const { Item } = await dynamodb.send(
      new GetItemCommand({ TableName: table, Key: { caller: keyOf(caller) }, ConsistentRead: true }),
    );
    const isAhead = (name: string) => Number(Item?.[name]?.N ?? 0) > now();
    return {
      isProven: isAhead('proven_until'),
      isSpared: isAhead('spared_until'),
      mark: Item?.['mark'],
    };
  }

  async function mayCall(caller: string): Promise<boolean> {
    const { isProven, isSpared, mark } = await read(caller);
    if (isProven) return true;
    if (isSpared) return false;
    try {
      // Of two containers that find it free, one calls.
      await dynamodb.send(
        new PutItemCommand({
          ...write(caller, { spared_until: now() + timeoutMs + CALL_MARGIN_MS }),
          ConditionExpression: mark === undefined ? 'attribute_not_exists(mark)' : 'mark = :mark',
          ...(mark !== undefined && { ExpressionAttributeValues: { ':mark': mark } }),
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  return {
    isSpared: async (caller) => (await read(caller)).isSpared,
    async guard(caller, call) {
      if (!(await mayCall(caller))) return undefined;
      const begunAt = now();
      const answer = await call();
      const isQuick = now() - begunAt <= QUICK_MS;
      if (!answer.answered) {
        await dynamodb.send(
          new PutItemCommand(write(caller, { spared_until: now() + PAUSE_FACTOR * timeoutMs })),
        );
      } else {
        // Slow, it is free for the next one, and no more.
        const times = isQuick ? { proven_until: now() + PROVEN_MS } : {};
        await dynamodb.send(new PutItemCommand(write(caller, times)));
      }
      return answer;
    },
  };
}

/** The same for one batch: what comes first for a caller finds out, and then the others go side by side. */
export function findingOut({ guard }: EndpointHealth): EndpointHealth {
  const first = new Map<string, Promise<unknown>>();
  return {
    async guard(caller, call) {
      const before = first.get(caller);
      if (before === undefined) {
        const mine = guard(caller, call);
        first.set(
          caller,
          mine.catch(() => undefined),
        );
        return mine;
      }
      return (await before) === undefined ? undefined : guard(caller, call);
    },
  };
}
