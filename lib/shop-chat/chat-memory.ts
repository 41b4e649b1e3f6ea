import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import * as z from 'zod/mini';

/** What is remembered of a caller's chat from one run to the next: numbers of orders and codes, nothing personal. */
export interface Memory {
  told: Map<string, string>;
  /** Telegram is left alone before this (epoch ms). */
  notBefore: number;
  /** Version of the secret under which the bot was put out of the chat, or never was in it. */
  stoppedVersion: string | undefined;
}

export interface ChatMemory {
  get(caller: string): Promise<Memory>;
  put(caller: string, memory: Memory): Promise<void>;
}

const memorySchema = z.object({
  told: z.record(z.string(), z.string()),
  not_before: z.number(),
  stopped_version: z.optional(z.string()),
});

/** On DynamoDB, one item a caller. */
export function chatMemory(dynamodb: DynamoDBClient, table: string): ChatMemory {
  return {
    async get(caller) {
      const { Item } = await dynamodb.send(
        new GetItemCommand({ TableName: table, Key: { caller: { S: caller } }, ConsistentRead: true }),
      );
      if (Item === undefined) return { told: new Map(), notBefore: 0, stoppedVersion: undefined };
      const { told, not_before, stopped_version } = memorySchema.parse(unmarshall(Item));
      return { told: new Map(Object.entries(told)), notBefore: not_before, stoppedVersion: stopped_version };
    },
    async put(caller, { told, notBefore, stoppedVersion }) {
      await dynamodb.send(
        new PutItemCommand({
          TableName: table,
          Item: marshall(
            {
              caller,
              told: Object.fromEntries(told),
              not_before: notBefore,
              stopped_version: stoppedVersion,
            },
            { removeUndefinedValues: true },
          ),
        }),
      );
    },
  };
}
