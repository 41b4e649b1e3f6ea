import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import { turns } from '../../lib/queues/turns.ts';
import { LOCAL_API_KEY, LOCAL_TOKENS } from '../../local/local-secrets.ts';

/**
 * The ledger, SQS, Secrets Manager and the CRM as the functions see them on the happy path, in memory, each call answered
 * after so many milliseconds: so that what is measured is the functions' own work and their round trips, and no
 * stand-in's. What they do not know they refuse.
 */
export interface Services {
  /** The addresses of both, and the rest that a function has to be told. */
  environment: Record<string, string>;
  /** How long calls take from now on. */
  setDelays(delays: Delays): void;
  /** Since they were last asked for. */
  takeCounts(): Counts;
  /** What has been sent to OrdersQueue, since it was last asked for: nobody is handed it otherwise. */
  takeOrders(): Sent[];
}

export const delaysSchema = z.object({
  awsMs: z.number(),
  crmMs: z.number(),
  /** Calls that the CRM takes at a time, others wait; any number unless told. */
  crmTakes: z.number().optional(),
});
export type Delays = z.output<typeof delaysSchema>;

export const countsSchema = z.object({
  /** By name, such as `PutItem`; of the CRM `create` and `find`. */
  calls: z.record(z.string(), z.number()),
  /** That have been made to the CRM. */
  connections: z.number(),
  /** Calls at the CRM at the same moment, at most. */
  atOnce: z.number(),
});
export type Counts = z.output<typeof countsSchema>;

const itemSchema = z.record(
  z.string(),
  z.looseObject({ S: z.string().optional(), N: z.string().optional() }),
);
type Item = z.output<typeof itemSchema>;
const keyOf = (item: Item): string => item['external_id']?.S ?? '';

/** As the ledger writes over what it has read. */
const OVER = '#version = :seen AND written_by = :writer';

const getSchema = z.object({ Key: itemSchema });
const putSchema = z.object({
  Item: itemSchema,
  ConditionExpression: z.enum(['attribute_not_exists(external_id)', OVER]),
  ExpressionAttributeValues: itemSchema.default({}),
});
export const sentSchema = z.object({
  MessageBody: z.string(),
  MessageAttributes: z
    .record(z.string(), z.object({ DataType: z.string(), StringValue: z.string() }))
    .default({}),
});
export type Sent = z.output<typeof sentSchema>;
const sendSchema = sentSchema.extend({ QueueUrl: z.string() });
const changeSchema = z.object({ Entries: z.array(z.object({ Id: z.string() })) });
const secretSchema = z.object({ SecretId: z.string() });
const orderSchema = z.object({ external_id: z.string(), status: z.string() });

const REFUSED = { __type: 'ConditionalCheckFailedException' };

/** What the calls do by name; `undefined` where a condition is not met. */
function actionsOn(
  ledger: Map<string, Item>,
  sent: (queueUrl: string, message: Sent) => void,
): Readonly<Record<string, (input: unknown) => object | undefined>> {
  return {
    GetItem(input) {
      const item = ledger.get(keyOf(getSchema.parse(input).Key));
      return item === undefined ? {} : { Item: item };
    },
    PutItem(input) {
      const { Item: item, ConditionExpression, ExpressionAttributeValues } = putSchema.parse(input);
      const known = ledger.get(keyOf(item));
      const isMet =
        ConditionExpression === OVER
          ? known?.['version']?.N === ExpressionAttributeValues[':seen']?.N &&
            known?.['written_by']?.S === ExpressionAttributeValues[':writer']?.S
          : known === undefined;
      if (!isMet) return undefined;
      ledger.set(keyOf(item), item);
      return {};
    },
    SendMessage(input) {
      const { QueueUrl, ...message } = sendSchema.parse(input);
      sent(QueueUrl, message);
      return {
        MessageId: 'message',
        MD5OfMessageBody: createHash('md5').update(message.MessageBody).digest('hex'),
      };
    },
    ChangeMessageVisibilityBatch: (input) => ({
      Successful: changeSchema.parse(input).Entries.map(({ Id }) => ({ Id })),
    }),
    GetSecretValue: (input) => ({
      SecretString: secretSchema.parse(input).SecretId === 'tokens' ? LOCAL_TOKENS : LOCAL_API_KEY,
      VersionId: '1',
    }),
  };
}

export async function startServices(): Promise<Services> {
  let delays: Delays = { awsMs: 0, crmMs: 0 };
  let counts: Counts = { calls: {}, connections: 0, atOnce: 0 };
  let underWay = 0;
  let takeTurn = turns(Number.POSITIVE_INFINITY);
  let orders = 0;
  let posted: Sent[] = [];
  const actions = actionsOn(new Map(), (queueUrl, message) => {
    if (queueUrl.endsWith('/orders')) posted.push(message);
  });
  const count = (name: string) => {
    counts.calls[name] = (counts.calls[name] ?? 0) + 1;
  };

  const aws = createServer(async (request, response) => {
    const name = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    count(name);
    const answer = actions[name]?.(await bodyOf(request));
    await answered(response, delays.awsMs, answer === undefined ? 400 : 200, answer ?? REFUSED);
  });
  const crm = createServer(async (request, response) => {
    underWay += 1;
    counts.atOnce = Math.max(counts.atOnce, underWay);
    const isCreation = request.method === 'POST';
    count(isCreation ? 'create' : 'find');
    const body = await bodyOf(request);
    const turn = await takeTurn();
    if (isCreation) {
      orders += 1;
      await answered(response, delays.crmMs, 201, { id: orders, ...orderSchema.parse(body) });
    } else {
      await answered(response, delays.crmMs, 200, { data: [] });
    }
    turn.leave();
    underWay -= 1;
  });
  crm.on('connection', () => {
    counts.connections += 1;
  });

  const [awsUrl, crmUrl] = [await addressOf(aws), await addressOf(crm)];
  return {
    environment: {
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_SQS: awsUrl,
      AWS_ENDPOINT_URL_DYNAMODB: awsUrl,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: awsUrl,
      ORDERS_QUEUE_URL: `${awsUrl}/000000000000/orders`,
      DEAD_LETTER_QUEUE_URL: `${awsUrl}/000000000000/dead-letters`,
      OUTCOMES_QUEUE_URL: `${awsUrl}/000000000000/outcomes.fifo`,
      LEDGER_TABLE: 'Ledger',
      SITNIKS_BASE_URL: crmUrl,
      SITNIKS_API_KEY_SECRET: 'key',
      INTAKE_TOKENS_SECRET: 'tokens',
      INTAKE_TOKENS_LEAST_LENGTH: '1',
      // As deployed.
      PROVE_RECORDS: 'true',
    },
    setDelays(changed) {
      delays = changed;
      takeTurn = turns(changed.crmTakes ?? Number.POSITIVE_INFINITY);
    },
    takeCounts() {
      const taken = counts;
      counts = { calls: {}, connections: 0, atOnce: underWay };
      return taken;
    },
    takeOrders() {
      const taken = posted;
      posted = [];
      return taken;
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString());
}

async function answered(
  response: ServerResponse,
  delayMs: number,
  status: number,
  body: object,
): Promise<void> {
  if (delayMs > 0) await pause(delayMs);
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function addressOf(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = z.object({ port: z.number() }).parse(server.address());
  return `http://127.0.0.1:${port}`;
}
