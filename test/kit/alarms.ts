import * as z from 'zod';
import { readServiceFile } from '../../local/service-file.ts';
import { filterPattern } from './filter-pattern.ts';

const serviceSchema = z.object({
  resources: z.object({ Resources: z.record(z.string(), z.looseObject({ Type: z.string() })) }),
});
const metricSchema = z.object({
  Properties: z.object({
    LogGroupName: z.string(),
    FilterPattern: z.string(),
    MetricTransformations: z.tuple([
      z.object({ MetricName: z.string(), MetricValue: z.string(), DefaultValue: z.number().optional() }),
    ]),
  }),
});
const statSchema = z.object({
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })).default([]),
});
const alarmSchema = z.object({
  Properties: z
    .object({
      EvaluationPeriods: z.number(),
      DatapointsToAlarm: z.number(),
      Threshold: z.number(),
      ComparisonOperator: z.enum(['GreaterThanOrEqualToThreshold', 'LessThanThreshold']),
      TreatMissingData: z.enum(['notBreaching', 'breaching']),
    })
    .and(
      z.union([
        statSchema.extend({ Statistic: z.enum(['Sum', 'Maximum']), Period: z.number() }),
        z
          .object({ Metrics: z.array(z.unknown()) })
          // Of all functions together, by one expression: as one metric without a dimension.
          .transform(({ Metrics }) => {
            const [sum, ...rest] = Metrics;
            z.object({ Expression: z.literal('SUM(METRICS())') }).parse(sum);
            const [first] = z
              .array(z.object({ MetricStat: z.object({ Metric: statSchema, Period: z.number() }) }))
              .parse(rest);
            const { Namespace = '', MetricName = '' } = first?.MetricStat.Metric ?? {};
            const Period = first?.MetricStat.Period ?? 0;
            return { Namespace, MetricName, Dimensions: [], Statistic: 'Sum' as const, Period };
          }),
      ]),
    ),
});
export type Alarm = z.output<typeof alarmSchema>['Properties'];

const { resources } = serviceSchema.parse(await readServiceFile());
const ofType = (type: string) => Object.entries(resources.Resources).filter(([, { Type }]) => Type === type);

/** By logical id. */
export const ALARMS: ReadonlyMap<string, Alarm> = new Map(
  ofType('AWS::CloudWatch::Alarm').map(([id, resource]) => [id, alarmSchema.parse(resource).Properties]),
);
/** The metrics that are counted in the logs. */
export const LOG_METRICS = ofType('AWS::Logs::MetricFilter').map(([, resource]) => {
  const { LogGroupName, FilterPattern, MetricTransformations } = metricSchema.parse(resource).Properties;
  const [{ MetricName, MetricValue, DefaultValue }] = MetricTransformations;
  return {
    group: LogGroupName,
    name: MetricName,
    value: MetricValue,
    unlessCounted: DefaultValue,
    pattern: FilterPattern,
    counts: filterPattern(FilterPattern),
  };
});
/** The metrics of ours that the dashboard shows, by name. */
export const ON_DASHBOARD: ReadonlySet<string> = new Set(
  ofType('AWS::CloudWatch::Dashboard').flatMap(([, resource]) =>
    [...JSON.stringify(resource).matchAll(/\[\\"\$\{self:service\}-\$\{sls:stage\}\\", \\"(\w+)\\"/g)].map(
      ([, name = '']) => name,
    ),
  ),
);

/** What CloudWatch has of one metric: when, and how much. */
export type Points = readonly { at: number; value: number }[];

/** Does it ring at any time from `from` to `to` (ms)? */
export function rings(alarm: Alarm, points: Points, from: number, to: number): boolean {
  const periodMs = alarm.Period * 1000;
  const isBad = (at: number): boolean => {
    const values = points
      .filter((point) => point.at >= at && point.at < at + periodMs)
      .map(({ value }) => value);
    if (values.length === 0) return alarm.TreatMissingData === 'breaching';
    const value = alarm.Statistic === 'Sum' ? values.reduce((a, b) => a + b, 0) : Math.max(...values);
    return alarm.ComparisonOperator === 'LessThanThreshold'
      ? value < alarm.Threshold
      : value >= alarm.Threshold;
  };
  const periods: boolean[] = [];
  for (let at = Math.ceil(from / periodMs) * periodMs; at + periodMs <= to; at += periodMs)
    periods.push(isBad(at));
  return periods.some((_, i) => {
    const window = periods.slice(i, i + alarm.EvaluationPeriods);
    return window.filter(Boolean).length >= alarm.DatapointsToAlarm;
  });
}
