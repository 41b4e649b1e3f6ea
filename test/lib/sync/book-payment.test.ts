import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Log } from '../../../lib/lambda/observability.ts';
import { createLedger } from '../../../lib/ledger/ledger.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import type { Payment } from '../../../lib/order/payment.ts';
import { readStatusChange } from '../../../lib/order/status-change.ts';
import type { OrderMessage, Parking } from '../../../lib/queues/codec.ts';
import type { CrmFailure, PaymentBooked } from '../../../lib/sitniks/result.ts';
import { bookingWith } from '../../../lib/sync/book-payment.ts';
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
import { until } from '../../kit/until.ts';

let stack: Stack;
let runs = 0;
beforeAll(async () => {
  stack = await startStack({ template: testTemplate(), region: 'eu-central-1', apiKeySecret: 'key' });
});
afterAll(() => stack.stop());

/** What can become of one call: booked or not, and what is said of it. */
const ANSWERS = {
  booked: { isBooked: true, answer: { ok: true } },
  lost: { isBooked: true, answer: failed('CONNECTION', true) },
  not_there: { isBooked: false, answer: failed('CONNECTION', true) },
  unreachable: { isBooked: false, answer: failed('CONNECTION', false) },
  busy: { isBooked: false, answer: failed('RATE_LIMIT', false) },
  key: { isBooked: false, answer: failed('AUTHENTICATION', false) },
  refused: { isBooked: false, answer: failed('VALIDATION', false, 'payment_refused') },
} as const satisfies Record<string, { isBooked: boolean; answer: PaymentBooked }>;
type Answer = keyof typeof ANSWERS;

function failed(
  type: CrmFailure['type'],
  mayHaveReachedCrm: boolean,
  reason?: 'payment_refused',
): CrmFailure {
  return {
    ok: false,
    type,
    message: 'x',
    mayHaveReachedCrm,
    ...(reason && { reasons: [{ code: reason }] }),
  };
}

/** It books whatever it is asked to, again as well: that it is asked once is not its doing. */
class Till extends CrmModel {
  answers: Answer[] = [];
  booked: Payment[] = [];
  override async book(_id = '', payment: Payment = { amount: 0 }): Promise<PaymentBooked> {
    const { isBooked, answer } = ANSWERS[this.answers.shift() ?? 'booked'];
    if (isBooked) this.booked.push(payment);
    return answer;
  }
}

/** One order, and whoever works on it. */
function shop() {
  runs += 1;
  const external_id = `paid-${runs}`;
  const crm = new Till();
  let now = Date.parse('2026-01-01T10:00:00Z');
  const ledger = createLedger(stack.dynamodb, { table: 'Ledger', now: () => now });
  let payments: 'booked' | 'declined' = 'booked';
  const letters: { body: string; reasons: string }[] = [];
  const told: string[] = [];
  const warned: string[] = [];
  const log: Log = { ...silentLog, warn: (message) => void warned.push(message), child: () => log };

  async function deliver(message: OrderMessage, crashAt?: number, afterTheCall = false) {
    const process = crashing(crashAt, afterTheCall);
    const deps = {
      crm: process.mortal(crm),
      ledger: process.mortal(ledger),
      deadLetters: process.mortal({
        park: async ({ body }: OrderMessage, { error }: Parking) => {
          letters.push({ body, reasons: (error.reasons ?? []).map(({ code }) => code).join() });
        },
      }),
      outcomes: process.mortal({
        send: async ({ type, amount }: { type: string; amount?: number | undefined }) =>
          void told.push(`${type} ${amount}`),
      }),
      rateLimit: createRateLimit(() => now),
      backoff: { baseMs: 30_000, capMs: 900_000, maxRetries: 3 },
      crmTimeoutMs: 10_000,
      clockSkewMs: 60_000,
      leaseMs: () => 120_000,
      turn: { leave: () => undefined, comeBack: async () => undefined },
      log,
      now: () => now,
      random: () => 0.5,
    };
    const change = readStatusChange(message.body);
    return Promise.race([
      change === undefined
        ? syncOrder(message, deps)
        : syncStatus(change, message, {
            ...deps,
            settlePayment:
              payments === 'declined'
                ? declinePayment
                : bookingWith((id, payment) => deps.crm.book(id, payment)),
          }),
      process.dead,
    ]).catch(() => undefined);
  }
  const message = (body: object, receiveCount = 1, redriven = 0) =>
    orderMessage(JSON.stringify(body), { submittedBy: 'demo', receiveCount, redriven, sentAt: now });
  const paid = (amount: number) => ({
    external_id,
    status: 'PAID',
    payment: { amount, comment: 'Олена, картка' },
  });

  return {
    crm,
    /** As after a deployment with another dialect, or without an account. */
    bookNoMore: () => {
      payments = 'declined';
    },
    bookAgain: () => {
      payments = 'booked';
    },
    letters,
    told,
    warned,
    message,
    paid,
    deliver,
    created: () => deliver(message(sampleOrder(external_id))),
    /** Until it is let go of; the first time it may die on the way. */
    async settle(body: object, crash?: { at: number | undefined; after: boolean }, redriven = 0) {
      for (let receives = 1; receives < 12; receives += 1) {
        const first = receives === 1 ? crash : undefined;
        const done = await deliver(message(body, receives, redriven), first?.at, first?.after);
        now += 300_000;
        if (done?.acknowledge) return;
      }
      throw new Error('Never let go of');
    },
    record: async (): Promise<LedgerRecord | undefined> => ledger.get(external_id),
    stateOf: async (amount: number) =>
      (await ledger.get(external_id))?.payments?.find((payment) => payment.amount === amount)?.state,
  };
}

