import { ORDERS_AT_ONCE } from '../../lib/sync/sync-batch.ts';

/** What the model is told. Times in milliseconds. */
export interface Shop {
  /** A month. */
  orders: number;
  /** Questions where an order is, by the order. */
  asks: number;
  /** Of one call of the CRM. */
  crmMs: number;
  /** Calls that the CRM takes in a second; no limit where it is not known. */
  crmPerSecond?: number | undefined;
  /** Of the relay's own, by the order: the ledger and the queues. */
  orderMs: number;
  /** And by the batch: to get it, and to give it back. */
  batchMs: number;
  doorMs: number;
  askMs: number;
  /** Of a caller's endpoint, and of the relay's own work beside it. */
  callbackMs: number;
  tellMs: number;
  /** Orders in a batch, orders of it at a time, and containers at a time. */
  batch: number;
  atOnce: number;
  concurrency: number;
  proofCallsPerMinute: number;
  /** Of the door, of who is asked where an order is, and of the rest. */
  doorMemoryMb: number;
  askMemoryMb: number;
  memoryMb: number;
  proofMemoryMb: number;
  /** What there is whatever comes, as the template has it. */
  stack: { metrics: number; alarmMetrics: number; dashboards: number; secrets: number };
  /** What AWS gives every account each month. */
  isFreeUsed: boolean;
}

/** Assumed of AWS, where nobody has measured it; `stack` and the parameters are counted in the template. */
export const ASSUMED = {
  asks: 1,
  crmMs: 500,
  orderMs: 40,
  batchMs: 60,
  doorMs: 25,
  askMs: 7,
  callbackMs: 200,
  tellMs: 40,
  atOnce: ORDERS_AT_ONCE,
} as const;
