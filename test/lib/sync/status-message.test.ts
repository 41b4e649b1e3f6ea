import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../lib/explanations/failure.ts';
import type { PaymentOf } from '../../../lib/ledger/payment.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import type { StatusChange } from '../../../lib/order/status-change.ts';
import { ACKNOWLEDGE } from '../../../lib/queues/batch.ts';
import type { OrderMessage } from '../../../lib/queues/codec.ts';
import { type SettlePayment, syncStatus } from '../../../lib/sync/sync-status.ts';
import { memoryConsumer, messageOf, NOW, recordOf } from '../../kit/memory-consumer.ts';
import { sampleOutcome } from '../../kit/outcomes.ts';

const PAID: StatusChange = { external_id: '1042', status: 'PAID' };
const WITH_PAYMENT: StatusChange = { ...PAID, payment: { amount: 100 } };
/** In the CRM as NEW. */
const IN_CRM: Partial<LedgerRecord> = {
  state: 'synced',
  crm_order_id: '7',
  status: { wanted: 'NEW', in_crm: 'NEW', attempts: 0 },
};
const REFUSED: Failure = { type: 'VALIDATION', message: 'No', reasons: [{ code: 'refused_unknown' }] };
/** Its status was asked for, and given up. */
const GIVEN_UP: Partial<LedgerRecord> = {
  ...IN_CRM,
  status: { wanted: 'PAID', in_crm: 'NEW', attempts: 1, error: REFUSED },
};

/** A consumer that has a status in hand. @param record undefined: of an order that is not known */
async function desk(record?: Partial<LedgerRecord>) {
  const consumer = memoryConsumer();
  const { deps, ledger, calls } = consumer;
  if (record !== undefined) await ledger.replace(recordOf(record));
  const settlePayment: SettlePayment = async (external_id, { amount }, _message, { log }) => {
    calls.push(`payment ${external_id} ${amount}`);
    log.info('Payment in hand');
    return ACKNOWLEDGE;
  };
  return {
    ...consumer,
    record: () => ledger.get('1042'),
    sync: (change: StatusChange, message: Partial<OrderMessage> = {}) =>
      syncStatus(change, messageOf(change, message), { ...deps, settlePayment }),
  };
}

describe('a status of an order that is not known', () => {
  test.each([
    [1, 37_500],
    [4, 300_000],
  ])(
    'may be before it on the queue: received for time %i, it is given back',
    async (receiveCount, delayMs) => {
      const { sync, lines, letters, told } = await desk();
      expect(await sync(PAID, { receiveCount })).toEqual({ acknowledge: false, delayMs });
      expect([letters, told]).toEqual([[], []]);
      expect(lines).toEqual([
        {
          level: 'info',
          message: 'Status of an order that is not known yet: given back',
          external_id: '1042',
        },
      ]);
    },
  );

  test('is told, parked and logged once it has waited as often as a failed attempt would', async () => {
    const { sync, lines, letters, told } = await desk();
    expect(await sync(PAID, { receiveCount: 5 })).toEqual({ acknowledge: true });
    const error = {
      type: 'CONFLICT',
      message: 'No order is known under this external_id, so it has no status to change',
      reasons: [{ code: 'order_not_found' }],
    };
    expect(told).toEqual([
      {
        id: expect.stringMatching(/^evt_/),
        type: 'status_not_changed',
        at: '2026-01-01T10:00:00.000Z',
        external_id: '1042',
        submitted_by: 'bot',
        attempts: 0,
        status: 'PAID',
        error,
      },
    ]);
    expect(letters).toEqual([
      {
        message: messageOf(PAID, { receiveCount: 5 }),
        parking: { external_id: '1042', attempts: 0, error, parkedAt: NOW },
      },
    ]);
    expect(lines).toEqual([
      {
        level: 'warn',
        message: 'Status parked',
        external_id: '1042',
        error_type: 'CONFLICT',
        reasons: 'order_not_found',
      },
    ]);
  });

  test('is not parked before it is told: where that fails, it comes back', async () => {
    const { sync, deps, letters } = await desk();
    deps.outcomes.send = () => Promise.reject(new Error('down'));
    await expect(sync(PAID, { receiveCount: 5 })).rejects.toThrow('down');
    expect(letters).toEqual([]);
  });

  test('is told under the same id when it is delivered again, and under another when it is sent again', async () => {
    const { sync, told } = await desk();
    await sync(PAID, { receiveCount: 5 });
    await sync(PAID, { receiveCount: 6 });
    await sync(PAID, { receiveCount: 5, sentAt: NOW + 1 });
    await sync({ ...PAID, status: 'PROCESSING' }, { receiveCount: 5 });
    const [first, again, ...others] = told.map(({ id }) => id);
    expect(again).toBe(first);
    expect(new Set([first, ...others]).size).toBe(3);
  });
});

