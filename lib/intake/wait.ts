import { setTimeout as sleep } from 'node:timers/promises';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type { Ledger } from '../ledger/ledger.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { isFinal } from '../ledger/states.ts';
import { Problem } from './http.ts';

/** An HTTP API gives up after 30 s, and a customer in a chat long before. */
export const MAX_WAIT_SECONDS = 20;

/** Soon at first, because most orders are there within a second. */
const POLL_MS = { first: 150, factor: 1.3, most: 1000 };

/**
 * `?wait=8`: for how many seconds the caller would wait for a final state. 0 unless told.
 *
 * @throws {Problem} 400 where it is not a whole number from 0 to 20.
 */
export function readWaitSeconds(event: Pick<APIGatewayProxyEventV2, 'queryStringParameters'>): number {
  const wait = event.queryStringParameters?.['wait'];
  if (wait === undefined) return 0;
  if (!/^\d{1,2}$/.test(wait) || Number(wait) > MAX_WAIT_SECONDS) {
    throw new Problem('invalid_query', {
      detail: `wait must be a whole number of seconds from 0 to ${MAX_WAIT_SECONDS}. The order was not accepted.`,
    });
  }
  return Number(wait);
}

export interface WaitOptions {
  ledger: Pick<Ledger, 'get' | 'getAside'>;
  caller: string;
  /** An answer is about the content and the caller that asked, whatever else stands under the number. */
  isOurs: (record: LedgerRecord) => boolean;
  /** When the order was settled last, if it was: a final state of then is not what is waited for. */
  settledBefore: number | undefined;
  waitMs: number;
  now?: () => number;
  pause?: (ms: number) => Promise<unknown>;
}

/** The order's record once its state is final; `undefined` where it is not in time, or cannot be read. */
export async function waitForFinalState(
  externalId: string,
  options: WaitOptions,
): Promise<LedgerRecord | undefined> {
  const { ledger, caller, isOurs, settledBefore, waitMs, now = Date.now, pause = sleep } = options;
  async function own(): Promise<LedgerRecord | undefined> {
    const record = await ledger.get(externalId);
    if (record === undefined || isOurs(record)) return record;
    const aside = await ledger.getAside(externalId, caller);
    return aside !== undefined && isOurs(aside) ? aside : undefined;
  }
  const deadline = now() + waitMs;
  for (let pollMs = POLL_MS.first; ; pollMs = Math.min(POLL_MS.most, pollMs * POLL_MS.factor)) {
    const remainingMs = deadline - now();
    if (remainingMs <= 0) return undefined;
    await pause(Math.min(pollMs, remainingMs));
    // The order is accepted, whatever the ledger is doing: a read that fails is no answer, and no more.
    const record = await own().catch(() => undefined);
    if (record?.settled_at !== undefined && record.settled_at !== settledBefore && isFinal(record.state)) {
      return record;
    }
  }
}
