import { describe, expect, test } from 'vitest';
import type { ClaimDecision } from '../../../lib/ledger/claim.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { contentOf } from '../../../lib/order/content-hash.ts';
import type { OrderMessage } from '../../../lib/queues/codec.ts';
import type { CrmFailure, OrderCreated } from '../../../lib/sitniks/result.ts';
import { type SyncOrderDeps, syncOrder } from '../../../lib/sync/sync-order.ts';
import { memoryConsumer, messageOf, NOW, recordOf } from '../../kit/memory-consumer.ts';
import { sampleOrder } from '../../kit/orders.ts';
import { sampleOutcome } from '../../kit/outcomes.ts';
import { parsedOrder } from '../../kit/parsed-order.ts';

const CONTENT = contentOf(parsedOrder('1042'));

const no = (type: CrmFailure['type'], more: Partial<CrmFailure> = {}): CrmFailure => ({
  ok: false,
  type,
  message: 'No',
  mayHaveReachedCrm: false,
  ...more,
});

/** A consumer that has the order `1042` in hand. */
function desk() {
  const consumer = memoryConsumer();
  const { deps, ledger } = consumer;
  const turn: string[] = [];
  deps.turn = {
    leave: () => void turn.push('leave'),
    comeBack: async () => void turn.push('come back'),
  };
  return {
    ...consumer,
    turn,
    /** Known before. */
    known: (changes: Partial<LedgerRecord>) => ledger.replace(recordOf({ ...CONTENT, ...changes })),
    record: () => ledger.get('1042'),
    claimIs(decision: ClaimDecision) {
      deps.ledger = { ...ledger, claim: async () => decision };
    },
    /** To its creation. */
    crmSays(answer: OrderCreated) {
      deps.crm.create = async () => answer;
    },
    sync: (changes: object = {}, message: Partial<OrderMessage> = {}, more: Partial<SyncOrderDeps> = {}) =>
      syncOrder(messageOf(sampleOrder('1042', changes), message), { ...deps, ...more }),
  };
}

describe('an order is given back without a call', () => {
  test.each([
    ['as long as the rate limit holds', 9000, 1, 9000],
    ['longer each time, where the rate limit is short', 500, 4, 8000],
  ])('%s', async (_what, pausedMs, receiveCount, delayMs) => {
    const { sync, deps, record, calls } = desk();
    deps.rateLimit.hit(pausedMs);
    expect(await sync({}, { receiveCount })).toEqual({ acknowledge: false, delayMs });
    expect([calls, await record()]).toEqual([[], undefined]);
  });

  test('for the backoff while no key is to be had, with a line for the alarm', async () => {
    const { sync, deps, record, calls, lines } = desk();
    deps.crm.isReady = async () => false;
    expect(await sync({}, { receiveCount: 3 })).toEqual({ acknowledge: false, delayMs: 150_000 });
    expect([calls, await record()]).toEqual([[], undefined]);
    expect(lines).toEqual([
      {
        level: 'warn',
        message: 'No API key to be had: order given back',
        external_id: '1042',
        error_type: 'CONNECTION',
      },
    ]);
  });

  test.each([
    ['for as long as somebody else has it in hand', NOW + 5000, 5000],
    ['but looked at again after the backoff, however long that is', NOW + 500_000, 37_500],
  ])('%s', async (_what, until, delayMs) => {
    const { sync, claimIs, calls, letters, told, lines } = desk();
    claimIs({ result: 'busy', until });
    expect(await sync()).toEqual({ acknowledge: false, delayMs });
    expect([calls, letters, told]).toEqual([[], [], []]);
    expect(lines).toEqual([
      {
        level: 'info',
        message: 'Order in other hands, or in its backoff: given back',
        external_id: '1042',
      },
    ]);
  });
});

describe('an order that is not to be sent', () => {
  test('is let go of where it was corrected since', async () => {
    const { sync, claimIs, calls, letters, told, lines } = desk();
    claimIs({ result: 'superseded' });
    expect(await sync()).toEqual({ acknowledge: true });
    expect([calls, letters, told]).toEqual([[], [], []]);
    expect(lines).toEqual([
      { level: 'info', message: 'Order corrected since: late copy acknowledged', external_id: '1042' },
    ]);
  });

  test("is parked where its number is another's", async () => {
    const { sync, known, calls, letters } = desk();
    await known({ state: 'synced', content_hash: 'h0' });
    expect(await sync()).toEqual({ acknowledge: true });
    expect(calls).toEqual([]);
    expect(letters).toMatchObject([{ parking: { error: { reasons: [{ code: 'number_taken' }] } } }]);
  });

  test('is parked where it is none', async () => {
    const { sync, calls, letters, lines } = desk();
    expect(await sync({ source: 7 })).toEqual({ acknowledge: true });
    expect(calls).toEqual([]);
    expect(letters).toMatchObject([{ parking: { error: { type: 'MALFORMED' } } }]);
    expect(lines).toMatchObject([{ message: 'Message is not an order: parked', external_id: '1042' }]);
  });
});

