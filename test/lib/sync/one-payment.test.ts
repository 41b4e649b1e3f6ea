import { describe, expect, test } from 'vitest';
import { amend } from '../../../lib/ledger/amend.ts';
import { RecordChanged } from '../../../lib/ledger/ledger.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import type { Payment } from '../../../lib/order/payment.ts';
import type { OrderMessage } from '../../../lib/queues/codec.ts';
import type { CrmFailure, PaymentBooked } from '../../../lib/sitniks/result.ts';
import { bookingWith } from '../../../lib/sync/book-payment.ts';
import { declinePayment } from '../../../lib/sync/decline-payment.ts';
import type { FollowDeps } from '../../../lib/sync/follow-status.ts';
import { memoryConsumer, messageOf, NOW, recordOf } from '../../kit/memory-consumer.ts';
import { vanishing } from '../../kit/memory-ledger.ts';

const PAYMENT: Payment = { amount: 100, comment: 'card' };
const IN_CRM: Partial<LedgerRecord> = {
  state: 'synced',
  crm_order_id: '7',
  payments: [{ amount: 100, state: 'waiting', attempts: 0 }],
};
/** Four calls, and a clock that is ahead. */
const ENOUGH_MS = 4 * 10_000 + 60_000;
const UNPROVEN = {
  type: 'UNPROVEN',
  message: 'The payment may be in the CRM: it was sent, and no answer came',
  reasons: [{ code: 'payment_unproven' }],
};

const no = (type: CrmFailure['type'], more: Partial<CrmFailure> = {}): CrmFailure => ({
  ok: false,
  type,
  message: 'No',
  mayHaveReachedCrm: false,
  ...more,
});

interface Till {
  answer?: PaymentBooked;
  /** What happens while the CRM is called. */
  meanwhile?: () => Promise<unknown>;
}

/** A consumer with a payment in hand. */
async function desk(changes: Partial<LedgerRecord> = {}) {
  const consumer = memoryConsumer();
  const { deps, ledger, calls } = consumer;
  const kept = await ledger.replace(recordOf({ ...IN_CRM, ...changes }));
  return {
    ...consumer,
    kept,
    record: () => ledger.get('1042'),
    book(
      { answer = { ok: true }, meanwhile = async () => undefined }: Till = {},
      message: Partial<OrderMessage> = {},
      more: Partial<FollowDeps> = {},
    ) {
      const settle = bookingWith(async (id, { amount, comment }, paidBeside) => {
        calls.push(`book ${id} ${amount} ${comment} beside ${paidBeside}`);
        await meanwhile();
        return answer;
      });
      return settle('1042', PAYMENT, messageOf({}, message), { ...deps, ...more });
    },
  };
}

describe('a payment', () => {
  test('is booked, told, noted and logged', async () => {
    const { book, record, calls, told, lines } = await desk();
    expect(await book()).toEqual({ acknowledge: true });
    expect(calls).toEqual(['book 7 100 card beside 0']);
    expect(await record()).toMatchObject({ payments: [{ amount: 100, state: 'booked', attempts: 1 }] });
    expect(told).toMatchObject([{ type: 'payment_booked', amount: 100, crm_order_id: '7' }]);
    expect(lines).toEqual([{ level: 'info', message: 'Payment booked', attempt: 1 }]);
  });

  test.each([
    ['the id that calls are made with', { crm_call_id: 'c-9' }, 'c-9'],
    ['the number that people see, where that is the same', {}, '7'],
    ['nothing, where none was ever noted', { crm_order_id: undefined }, ''],
  ])('is booked on %s', async (_what, changes, id) => {
    const { book, calls } = await desk(changes);
    await book();
    expect(calls).toEqual([`book ${id} 100 card beside 0`]);
  });

  test('that nobody has noted is booked all the same', async () => {
    const { book, calls } = await desk({ payments: [{ amount: 50, state: 'booked', attempts: 1 }] });
    expect(await book()).toEqual({ acknowledge: true });
    expect(calls).toEqual(['book 7 100 card beside 50']);
  });

  test('is noted as being sent, and held for as long as the invocation has left, before the CRM is called', async () => {
    const { book, record } = await desk();
    let sending: LedgerRecord | undefined;
    await book(
      {
        async meanwhile() {
          sending = await record();
        },
      },
      {},
      { leaseMs: () => 123_456 },
    );
    expect(sending).toMatchObject({ lease_until: NOW + 123_456, payments: [{ state: 'sending' }] });
    expect((await record())?.lease_until).toBeUndefined();
  });

  test('that is booked already is let go of', async () => {
    const { book, calls } = await desk({ payments: [{ amount: 100, state: 'booked', attempts: 1 }] });
    expect(await book()).toEqual({ acknowledge: true });
    expect(calls).toEqual([]);
  });
});

