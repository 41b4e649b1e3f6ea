/**
 * Which alarms ring, and which do not: the real functions on the simulated services, what they log counted by the metric
 * filters as they are deployed, and each alarm's own expression over that.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ProbeResult } from '../lib/dead-letters/slow-start.ts';
import { FAILURES, failureType } from '../lib/explanations/failure.ts';
import { REASON_CODES } from '../lib/explanations/reasons.ts';
import { LOG_FIELDS, type Log, type LogFields } from '../lib/lambda/observability.ts';
import { ALARMS, LOG_METRICS, ON_DASHBOARD, type Points, rings } from './kit/alarms.ts';
import { withContainersClocks } from './simulation/container.ts';
import { STRANGE } from './simulation/crm.ts';
import { tend } from './simulation/functions.ts';
import { startMapping } from './simulation/mapping.ts';
import { doDeed } from './simulation/people.ts';
import type { CrmFault, Deed, FunctionName, Happening, Shape } from './simulation/story.ts';
import { START_MS, World } from './simulation/world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NAMESPACE = `\${self:service}-\${sls:stage}`;
const QUEUES = {
  'OrdersQueue.QueueName': 'orders',
  'DeadLetterQueue.QueueName': 'deadLetters',
  'OutcomesQueue.QueueName': 'outcomes',
} as const;

/** Nothing strange about the CRM. */
const SHAPE: Shape = {
  skewMs: 0,
  foundWithinMs: 1000,
  maxReceives: 20,
  crm: {
    search: 'exact',
    rows: 'whole',
    pages: 'counted',
    sort: 'newest',
    isUnique: false,
    heedsIdempotencyKey: false,
    crowd: 0,
  },
};
const order = (number: number, at: number, content = 'red'): Extract<Deed, { does: 'post' }> => ({
  at,
  does: 'post',
  caller: 'shop',
  number: `order-${number}`,
  content,
  waitSeconds: 0,
});
const everyMinute = (minutes: number): Deed[] =>
  Array.from({ length: minutes }, (_, minute) => order(minute, minute * MINUTE_MS));
const crmIs = (kind: CrmFault, at: number, ms: number): Happening => ({
  at,
  trouble: 'crm',
  kind,
  ms,
  share: 1,
});

/** What is wrong with the surroundings, if anything. */
interface Surroundings {
  /** Nothing starts `tendDeadLetters`. */
  isNothingTended?: boolean;
  /** No day is proven. */
  isNothingProven?: boolean;
  /** No endpoint takes what it is told. */
  isNobodyTold?: boolean;
  /** Somebody empties OrdersQueue by hand (ms). */
  purgedAt?: number;
}

