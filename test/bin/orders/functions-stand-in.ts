import { text } from 'node:stream/consumers';
import * as z from 'zod';
import { type HttpServer, startHttpServer } from '../../kit/http-server.ts';

/** What Lambda and CloudWatch say of a stage's functions. */
export interface Said {
  /** By function: the mapping's state, and its most. */
  mappings: Record<string, { state: string; most: number }>;
  /** By function. */
  reserved: Record<string, number>;
  account: { all: number; unreserved: number };
  /** `Throttles of sitniks-orders-test-acceptOrder`: how many, how long ago (ms). */
  metrics: Record<string, { value: number; ago: number }>;
}

export const allIsWell = (): Said => ({
  mappings: {
    'sitniks-orders-test-syncOrders': { state: 'Enabled', most: 5 },
    'sitniks-orders-test-notifySubmitter': { state: 'Enabled', most: 5 },
  },
  reserved: {},
  account: { all: 1000, unreserved: 1000 },
  metrics: { 'Invocations of sitniks-orders-test-tendDeadLetters': { value: 1, ago: 60_000 } },
});

const metricData = z.object({
  MetricDataQueries: z.array(
    z.object({
      Id: z.string(),
      MetricStat: z.object({
        Metric: z.object({ MetricName: z.string(), Dimensions: z.array(z.object({ Value: z.string() })) }),
      }),
    }),
  ),
});

/** Both services on one port, as the AWS SDK calls them. */
export const startFunctionsStandIn = (said: () => Said): Promise<HttpServer> =>
  startHttpServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://aws');
    const body = await text(request);
    response.setHeader('content-type', 'application/json');
    const answer = (value: object) => response.end(JSON.stringify(value));
    const { mappings, reserved, account, metrics } = said();

    if (pathname.startsWith('/2015-03-31/event-source-mappings')) {
      const mapping = mappings[searchParams.get('FunctionName') ?? ''];
      return answer({
        EventSourceMappings: mapping
          ? [{ UUID: 'uuid-1', State: mapping.state, ScalingConfig: { MaximumConcurrency: mapping.most } }]
          : [],
      });
    }
    const [, functionName = ''] = /\/functions\/([^/]+)\/concurrency/.exec(pathname) ?? [];
    if (functionName !== '') return answer({ ReservedConcurrentExecutions: reserved[functionName] });
    if (pathname.startsWith('/2016-08-19/account-settings')) {
      return answer({
        AccountLimit: {
          ConcurrentExecutions: account.all,
          UnreservedConcurrentExecutions: account.unreserved,
        },
      });
    }
    return answer({
      MetricDataResults: metricData.parse(JSON.parse(body)).MetricDataQueries.map(({ Id, MetricStat }) => {
        const { MetricName, Dimensions } = MetricStat.Metric;
        const found = metrics[`${MetricName} of ${Dimensions[0]?.Value}`];
        return {
          Id,
          Timestamps: found ? [(Date.now() - found.ago) / 1000] : [],
          Values: found ? [found.value] : [],
        };
      }),
    });
  });
