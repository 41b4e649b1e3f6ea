import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';

/** Endpoints that have answered 410: they are not called again (Standard Webhooks, "Delivery success and failure"). */
export interface StoppedEndpoints {
  /**
   * Whether this caller's endpoint, as it stands in this version of the callbacks secret, has stopped. One consistent
   * read each time, so that what one container has been told holds in all of them at once.
   */
  has(caller: string, version: string): Promise<boolean>;
  /** Stops it until the secret is written anew, be it with the same text: that is how it is started again. */
  stop(caller: string, version: string): Promise<void>;
}

/** On DynamoDB, one item a caller: `{ caller, version, stopped_at }`, the time in ISO 8601. */
export function stoppedEndpoints(
  dynamodb: DynamoDBClient,
  table: string,
  now: () => number = Date.now,
): StoppedEndpoints {
  return {
    async has(caller, version) {
      const { Item } = await dynamodb.send(
        new GetItemCommand({ TableName: table, Key: { caller: { S: caller } }, ConsistentRead: true }),
      );
      return Item?.['version']?.S === version;
    },

    async stop(caller, version) {
      await dynamodb.send(
        new PutItemCommand({
          TableName: table,
          Item: {
            caller: { S: caller },
            version: { S: version },
            stopped_at: { S: new Date(now()).toISOString() },
          },
        }),
      );
    },
  };
}
