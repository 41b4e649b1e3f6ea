import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { readEndpoints } from '../../lib/callbacks/endpoints.ts';
import { nameOf } from '../../lib/lambda/observability.ts';
import { UnusableSecret } from '../../lib/secrets/secret.ts';
import type { Check } from './check.ts';
import type { Relay } from './connect.ts';

/** Is there somewhere to tell outcomes, and has everything been told? */
export const callbackChecks = async (relay: Relay): Promise<Check[]> => [
  await endpoints(relay),
  await untold(relay),
];

async function endpoints({ secrets, callbacksSecret }: Relay): Promise<Check> {
  const name = 'callbacks';
  try {
    const { byCaller } = await readEndpoints(secrets, callbacksSecret);
    return {
      name,
      ok: true,
      detail: `${callbacksSecret} is readable; callers that are told: ${byCaller.size}`,
    };
  } catch (error) {
    // An UnusableSecret says why, and nothing of what the secret holds.
    return error instanceof UnusableSecret
      ? {
          name,
          ok: false,
          detail: error.message,
          fix: `aws secretsmanager put-secret-value --secret-id ${callbacksSecret} --secret-string file://callbacks.json (create-secret --name, if there is none; {} for nobody)`,
        }
      : {
          name,
          ok: false,
          detail: `Secrets Manager cannot be asked (${nameOf(error)})`,
          fix: 'try again in a minute',
        };
  }
}

const sizeSchema = z.object({ QueueArn: z.string(), ApproximateNumberOfMessages: z.coerce.number() });

/** What could not be told in a day waits on a queue of its own. */
async function untold({ sqs, outcomesDeadLetterQueueUrl }: Relay): Promise<Check> {
  const name = 'outcomes';
  try {
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({
        QueueUrl: outcomesDeadLetterQueueUrl,
        AttributeNames: ['QueueArn', 'ApproximateNumberOfMessages'],
      }),
    );
    const { QueueArn, ApproximateNumberOfMessages: count } = sizeSchema.parse(Attributes);
    return count === 0
      ? { name, ok: true, detail: 'none has been given up' }
      : {
          name,
          ok: false,
          detail: `${count} could not be told: an endpoint was down for three days, or has said 410`,
          fix: `mend the endpoint, or the callbacks secret; then aws sqs start-message-move-task --source-arn ${QueueArn}`,
        };
  } catch (error) {
    return {
      name,
      ok: false,
      detail: `OutcomesDeadLetterQueue cannot be asked (${nameOf(error)})`,
      fix: 'check that you may call sqs:GetQueueAttributes, and that the stack is deployed',
    };
  }
}
