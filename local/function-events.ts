import * as z from 'zod';

/** What a function of serverless.yml is run by, as far as it is played here. */
export type FunctionEvent =
  | {
      by: 'queue';
      /** The queue's logical id. */
      queue: string;
      batchSize: number;
      maximumConcurrency: number;
      reportBatchItemFailures: boolean;
    }
  /** Again and again. */
  | { by: 'rate' }
  /** At a time of the day: here a person runs it. */
  | { by: 'cron' }
  /** Such as a route, which is the HTTP API's. */
  | { by: 'other' };

const sqsSchema = z.object({
  sqs: z
    .object({
      arn: z.object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) }),
      batchSize: z.number().default(10),
      maximumConcurrency: z.number().default(5),
      functionResponseType: z.string().optional(),
    })
    .transform(({ arn, functionResponseType, ...rest }) => ({
      by: 'queue' as const,
      queue: arn['Fn::GetAtt'][0],
      reportBatchItemFailures: functionResponseType === 'ReportBatchItemFailures',
      ...rest,
    })),
});

const expression = z.string().regex(/^(rate|cron)\(/);
/** The framework makes a list of what is written as one. */
const scheduleSchema = z.object({
  schedule: z.object({ rate: z.union([expression.transform((one) => [one]), z.array(expression).min(1)]) }),
});

/** @throws {z.ZodError} for a queue or a schedule that cannot be played: a function that is never run would be missed late. */
export function readEvent(event: unknown): FunctionEvent {
  if (typeof event !== 'object' || event === null) return { by: 'other' };
  if ('sqs' in event) return sqsSchema.parse(event).sqs;
  if (!('schedule' in event)) return { by: 'other' };
  const { rate } = scheduleSchema.parse(event).schedule;
  return { by: rate.some((one) => one.startsWith('rate(')) ? 'rate' : 'cron' };
}
