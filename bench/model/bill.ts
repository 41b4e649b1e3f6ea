import type { PriceName, Prices } from './prices.ts';
import type { Shop } from './shop.ts';

/** What an order costs in calls, as test/bench/model.test.ts counts them while orders go through the functions. */
export const CALLS_PER_ORDER = {
  /** `POST /orders`. */
  door: { ledgerReads: 1, ledgerWrites: 1, sends: 1 },
  /**
   * `syncOrders` and `notifySubmitter`, where the order goes through at once, alone in its batch, and its caller is told,
   * who has not been told of anything for ten minutes: what is dearest, and how a small shop sells.
   */
  after: { tableReads: 2, tableWrites: 6, sends: 1 },
} as const;

/** An order enters both indexes as it comes, and leaves the one of what is not in the CRM once it is. */
const INDEX_WRITES = 3;
/** A record is under 1 KB: one unit to write, and one to read. Each index keeps its keys of it as well. */
const RECORD_BYTES = 700;
const INDEX_BYTES = 2 * 200;
const KEPT_MONTHS = 3;
/** Lines of the functions, of Lambda itself and of the API, by the order. */
const LOG_BYTES_PER_ORDER = 4_000;
const LOG_BYTES_PER_RUN = 700;

const MONTH_SECONDS = 30 * 24 * 60 * 60;
const GB = 1e9;
const MB_PER_GB = 1024;

/** Runs a month of what schedules start, and how long one without work takes. */
const SCHEDULES = [
  { runs: MONTH_SECONDS / 300, ms: 300 },
  { runs: MONTH_SECONDS / 60, ms: 150 },
  { runs: 60 * 30, ms: 100 },
] as const;

/** Lambda asks an empty queue all the time: five long polls of 20 s side by side, for each of the two. */
const POLLS_PER_QUEUE = (5 * MONTH_SECONDS) / 20;

export interface Line {
  what: string;
  price: PriceName;
  quantity: number;
  usd: number;
}

/** A month's bill, line by line. One order a batch: what is dearest. */
export function bill(shop: Shop, prices: Prices): Line[] {
  const { orders, asks, crmMs, orderMs, callbackMs, memoryMb, stack } = shop;
  const { door, after } = CALLS_PER_ORDER;
  const runs = SCHEDULES.reduce((all, one) => all + one.runs, 0);
  const proofSeconds = (orders * 60) / shop.proofCallsPerMinute;
  const gbSeconds = (seconds: number, mb = memoryMb) => (seconds * mb) / MB_PER_GB;
  const doorSeconds = (orders * shop.doorMs) / 1000;
  const askSeconds = (orders * asks * shop.askMs) / 1000;
  const busySeconds =
    (orders * (crmMs + orderMs + callbackMs + shop.tellMs)) / 1000 +
    SCHEDULES.reduce((all, one) => all + one.runs * (one.ms / 1000), 0);
  const keptBytes = orders * KEPT_MONTHS * (RECORD_BYTES + INDEX_BYTES);

  const quantities: [string, PriceName, number][] = [
    ['API: posts, and questions where an order is', 'httpApiRequest', orders * (1 + asks)],
    ['Lambda: starts', 'lambdaRequest', orders * (3 + asks) + runs],
    [
      'Lambda: time, the CRM’s included',
      'lambdaGbSecond',
      gbSeconds(busySeconds) +
        gbSeconds(doorSeconds, shop.doorMemoryMb) +
        gbSeconds(askSeconds, shop.askMemoryMb),
    ],
    ['Lambda: the daily proof', 'lambdaGbSecond', gbSeconds(proofSeconds, shop.proofMemoryMb)],
    // Received, looked at and deleted.
    ['SQS: orders', 'sqsRequest', orders * (door.sends + 3) + POLLS_PER_QUEUE],
    ['SQS: outcomes, in order', 'sqsFifoRequest', orders * (after.sends + 3) + POLLS_PER_QUEUE],
    [
      'DynamoDB: writes, indexes included',
      'dynamodbWrite',
      orders * (door.ledgerWrites + after.tableWrites + INDEX_WRITES),
    ],
    [
      'DynamoDB: reads, the proof’s included',
      'dynamodbRead',
      orders * (door.ledgerReads + after.tableReads + asks + 1) + runs,
    ],
    ['DynamoDB: 90 days of records', 'dynamodbGbMonth', keptBytes / GB],
    ['DynamoDB: their backup', 'dynamodbBackupGbMonth', keptBytes / GB],
    ['Logs', 'logsGb', (orders * LOG_BYTES_PER_ORDER + runs * LOG_BYTES_PER_RUN) / GB],
    ['Metrics', 'metricMonth', stack.metrics],
    ['Alarms', 'alarmMetricMonth', stack.alarmMetrics],
    ['Dashboard', 'dashboardMonth', stack.dashboards],
    ['Secrets', 'secretMonth', stack.secrets],
    ['Secrets: read every five minutes', 'secretCall', (stack.secrets * MONTH_SECONDS) / 300],
  ];
  const left = new Map(Object.entries(prices).map(([name, { free }]) => [name, shop.isFreeUsed ? free : 0]));
  return quantities.map(([what, price, quantity]) => {
    const free = Math.min(quantity, left.get(price) ?? 0);
    left.set(price, (left.get(price) ?? 0) - free);
    return { what, price, quantity, usd: (quantity - free) * prices[price].usd };
  });
}

export const totalOf = (lines: readonly Line[]): number => lines.reduce((all, { usd }) => all + usd, 0);
