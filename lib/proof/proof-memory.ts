import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { type Proof, proofSchema } from './proof.ts';

/** How far the proofs of the last days have come: a table of its own, so that who proves has no right to write orders. */
export interface ProofMemory {
  get(day: string): Promise<Proof | undefined>;
  /** Over the version that it was made from. @returns what was written; `undefined` where another run was faster. */
  put(proof: Proof): Promise<Proof | undefined>;
}

/** As long as the orders' own records. */
const RETENTION_SECONDS = 90 * 24 * 60 * 60;

/** On DynamoDB, one item a day. */
export function proofMemory(
  dynamodb: DynamoDBClient,
  table: string,
  now: () => number = Date.now,
): ProofMemory {
  return {
    async get(day) {
      const { Item } = await dynamodb.send(
        new GetItemCommand({ TableName: table, Key: { day: { S: day } }, ConsistentRead: true }),
      );
      return Item === undefined ? undefined : proofSchema.parse(unmarshall(Item));
    },
    async put(proof) {
      const written = { ...proof, version: proof.version + 1 };
      const expires_at = Math.floor(now() / 1000) + RETENTION_SECONDS;
      try {
        await dynamodb.send(
          new PutItemCommand({
            TableName: table,
            Item: marshall({ ...written, expires_at }),
            ConditionExpression: 'attribute_not_exists(#day) OR #version = :seen',
            ExpressionAttributeNames: { '#day': 'day', '#version': 'version' },
            ExpressionAttributeValues: { ':seen': { N: String(proof.version) } },
          }),
        );
        return written;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return undefined;
        throw error;
      }
    },
  };
}