/** Points of each metric by `namespace name dimension`. */
async function watch(
  happenings: readonly Happening[],
  hours: number,
  { isNothingTended = false, isNothingProven = false, isNobodyTold = false, purgedAt }: Surroundings,
): Promise<ReadonlyMap<string, Points>> {
  const metrics = new Map<string, { at: number; value: number }[]>();
  await withContainersClocks(async () => {
    const point = (metric: string, value: number) => {
      const points = metrics.get(metric) ?? [];
      metrics.set(metric, points);
      points.push({ at: world.time.now(), value });
    };
    const count = (of: FunctionName, line: LogFields & { message: string }) => {
      // It is what the door answers 503 after, and API Gateway counts that.
      if (line.message === 'SQS has not acknowledged the order') point('AWS/ApiGateway 5xx HttpApi', 1);
      for (const { group, name, value, counts } of LOG_METRICS) {
        if (group.toLowerCase() !== `${of}LogGroup`.toLowerCase() || !counts(line)) continue;
        const field = /^\$\.(\w+)$/.exec(value)?.[1];
        point(
          `${NAMESPACE} ${name}`,
          field === undefined ? Number(value) : Number(new Map(Object.entries(line)).get(field)),
        );
      }
    };
    const logWithin = (of: FunctionName, context: LogFields): Log => {
      const write = (message: string, fields?: LogFields) => count(of, { message, ...context, ...fields });
      return {
        info: write,
        warn: write,
        error: write,
        child: (fields) => logWithin(of, { ...context, ...fields }),
      };
    };
    const world = new World({ seed: 1, shape: SHAPE, happenings }, { logOf: (of) => logWithin(of, {}) });
    const { time, queues } = world;
    startMapping(world);
    for (const happening of happenings) {
      if ('does' in happening) time.at(START_MS + happening.at, () => doDeed(world, happening));
    }
    if (purgedAt !== undefined) time.at(START_MS + purgedAt, () => queues.orders.messages.clear());
    for (let at = START_MS; at < START_MS + hours * HOUR_MS; at += MINUTE_MS) {
      time.at(at, () => {
        if (!isNothingProven && (at - START_MS) % (24 * HOUR_MS) === 0) point(`${NAMESPACE} DaysProven`, 1);
        if (!isNobodyTold) queues.outcomes.messages.clear();
        for (const [dimension, queue] of Object.entries(QUEUES)) {
          const sent = [...queues[queue].messages.values()].map(({ sentAt }) => sentAt);
          if (sent.length > 0) {
            point(`AWS/SQS ApproximateAgeOfOldestMessage ${dimension}`, (at - Math.min(...sent)) / 1000);
          }
        }
        if (isNothingTended || (at - START_MS) % (5 * MINUTE_MS) !== 0) return;
        point('AWS/Lambda Invocations tendDeadLetters', 1);
        void tend(world);
      });
    }
    await time.runUntil(START_MS + hours * HOUR_MS);
  });
  return metrics;
}

const metricOf = ({
  Namespace,
  MetricName,
  Dimensions,
}: {
  Namespace: string;
  MetricName: string;
  Dimensions: readonly { Value: string }[];
}) => [Namespace, MetricName, ...Dimensions.map(({ Value }) => Value.replace(`${NAMESPACE}-`, ''))].join(' ');

/** All that have rung in any run. */
const HEARD = new Set<string>();
/** Those that no run of these can make ring. */
const SHOWN_ELSEWHERE = [
  // Nobody forges, and nobody is called back, in the simulation: test/faults/logs.test.ts counts what is logged then.
  'ForgedRecordsAlarm',
  'StoppedEndpointsAlarm',
  // test/lib/proof/daily-proof.test.ts
  'UnprovenAlarm',
  // AWS itself counts these: below, by their expressions.
  'OutcomesGivenUpAlarm',
  'FunctionErrorsAlarm',
  'FunctionThrottlesAlarm',
];

/** The ids of the alarms that ring. */
async function ringing(
  happenings: readonly Happening[],
  hours: number,
  surroundings: Surroundings = {},
): Promise<string[]> {
  const metrics = await watch(happenings, hours, surroundings);
  const end = START_MS + hours * HOUR_MS;
  const rang = [...ALARMS]
    .filter(([, alarm]) => rings(alarm, metrics.get(metricOf(alarm)) ?? [], START_MS, end))
    .map(([id]) => id);
  for (const id of rang) HEARD.add(id);
  return rang;
}

describe('nobody is woken', () => {
  test("by a shop's night without orders", async () => {
    expect(await ringing([], 10)).toEqual([]);
  });

  test('by a burst of 500 orders', async () => {
    const burst = Array.from({ length: 500 }, (_, i) => order(i, i * 100));
    expect(await ringing(burst, 2)).toEqual([]);
  });

  test.each(['refused', 'failed', 'hang'] as const)(
    'by a CRM that is down for 20 minutes (%s)',
    async (kind) => {
      expect(await ringing([...everyMinute(60), crmIs(kind, 10 * MINUTE_MS, 20 * MINUTE_MS)], 6)).toEqual([]);
    },
  );

  test('by a customer whose phone the CRM refuses in words that are known', async () => {
    expect(await ringing([order(1, 0, 'bad')], 2)).toEqual([]);
  });
});

