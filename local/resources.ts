import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';

/** What of CloudFormation the local stack can make: queues and tables. The rest of a template has no local twin. */
const templateSchema = z.object({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string(), Properties: z.unknown().optional() })),
});

const queueSchema = z.looseObject({
  QueueName: z.string(),
  RedrivePolicy: z
    .object({
      deadLetterTargetArn: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
      maxReceiveCount: z.number(),
    })
    .optional(),
});

const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));

const tableSchema = z.object({
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  KeySchema: keySchema,
  GlobalSecondaryIndexes: z
    .array(
      z.object({
        IndexName: z.string(),
        KeySchema: keySchema,
        Projection: z.object({ ProjectionType: z.literal('KEYS_ONLY') }),
      }),
    )
    .optional(),
});

/** Properties of a queue that are SQS attributes of the same name, and that make a difference on this machine. */
const QUEUE_ATTRIBUTES = [
  'VisibilityTimeout',
  'MessageRetentionPeriod',
  'DelaySeconds',
  'ReceiveMessageWaitTimeSeconds',
  'MaximumMessageSize',
  'FifoQueue',
] as const;

/** What `Ref` and `Fn::GetAtt …Arn` of a made resource stand for. */
export interface MadeResource {
  ref: string;
  arn: string;
}

/** Names of the template's queues by logical id. */
export function queueNames(template: unknown): Map<string, string> {
  return new Map(
    Object.entries(templateSchema.parse(template).Resources)
      .filter(([, { Type }]) => Type === 'AWS::SQS::Queue')
      .map(([id, { Properties }]) => [id, queueSchema.parse(Properties).QueueName]),
  );
}

/** Logical ids of the template's tables, which are their names on this machine. */
export const tableNames = (template: unknown): string[] =>
  Object.entries(templateSchema.parse(template).Resources)
    .filter(([, { Type }]) => Type === 'AWS::DynamoDB::Table')
    .map(([id]) => id);

/**
 * Makes the template's queues and tables on the given services, from the same properties that CloudFormation gets: so
 * local settings cannot drift from deployed ones.
 *
 * @returns what was made, by logical id.
 */
export async function makeResources(
  template: unknown,
  { sqs, dynamodb }: { sqs: SQSClient; dynamodb: DynamoDBClient },
): Promise<Map<string, MadeResource>> {
  const resources = Object.entries(templateSchema.parse(template).Resources);
  const made = new Map<string, MadeResource>();

  const queues = resources
    .filter(([, { Type }]) => Type === 'AWS::SQS::Queue')
    .map(([id, { Properties }]) => ({ id, properties: queueSchema.parse(Properties) }))
    // A queue's redrive policy names another, which must be there first.
    .sort(
      (a, b) =>
        Number(a.properties.RedrivePolicy !== undefined) - Number(b.properties.RedrivePolicy !== undefined),
    );
  for (const { id, properties } of queues) made.set(id, await makeQueue(sqs, properties, made));

  for (const [id, { Type, Properties }] of resources) {
    if (Type === 'AWS::DynamoDB::Table')
      made.set(id, await makeTable(dynamodb, id, tableSchema.parse(Properties)));
  }
  return made;
}

async function makeQueue(
  sqs: SQSClient,
  properties: z.output<typeof queueSchema>,
  made: ReadonlyMap<string, MadeResource>,
): Promise<MadeResource> {
  const { QueueName, RedrivePolicy } = properties;
  const attributes: Record<string, string> = {};
  for (const name of QUEUE_ATTRIBUTES) {
    if (properties[name] !== undefined) attributes[name] = String(properties[name]);
  }
  if (RedrivePolicy !== undefined) {
    const [target] = RedrivePolicy.deadLetterTargetArn['Fn::GetAtt'];
    attributes['RedrivePolicy'] = JSON.stringify({
      deadLetterTargetArn: made.get(target)?.arn,
      maxReceiveCount: RedrivePolicy.maxReceiveCount,
    });
  }
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName, Attributes: attributes }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  return { ref: await reachable(sqs, QueueUrl), arn: Attributes?.QueueArn ?? '' };
}

/**
 * The queue's URL under the address that the client itself uses: fauxqs names queues `sqs.<region>.localhost`, which
 * not every machine can resolve, and the SDK calls the host of the queue's URL.
 */
export async function reachable(sqs: SQSClient, queueUrl: string): Promise<string> {
  const endpoint = await sqs.config.endpoint?.();
  if (endpoint === undefined) return queueUrl;
  const { protocol, hostname, port } = endpoint;
  return `${protocol}//${hostname}:${port}${new URL(queueUrl).pathname}`;
}

async function makeTable(
  dynamodb: DynamoDBClient,
  id: string,
  { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes }: z.output<typeof tableSchema>,
): Promise<MadeResource> {
  const { TableDescription } = await dynamodb.send(
    new CreateTableCommand({
      TableName: id,
      AttributeDefinitions,
      KeySchema,
      ...(GlobalSecondaryIndexes && { GlobalSecondaryIndexes }),
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  return { ref: id, arn: TableDescription?.TableArn ?? '' };
}
