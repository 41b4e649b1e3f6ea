import { describe, expect, test } from 'vitest';
import {
  decide,
  isOnItsWay,
  type LetterFacts,
  MAX_RETURNS,
  submissionOf,
} from '../../../lib/dead-letters/verdict.ts';
import type { PaymentOf } from '../../../lib/ledger/payment.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import type { OrderState } from '../../../lib/ledger/states.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const letter = (changes: Partial<LetterFacts> = {}): LetterFacts => ({
  reason: 'CONNECTION',
  redriven: 0,
  external_id: '1042',
  content_hash: 'same',
  submitted_by: undefined,
  start: undefined,
  messageId: 'message-1',
  ...changes,
});

const record = (state: OrderState, changes: Partial<LedgerRecord> = {}): LedgerRecord => ({
  external_id: '1042',
  state,
  content_hash: 'same',
  attempts: 4,
  restarts: 0,
  ...(state === 'parked' || state === 'rejected' ? { settled_at: NOW - MINUTE } : {}),
  start: 0,
  history: [{ at: new Date(NOW - MINUTE).toISOString(), step: state }],
  version: 5,
  ...changes,
});

const PASSING = ['CONNECTION', 'AUTHENTICATION', 'RATE_LIMIT', 'CONFIGURATION', 'NO_REASON'] as const;

describe.each(PASSING)('parked for a cause that passes: %s', (reason) => {
  test.each([
    ['the order is parked', record('parked'), 'may_return'],
    ['the ledger does not know it', undefined, 'may_return'],
    ['it has arrived since', record('synced'), 'copy'],
    ['it has been refused since', record('rejected'), 'for_a_person'],
    ['a consumer holds it', record('syncing', { lease_until: NOW + 1 }), 'on_its_way'],
    ['its backoff is not over', record('retrying', { not_before: NOW + 1 }), 'on_its_way'],
    ['it is in doubt, and its backoff not over', record('in_doubt', { not_before: NOW + 1 }), 'on_its_way'],
    [
      'it was parked in doubt, and must be looked up later',
      record('parked', { not_before: NOW + 1 }),
      'on_its_way',
    ],
    ['it was parked this moment', record('parked', { settled_at: NOW }), 'may_return'],
    ['other content has arrived', record('synced', { content_hash: 'corrected' }), 'for_a_person'],
    ['other content is on its way', record('accepted', { content_hash: 'corrected' }), 'for_a_person'],
  ])('%s', (_when, known, verdict) => {
    expect(decide(letter({ reason }), known, NOW)).toBe(verdict);
  });

  test('was sent back as often as may be: somebody must look', () => {
    expect(decide(letter({ reason, redriven: MAX_RETURNS - 1 }), record('parked'), NOW)).toBe('may_return');
    expect(decide(letter({ reason, redriven: MAX_RETURNS }), record('parked'), NOW)).toBe('for_a_person');
    expect(decide(letter({ reason, redriven: MAX_RETURNS }), record('synced'), NOW)).toBe('copy');
  });

  test('is no order at all: waits', () => {
    expect(decide(letter({ reason, content_hash: undefined }), undefined, NOW)).toBe('for_a_person');
  });
});

describe('an order that nobody is at any more', () => {
  test.each(['accepted', 'syncing', 'retrying', 'in_doubt'] as const)(
    '%s: returns where SQS moved its message, not where a consumer parked a copy',
    (state) => {
      const idle = record(state, { lease_until: NOW - 1, not_before: NOW - 1 });
      expect(decide(letter({ reason: 'NO_REASON' }), idle, NOW)).toBe('may_return');
      expect(decide(letter({ reason: 'CONNECTION' }), idle, NOW)).toBe('on_its_way');
    },
  );

  test('returns once its message can no longer be on the queue', () => {
    const quiet = (ms: number) =>
      record('accepted', { history: [{ at: new Date(NOW - ms).toISOString(), step: 'restarted' }] });
    expect(decide(letter(), quiet(4 * DAY), NOW)).toBe('on_its_way');
    expect(decide(letter(), quiet(4 * DAY + 1), NOW)).toBe('may_return');
  });

  test('is on its way for all that is known where nobody has noted a step', () => {
    expect(decide(letter(), record('accepted', { history: [] }), NOW)).toBe('on_its_way');
  });
});

