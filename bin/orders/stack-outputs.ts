import * as z from 'zod';
import { DIALECTS } from '../../lib/config.ts';
import { AWS_CLIENT_OPTIONS } from '../../lib/lambda/aws.ts';
import { nameOf } from '../../lib/lambda/observability.ts';
import type { Addresses } from './addresses.ts';
import { parseDuration } from './duration.ts';
import { Refusal } from './failure.ts';

/** `Outputs` of serverless.yml. */
const outputsSchema = z
  .object({
    OrdersQueueUrl: z.url(),
    DeadLetterQueueUrl: z.url(),
    OutcomesQueueUrl: z.url(),
    OutcomesDeadLetterQueueUrl: z.url(),
    LedgerTable: z.string().min(1),
    StoppedEndpointsTable: z.string().min(1),
    SitniksBaseUrl: z.string().min(1),
    SitniksDialect: z.enum(DIALECTS).default('orders'),
    SitniksOpenApi: z.string().default('{}'),
    SitniksApiKeySecret: z.string().min(1),
    CallbacksSecret: z.string().min(1),
    IntakeTokensSecret: z.string().min(1),
    IntakeTokensLeastLength: z.coerce.number().int(),
    SyncTimeout: z.string().regex(/^\d+s$/),
  })
  .transform(
    (outputs): Addresses => ({
      ordersQueueUrl: outputs.OrdersQueueUrl,
      deadLetterQueueUrl: outputs.DeadLetterQueueUrl,
      outcomesQueueUrl: outputs.OutcomesQueueUrl,
      outcomesDeadLetterQueueUrl: outputs.OutcomesDeadLetterQueueUrl,
      ledgerTable: outputs.LedgerTable,
      stoppedEndpointsTable: outputs.StoppedEndpointsTable,
      sitniksBaseUrl: outputs.SitniksBaseUrl,
      sitniksDialect: outputs.SitniksDialect,
      sitniksOpenApi: outputs.SitniksOpenApi,
      apiKeySecret: outputs.SitniksApiKeySecret,
      callbacksSecret: outputs.CallbacksSecret,
      intakeTokensSecret: outputs.IntakeTokensSecret,
      intakeTokensLeastLength: outputs.IntakeTokensLeastLength,
      syncTimeoutMs: parseDuration(outputs.SyncTimeout),
    }),
  );

/**
 * Where a deployed stage's parts are, by its stack's outputs.
 *
 * @throws {Refusal} where there is no such stack in the region, or one without these outputs.
 */
export async function readStackOutputs(stage: string, region: string): Promise<Addresses> {
  // Only now: the other commands need not wait for it to load.
  const { CloudFormationClient, DescribeStacksCommand } = await import('@aws-sdk/client-cloudformation');
  const name = `sitniks-orders-${stage}`;
  const cloudFormation = new CloudFormationClient({ ...AWS_CLIENT_OPTIONS, region });
  try {
    const { Stacks = [] } = await cloudFormation
      .send(new DescribeStacksCommand({ StackName: name }))
      .catch((error) => {
        // CloudFormation has no error of its own for a stack that is not there.
        if (nameOf(error) !== 'ValidationError') throw error;
        throw new Refusal(
          `No stack ${name} in ${region}: check --stage and --region, and which account you are in.`,
        );
      });
    const outputs = Stacks[0]?.Outputs ?? [];
    const parsed = outputsSchema.safeParse(
      Object.fromEntries(outputs.map(({ OutputKey = '', OutputValue }) => [OutputKey, OutputValue])),
    );
    if (parsed.success) return parsed.data;
    const missing = parsed.error.issues.map(({ path }) => path.join('.')).join(', ');
    throw new Refusal(`The stack ${name} is older than this command (${missing}): deploy it again.`);
  } finally {
    cloudFormation.destroy();
  }
}
