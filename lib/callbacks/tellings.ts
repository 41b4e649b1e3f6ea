import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';
import { type Log, nameOf } from '../lambda/observability.ts';
import { OUTCOMES, type Outcome } from '../ledger/outcome.ts';

const tellingSchema = z.object({
  event_id: z.string(),
  type: z.enum(OUTCOMES),
  /** The caller who was told. */
  to: z.string(),
  /** ISO 8601. */
  at: z.string(),
  /** Which try it was. */
  attempt: z.number(),
  /** `told`: a 2xx. `nobody`: the caller has no endpoint, and asks. */
  result: z.enum(['told', 'failed', 'nobody']),
  /** HTTP's. */
  status: z.optional(z.number()),
  /** Why no answer came. */
  no_answer: z.optional(z.string()),
});
/** The last try to tell an outcome, and how it was answered. Nothing personal. */
export type Telling = z.output<typeof tellingSchema>;

/** Remembers of each order, and each kind of outcome, how it was last told: for whoever is asked why a bot knows nothing. */
export interface Tellings {
  /** Never throws: what was told is told. */
  note(
    outcome: Outcome,
    telling: Pick<Telling, 'attempt' | 'result' | 'status' | 'no_answer'>,
  ): Promise<void>;
}

/** As long as a record of the ledger's. */
const KEPT_SECONDS = 90 * 24 * 60 * 60;

// No caller's name has this sign in it.
const keyOf = (externalId: string, type: string) => ({ S: `#told ${type} ${externalId}` });

/** On DynamoDB, an item for each order and kind of outcome beside those of `stopped-endpoints.ts`. */
export const tellings = (
  dynamodb: DynamoDBClient,
  table: string,
  log: Log,
  now: () => number = Date.now,
): Tellings => ({
  async note({ id, type, external_id, submitted_by }, { attempt, result, status, no_answer }) {
    if (external_id === undefined || submitted_by === undefined) return;
    const put = new PutItemCommand({
      TableName: table,
      Item: {
        caller: keyOf(external_id, type),
        event_id: { S: id },
        type: { S: type },
        to: { S: submitted_by },
        at: { S: new Date(now()).toISOString() },
        attempt: { N: String(attempt) },
        result: { S: result },
        ...(status !== undefined && { status: { N: String(status) } }),
        ...(no_answer !== undefined && { no_answer: { S: no_answer } }),
        expires_at: { N: String(Math.floor(now() / 1000) + KEPT_SECONDS) },
      },
    });
    await dynamodb.send(put).catch((error) => {
      log.warn('Callback not noted', { external_id, error_name: nameOf(error) });
    });
  },
});

/** How an order's outcomes were last told, the oldest first. */
export async function tellingsOf(
  dynamodb: DynamoDBClient,
  table: string,
  externalId: string,
): Promise<Telling[]> {
  const items = await Promise.all(
    OUTCOMES.map((type) =>
      dynamodb.send(
        new GetItemCommand({
          TableName: table,
          Key: { caller: keyOf(externalId, type) },
          ConsistentRead: true,
        }),
      ),
    ),
  );
  return items
    .flatMap(({ Item }) => (Item === undefined ? [] : tellingSchema.parse(unmarshall(Item))))
    .toSorted((a, b) => (a.at < b.at ? -1 : 1));
}
