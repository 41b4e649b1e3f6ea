import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLedger } from '../../../lib/ledger/ledger.ts';
import { ORDER_STATUSES, type OrderStatus } from '../../../lib/order/order.ts';
import { declinePayment } from '../../../lib/sync/decline-payment.ts';
import { createRateLimit } from '../../../lib/sync/rate-limit.ts';
import { syncOrder } from '../../../lib/sync/sync-order.ts';
import { syncStatus } from '../../../lib/sync/sync-status.ts';
import { type Stack, startStack } from '../../../local/stack.ts';
import { crashing } from '../../kit/crashing.ts';
import { CrmModel } from '../../kit/crm-model.ts';
import { orderMessage } from '../../kit/order-message.ts';
import { sampleOrder } from '../../kit/orders.ts';
import { silentLog } from '../../kit/silent-log.ts';
import { testTemplate } from '../../kit/template.ts';

let stack: Stack;
let runs = 0;
beforeAll(async () => {
  stack = await startStack({ template: testTemplate(), region: 'eu-central-1', apiKeySecret: 'key' });
});
afterAll(() => stack.stop());

const rank = (status: OrderStatus) => ORDER_STATUSES.indexOf(status);

/** Takes any status as it comes, back as well: that it never goes back is not its doing. */
class ForgetfulCrm extends CrmModel {
  seen: OrderStatus[] = [];
  failures = 0;
  override async create(order: Parameters<CrmModel['create']>[0]) {
    const made = await super.create(order);
    this.seen.push(order.status);
    return made;
  }
  override async setStatus(_id: string, status: OrderStatus) {
    if (this.failures > 0) {
      this.failures -= 1;
      return { ok: false as const, type: 'CONNECTION' as const, message: 'x', mayHaveReachedCrm: true };
    }
    this.seen.push(status);
    return { ok: true as const, status };
  }
}

const arrival = fc.record({
  status: fc.constantFrom(...ORDER_STATUSES),
  whole: fc.boolean(),
  crashAt: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
  afterTheCall: fc.boolean(),
});

test('in whatever order statuses come, twice and through crashes, the CRM ends on the furthest and never goes back', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...ORDER_STATUSES),
      fc.array(arrival, { minLength: 1, maxLength: 6 }),
      fc.nat({ max: 6 }),
      fc.nat({ max: 2 }),
      async (first, statuses, orderAt, failures) => {
        runs += 1;
        const external_id = `any-order-${runs}`;
        const crm = new ForgetfulCrm();
        crm.failures = failures;
        let now = Date.parse('2026-01-01T10:00:00Z');
        const ledger = createLedger(stack.dynamodb, { table: 'Ledger', now: () => now });
        const parked: string[] = [];

        const deliver = async (one: (typeof statuses)[number], receiveCount: number, canCrash: boolean) => {
          const process = crashing(canCrash ? one.crashAt : undefined, one.afterTheCall);
          const deps = {
            crm: process.mortal(crm),
            ledger: process.mortal(ledger),
            deadLetters: process.mortal({
              park: async ({ body }: { body: string }) => {
                parked.push(body);
              },
            }),
            outcomes: process.mortal({ send: async () => undefined }),
            rateLimit: createRateLimit(() => now),
            backoff: { baseMs: 30_000, capMs: 900_000, maxRetries: 3 },
            crmTimeoutMs: 10_000,
            clockSkewMs: 60_000,
            leaseMs: () => 120_000,
            turn: { leave: () => undefined, comeBack: async () => undefined },
            log: silentLog,
            now: () => now,
            random: () => 0.5,
          };
          const { status } = one;
          const body = JSON.stringify(
            one.whole ? sampleOrder(external_id, { status }) : { external_id, status },
          );
          const message = orderMessage(body, { submittedBy: 'demo', receiveCount, sentAt: now });
          return Promise.race([
            one.whole
              ? syncOrder(message, deps)
              : syncStatus({ external_id, status }, message, { ...deps, settlePayment: declinePayment }),
            process.dead,
          ]).catch(() => undefined);
        };

        const order = { status: first, whole: true, crashAt: undefined, afterTheCall: false };
        const queue = statuses.toSpliced(orderAt, 0, order);
        // Each comes until it is let go of; the first time it may die on the way. At the end all come once more.
        let waiting = queue.map((one) => ({ one, receives: 0 }));
        for (let round = 0; waiting.length > 0 && round < 12; round += 1) {
          const left: typeof waiting = [];
          for (const { one, receives } of waiting) {
            const done = await deliver(one, 1 + Math.min(receives, 3), receives === 0);
            if (done?.acknowledge !== true) left.push({ one, receives: receives + 1 });
          }
          waiting = left;
          now += 300_000;
        }
        expect(waiting).toEqual([]);
        for (const one of queue.toReversed()) await deliver(one, 1, false);

        const furthest = ORDER_STATUSES[Math.max(...queue.map(({ status }) => rank(status)))];
        expect(crm.seen.at(-1)).toBe(furthest);
        expect(crm.seen.map(rank)).toEqual(crm.seen.map(rank).toSorted((a, b) => a - b));
        expect(crm.count(external_id)).toBe(1);
        expect(parked).toEqual([]);
        expect((await ledger.get(external_id))?.status).toMatchObject({ wanted: furthest, in_crm: furthest });
      },
    ),
    { numRuns: 30 },
  );
}, 180_000);
