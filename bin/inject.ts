#!/usr/bin/env node
/**
 * Puts files straight onto OrdersQueue, as anyone with the right to send could: each file's text is the body of a
 * message, byte for byte, and nothing is checked. So poison can be injected too.
 */
import { readFile } from 'node:fs/promises';
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Command, InvalidArgumentError } from 'commander';
import * as z from 'zod';
import { outsideUrl } from '../lib/http-calls/outside-url.ts';
import { nameOf } from '../lib/lambda/observability.ts';
import { externalIdSchema } from '../lib/order/external-id.ts';
import { readPorts } from '../local/ports.ts';
import { reachable } from '../local/resources.ts';

const LOCAL_QUEUE = 'sitniks-orders-local-orders';
const LOCAL_REGION = 'eu-central-1';

interface InjectOptions {
  count: number;
  submittedBy?: string;
  queueUrl?: string;
}

interface Queue {
  sqs: SQSClient;
  queueUrl: string;
}

/** What went wrong, in a line for whoever has typed the command. */
class Refusal extends Error {}

await new Command('inject')
  .description('Puts each file onto OrdersQueue as one message, byte for byte and unchecked.')
  .argument('<files...>', 'one message each; a list of orders is one message, too')
  .option('--count <number>', 'how often to send each file', wholeNumber, 1)
  .option('--submitted-by <caller>', "in this caller's name: only then can anybody ask for it", callerName)
  .option('--queue-url <url>', "a deployed queue's URL; without it, the local stack's that npm start runs")
  .action(async (files: string[], options: InjectOptions) => {
    try {
      await inject(files, options);
    } catch (error) {
      console.error(error instanceof Refusal ? error.message : `Unexpected: ${nameOf(error)}`);
      process.exitCode = 1;
    }
  })
  .parseAsync();

async function inject(files: string[], { count, submittedBy, queueUrl }: InjectOptions): Promise<void> {
  // All of them before the first is sent: a slip in a name leaves nothing half done.
  const messages = await Promise.all(files.map(async (file) => ({ file, body: await readText(file) })));
  const queue = queueUrl === undefined ? await localQueue() : deployedQueue(queueUrl);
  try {
    for (const { file, body } of messages) {
      for (let sent = 0; sent < count; sent += 1)
        console.log(`${file}  ${await send(queue, file, body, submittedBy)}`);
    }
    const numbers = new Set(messages.map(({ body }) => numberIn(body)));
    for (const number of numbers) console.error(whereToLook(number, submittedBy, queueUrl !== undefined));
  } finally {
    queue.sqs.destroy();
  }
}

async function readText(file: string): Promise<string> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new Refusal(`${file} cannot be read (${error.code})`);
  });
  try {
    // A byte order mark is part of the body like any other letter.
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refusal(`${file} is not UTF-8, and SQS carries nothing but text`);
  }
}

async function localQueue(): Promise<Queue> {
  const ports = portsOrRefusal();
  // Only here, because every stand-in is loaded with it.
  const { environmentOf } = await import('../local/stack.ts');
  const environment = environmentOf(ports, LOCAL_REGION);
  const sqs = new SQSClient({
    maxAttempts: 1,
    region: LOCAL_REGION,
    endpoint: environment.AWS_ENDPOINT_URL_SQS,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID,
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY,
    },
  });
  try {
    const { QueueUrl = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName: LOCAL_QUEUE }));
    return { sqs, queueUrl: await reachable(sqs, QueueUrl) };
  } catch {
    sqs.destroy();
    throw new Refusal(
      `No local stack on port ${ports.SQS_PORT} (SQS_PORT): run npm start in another terminal, or name a queue by --queue-url`,
    );
  }
}

/** The `external_id` of what may be an order. */
function numberIn(body: string): string | undefined {
  try {
    return z.object({ external_id: externalIdSchema }).parse(JSON.parse(body)).external_id;
  } catch {
    return undefined;
  }
}

/** An id of SQS's own is nothing that can be asked for. */
function whereToLook(number: string | undefined, caller: string | undefined, isDeployed: boolean): string {
  const orders = `npm run orders --${isDeployed ? ' --stage <stage>' : ''}`;
  if (number === undefined) return `No number can be read: where it ends up, say ${orders} list`;
  const ask = caller === undefined ? '' : ` (as ${caller}: npm run where -- ${number})`;
  return `Where it is: ${orders} show ${number}${ask}`;
}

function portsOrRefusal() {
  try {
    return readPorts();
  } catch (error) {
    throw new Refusal(error instanceof Error ? error.message : String(error));
  }
}

/** With the credentials, and by default the region, of whoever runs it. */
function deployedQueue(queueUrl: string): Queue {
  // A body is personal: it goes where the relay's own rule lets an order go.
  const allowed = outsideUrl.safeParse(queueUrl);
  if (!allowed.success) throw new Refusal(`--queue-url ${allowed.error.issues[0]?.message}`);
  const region = /^sqs\.([\w-]+)\.amazonaws\./.exec(new URL(queueUrl).hostname)?.[1];
  return { sqs: new SQSClient(region === undefined ? {} : { region }), queueUrl };
}

async function send(
  { sqs, queueUrl }: Queue,
  file: string,
  body: string,
  submittedBy: string | undefined,
): Promise<string | undefined> {
  try {
    const { MessageId } = await sqs.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: body,
        ...(submittedBy !== undefined && {
          MessageAttributes: { submitted_by: { DataType: 'String', StringValue: submittedBy } },
        }),
      }),
    );
    return MessageId;
  } catch (error) {
    throw new Refusal(`${file} was not taken by SQS (${nameOf(error)})`);
  }
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('Must be a whole number of at least 1.');
  return Number(text);
}

function callerName(text: string): string {
  if (!/^[\w.-]{1,64}$/.test(text)) throw new InvalidArgumentError('Must be 1 to 64 of A-Z a-z 0-9 _ . -');
  return text;
}