describe('an order that is in the CRM already', () => {
  test('is let go of, with a line', async () => {
    const { sync, known, calls, turn, lines } = desk();
    await known({
      state: 'synced',
      crm_order_id: '7',
      status: { wanted: 'NEW', in_crm: 'NEW', attempts: 0 },
    });
    expect(await sync()).toEqual({ acknowledge: true });
    expect([calls, turn]).toEqual([[], []]);
    expect(lines).toEqual([
      { level: 'info', message: 'Order already settled: repeat', external_id: '1042', state: 'synced' },
    ]);
  });

  test('is brought on where its status is behind, with a place at the CRM', async () => {
    const { sync, known, calls, turn } = desk();
    await known({
      state: 'synced',
      crm_order_id: '7',
      status: { wanted: 'PAID', in_crm: 'NEW', attempts: 0 },
    });
    expect(await sync()).toEqual({ acknowledge: true });
    expect([calls, turn]).toEqual([['status 7 PAID'], ['come back']]);
  });

  test('is let go of where its status was given up: that has a letter of its own', async () => {
    const { sync, known, calls, turn } = desk();
    const error = { type: 'VALIDATION' as const, message: 'No' };
    await known({
      state: 'synced',
      crm_order_id: '7',
      status: { wanted: 'PAID', in_crm: 'NEW', attempts: 1, error },
    });
    expect(await sync()).toEqual({ acknowledge: true });
    expect([calls, turn]).toEqual([[], []]);
  });
});

test('what was not told of an order is told by whoever comes by next, under the order’s number in the log', async () => {
  const { sync, deps, known, ledger, told, lines } = desk();
  const untold = sampleOutcome({ type: 'synced', error: undefined });
  await known({ state: 'synced', crm_order_id: '7', outbox: [untold] });
  deps.ledger = { ...ledger, replace: () => Promise.reject(new TypeError('down')) };
  expect(await sync()).toEqual({ acknowledge: true });
  expect(told).toEqual([untold]);
  expect(lines.at(-1)).toMatchObject({ level: 'warn', external_id: '1042', error_name: 'TypeError' });
});

describe('an order that gets there', () => {
  test('is told, noted and logged, and leaves its place at the CRM', async () => {
    const { sync, record, calls, told, turn, lines } = desk();
    expect(await sync({}, { sentAt: NOW - 4000, redriven: 0 })).toEqual({ acknowledge: true });
    expect([calls, turn]).toEqual([['create 1042 NEW'], ['leave']]);
    expect(await record()).toMatchObject({ state: 'synced', crm_order_id: '7', submitted_by: 'bot' });
    expect(told).toMatchObject([{ type: 'synced', external_id: '1042', crm_order_id: '7' }]);
    expect(lines).toEqual([
      {
        level: 'info',
        message: 'Order taken in hand',
        external_id: '1042',
        attempt: 1,
        redriven: 0,
        in_doubt: false,
      },
      {
        level: 'info',
        message: 'Order synced',
        external_id: '1042',
        attempt: 1,
        crm_ms: 0,
        crm_order_id: '7',
        accepted_to_synced_ms: 4000,
      },
    ]);
  });

  test('is logged with how long the CRM took for all its calls', async () => {
    const { sync, deps, clock, known, lines } = desk();
    const { create, find } = deps.crm;
    deps.crm = {
      ...deps.crm,
      find: async (order) => {
        clock.now += 300;
        return find(order);
      },
      create: async (order) => {
        clock.now += 700;
        return create(order);
      },
    };
    await known({ state: 'retrying', attempts: 1 });
    await sync();
    expect(lines.at(-1)).toMatchObject({ message: 'Order synced', attempt: 2, crm_ms: 1000 });
  });

  test('is logged under the number that people see', async () => {
    const { sync, crmSays, lines } = desk();
    crmSays({ ok: true, crmOrderId: '7', crmOrderNumber: '1-7' });
    await sync();
    expect(lines.at(-1)).toMatchObject({ message: 'Order synced', crm_order_id: '1-7' });
  });

  test('is created as far as it was asked for by then, whatever its message says', async () => {
    const { sync, known, calls } = desk();
    await known({ status: { wanted: 'PAID', attempts: 0 } });
    await sync();
    expect(calls).toEqual(['create 1042 PAID']);
  });

  test('is created as its message says where nothing was noted', async () => {
    const { sync, claimIs, ledger, calls } = desk();
    const record = await ledger.replace(
      recordOf({ state: 'syncing', attempts: 1, lease_until: NOW + 120_000 }),
    );
    claimIs({ result: 'acquired', lookUp: false, record: record ?? expect.fail('Not written') });
    await sync({ status: 'PENDING_PAYMENT' });
    expect(calls).toEqual(['create 1042 PENDING_PAYMENT']);
  });

  test('is followed by its status where that was asked further meanwhile', async () => {
    const { sync, deps, ledger, calls, turn } = desk();
    const { end } = ledger;
    deps.ledger = {
      ...ledger,
      end: async (record, how) =>
        end({ ...record, status: { wanted: 'PAID', in_crm: 'NEW', attempts: 0 } }, how),
    };
    expect(await sync()).toEqual({ acknowledge: true });
    expect(calls).toEqual(['create 1042 NEW', 'status 7 PAID']);
    expect(turn).toEqual(['leave', 'come back']);
  });

  test('because a person has found it is not looked for', async () => {
    const { sync, known, calls, record } = desk();
    await known({ state: 'parked', settled_at: NOW - 1, doubt: 'h1', maybe_sent: [CONTENT.content_hash] });
    await sync({}, { settlement: { isThere: true, crmOrderId: '9', settledAt: NOW - 1 } });
    expect(calls).toEqual([]);
    expect(await record()).toMatchObject({ state: 'synced', crm_order_id: '9' });
  });

  test('because a person has not found it is created, and not looked for', async () => {
    const { sync, known, calls } = desk();
    await known({ state: 'parked', settled_at: NOW - 1, doubt: 'h1', maybe_sent: [CONTENT.content_hash] });
    await sync({}, { settlement: { isThere: false, settledAt: NOW - 1 } });
    expect(calls).toEqual(['create 1042 NEW']);
  });
});

