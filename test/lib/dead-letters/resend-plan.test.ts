import { describe, expect, test } from 'vitest';
import type { Letter } from '../../../lib/dead-letters/letter.ts';
import { onlyFailsAgain, planFor } from '../../../lib/dead-letters/resend-plan.ts';
import type { FailureType } from '../../../lib/explanations/failure.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import type { OrderState } from '../../../lib/ledger/states.ts';
import { contentHash } from '../../../lib/order/content-hash.ts';
import { readExternalId, readOrder } from '../../../lib/order/order.ts';
import { PERSONAL, sampleOrder } from '../../kit/orders.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const MEND = { customer: { phone: '+380501112233' } };

const hashOf = (body: string) => {
  const reading = readOrder(body);
  return reading.ok ? contentHash(reading.order) : undefined;
};

const letter = (order: object | string = sampleOrder('1042'), reason: FailureType = 'VALIDATION'): Letter => {
  const body = typeof order === 'string' ? order : JSON.stringify(order);
  return {
    body,
    reason,
    reasons: [{ code: 'unknown' }],
    error_message: undefined,
    attempts: 1,
    redriven: 0,
    parkedAt: NOW - 60_000,
    submitted_by: undefined,
    start: undefined,
    traceparent: undefined,
    external_id: readExternalId(body),
    content_hash: hashOf(body),
    messageId: 'm',
    receiptHandle: 'r',
  };
};

const record = (state: OrderState, changes: Partial<LedgerRecord> = {}): LedgerRecord => ({
  external_id: '1042',
  state,
  content_hash: letter().content_hash ?? '',
  attempts: 1,
  restarts: 0,
  start: 0,
  crm_order_id: '1001',
  settled_at: NOW - 60_000,
  history: [{ at: new Date(NOW - 60_000).toISOString(), step: state }],
  version: 3,
  ...changes,
});

const plan = (one: Letter, known?: LedgerRecord, patch?: object) => planFor(one, known, patch, NOW);

