import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod';

/** A message as it was sent to the queue. */
export interface Queued {
  body: string;
  submittedBy: string | undefined;
}

/** SQS and DynamoDB, as far as `acceptOrder` needs them, over real HTTP but in memory: hundreds of thousands of calls. */
export interface Doubles {
  environment: Record<string, string>;
  queued: readonly Queued[];
  stop(): void;
}

/** What SQS takes (API reference, SendMessage): it refuses a body with anything else, for good. */
const SQS_CHARACTERS = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u;

const sendInput = z.object({
  MessageBody: z.string(),
  MessageAttributes: z.record(z.string(), z.object({ StringValue: z.string().min(1) })).default({}),
});
const item = z.looseObject({
  external_id: z.object({ S: z.string() }),
  version: z.object({ N: z.string() }),
});
const getInput = z.object({ Key: z.object({ external_id: z.object({ S: z.string() }) }) });
const putInput = z.object({
  Item: item,
  ConditionExpression: z.enum(['attribute_not_exists(external_id)', '#version = :seen']),
  ExpressionAttributeValues: z.object({ ':seen': z.object({ N: z.string() }) }).optional(),
});

type Answer = { status?: number; body: object };

export async function startDoubles(): Promise<Doubles> {
  const queued: Queued[] = [];
  const items = new Map<string, z.output<typeof item>>();

  const sqs = await serve((_target, body) => {
    const { MessageBody, MessageAttributes } = sendInput.parse(body);
    if (!SQS_CHARACTERS.test(MessageBody) || MessageBody === '') {
      return { status: 400, body: { __type: 'com.amazonaws.sqs#InvalidMessageContents' } };
    }
    queued.push({ body: MessageBody, submittedBy: MessageAttributes['submitted_by']?.StringValue });
    return {
      body: {
        MessageId: randomUUID(),
        MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
      },
    };
  });
  const dynamodb = await serve((target, body) => {
    if (target.endsWith('.GetItem'))
      return { body: { Item: items.get(getInput.parse(body).Key.external_id.S) } };
    const { Item, ConditionExpression, ExpressionAttributeValues } = putInput.parse(body);
    const known = items.get(Item.external_id.S);
    const isMet =
      ConditionExpression === 'attribute_not_exists(external_id)'
        ? known === undefined
        : known?.version.N === ExpressionAttributeValues?.[':seen'].N;
    if (!isMet) {
      const __type = 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException';
      return { status: 400, body: { __type } };
    }
    items.set(Item.external_id.S, Item);
    return { body: {} };
  });

  return {
    environment: {
      AWS_ENDPOINT_URL_SQS: urlOf(sqs),
      AWS_ENDPOINT_URL_DYNAMODB: urlOf(dynamodb),
      ORDERS_QUEUE_URL: `${urlOf(sqs)}/000000000000/orders`,
      LEDGER_TABLE: 'Ledger',
    },
    queued,
    stop() {
      for (const server of [sqs, dynamodb]) server.close().closeAllConnections();
    },
  };
}

async function serve(answer: (target: string, body: unknown) => Answer): Promise<Server> {
  const server = createServer(async (request, response) => {
    const { status = 200, body } = answer(
      `${request.headers['x-amz-target']}`,
      JSON.parse(await text(request)),
    );
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server listens on no port');
  return `http://127.0.0.1:${address.port}`;
}