const answers = Object.keys(ANSWERS).filter((name): name is Answer => name in ANSWERS);
const arrival = fc.record({
  amount: fc.constantFrom(100, 250.5),
  crash: fc.record({
    at: fc.option(fc.integer({ min: 1, max: 14 }), { nil: undefined }),
    after: fc.boolean(),
  }),
  redriven: fc.constantFrom(0, 0, 1),
});

test('whatever fails, repeats and crashes: no payment is booked twice, and none is forgotten', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(arrival, { minLength: 1, maxLength: 5 }),
      fc.array(fc.constantFrom(...answers), { maxLength: 6 }),
      async (arrivals, said) => {
        const { crm, created, settle, paid, letters, told, stateOf } = shop();
        await created();
        crm.answers = [...said];
        for (const { amount, crash, redriven } of arrivals) await settle(paid(amount), crash, redriven);

        for (const amount of new Set(arrivals.map((one) => one.amount))) {
          const times = crm.booked.filter((payment) => payment.amount === amount).length;
          expect(times).toBeLessThanOrEqual(1);
          const state = await stateOf(amount);
          const kept = letters.filter(({ body }) => body.includes(`"amount":${amount}`));
          switch (state) {
            case 'booked':
              expect([amount, times]).toEqual([amount, 1]);
              expect(told).toContain(`payment_booked ${amount}`);
              break;
            case 'in_doubt':
              expect(kept.map(({ reasons }) => reasons)).toContain('payment_unproven');
              break;
            case 'not_booked':
              expect(times).toBe(0);
              expect(told).toContain(`payment_not_booked ${amount}`);
              break;
            default:
              expect.fail(`Left ${state}`);
          }
        }
      },
    ),
    { numRuns: 40 },
  );
}, 180_000);

test('what is booked is not booked again by a repeat, and another amount is another payment', async () => {
  const { crm, created, settle, paid, told } = shop();
  await created();
  for (const amount of [100, 100, 250.5, 100]) await settle(paid(amount));
  expect(crm.booked.map(({ amount }) => amount)).toEqual([100, 250.5]);
  expect(told.filter((one) => one.startsWith('payment'))).toEqual([
    'payment_booked 100',
    'payment_booked 250.5',
  ]);
});

test('a crash between the status and the payment costs neither', async () => {
  const { crm, created, paid, settle, record } = shop();
  await created();
  const moving = crm.setStatus.bind(crm);
  let isMoved = false;
  crm.setStatus = async (id, status) => {
    isMoved = true;
    return moving(id, status);
  };
  // The first call after the status was written.
  for (let at = 1; !isMoved || crm.booked.length === 0; at += 1)
    await settle(paid(100), { at, after: false });
  expect(crm.booked).toHaveLength(1);
  expect((await record())?.status).toMatchObject({ in_crm: 'PAID' });
});

test('one that may be there is kept for a person, and a letter that comes back is kept again', async () => {
  const { crm, created, settle, paid, letters, told, warned, stateOf } = shop();
  await created();
  crm.answers = ['lost'];
  await settle(paid(100));
  await settle(paid(100), undefined, 1);
  expect(crm.booked).toHaveLength(1);
  expect(await stateOf(100)).toBe('in_doubt');
  expect(letters.map(({ reasons }) => reasons)).toEqual(['payment_unproven', 'payment_unproven']);
  // Each letter has a line, by which the alarm counts it.
  expect(warned).toEqual(['Payment not booked: parked', 'Payment not booked: parked']);
  expect(told.filter((one) => one.startsWith('payment'))).toEqual(['payment_not_booked 100']);
});

test('one that cannot be sent is tried four times, and then kept as a letter', async () => {
  const { crm, created, settle, paid, letters, stateOf } = shop();
  await created();
  crm.answers = ['unreachable', 'unreachable', 'busy', 'unreachable', 'unreachable', 'booked'];
  await settle(paid(100));
  expect([crm.answers, await stateOf(100)]).toEqual([['booked'], 'not_booked']);
  expect(letters).toMatchObject([{ reasons: 'crm_unreachable', body: JSON.stringify(paid(100)) }]);
  await settle(paid(100), undefined, 1);
  expect(await stateOf(100)).toBe('booked');
});

