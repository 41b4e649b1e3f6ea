import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** Sees what a client is asked while `work` goes on. What it throws is what whoever asked gets. */
export async function watching<T>(
  client: DynamoDBClient,
  see: (call: string, input: object) => void,
  work: () => Promise<T>,
): Promise<T> {
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        see(commandName, args.input);
        return next(args);
      },
    { step: 'initialize', name: 'watching' },
  );
  try {
    return await work();
  } finally {
    client.middlewareStack.remove('watching');
  }
}
