import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type DeadLetterQueue, deadLetterQueue } from '../../lib/dead-letters/dead-letter-queue.ts';
import { reachable } from '../../local/resources.ts';
import type { RunningStack } from '../../local/run.ts';

/** The dead-letter queue of a local stack in another process. */
export async function lettersOf({ ports }: Pick<RunningStack, 'ports'>): Promise<DeadLetterQueue> {
  const sqs = new SQSClient({
    endpoint: `http://127.0.0.1:${ports['SQS_PORT']}`,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const { QueueUrl = '' } = await sqs.send(
    new GetQueueUrlCommand({ QueueName: 'sitniks-orders-local-dead-letters' }),
  );
  return deadLetterQueue(sqs, await reachable(sqs, QueueUrl));
}