describe('a payment is given back without a call', () => {
  test.each([
    ['as long as the rate limit holds', 9000, 1, 9000],
    ['longer each time, where the rate limit is short', 500, 4, 8000],
  ])('%s', async (_what, pausedMs, receiveCount, delayMs) => {
    const { book, deps, record, calls, kept } = await desk();
    deps.rateLimit.hit(pausedMs);
    expect(await book({}, { receiveCount })).toEqual({ acknowledge: false, delayMs });
    expect(calls).toEqual([]);
    expect(await record()).toEqual(kept);
  });

  test.each([
    [1, 37_500],
    [3, 150_000],
  ])('for the backoff while no key is to be had, received for time %i', async (receiveCount, delayMs) => {
    const { book, deps, record, calls, kept } = await desk();
    const crm = { ...deps.crm, isReady: async () => false };
    expect(await book({}, { receiveCount }, { crm })).toEqual({ acknowledge: false, delayMs });
    expect(calls).toEqual([]);
    expect(await record()).toEqual(kept);
  });

  test('soon, where a call could outlive the lease by a clock that is ahead', async () => {
    const { book, record, calls, kept } = await desk();
    const leaseMs = () => ENOUGH_MS - 1;
    expect(await book({}, { receiveCount: 2 }, { leaseMs })).toEqual({ acknowledge: false, delayMs: 2000 });
    expect(calls).toEqual([]);
    expect(await record()).toEqual(kept);
    expect(await book({}, {}, { leaseMs: () => ENOUGH_MS })).toEqual({ acknowledge: true });
  });

  test.each<[string, Partial<LedgerRecord>, number]>([
    ['for as long as somebody else has its order in hand', { lease_until: NOW + 5000 }, 5000],
    [
      'for as long as its backoff lasts',
      { payments: [{ amount: 100, state: 'waiting', attempts: 1, not_before: NOW + 6000 }] },
      6000,
    ],
    ['but looked at again after the backoff, however long that is', { lease_until: NOW + 500_000 }, 37_500],
  ])('%s', async (_what, changes, delayMs) => {
    const { book, calls } = await desk(changes);
    expect(await book()).toEqual({ acknowledge: false, delayMs });
    expect(calls).toEqual([]);
  });

  test('no longer than that: at the very end of a lease it is taken in hand', async () => {
    const { book, calls } = await desk({ lease_until: NOW });
    expect(await book()).toEqual({ acknowledge: true });
    expect(calls).toHaveLength(1);
  });
});

describe('a payment whose order', () => {
  const GONE = new RecordChanged('The record of 1042 is gone');

  test('is gone is not sent, and comes back', async () => {
    const { book, ledger, calls } = await desk();
    ledger.records.clear();
    await expect(book()).rejects.toThrow(GONE);
    expect(calls).toEqual([]);
  });

  test('goes while it is taken in hand is not sent, and comes back', async () => {
    const { book, ledger, calls } = await desk();
    await expect(book({}, {}, { ledger: vanishing(ledger) })).rejects.toThrow(GONE);
    expect(calls).toEqual([]);
  });

  test('is not in these hands any more when the CRM answers comes back, and is not told', async () => {
    const { book, ledger, told } = await desk();
    const meanwhile = () => amend(ledger, '1042', (known) => ({ ...known, lease_until: NOW + 1 }));
    await expect(book({ meanwhile })).rejects.toThrow(new RecordChanged('The record of 1042 has changed'));
    expect(told).toEqual([]);
  });
});