test('while one is being sent, a copy of it waits', async () => {
  const { crm, created, deliver, message, paid } = shop();
  await created();
  const booking = Promise.withResolvers<PaymentBooked>();
  const asked = Promise.withResolvers<void>();
  crm.book = async () => {
    asked.resolve();
    return booking.promise;
  };
  const first = deliver(message(paid(100)));
  await asked.promise;
  expect(await deliver(message(paid(100)))).toMatchObject({ acknowledge: false });
  booking.resolve({ ok: true });
  expect(await first).toEqual({ acknowledge: true });
});

test('one that was refused is tried again when it is asked for again', async () => {
  const { crm, created, settle, paid, letters, stateOf } = shop();
  await created();
  crm.answers = ['refused'];
  await settle(paid(100));
  expect([await stateOf(100), letters.map(({ reasons }) => reasons)]).toEqual([
    'not_booked',
    ['payment_refused'],
  ]);
  await settle(paid(100));
  expect(await stateOf(100)).toBe('booked');
});

test('where none is booked that is told, and no letter is kept of it', async () => {
  const { crm, created, bookNoMore, bookAgain, settle, paid, letters, told, warned, stateOf } = shop();
  await created();
  bookNoMore();
  await settle(paid(100));
  expect([letters, warned, crm.booked]).toEqual([[], ['Payment not booked'], []]);
  expect([await stateOf(100), told.filter((one) => one.startsWith('payment'))]).toEqual([
    'not_booked',
    ['payment_not_booked 100'],
  ]);
  // A letter from before says nothing new; whoever asks again is told again.
  await settle(paid(100), undefined, 1);
  expect(told.filter((one) => one.startsWith('payment'))).toEqual(['payment_not_booked 100']);
  await settle(paid(100));
  expect(told.filter((one) => one.startsWith('payment'))).toHaveLength(2);
  // It is booked once it can be.
  bookAgain();
  await settle(paid(100));
  expect([await stateOf(100), crm.booked.length]).toEqual(['booked', 1]);
});

test('where none is booked any more, what was is said to be, and what may be is kept for a person', async () => {
  const { crm, created, bookNoMore, settle, deliver, message, paid, letters, told, stateOf } = shop();
  await created();
  await settle(paid(100));
  crm.answers = ['lost'];
  await settle(paid(250.5));
  // Dies with the payment on its way.
  crm.book = async () => new Promise(() => undefined);
  void deliver(message(paid(300)));
  await until(async () => (await stateOf(300)) === 'sending');

  bookNoMore();
  for (const amount of [100, 250.5, 300]) await settle(paid(amount));
  expect([await stateOf(100), await stateOf(250.5), await stateOf(300)]).toEqual([
    'booked',
    'in_doubt',
    'in_doubt',
  ]);
  expect(told.filter((one) => one.startsWith('payment'))).toEqual([
    'payment_booked 100',
    'payment_not_booked 250.5',
    'payment_not_booked 300',
  ]);
  expect(letters.map(({ reasons }) => reasons)).toEqual(Array(3).fill('payment_unproven'));
});

test('whatever crashes where none is booked: whoever paid is told', async () => {
  for (let at = 1; at <= 12; at += 1) {
    const { created, bookNoMore, settle, paid, told, stateOf } = shop();
    await created();
    bookNoMore();
    await settle(paid(100), { at, after: at % 2 === 0 });
    expect([at, await stateOf(100)]).toEqual([at, 'not_booked']);
    expect(told).toContain('payment_not_booked 100');
  }
});

test('one whose order is not in the CRM yet waits on the queue, and then as a letter that comes back', async () => {
  const { crm, created, settle, deliver, message, paid, letters, stateOf } = shop();
  crm.faults = ['authentication'];
  await created();
  expect(await deliver(message(paid(100)))).toMatchObject({ acknowledge: false });
  await settle(paid(100));
  expect(letters.at(-1)).toMatchObject({ reasons: 'payment_waits', body: JSON.stringify(paid(100)) });
  expect([crm.booked, await stateOf(100)]).toEqual([[], 'waiting']);
});

test('a status that a person has set keeps no payment from being booked, and has one letter', async () => {
  const { crm, created, settle, paid, letters, stateOf } = shop();
  await created();
  crm.setStatus = async () => ({ ...failed('CONFLICT', false), reasons: [{ code: 'status_by_hand' }] });
  crm.answers = ['unreachable', 'unreachable'];
  await settle(paid(100));
  expect(await stateOf(100)).toBe('booked');
  expect(letters.map(({ reasons }) => reasons)).toEqual(['status_by_hand']);
});

test('what was said of it is in no record', async () => {
  const { crm, created, settle, paid, record } = shop();
  await created();
  crm.answers = ['unreachable', 'lost'];
  await settle(paid(100));
  expect(JSON.stringify(await record())).not.toMatch(/Олена|картка/);
  expect(crm.booked).toMatchObject([{ comment: 'Олена, картка' }]);
});
