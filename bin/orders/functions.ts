import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import {
  GetAccountSettingsCommand,
  GetFunctionConcurrencyCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';

/** What feeds a function from a queue. */
export interface Mapping {
  uuid: string;
  /** Lambda's word: `Enabled`, `Disabled`, or on its way to either. */
  state: string;
  /** The most containers that it lets run at once. */
  maximumConcurrency: number | undefined;
}

/** A metric of Lambda's own, of one function, summed up. */
export interface Asked {
  metric: 'Throttles' | 'Invocations';
  functionName: string;
  minutes: number;
}

/** What AWS knows of a deployed stage's functions. */
export interface Functions {
  mappingsOf(functionName: string): Promise<Mapping[]>;
  /** Containers kept for it, and its most; none unless set, and 0 stops it. */
  reservedOf(functionName: string): Promise<number | undefined>;
  /** Containers that all functions of the account and region may have at once, and of these what is kept for none. */
  account(): Promise<{ all: number; unreserved: number }>;
  /** In the order of what is asked. */
  sums(asked: readonly Asked[]): Promise<number[]>;
  close(): void;
}

type Sends = Pick<LambdaClient, 'send'>;

const MINUTE_MS = 60_000;

/** @param options of AWS's clients: region and the like */
export function functionsOf(options: object, now: () => number = Date.now): Functions {
  const lambda = new LambdaClient(options);
  const cloudWatch = new CloudWatchClient(options);
  return {
    mappingsOf: (functionName) => mappingsOf(lambda, functionName),
    async reservedOf(FunctionName) {
      const { ReservedConcurrentExecutions } = await lambda.send(
        new GetFunctionConcurrencyCommand({ FunctionName }),
      );
      return ReservedConcurrentExecutions;
    },
    async account() {
      const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({}));
      const { ConcurrentExecutions = 0, UnreservedConcurrentExecutions = ConcurrentExecutions } =
        AccountLimit ?? {};
      return { all: ConcurrentExecutions, unreserved: UnreservedConcurrentExecutions };
    },
    async sums(asked) {
      const longest = Math.max(...asked.map(({ minutes }) => minutes));
      const { MetricDataResults = [] } = await cloudWatch.send(
        new GetMetricDataCommand({
          StartTime: new Date(now() - longest * MINUTE_MS),
          EndTime: new Date(now()),
          MetricDataQueries: asked.map(({ metric, functionName }, i) => ({
            Id: `m${i}`,
            MetricStat: {
              Metric: {
                Namespace: 'AWS/Lambda',
                MetricName: metric,
                Dimensions: [{ Name: 'FunctionName', Value: functionName }],
              },
              Period: 60,
              Stat: 'Sum',
            },
          })),
        }),
      );
      return asked.map(({ minutes }, i) => {
        const { Timestamps = [], Values = [] } = MetricDataResults.find(({ Id }) => Id === `m${i}`) ?? {};
        const since = now() - minutes * MINUTE_MS;
        return Values.filter((_, at) => (Timestamps[at]?.getTime() ?? 0) >= since).reduce(
          (sum, value) => sum + value,
          0,
        );
      });
    },
    close() {
      lambda.destroy();
      cloudWatch.destroy();
    },
  };
}

async function mappingsOf(lambda: Sends, FunctionName: string): Promise<Mapping[]> {
  const { EventSourceMappings = [] } = await lambda.send(
    new ListEventSourceMappingsCommand({ FunctionName }),
  );
  return EventSourceMappings.map(({ UUID = '', State = 'unknown', ScalingConfig }) => ({
    uuid: UUID,
    state: State,
    maximumConcurrency: ScalingConfig?.MaximumConcurrency,
  }));
}