describe('a payment that was not booked', () => {
  test('comes back after the backoff, and nobody else waits', async () => {
    const { book, deps, record, letters, told, lines } = await desk();
    expect(await book({ answer: no('CONNECTION') })).toEqual({ acknowledge: false, delayMs: 37_500 });
    expect(deps.rateLimit.remainingMs()).toBe(0);
    expect(await record()).toMatchObject({
      payments: [{ state: 'waiting', attempts: 1, not_before: NOW + 37_500 }],
    });
    expect([letters, told]).toEqual([[], []]);
    expect(lines).toEqual([
      {
        level: 'warn',
        message: 'Payment will be tried again',
        attempt: 1,
        error_type: 'CONNECTION',
        delay_s: 38,
      },
    ]);
  });

  test('for the rate limit makes everybody wait for as long as the CRM asks, and costs no attempt', async () => {
    const { book, deps, record } = await desk();
    const answer = no('RATE_LIMIT', { retryAfterMs: 7000 });
    expect(await book({ answer })).toEqual({ acknowledge: false, delayMs: 7000 });
    expect(deps.rateLimit.remainingMs()).toBe(7000);
    expect(await record()).toMatchObject({ payments: [{ state: 'waiting', attempts: 0 }] });
  });

  test('waits no shorter than a neighbour of the batch was asked to meanwhile', async () => {
    const { book, deps } = await desk();
    const answer = no('RATE_LIMIT', { retryAfterMs: 1000 });
    const meanwhile = async () => deps.rateLimit.hit(20_000);
    expect(await book({ answer, meanwhile })).toEqual({ acknowledge: false, delayMs: 20_000 });
  });

  test('for good is on a letter before it is noted, told and logged', async () => {
    const { book, record, letters, told, lines } = await desk();
    const answer = no('VALIDATION', { reasons: [{ code: 'payment_refused' }] });
    expect(await book({ answer }, { messageId: 'm-1' })).toEqual({ acknowledge: true });
    const error = { type: 'VALIDATION', message: 'No', reasons: [{ code: 'payment_refused' }] };
    expect(letters).toEqual([
      {
        message: messageOf({}, { messageId: 'm-1' }),
        parking: { external_id: '1042', attempts: 1, error, parkedAt: NOW },
      },
    ]);
    expect(await record()).toMatchObject({ payments: [{ state: 'not_booked', error }] });
    expect(told).toMatchObject([{ type: 'payment_not_booked', amount: 100, error }]);
    expect(lines).toEqual([
      {
        level: 'warn',
        message: 'Payment not booked: parked',
        attempt: 1,
        error_type: 'VALIDATION',
        reasons: 'payment_refused',
      },
    ]);
  });

  test('whose letter cannot be written is not noted, and comes back', async () => {
    const { book, record, told } = await desk();
    const deadLetters = { park: () => Promise.reject(new Error('down')) };
    await expect(book({ answer: no('VALIDATION') }, {}, { deadLetters })).rejects.toThrow('down');
    expect(await record()).toMatchObject({ payments: [{ state: 'sending' }] });
    expect(told).toEqual([]);
  });

  test('for good is told once: a letter that comes back says nothing new', async () => {
    const { book, told } = await desk();
    const answer = no('VALIDATION');
    for (const redriven of [0, 1]) await book({ answer }, { redriven });
    expect(told).toHaveLength(1);
    await book({ answer }, { redriven: 0 });
    expect(told).toHaveLength(2);
  });
});