test('what SQS moved before its submitter could be told goes back, so that it is told; any other copy goes', () => {
  const untold = record('synced', {
    outbox: [{ id: `evt_${'0'.repeat(32)}`, type: 'synced', at: new Date(NOW).toISOString(), attempts: 1 }],
  });
  expect(decide(letter({ reason: 'NO_REASON' }), untold, NOW)).toBe('may_return');
  expect(decide(letter({ reason: 'NO_REASON' }), record('synced'), NOW)).toBe('copy');
  expect(decide(letter({ reason: 'CONNECTION' }), untold, NOW)).toBe('copy');
});

describe('what needs a person', () => {
  test.each(['MALFORMED', 'CONFLICT'] as const)('%s is never removed, whatever has arrived', (reason) => {
    for (const known of [undefined, record('parked'), record('synced'), record('rejected')]) {
      expect(decide(letter({ reason }), known, NOW)).toBe('for_a_person');
    }
  });

  test.each(['VALIDATION', 'UNKNOWN'] as const)(
    '%s waits, and goes once that content has arrived',
    (reason) => {
      for (const known of [undefined, record('parked'), record('rejected'), record('accepted')]) {
        expect(decide(letter({ reason }), known, NOW)).toBe('for_a_person');
      }
      expect(decide(letter({ reason }), record('synced'), NOW)).toBe('copy');
      expect(decide(letter({ reason }), record('synced', { content_hash: 'mended' }), NOW)).toBe(
        'for_a_person',
      );
    },
  );
});

test('an order that is there is on no way, though its status may have to wait', () => {
  expect(isOnItsWay('CONNECTION', record('synced'), NOW)).toBe(false);
  expect(isOnItsWay('CONNECTION', record('synced', { not_before: NOW + 1 }), NOW)).toBe(false);
});

test.each([
  ['a lease', record('syncing', { lease_until: NOW })],
  ['a backoff', record('retrying', { not_before: NOW })],
  ['the backoff of what was parked in doubt', record('parked', { not_before: NOW })],
])('%s is over at its very end', (_what, known) => {
  expect(decide(letter({ reason: 'NO_REASON' }), known, NOW)).toBe('may_return');
});

test('what SQS moved before it was heard how far its order is to be goes back, so that it is heard', () => {
  const known = record('synced', { status: { wanted: 'PENDING_PAYMENT', in_crm: 'NEW', attempts: 0 } });
  const asking = (asks: LetterFacts['asks'], reason: LetterFacts['reason'] = 'NO_REASON') =>
    decide(letter({ reason, asks }), known, NOW);
  expect(asking('PAID')).toBe('may_return');
  expect(asking('PENDING_PAYMENT')).toBe('copy');
  expect(asking('NEW')).toBe('copy');
  expect(asking(undefined)).toBe('copy');
  // A consumer has heard it, and parked it.
  expect(asking('PAID', 'CONNECTION')).toBe('copy');
});

describe('what SQS moved, and is not the order that has its number, is as a consumer would find it', () => {
  const of = (changes: Partial<LetterFacts>) =>
    letter({ reason: 'NO_REASON', submitted_by: 'bot', ...changes });
  const ofSite = { submitted_by: 'site' };
  const corrects = { content_hash: 'corrected', start: 1 };
  test.each([
    ['the number is free', {}, record('rejected', ofSite), 'may_return'],
    ['the number is taken', {}, record('parked', ofSite), 'for_a_person'],
    ['it corrects what is parked', corrects, record('parked'), 'may_return'],
    [
      'it corrects what is in doubt, and must wait',
      corrects,
      record('parked', { not_before: NOW + 1 }),
      'on_its_way',
    ],
    [
      'it corrects what is being worked on',
      corrects,
      record('syncing', { lease_until: NOW + 1 }),
      'on_its_way',
    ],
    ['it corrects what is in the CRM', corrects, record('synced'), 'for_a_person'],
    [
      'it has been corrected',
      { content_hash: 'former', start: 0 },
      record('parked', { superseded: ['former'], corrected_by: 1, start: 2 }),
      'for_a_person',
    ],
    ['it has come back too often', { ...corrects, redriven: MAX_RETURNS }, record('parked'), 'for_a_person'],
  ] as const)('%s', (_when, changes, known, verdict) => {
    expect(decide(of(changes), known, NOW)).toBe(verdict);
  });

  test('but with a reason on it a consumer has had it in hand: a person decides', () => {
    const parked = { ...of(corrects), reason: 'CONNECTION' as const };
    expect(decide(parked, record('parked'), NOW)).toBe('for_a_person');
  });
});