describe('somebody is woken', () => {
  test('by a CRM that is down for three hours', async () => {
    const rang = await ringing([...everyMinute(60), crmIs('failed', 10 * MINUTE_MS, 3 * HOUR_MS)], 6);
    expect(rang).toEqual(['RedriveFailsAlarm']);
  });

  test('by a key that is refused, at once', async () => {
    const rotated: Deed = { at: 1000, does: 'rotate_key', secretLagsMs: HOUR_MS };
    expect(await ringing([rotated, order(1, 2000)], 0.5)).toEqual(['KeyRefusedAlarm']);
  });

  test("by an order whose number is another's", async () => {
    const atOnce: Deed[] = [order(1, 1000), { ...order(1, 1000, 'blue'), caller: 'bot' }];
    expect(await ringing(atOnce, 1)).toEqual(['NeedsAPersonAlarm']);
  });

  test('by orders that nobody takes from the queue for half an hour', async () => {
    const off: Happening = { at: 0, trouble: 'mapping', kind: 'off', ms: 2 * HOUR_MS, share: 1 };
    expect(await ringing([...everyMinute(30), off], 2)).toEqual(['OrdersWaitAlarm']);
  });

  test('by a refusal in words that nobody has explained', async () => {
    expect(await ringing([order(1, 0, STRANGE)], 1)).toEqual(['UnknownRefusalsAlarm']);
  });

  test('by a door that cannot hand orders to SQS', async () => {
    const down: Happening = { at: 0, trouble: 'sqs', kind: 'down', ms: 10 * MINUTE_MS, share: 1 };
    expect(await ringing([...everyMinute(10), down], 0.5)).toEqual(['DoorFailsAlarm']);
  });

  test('by outcomes that no endpoint takes for six hours', async () => {
    expect(await ringing([order(1, 0)], 7, { isNobodyTold: true })).toEqual(['OutcomesWaitAlarm']);
  });

  test('by dead letters that nobody tends', async () => {
    expect(await ringing([], 1, { isNothingTended: true })).toEqual(['TendStoppedAlarm']);
  });

  test('by days that nobody proves', async () => {
    expect(await ringing([], 40, { isNothingProven: true })).toEqual(['ProofOverdueAlarm']);
  });

  test('by an order whose message is gone, and by a letter that nobody has looked at for ten days', async () => {
    const rivals: Deed[] = [order(1, 1000), { ...order(1, 1000, 'blue'), caller: 'bot' }];
    const off: Happening = {
      at: 10 * MINUTE_MS,
      trouble: 'mapping',
      kind: 'off',
      ms: 10 * MINUTE_MS,
      share: 1,
    };
    const happenings = [...rivals, off, order(2, 12 * MINUTE_MS)];
    expect(await ringing(happenings, 11 * 24, { purgedAt: 15 * MINUTE_MS })).toEqual([
      'NeedsAPersonAlarm',
      'LettersGrowOldAlarm',
      'OrdersLostAlarm',
    ]);
  });

  test('by each alarm that there is, in one of these runs or where it is said', () => {
    expect([...HEARD, ...SHOWN_ELSEWHERE].toSorted()).toEqual([...ALARMS.keys()].toSorted());
  });
});

/** What AWS itself counts is not simulated: that each rings, and only above its threshold. */
describe('an alarm rings at its threshold, and not below it', () => {
  test.each([...ALARMS])('%s', (_id, alarm) => {
    const isBelow = alarm.ComparisonOperator === 'LessThanThreshold';
    const steady = (value: number): Points =>
      Array.from({ length: 2 * alarm.EvaluationPeriods }, (_, i) => ({ at: i * alarm.Period * 1000, value }));
    const until = 2 * alarm.EvaluationPeriods * alarm.Period * 1000;
    expect(rings(alarm, steady(isBelow ? alarm.Threshold - 1 : alarm.Threshold), 0, until)).toBe(true);
    expect(rings(alarm, steady(isBelow ? alarm.Threshold : alarm.Threshold - 1), 0, until)).toBe(false);
    expect(rings(alarm, [], 0, until)).toBe(alarm.TreatMissingData === 'breaching');
  });
});

