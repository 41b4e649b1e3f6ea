import {
  type AttributeValue,
  ConditionalCheckFailedException,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod';

type Item = Record<string, AttributeValue>;
const itemSchema = z.record(
  z.string(),
  z.custom<AttributeValue>((value) => typeof value === 'object' && value !== null),
);
const named = {
  ExpressionAttributeNames: z.record(z.string(), z.string()).default({}),
  ExpressionAttributeValues: itemSchema.default({}),
};
/** Only a consistent read gives what was written last; the table has no other. */
const getSchema = z.object({
  ConsistentRead: z.literal(true),
  Key: z.object({ external_id: z.object({ S: z.string() }) }),
});
const putSchema = z.object({ Item: itemSchema, ConditionExpression: z.string().optional(), ...named });
const querySchema = z.object({
  KeyConditionExpression: z.string(),
  Limit: z.number().default(2),
  ExclusiveStartKey: itemSchema.optional(),
  ...named,
});

const textOf = (value: AttributeValue | undefined): string => value?.S ?? '';

/**
 * A table without a server, with as much of DynamoDB as the ledger uses: conditional writes, and reads of an index, which
 * gives two items a page. What its client is asked is kept by name, and `before` may come in between.
 */
export function memoryTable() {
  const items = new Map<string, Item>();
  const calls: string[] = [];
  const table = {
    items,
    calls,
    /** Happens before each call is answered. */
    before: async (_call: string): Promise<void> => undefined,
    /** Happens after each, and may lose its answer. */
    after: async (_call: string): Promise<void> => undefined,
    client: new DynamoDBClient({ region: 'eu-central-1' }),
  };

  type Named = z.output<z.ZodObject<typeof named>>;
  const holds = (
    item: Item,
    condition: string,
    { ExpressionAttributeNames, ExpressionAttributeValues }: Named,
  ) =>
    condition.split(' OR ').some((all) =>
      all.split(' AND ').every((one) => {
        const [, absent] = /^attribute_not_exists\((\w+)\)$/.exec(one) ?? [];
        if (absent !== undefined) return item[absent] === undefined;
        const [, name = '', sign, value = ''] = /^(#?\w+) (=|<>) (:\w+)$/.exec(one) ?? [];
        if (sign === undefined) throw new Error(`The table does not know this condition: ${one}`);
        const known = item[ExpressionAttributeNames[name] ?? name];
        const isSame = JSON.stringify(known) === JSON.stringify(ExpressionAttributeValues[value]);
        return isSame === (sign === '=');
      }),
    );

  function answer(call: string, input: unknown) {
    switch (call) {
      case 'GetItemCommand':
        return { Item: structuredClone(items.get(getSchema.parse(input).Key.external_id.S)) };
      case 'PutItemCommand': {
        const { Item, ConditionExpression, ...names } = putSchema.parse(input);
        const key = textOf(Item['external_id']);
        const isUnused = (name: string) => !ConditionExpression?.split(' ').includes(name);
        if (Object.keys(names.ExpressionAttributeValues).some(isUnused))
          throw new Error('As DynamoDB, the table takes no value that the condition does not use');
        const isRight =
          ConditionExpression === undefined || holds(items.get(key) ?? {}, ConditionExpression, names);
        if (!isRight) throw new ConditionalCheckFailedException({ $metadata: {}, message: 'no' });
        items.set(key, structuredClone(Item));
        return {};
      }
      case 'QueryCommand': {
        const query = querySchema.parse(input);
        const { ExpressionAttributeNames: names, ExpressionAttributeValues: values } = query;
        if (query.KeyConditionExpression !== '#hash = :hash AND #range BETWEEN :from AND :until')
          throw new Error('The table knows no other query');
        const [hash = '', range = ''] = [names['#hash'], names['#range']];
        const after = query.ExclusiveStartKey;
        const found = [...items.values()]
          .filter((item) => textOf(item[hash]) === textOf(values[':hash']))
          .filter((item) => textOf(item[range]) >= textOf(values[':from']))
          .filter((item) => textOf(item[range]) <= textOf(values[':until']))
          .filter((item) => after === undefined || textOf(item[range]) > textOf(after[range]))
          .toSorted((a, b) => (textOf(a[range]) < textOf(b[range]) ? -1 : 1));
        const page = found.slice(0, query.Limit);
        return { Items: page, LastEvaluatedKey: found.length > page.length ? page.at(-1) : undefined };
      }
      default:
        throw new Error(`The table does not know ${call}`);
    }
  }

  table.client.middlewareStack.add(
    (_next, { commandName = '' }) =>
      async ({ input }) => {
        calls.push(commandName);
        await table.before(commandName);
        const output = { $metadata: {}, ...answer(commandName, input) };
        await table.after(commandName);
        return { output, response: undefined };
      },
    { step: 'initialize', name: 'memory-table' },
  );
  return table;
}
