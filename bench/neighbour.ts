import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Command } from 'commander';
import * as z from 'zod';
import { AWS_CLIENT_OPTIONS } from '../lib/lambda/aws.ts';
import { eventId, type Outcome } from '../lib/ledger/outcome.ts';
import { outcomesQueue } from '../lib/queues/queues.ts';
import { LOCAL_SIGNING_SECRET } from '../local/local-secrets.ts';
import { type RunningStack, runLocalStack } from '../local/run.ts';
import { wholeNumber } from './shop.ts';

const options = z
  .object({ told: z.number().min(10), hanging: z.number(), everyMs: z.number().min(1) })
  .parse(
    new Command('bench:neighbour')
      .description(
        "How long a caller's callbacks take beside another's endpoint that takes them and never answers, and how long alone.",
      )
      .option('--told <n>', 'callbacks of the healthy caller, each time', wholeNumber, 200)
      .option('--hanging <n>', 'outcomes for the endpoint that hangs', wholeNumber, 300)
      .option('--every-ms <ms>', 'between two of the healthy caller', wholeNumber, 100)
      .parse()
      .opts(),
  );

const receivedEvents = z.array(
  z.object({
    received_at: z.iso.datetime().transform(Date.parse),
    event: z.object({ data: z.object({ external_id: z.string().nullable() }) }),
  }),
);

const stack = await runLocalStack();
let calls = 0;
const hangs = createServer(() => {
  calls += 1;
}).listen(0, '127.0.0.1');
try {
  await once(hangs, 'listening');
  await measure(stack);
} catch (error) {
  console.error(error, stack.output().split('\n').slice(-40).join('\n'));
  throw error;
} finally {
  hangs.closeAllConnections();
  hangs.close();
  await stack.stop();
}

async function measure({ ports, receiver }: RunningStack): Promise<void> {
  const local = (port: string) => ({
    ...AWS_CLIENT_OPTIONS,
    region: 'eu-central-1',
    endpoint: `http://127.0.0.1:${ports[port]}`,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const address = z.object({ port: z.number() }).parse(hangs.address());
  await new SecretsManagerClient(local('SECRETS_PORT')).send(
    new PutSecretValueCommand({
      SecretId: 'sitniks-orders/local/callbacks',
      SecretString: JSON.stringify({
        demo: { url: `${receiver}/callbacks`, signing_secrets: LOCAL_SIGNING_SECRET },
        hanging: { url: `http://127.0.0.1:${address.port}/`, signing_secrets: LOCAL_SIGNING_SECRET },
      }),
    }),
  );
  const sqs = new SQSClient(local('SQS_PORT'));
  const { QueueUrl = '' } = await sqs.send(
    new GetQueueUrlCommand({ QueueName: 'sitniks-orders-local-outcomes.fifo' }),
  );
  const queue = outcomesQueue(sqs, QueueUrl);

  async function timesOf(name: string): Promise<number[]> {
    const sentAt = new Map<string, number>();
    for (let n = 1; n <= options.told; n += 1) {
      const id = `${name}-${n}`;
      sentAt.set(id, Date.now());
      await queue.send(outcome(id, 'demo'));
      await pause(options.everyMs);
    }
    const deadline = Date.now() + 120_000;
    while (Date.now() < deadline) {
      const events = receivedEvents.parse(await (await fetch(`${receiver}/_receiver/events`)).json());
      const first = new Map(
        events.toReversed().map(({ received_at, event }) => [event.data.external_id, received_at]),
      );
      const times = [...sentAt].map(([id, at]) => (first.get(id) ?? Number.NaN) - at);
      if (times.every((ms) => !Number.isNaN(ms))) return times.toSorted((a, b) => a - b);
      await pause(100);
    }
    throw new Error(`Not all of ${name} were told`);
  }

  // The endpoints are read anew every 5 s here, and the functions are loaded.
  await pause(6_000);
  await timesOf('warm');
  const alone = await timesOf('alone');
  for (let n = 1; n <= options.hanging; n += 1) await queue.send(outcome(`hanging-${n}`, 'hanging'));
  const beside = await timesOf('beside');
  const at = (times: number[], share: number) => times[Math.ceil(share * times.length) - 1] ?? Number.NaN;
  const line = (what: string, times: number[]) =>
    `  ${what}  median ${at(times, 0.5)}, 99 % ${at(times, 0.99)}, longest ${at(times, 1)}`;
  console.log(`From OutcomesQueue to the endpoint, ${options.told} callbacks, one each ${options.everyMs} ms, in ms
${line('alone ', alone)}
${line('beside', beside)}   (${options.hanging} for an endpoint that hangs, called ${calls} times meanwhile)
  99 % beside is ${(at(beside, 0.99) / at(alone, 0.99)).toFixed(1)} × 99 % alone`);
}

function outcome(external_id: string, submitted_by: string): Outcome {
  return {
    id: eventId(external_id, submitted_by),
    type: 'synced',
    at: new Date().toISOString(),
    external_id,
    submitted_by,
    attempts: 1,
    crm_order_id: '1',
  };
}