describe('a letter as the ledger knows a message', () => {
  test('has all of it by which a consumer would tell it from others', () => {
    const all = letter({
      former_hash: 'former',
      asks: 'PAID',
      submitted_by: 'bot',
      start: 2,
      redriven: 3,
    });
    expect(submissionOf(all)).toEqual({
      external_id: '1042',
      content_hash: 'same',
      former_hash: 'former',
      wanted_status: 'PAID',
      submitted_by: 'bot',
      start: 2,
      redriven: 3,
      message_id: 'message-1',
    });
  });

  test.each([
    ['its number', { external_id: undefined }],
    ['what it says', { content_hash: undefined }],
  ])('is none without %s', (_what, changes) => {
    expect(submissionOf(letter(changes))).toBeUndefined();
  });
});

describe('a letter with nothing but a status in it', () => {
  const status = (changes: Partial<LetterFacts> = {}) =>
    letter({ content_hash: undefined, asks: 'PAID', ...changes });
  const reached = (in_crm: 'NEW' | 'PAID' | 'PROCESSING', changes: Partial<LedgerRecord> = {}) =>
    record('synced', { status: { wanted: 'PAID', in_crm, attempts: 4 }, ...changes });
  const failed = (type: 'CONNECTION' | 'CONFLICT') => ({ type, message: '' });

  test.each([
    ['the CRM has it as far', {}, reached('PAID'), 'copy'],
    ['the CRM has it further', {}, reached('PROCESSING'), 'copy'],
    ['the CRM does not', {}, reached('NEW'), 'may_return'],
    ['the order is not known', {}, undefined, 'may_return'],
    ['the order is parked itself', {}, record('parked'), 'may_return'],
    ['somebody moves it on', {}, reached('NEW', { lease_until: NOW + 1 }), 'on_its_way'],
    ['whoever moved it on has died', {}, reached('NEW', { lease_until: NOW }), 'may_return'],
    ['its backoff is not over', {}, reached('NEW', { not_before: NOW + 1 }), 'on_its_way'],
    ['it has come back too often', { redriven: MAX_RETURNS }, reached('NEW'), 'for_a_person'],
    ['a person has set another', { reason: 'CONFLICT' }, reached('NEW'), 'for_a_person'],
  ] as const)('%s', (_, changes, known, verdict) => {
    expect(decide(status(changes), known, NOW)).toBe(verdict);
  });

  const paid = (state: PaymentOf['state'], changes: Partial<LedgerRecord> = {}) =>
    reached('PAID', { payments: [{ amount: 100, state, attempts: 1 }], ...changes });
  test.each([
    ['it is booked', {}, paid('booked'), 'copy'],
    [
      'it is booked, and the status has a letter of its own',
      {},
      paid('booked', { status: { wanted: 'PAID', in_crm: 'NEW', attempts: 1, error: failed('CONFLICT') } }),
      'copy',
    ],
    [
      'it is booked, and the status has still to follow',
      {},
      paid('booked', { status: { wanted: 'PAID', in_crm: 'NEW', attempts: 0 } }),
      'may_return',
    ],
    ['the order is not known', {}, undefined, 'may_return'],
    ['the status has followed, and it has not', {}, paid('not_booked'), 'may_return'],
    ['another amount is booked', { pays: 250.5 }, paid('booked'), 'may_return'],
    ['it may be there', {}, paid('in_doubt'), 'for_a_person'],
    ['somebody sends it', {}, paid('sending', { lease_until: NOW + 1 }), 'on_its_way'],
    ['its order waits', {}, record('parked'), 'on_its_way'],
    ['its order was refused', {}, record('rejected'), 'on_its_way'],
    ['its order is on its way', {}, record('retrying'), 'on_its_way'],
  ] as const)('and a payment: %s', (_, changes, known, verdict) => {
    expect(decide(status({ pays: 100, ...changes }), known, NOW)).toBe(verdict);
  });
});
