import type { Outcome } from '../../lib/ledger/outcome.ts';
import type { LedgerRecord } from '../../lib/ledger/record.ts';
import { accepted } from '../../lib/ledger/start.ts';
import type { OrderMessage, Parking } from '../../lib/queues/codec.ts';
import { createRateLimit } from '../../lib/sync/rate-limit.ts';
import type { SyncOrderDeps } from '../../lib/sync/sync-order.ts';
import { memoryLedger } from './memory-ledger.ts';
import { orderMessage } from './order-message.ts';
import { recordingLog } from './recording-log.ts';

/** When everything happens, unless a test says otherwise. */
export const NOW = Date.parse('2026-01-01T10:00:00Z');

/** Waits are 30, 60 and 120 s, and a quarter more by the chance of `memoryConsumer`. */
export const BACKOFF = { baseMs: 30_000, capMs: 900_000, maxRetries: 3 };

/** A record as it is before its first write. */
export const recordOf = (changes: Partial<LedgerRecord> = {}): LedgerRecord => ({
  ...accepted({ external_id: '1042', content_hash: 'h1' }, NOW),
  submitted_by: 'bot',
  ...changes,
});

/** A message of `bot`, just sent. */
export const messageOf = (body: object, changes: Partial<OrderMessage> = {}): OrderMessage =>
  orderMessage(JSON.stringify(body), { submittedBy: 'bot', sentAt: NOW, ...changes });

/**
 * A consumer of OrdersQueue with nothing but memory around it: no server, no clock that runs, no chance. The CRM says yes
 * to whatever it is asked, until a test gives it another answer.
 */
export function memoryConsumer() {
  const clock = { now: NOW };
  const now = () => clock.now;
  const ledger = memoryLedger(now);
  const { log, lines } = recordingLog();
  const letters: { message: OrderMessage; parking: Parking }[] = [];
  const told: Outcome[] = [];
  /** What was asked of the CRM. */
  const calls: string[] = [];
  const deps: SyncOrderDeps = {
    crm: {
      isReady: async () => true,
      async create({ external_id, status }) {
        calls.push(`create ${external_id} ${status}`);
        return { ok: true, crmOrderId: '7' };
      },
      async find({ external_id }) {
        calls.push(`find ${external_id}`);
        return { ok: true, result: 'absent' };
      },
      async setStatus(id, status) {
        calls.push(`status ${id} ${status}`);
        return { ok: true, status };
      },
    },
    ledger,
    deadLetters: { park: async (message, parking) => void letters.push({ message, parking }) },
    outcomes: { send: async (outcome) => void told.push(outcome) },
    rateLimit: createRateLimit(now),
    backoff: BACKOFF,
    crmTimeoutMs: 10_000,
    clockSkewMs: 60_000,
    leaseMs: () => 120_000,
    turn: { leave: () => undefined, comeBack: async () => undefined },
    log,
    now,
    random: () => 0.5,
  };
  return { deps, clock, ledger, letters, told, lines, calls };
}
