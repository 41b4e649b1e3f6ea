import * as z from 'zod';
import { readServiceFile } from '../../local/service-file.ts';
import type { Shop } from './shop.ts';

const serviceSchema = z.object({
  provider: z.object({ memorySize: z.number() }),
  params: z.object({
    default: z.looseObject({ syncConcurrency: z.number(), proofCallsPerMinute: z.number() }),
  }),
  functions: z.looseObject({
    syncOrders: z.object({ events: z.tuple([z.object({ sqs: z.object({ batchSize: z.number() }) })]) }),
    acceptOrder: z.object({ memorySize: z.number() }),
    getOrder: z.object({ memorySize: z.number() }),
    proveDay: z.object({ memorySize: z.number() }),
  }),
  resources: z.object({
    Resources: z.record(
      z.string(),
      z.looseObject({
        Type: z.string(),
        Properties: z
          .looseObject({
            MetricTransformations: z.tuple([z.object({ MetricName: z.string() })]).optional(),
            Metrics: z.array(z.object({ MetricStat: z.unknown().optional() })).optional(),
          })
          .optional(),
      }),
    ),
  }),
});

/** What serverless.yml and its parameters have of what the model asks. */
export async function asDeployed(): Promise<
  Pick<
    Shop,
    | 'stack'
    | 'batch'
    | 'concurrency'
    | 'proofCallsPerMinute'
    | 'doorMemoryMb'
    | 'askMemoryMb'
    | 'memoryMb'
    | 'proofMemoryMb'
  >
> {
  const { provider, params, functions, resources } = serviceSchema.parse(await readServiceFile());
  const all = Object.values(resources.Resources);
  const ofType = (type: string) => all.filter(({ Type }) => Type === type);
  return {
    batch: functions.syncOrders.events[0].sqs.batchSize,
    concurrency: params.default.syncConcurrency,
    proofCallsPerMinute: params.default.proofCallsPerMinute,
    doorMemoryMb: functions.acceptOrder.memorySize,
    askMemoryMb: functions.getOrder.memorySize,
    memoryMb: provider.memorySize,
    proofMemoryMb: functions.proveDay.memorySize,
    stack: {
      // Two filters may count into one, which is paid for once.
      metrics: new Set(
        ofType('AWS::Logs::MetricFilter').map(
          ({ Properties }) => Properties?.MetricTransformations?.[0].MetricName,
        ),
      ).size,
      // An alarm over an expression is paid for by the metrics in it.
      alarmMetrics: ofType('AWS::CloudWatch::Alarm').reduce(
        (sum, { Properties }) =>
          sum + (Properties?.Metrics?.filter(({ MetricStat }) => MetricStat !== undefined).length ?? 1),
        0,
      ),
      dashboards: ofType('AWS::CloudWatch::Dashboard').length,
      secrets: ofType('AWS::SecretsManager::ResourcePolicy').length,
    },
  };
}