describe('whose order it is', () => {
  test("another caller's is not theirs to move on, nor to pay: told, parked and logged", async () => {
    const { sync, record, calls, letters, told, lines } = await desk(IN_CRM);
    const before = await record();
    expect(await sync(WITH_PAYMENT, { submittedBy: 'stranger' })).toEqual({ acknowledge: true });
    expect(await record()).toEqual(before);
    expect(calls).toEqual([]);
    expect(told).toMatchObject([
      {
        type: 'status_not_changed',
        submitted_by: 'stranger',
        status: 'PAID',
        error: { type: 'CONFLICT', reasons: [{ code: 'number_taken' }] },
      },
      // Whoever has paid is told of the money by itself, with an id of its own.
      {
        type: 'payment_not_booked',
        submitted_by: 'stranger',
        amount: WITH_PAYMENT.payment?.amount,
        error: { reasons: [{ code: 'number_taken' }] },
      },
    ]);
    expect(new Set(told.map(({ id }) => id)).size).toBe(2);
    expect(letters).toMatchObject([{ parking: { error: { reasons: [{ code: 'number_taken' }] } } }]);
    expect(lines).toEqual([
      {
        level: 'warn',
        message: 'Status parked',
        external_id: '1042',
        error_type: 'CONFLICT',
        reasons: 'number_taken',
      },
    ]);
  });

  test.each([
    ['its own caller', 'bot', 'bot'],
    ['somebody without a name', 'bot', undefined],
    ['anybody, where it came without a name', undefined, 'bot'],
    ['somebody without a name, where it came without one', undefined, undefined],
  ])('%s may move it on', async (_who, submitted_by, submittedBy) => {
    const { sync, calls } = await desk({ ...IN_CRM, submitted_by });
    expect(await sync(PAID, { submittedBy })).toEqual({ acknowledge: true });
    expect(calls).toEqual(['status 7 PAID']);
  });
});

describe('a status of an order that is not in the CRM', () => {
  test('is written down, and that is all: whoever creates the order reads it', async () => {
    const { sync, record, calls, lines } = await desk({ state: 'parked' });
    expect(await sync(PAID)).toEqual({ acknowledge: true });
    expect(await record()).toMatchObject({ state: 'parked', status: { wanted: 'PAID' } });
    expect(calls).toEqual([]);
    expect(lines).toEqual([
      {
        level: 'info',
        message: 'Status waits with its order',
        external_id: '1042',
        order_status: 'PAID',
        state: 'parked',
      },
    ]);
  });

  test.each([
    [1, 37_500],
    [4, 300_000],
  ])('with a payment waits for it on the queue, received for time %i', async (receiveCount, delayMs) => {
    const { sync, record, letters, lines } = await desk({ state: 'parked' });
    expect(await sync(WITH_PAYMENT, { receiveCount })).toEqual({ acknowledge: false, delayMs });
    expect(letters).toEqual([]);
    expect(await record()).toMatchObject({ payments: [{ amount: 100, state: 'waiting' }] });
    expect(lines.at(-1)).toEqual({
      level: 'info',
      message: 'Payment of an order that is not in the CRM yet: given back',
      external_id: '1042',
    });
  });

  test('with a payment is a letter at last, which comes back by itself', async () => {
    const { sync, calls, letters, lines } = await desk({ state: 'parked' });
    expect(await sync(WITH_PAYMENT, { receiveCount: 5 })).toEqual({ acknowledge: true });
    expect(letters).toMatchObject([
      {
        message: { body: JSON.stringify(WITH_PAYMENT) },
        parking: {
          external_id: '1042',
          attempts: 0,
          error: { type: 'CONNECTION', reasons: [{ code: 'payment_waits' }] },
        },
      },
    ]);
    expect(calls).toEqual([]);
    expect(lines.at(-1)).toEqual({
      level: 'warn',
      message: 'Payment parked until its order is in the CRM',
      external_id: '1042',
    });
  });
});

test('what was not told of an order is told before its status is set, under the order’s number in the log', async () => {
  const untold = sampleOutcome({ type: 'synced', error: undefined });
  const { sync, deps, ledger, told, lines } = await desk({ ...IN_CRM, outbox: [untold] });
  const { replace } = ledger;
  let writes = 0;
  deps.ledger.replace = async (...of) => {
    writes += 1;
    if (writes === 2) throw new TypeError('down');
    return replace(...of);
  };
  expect(await sync(PAID)).toEqual({ acknowledge: true });
  expect(told.slice(0, 1)).toEqual([untold]);
  expect(lines[0]).toMatchObject({ level: 'warn', external_id: '1042', error_name: 'TypeError' });
});

describe('a status with a payment', () => {
  test('is set first, and then the payment is booked', async () => {
    const { sync, record, calls, lines } = await desk(IN_CRM);
    expect(await sync(WITH_PAYMENT)).toEqual({ acknowledge: true });
    expect(calls).toEqual(['status 7 PAID', 'payment 1042 100']);
    expect(await record()).toMatchObject({ payments: [{ amount: 100, state: 'waiting', attempts: 0 }] });
    expect(lines).toMatchObject([
      { message: 'Status changed', external_id: '1042' },
      { message: 'Payment in hand', external_id: '1042' },
    ]);
  });

  test('waits with it where it cannot be set now', async () => {
    const { sync, deps, calls } = await desk(IN_CRM);
    deps.rateLimit.hit(9000);
    expect(await sync(WITH_PAYMENT)).toEqual({ acknowledge: false, delayMs: 9000 });
    expect(calls).toEqual([]);
  });

  test('that was given up is tried again with a payment that nobody has tried yet', async () => {
    const { sync, calls } = await desk(GIVEN_UP);
    await sync(WITH_PAYMENT);
    expect(calls).toEqual(['status 7 PAID', 'payment 1042 100']);
  });

  test('that was given up has its own letter: a payment that was tried before does not bring it on', async () => {
    const tried: PaymentOf = { amount: 100, state: 'not_booked', attempts: 2, error: REFUSED };
    const { sync, record, calls } = await desk({ ...GIVEN_UP, payments: [tried] });
    await sync(WITH_PAYMENT);
    expect(calls).toEqual(['payment 1042 100']);
    expect(await record()).toMatchObject({ payments: [tried] });
  });

  test('that was not given up follows, whatever has become of the payment before', async () => {
    const tried: PaymentOf = { amount: 100, state: 'waiting', attempts: 1, error: REFUSED };
    const { sync, calls } = await desk({ ...IN_CRM, payments: [tried] });
    await sync(WITH_PAYMENT);
    expect(calls).toEqual(['status 7 PAID', 'payment 1042 100']);
  });
});