test('each metric of ours that an alarm uses is counted in the logs', () => {
  const names = LOG_METRICS.map(({ name }) => name);
  for (const { Namespace, MetricName } of ALARMS.values()) {
    if (Namespace.startsWith('AWS/')) continue;
    expect({ Namespace, isCounted: names.includes(MetricName), MetricName }).toEqual({
      Namespace: NAMESPACE,
      isCounted: true,
      MetricName,
    });
  }
});

test('each metric of ours is on the dashboard, and the dashboard shows no other', () => {
  const names = new Set(LOG_METRICS.map(({ name }) => name));
  expect([...ON_DASHBOARD].toSorted()).toEqual([...names].toSorted());
});

/** Beyond what the runs above have shown: those lines are rare, or of functions that are not simulated. */
describe('what the metric filters count', () => {
  const patterns = LOG_METRICS.map(({ pattern }) => pattern).join('\n');
  const values = (field: string) =>
    [...patterns.matchAll(new RegExp(`\\$\\.${field} = "([^"]+)"`, 'g'))].map(([, value = '']) => value);
  const sources = readdirSync(new URL('../lib', import.meta.url), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(new URL(`../lib/${file}`, import.meta.url), 'utf8'))
    .join('\n');

  /** An order, its status, or its payment, for good or until somebody has seen to it. */
  const PARKED = [
    'Order parked',
    'Message is not an order: parked',
    'Status parked',
    'Status not changed: parked',
    'Payment not booked: parked',
  ];

  test('as parked, is whatever syncOrders puts onto the dead-letter queue', () => {
    const parked = LOG_METRICS.find(({ name }) => name === 'Parked');
    const waits = 'Payment parked until its order is in the CRM';
    expect([...PARKED, waits].filter((message) => !parked?.counts({ message }))).toEqual([]);
    // It has no letter: where no payment is ever booked, there is nothing to send again.
    expect(parked?.counts({ message: 'Payment not booked' })).toBe(false);
    const keyRefused = LOG_METRICS.find(({ name }) => name === 'KeyRefused');
    const refused = PARKED.filter((message) => keyRefused?.counts({ message, error_type: 'AUTHENTICATION' }));
    expect(refused).toEqual(['Order parked', 'Status not changed: parked', 'Payment not booked: parked']);
  });

  test('are messages that the code writes', () => {
    // `Order ${end.state}`: in the runs above it rings.
    const written = values('message').filter((message) => !/^Order (rejected|parked)$/.test(message));
    expect(written.length).toBeGreaterThan(5);
    expect(written.filter((message) => !sources.includes(`'${message}'`))).toEqual([]);
  });

  test('are fields that may be logged, with values that there are', () => {
    const fields = [...patterns.matchAll(/\$\.(\w+)/g)].map(([, field = '']) => field);
    expect(fields.filter((field) => field !== 'message' && !LOG_FIELDS.has(field))).toEqual([]);
    expect(values('reasons').map((code) => code.replaceAll('*', ''))).toEqual(['refused_unknown']);
    expect(REASON_CODES).toContain('refused_unknown');
    expect(['succeeded', 'failed', 'none'] satisfies ProbeResult[]).toEqual(
      expect.arrayContaining(values('probe')),
    );
  });

  test("as needing a person, is each type that neither passes nor is the customer's or the key's", () => {
    const needsAPerson = LOG_METRICS.find(({ name }) => name === 'NeedsAPerson');
    const counted = failureType.options.filter((error_type) =>
      PARKED.every((message) => needsAPerson?.counts({ message, error_type })),
    );
    const meant = failureType.options.filter(
      (type) => !FAILURES[type].comesBack || FAILURES[type].isOperators,
    );
    expect(counted).toEqual(meant.filter((type) => type !== 'VALIDATION' && type !== 'AUTHENTICATION'));
  });
});