describe('an order that does not get there', () => {
  test('comes back after the backoff, in no doubt, and nobody else waits', async () => {
    const { sync, deps, crmSays, record, letters, told, lines } = desk();
    crmSays(no('CONNECTION'));
    expect(await sync()).toEqual({ acknowledge: false, delayMs: 37_500 });
    expect(deps.rateLimit.remainingMs()).toBe(0);
    expect(await record()).toMatchObject({ state: 'retrying', not_before: NOW + 37_500 });
    expect([letters, told]).toEqual([[], []]);
    expect(lines.at(-1)).toEqual({
      level: 'warn',
      message: 'Order will be retried',
      external_id: '1042',
      attempt: 1,
      crm_ms: 0,
      error_type: 'CONNECTION',
      reasons: 'crm_unreachable',
      in_doubt: false,
      delay_s: 38,
    });
  });

  test('comes back in doubt where it may have got there, and is taken in hand in doubt', async () => {
    const { sync, clock, crmSays, record, lines } = desk();
    crmSays(no('CONNECTION', { mayHaveReachedCrm: true }));
    await sync();
    expect(await record()).toMatchObject({ state: 'in_doubt' });
    expect(lines.at(-1)).toMatchObject({ in_doubt: true, reasons: 'in_doubt' });
    clock.now += 37_500;
    await sync();
    expect(lines[2]).toMatchObject({ message: 'Order taken in hand', attempt: 2, in_doubt: true });
  });

  test('for the rate limit makes everybody wait for as long as the CRM asks', async () => {
    const { sync, deps, crmSays } = desk();
    crmSays(no('RATE_LIMIT', { retryAfterMs: 7000 }));
    expect(await sync()).toEqual({ acknowledge: false, delayMs: 7000 });
    expect(deps.rateLimit.remainingMs()).toBe(7000);
  });

  test('for good is on a letter that begins it anew, noted, told and logged', async () => {
    const { sync, crmSays, record, letters, told, lines } = desk();
    crmSays(no('AUTHENTICATION'));
    expect(await sync({}, { start: 2 })).toEqual({ acknowledge: true });
    const error = { type: 'AUTHENTICATION', message: 'No', reasons: [{ code: 'key_refused' }] };
    expect(letters).toEqual([
      {
        message: messageOf(sampleOrder('1042'), { start: 2 }),
        parking: { external_id: '1042', attempts: 1, error, start: 3, parkedAt: NOW },
      },
    ]);
    expect(await record()).toMatchObject({ state: 'parked', error });
    expect(told).toMatchObject([{ type: 'parked', error }]);
    expect(lines.at(-1)).toEqual({
      level: 'warn',
      message: 'Order parked',
      external_id: '1042',
      attempt: 1,
      crm_ms: 0,
      error_type: 'AUTHENTICATION',
      reasons: 'key_refused',
      in_doubt: false,
    });
  });

  test('after the last attempt that is allowed is parked in doubt where it may be there, and the log says so', async () => {
    const { sync, known, crmSays, lines } = desk();
    crmSays(no('CONNECTION', { mayHaveReachedCrm: true }));
    await known({ state: 'retrying', attempts: 3 });
    expect(await sync()).toEqual({ acknowledge: true });
    expect(lines.at(-1)).toMatchObject({
      message: 'Order parked',
      attempt: 4,
      reasons: 'in_doubt',
      in_doubt: true,
    });
  });

  test('that was only looked up after the last attempt is not counted as one more', async () => {
    const { sync, known, calls, letters, lines } = desk();
    await known({ state: 'retrying', attempts: 4 });
    expect(await sync()).toEqual({ acknowledge: true });
    expect(calls).toEqual(['find 1042']);
    expect(letters).toMatchObject([
      { parking: { attempts: 4, error: { reasons: [{ code: 'broke_off' }] } } },
    ]);
    expect(lines.at(-1)).toMatchObject({ message: 'Order parked', attempt: 4, in_doubt: false });
  });
});