describe('a payment that may be booked', () => {
  test('is kept for a person, with what the CRM said last', async () => {
    const { book, record, letters, lines } = await desk();
    const answer = no('CONNECTION', { mayHaveReachedCrm: true });
    expect(await book({ answer })).toEqual({ acknowledge: true });
    expect(await record()).toMatchObject({ payments: [{ state: 'in_doubt' }] });
    expect(letters).toMatchObject([{ parking: { attempts: 1, error: { type: 'UNPROVEN' } } }]);
    expect(lines).toMatchObject([
      { message: 'Payment not booked: parked', attempt: 1, reasons: 'payment_unproven' },
    ]);
  });

  test('since whoever was sending it has died, is kept for a person, and not sent again', async () => {
    const { book, record, calls, letters } = await desk({
      payments: [{ amount: 100, state: 'sending', attempts: 1 }],
      lease_until: NOW - 1,
    });
    expect(await book()).toEqual({ acknowledge: true });
    expect(calls).toEqual([]);
    expect(await record()).toMatchObject({ payments: [{ state: 'in_doubt' }] });
    expect(letters).toMatchObject([
      { parking: { error: { message: expect.stringMatching(/: whoever was sending it has died$/) } } },
    ]);
  });

  test('and comes once more is one more letter, with its line', async () => {
    const { book, calls, letters, lines } = await desk({
      payments: [{ amount: 100, state: 'in_doubt', attempts: 1 }],
    });
    expect(await book()).toEqual({ acknowledge: true });
    expect(calls).toEqual([]);
    expect(letters).toEqual([
      {
        message: messageOf({}),
        parking: { external_id: '1042', attempts: 0, error: UNPROVEN, parkedAt: NOW },
      },
    ]);
    expect(lines).toEqual([
      {
        level: 'warn',
        message: 'Payment not booked: parked',
        error_type: 'UNPROVEN',
        reasons: 'payment_unproven',
      },
    ]);
  });
});

describe('where no payment is booked', () => {
  test('that is told, noted and logged', async () => {
    const { deps, record, letters, told, lines } = await desk();
    expect(await declinePayment('1042', PAYMENT, messageOf({}), deps)).toEqual({ acknowledge: true });
    const error = { type: 'CONFIGURATION', reasons: [{ code: 'payment_not_set_up' }] };
    expect(await record()).toMatchObject({ payments: [{ state: 'not_booked', error }] });
    expect(told).toMatchObject([{ type: 'payment_not_booked', amount: 100, error }]);
    expect(letters).toEqual([]);
    expect(lines).toEqual([
      {
        level: 'warn',
        message: 'Payment not booked',
        error_type: 'CONFIGURATION',
        reasons: 'payment_not_set_up',
      },
    ]);
  });

  test('that is told once: a letter from before says nothing new, and whoever asks again is told again', async () => {
    const { deps, told } = await desk();
    for (const [redriven, times] of [
      [0, 1],
      [1, 1],
      [0, 2],
      [2, 2],
    ] as const) {
      await declinePayment('1042', PAYMENT, messageOf({}, { redriven }), deps);
      expect(told).toHaveLength(times);
    }
  });

  test('what was being sent when it was is kept for a person', async () => {
    const { deps, record, letters, told } = await desk({
      payments: [{ amount: 100, state: 'sending', attempts: 1 }],
    });
    expect(await declinePayment('1042', PAYMENT, messageOf({}), deps)).toEqual({ acknowledge: true });
    expect(await record()).toMatchObject({ payments: [{ state: 'in_doubt', error: UNPROVEN }] });
    expect(told).toMatchObject([{ type: 'payment_not_booked', error: UNPROVEN }]);
    expect(letters).toMatchObject([{ parking: { error: UNPROVEN } }]);
  });

  test('that of an order that is gone comes back, and is told as one of an order that nobody knows', async () => {
    const { deps, ledger, told, lines } = await desk();
    ledger.records.clear();
    await expect(declinePayment('1042', PAYMENT, messageOf({}), deps)).rejects.toThrow(
      new RecordChanged('The record of 1042 is gone'),
    );
    expect([told, lines]).toEqual([[], []]);
  });

  test('that was booked before is let go of, without a word', async () => {
    const { deps, told, lines } = await desk({ payments: [{ amount: 100, state: 'booked', attempts: 1 }] });
    expect(await declinePayment('1042', PAYMENT, messageOf({}), deps)).toEqual({ acknowledge: true });
    expect([told, lines]).toEqual([[], []]);
  });
});
