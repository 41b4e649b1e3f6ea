/** Of one unit, in US dollars, and how many a month cost nothing for as long as the account lives. */
export interface Price {
  usd: number;
  free: number;
}

/**
 * AWS's public list prices for eu-central-1, without tax. Assumptions: they were written down from its price pages as
 * they stood on {@link PRICES_AS_OF} (https://aws.amazon.com/pricing/), from memory, and could not be looked up where
 * this was built. `npm run model -- --price name=usd` puts another in its place.
 */
export const PRICES = {
  httpApiRequest: { usd: 1.2e-6, free: 0 },
  lambdaRequest: { usd: 0.2e-6, free: 1_000_000 },
  /** Arm. */
  lambdaGbSecond: { usd: 1.33334e-5, free: 400_000 },
  sqsRequest: { usd: 0.4e-6, free: 1_000_000 },
  sqsFifoRequest: { usd: 0.5e-6, free: 0 },
  dynamodbWrite: { usd: 0.7625e-6, free: 0 },
  dynamodbRead: { usd: 0.1525e-6, free: 0 },
  dynamodbGbMonth: { usd: 0.306, free: 25 },
  dynamodbBackupGbMonth: { usd: 0.2448, free: 0 },
  logsGb: { usd: 0.63, free: 5 },
  metricMonth: { usd: 0.3, free: 10 },
  alarmMetricMonth: { usd: 0.1, free: 10 },
  dashboardMonth: { usd: 3, free: 3 },
  secretMonth: { usd: 0.4, free: 0 },
  secretCall: { usd: 5e-6, free: 0 },
} as const satisfies Record<string, Price>;

export type PriceName = keyof typeof PRICES;
export type Prices = Readonly<Record<PriceName, Price>>;

export const PRICES_AS_OF = '2025-07-01';

export const isPriceName = (name: string): name is PriceName => name in PRICES;
