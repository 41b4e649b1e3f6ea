import { once } from 'node:events';
import type { Server } from 'node:net';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import dynalite from 'dynalite';
import { buildApp } from 'fauxqs';
import { type CallbackReceiver, startCallbackReceiver } from './callback-receiver.ts';
import { LOCAL_API_KEY, LOCAL_CHAT, LOCAL_SIGNING_SECRET, localCallbacks } from './local-secrets.ts';
import type { Speaker } from './output.ts';
import type { Ports } from './ports.ts';
import { type MadeResource, makeResources } from './resources.ts';
import { type Sandbox, startSandbox } from './sandbox/server.ts';
import { type Secrets, startSecrets } from './secrets.ts';
import { startTelegram, type Telegram } from './telegram.ts';

const LOOPBACK = '127.0.0.1';

/** No secret anywhere: the stand-ins check no signature, but the SDK wants to sign. */
const LOCAL_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

const localAccount = (region: string) => ({
  AWS_REGION: region,
  AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
});

/** What points an AWS SDK or CLI at a stack that runs on these ports, perhaps in another process. */
export const environmentOf = (ports: Ports, region: string) => ({
  AWS_ENDPOINT_URL_SQS: `http://${LOOPBACK}:${ports.SQS_PORT}`,
  AWS_ENDPOINT_URL_DYNAMODB: `http://${LOOPBACK}:${ports.DYNAMODB_PORT}`,
  AWS_ENDPOINT_URL_SECRETS_MANAGER: `http://${LOOPBACK}:${ports.SECRETS_PORT}`,
  ...localAccount(region),
});

/** The AWS services, the CRM and the submitter as stand-ins on this machine: everything but the functions. */
export interface Stack {
  sqs: SQSClient;
  dynamodb: DynamoDBClient;
  secrets: Secrets;
  sandbox: Sandbox;
  /** What is told about the orders of the caller `demo`. */
  receiver: CallbackReceiver;
  /** What the shop's chat is told. */
  telegram: Telegram;
  /** Queues and tables made from the template, by logical id. */
  resources: ReadonlyMap<string, MadeResource>;
  /** Points any AWS SDK or CLI at this stack, with credentials that are no secret anywhere. */
  environment: Record<string, string>;
  stop(): Promise<void>;
}

export interface StackOptions {
  /** CloudFormation's `Resources`, in an object of that name: what `serverless.yml` has under `resources`. */
  template: unknown;
  region: string;
  /** Name of the secret that holds the CRM's API key. */
  apiKeySecret: string;
  /** Name of the secret that holds the callers' endpoints: `demo`'s is the receiver. Without it there is none. */
  callbacksSecret?: string;
  /** What else Secrets Manager holds: values by name. */
  secrets?: Record<string, string>;
  /** 0, the default, takes a free one. */
  ports?: {
    sqs?: number;
    dynamodb?: number;
    secrets?: number;
    sandbox?: number;
    callbacks?: number;
    telegram?: number;
  };
  /** Gets what the sandbox CRM, the receiver and the chat say. */
  log?: (speaker: Speaker, line: string) => void;
}

export async function startStack(options: StackOptions): Promise<Stack> {
  const { template, region, apiKeySecret, callbacksSecret, ports = {}, log = () => {} } = options;
  const running: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const end of running.splice(0).reverse()) await end();
  };

  try {
    // Not startFauxqs, which listens on every network interface.
    const queues = buildApp({ logger: false, defaultRegion: region });
    await queues.listen({ port: ports.sqs ?? 0, host: LOOPBACK });
    running.push(() => queues.close());

    const tables = dynalite({ createTableMs: 0 }).listen(ports.dynamodb ?? 0, LOOPBACK);
    await once(tables, 'listening');
    running.push(() => new Promise((resolve) => tables.close(resolve)));

    const receiver = await startCallbackReceiver({
      port: ports.callbacks ?? 0,
      signingSecret: LOCAL_SIGNING_SECRET,
      log: (line) => log('callback', line),
    });
    running.push(() => receiver.stop());

    const telegram = await startTelegram({
      port: ports.telegram ?? 0,
      botToken: LOCAL_CHAT.bot_token,
      chat: LOCAL_CHAT.chat,
      log: (line) => log('telegram', line),
    });
    running.push(() => telegram.stop());

    const secrets = await startSecrets({
      port: ports.secrets ?? 0,
      secrets: {
        ...options.secrets,
        [apiKeySecret]: LOCAL_API_KEY,
        ...(callbacksSecret === undefined ? {} : { [callbacksSecret]: localCallbacks(receiver.endpoint) }),
      },
    });
    running.push(() => secrets.stop());

    const sandbox = await startSandbox({
      port: ports.sandbox ?? 0,
      apiKey: LOCAL_API_KEY,
      log: (line) => log('sandbox CRM', line),
    });
    running.push(() => sandbox.stop());

    const environment = {
      AWS_ENDPOINT_URL_SQS: addressOf(queues.server),
      AWS_ENDPOINT_URL_DYNAMODB: addressOf(tables),
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
      ...localAccount(region),
    };
    const client = (endpoint: string) => ({ region, endpoint, credentials: LOCAL_CREDENTIALS });
    const sqs = new SQSClient(client(environment.AWS_ENDPOINT_URL_SQS));
    const dynamodb = new DynamoDBClient(client(environment.AWS_ENDPOINT_URL_DYNAMODB));
    running.push(async () => {
      sqs.destroy();
      dynamodb.destroy();
    });
    const resources = await makeResources(template, { sqs, dynamodb });
    return { sqs, dynamodb, secrets, sandbox, receiver, telegram, resources, environment, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function addressOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server listens on no port');
  return `http://${LOOPBACK}:${address.port}`;
}