describe('an order that was refused', () => {
  test('is sent as it is, to the byte: the CRM may take it now', () => {
    expect(plan(letter(), record('rejected'))).toMatchObject({
      action: 'send',
      body: letter().body,
      contentHash: letter().content_hash,
      why: 'as it is',
    });
  });

  test('is sent as an order, however far it is to be', () => {
    const paid: Letter = { ...letter(sampleOrder('1042', { status: 'PAID' })), asks: 'PAID' };
    expect(plan(paid, record('rejected'))).toMatchObject({ action: 'send', order: { status: 'PAID' } });
  });

  test('is sent mended', () => {
    const step = plan(letter(), record('rejected'), MEND);
    expect(step).toMatchObject({
      action: 'send',
      why: 'mended',
      order: { customer: { phone: '+380501112233' } },
    });
    if (step.action === 'send') expect(JSON.parse(step.body).customer.name).toBe(PERSONAL.name);
  });

  test.each([
    ['leaves it no order', { customer: null }, /^not an order even so: #\/customer/],
    ['changes its number', { external_id: '1043' }, /external_id/],
  ])('is refused when the patch %s, and nothing personal is told', (_what, patch, why) => {
    const step = plan(letter(), record('rejected'), patch);
    expect(step).toMatchObject({ action: 'refuse', why: expect.stringMatching(why) });
    expect(JSON.stringify(step)).not.toContain(PERSONAL.name);
  });

  test('is not sent over its own correction', () => {
    const corrected = record('rejected', { content_hash: 'newer' });
    expect(plan(letter(), corrected)).toEqual({
      action: 'refuse',
      why: 'it was corrected since: the newer letter under this number is the one',
    });
    expect(plan(letter(), corrected, MEND)).toMatchObject({ action: 'refuse' });
  });

  test('in doubt is left while its backoff lasts: a look-up too early would miss what the CRM commits late', () => {
    for (const state of ['rejected', 'parked'] as const) {
      expect(plan(letter(), record(state, { not_before: NOW + 1 }))).toEqual({
        action: 'skip',
        why: 'parked this moment: try again soon',
      });
      expect(plan(letter(), record(state, { not_before: NOW }))).toMatchObject({ action: 'send' });
      expect(plan(letter(), record(state, { settled_at: NOW }))).toMatchObject({ action: 'send' });
    }
  });

  test("of another caller than the number's is not sent, nor taken for a copy", () => {
    const site = { ...letter(), submitted_by: 'site' };
    const ofDemo = { submitted_by: 'demo' };
    expect(plan(site, record('synced', ofDemo))).toMatchObject({ action: 'refuse' });
    expect(plan(site, record('parked', ofDemo))).toEqual({
      action: 'refuse',
      why: "another caller's order has this number: submit this one under a number of its own",
    });
    // Refused, and never sent: the number is free.
    expect(plan(site, record('rejected', ofDemo))).toMatchObject({ action: 'send' });
  });
});

describe('a message that is no order', () => {
  test('is refused as it is, sent once mended', () => {
    const bare = letter({ external_id: '1042', customer: { name: PERSONAL.name } }, 'MALFORMED');
    expect(plan(bare)).toMatchObject({ action: 'refuse', why: expect.stringMatching(/^not an order: #/) });
    const { external_id: _, ...rest } = sampleOrder('1042');
    expect(plan(bare, record('rejected', { content_hash: 'text' }), rest)).toMatchObject({ action: 'send' });
  });

  test('may be given the number that it lacks', () => {
    const { external_id: _, ...rest } = sampleOrder('1042');
    expect(plan(letter(rest, 'MALFORMED'), undefined, { external_id: '1042' })).toMatchObject({
      action: 'send',
    });
  });

  test('cannot be patched where it is not JSON', () => {
    expect(plan(letter('not json', 'MALFORMED'), undefined, MEND)).toMatchObject({ action: 'refuse' });
  });
});

describe('whatever the reason', () => {
  test('a copy of what has arrived is removed, patched or not', () => {
    expect(plan(letter(), record('synced'))).toEqual({ action: 'remove', why: 'a copy: in Sitniks as 1001' });
    expect(plan(letter(), record('synced'), MEND)).toMatchObject({ action: 'remove' });
  });

  test('other content than what has arrived is refused', () => {
    expect(plan(letter(), record('synced', { content_hash: 'other' }))).toEqual({
      action: 'refuse',
      why: 'Sitniks has other content under this number, as 1001: change it there',
    });
  });

  test('what was told to take another number is refused this one, even once it is free', () => {
    const ofDemo = record('rejected', { submitted_by: 'demo' });
    const of = (reason: FailureType): Letter => ({
      ...letter(sampleOrder('1042'), reason),
      submitted_by: 'site',
    });
    expect(plan(of('CONFLICT'), ofDemo)).toMatchObject({ action: 'refuse' });
    expect(plan(of('CONNECTION'), ofDemo)).toMatchObject({ action: 'send' });
  });

  test.each([
    ['accepted', { lease_until: NOW + 1 }],
    ['syncing', { lease_until: NOW + 1 }],
    ['retrying', { not_before: NOW + 1 }],
    ['in_doubt', { not_before: NOW + 1 }],
  ] as const)('what is on its way is left: %s', (state, held) => {
    for (const reason of ['CONNECTION', 'NO_REASON'] as const) {
      const step = plan(letter(sampleOrder('1042'), reason), record(state, held));
      expect(step).toEqual({ action: 'skip', why: 'on its way already' });
    }
  });

  test.each(['accepted', 'syncing', 'retrying', 'in_doubt'] as const)(
    'what SQS moved, and nobody is at any more, is sent; but not with other content: %s',
    (state) => {
      const moved = letter(sampleOrder('1042'), 'NO_REASON');
      expect(plan(moved, record(state))).toMatchObject({ action: 'send' });
      expect(plan(moved, record(state), MEND)).toEqual({
        action: 'refuse',
        why: 'another order with this number is on its way',
      });
      expect(plan(moved, undefined)).toMatchObject({ action: 'send' });
    },
  );
});

describe('a letter with nothing but a status in it', () => {
  const of = (body: object): Letter => ({ ...letter(JSON.stringify(body)), asks: 'PAID' });
  const status = of({ external_id: '1042', status: 'PAID' });
  const payment = {
    ...of({ external_id: '1042', status: 'PAID', payment: { amount: 100 } }),
    pays: 100,
  };
  const known = (in_crm: 'NEW' | 'PAID', state?: 'booked' | 'in_doubt') =>
    record('synced', {
      status: { wanted: 'PAID', in_crm, attempts: 1 },
      ...(state && { payments: [{ amount: 100, state, attempts: 1 }] }),
    });

  test.each([
    [
      'is sent as it is',
      status,
      known('NEW'),
      { action: 'send', body: status.body, why: 'its status, PAID' },
    ],
    ['is sent where the order is not known', status, undefined, { action: 'send' }],
    [
      'goes where the CRM is as far',
      status,
      known('PAID'),
      { action: 'remove', why: 'Sitniks has it as PAID' },
    ],
    [
      'and a payment, is sent though the status has followed',
      payment,
      known('PAID'),
      { action: 'send', body: payment.body, why: 'its payment, 100' },
    ],
    ['and a payment, is sent where the order is not known', payment, undefined, { action: 'send' }],
    [
      'and a payment, goes where it is booked',
      payment,
      known('PAID', 'booked'),
      { action: 'remove', why: 'Sitniks has the 100 paid' },
    ],
    [
      'and a payment, is not sent where that may be there',
      payment,
      known('PAID', 'in_doubt'),
      { action: 'refuse', why: expect.stringContaining('orders settle 1042 --payment 100') },
    ],
  ] as const)('%s', (_, one, recorded, step) => {
    expect(plan(one, recorded)).toMatchObject(step);
  });

  test('has nothing in it to mend', () => {
    expect(plan(status, known('NEW'), MEND)).toEqual({
      action: 'refuse',
      why: 'it is no order, only its status (PAID): there is nothing to patch',
    });
  });
});

test.each([
  ['VALIDATION', true],
  ['MALFORMED', true],
  ['CONFLICT', true],
  ['CONNECTION', false],
  ['NO_REASON', false],
] as const)('sent as it is, what was parked for %s only fails again: %s', (reason, only) => {
  expect(onlyFailsAgain({ reason })).toBe(only);
});
