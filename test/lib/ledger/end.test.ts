import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../lib/explanations/failure.ts';
import { type AttemptEnd, conflicted, ended, keptAside, nextStart } from '../../../lib/ledger/end.ts';
import { NOW, recordOf } from '../../kit/memory-consumer.ts';

const LATER = NOW + 5000;
const AT_LATER = new Date(LATER).toISOString();
const down: Failure = { type: 'CONNECTION', message: 'down' };
const refused: Failure = {
  type: 'VALIDATION',
  message: 'no',
  reasons: [{ code: 'sku_unknown' }, { code: 'city_missing' }, { code: 'sku_unknown' }],
};

/** In hand for the second time, after something of it may have been sent. */
const syncing = recordOf({
  state: 'syncing',
  attempts: 2,
  start: 3,
  error: down,
  doubt: 'h0',
  maybe_sent: ['h0'],
  lease_until: NOW + 65_000,
  not_before: NOW,
  status: { wanted: 'PAID', in_crm: 'NEW', attempts: 0 },
});
const free = { ...syncing, lease_until: undefined, not_before: undefined };
const outcome = {
  id: expect.stringMatching(/^evt_[\da-f]{32}$/),
  at: AT_LATER,
  external_id: '1042',
  submitted_by: 'bot',
};

describe('an attempt that got the order into the CRM', () => {
  const done: AttemptEnd = { state: 'synced', crmOrderId: '7' };

  test('leaves neither lease nor doubt nor error, and its submitter is to be told', () => {
    expect(ended(syncing, done, LATER)).toEqual({
      ...free,
      state: 'synced',
      crm_order_id: '7',
      error: undefined,
      doubt: undefined,
      settled_at: LATER,
      outbox: [{ ...outcome, type: 'synced', attempts: 2, crm_order_id: '7' }],
      history: [...syncing.history, { at: AT_LATER, step: 'synced', attempt: 2 }],
    });
  });

  test.each([
    ['it is called by its id where it has no other name', undefined, '7', undefined],
    ['it is known by what people call it, and called by its id', 'S-7', 'S-7', '7'],
  ])('%s', (_what, crmOrderNumber, crm_order_id, crm_call_id) => {
    expect(ended(syncing, { ...done, crmOrderNumber }, LATER)).toMatchObject({ crm_order_id, crm_call_id });
  });

  test('says where it was only taken for ours', () => {
    expect(ended(syncing, { ...done, assumed: true }, LATER).history.at(-1)).toMatchObject({ assumed: true });
  });

  test('has it there in the status that it was created with', () => {
    expect(ended(syncing, { ...done, status: 'PENDING_PAYMENT' }, LATER).status?.in_crm).toBe(
      'PENDING_PAYMENT',
    );
  });
});

describe('an attempt that failed for now', () => {
  const later: AttemptEnd = {
    state: 'retrying',
    error: refused,
    notBefore: LATER + 30_000,
    doubt: undefined,
    costsAttempt: true,
  };

  test('waits for its backoff, says why, each cause once, and nobody is told', () => {
    expect(ended(syncing, later, LATER)).toEqual({
      ...free,
      state: 'retrying',
      error: refused,
      doubt: undefined,
      not_before: LATER + 30_000,
      history: [
        ...syncing.history,
        {
          at: AT_LATER,
          step: 'retrying',
          attempt: 2,
          error_type: 'VALIDATION',
          reasons: ['sku_unknown', 'city_missing'],
        },
      ],
    });
  });

  test('is in doubt where it may have reached the CRM, which is not forgotten', () => {
    expect(ended(syncing, { ...later, doubt: 'h1' }, LATER)).toMatchObject({
      state: 'in_doubt',
      doubt: 'h1',
      maybe_sent: ['h0', 'h1'],
    });
  });

  test.each([[undefined], [[]]])('names no cause where it has none (%j)', (reasons) => {
    expect(ended(syncing, { ...later, error: { ...down, reasons } }, LATER).history.at(-1)).toEqual({
      at: AT_LATER,
      step: 'retrying',
      attempt: 2,
      error_type: 'CONNECTION',
    });
  });

  test('is counted, but for a rate limit', () => {
    expect(ended(syncing, { ...later, costsAttempt: false }, LATER).attempts).toBe(1);
  });
});

describe.each(['rejected', 'parked'] as const)('an attempt after which the order is %s', (state) => {
  const end: AttemptEnd = {
    state,
    error: refused,
    notBefore: LATER + 40_000,
    doubt: 'h1',
    costsAttempt: true,
  };

  test('says why, begins the next start with its letter, and its submitter is to be told', () => {
    expect(ended(syncing, end, LATER)).toEqual({
      ...free,
      state,
      error: refused,
      doubt: 'h1',
      maybe_sent: ['h0', 'h1'],
      not_before: LATER + 40_000,
      settled_at: LATER,
      start: 4,
      outbox: [{ ...outcome, type: state, attempts: 2, error: refused }],
      history: [
        ...syncing.history,
        {
          at: AT_LATER,
          step: state,
          attempt: 2,
          error_type: 'VALIDATION',
          reasons: ['sku_unknown', 'city_missing'],
        },
      ],
    });
  });

  test('is counted, but for a rate limit', () => {
    expect(ended(syncing, { ...end, costsAttempt: false }, LATER).attempts).toBe(1);
  });
});

test('the letter of an order in hand begins its next start', () => {
  expect(nextStart(recordOf({ start: 3 }))).toBe(4);
});

test('other content under its number is noted in its history, and changes nothing else', () => {
  expect(conflicted(syncing, 'correction_too_late', LATER)).toEqual({
    ...syncing,
    history: [...syncing.history, { at: AT_LATER, step: 'conflict', reasons: ['correction_too_late'] }],
  });
});

test('an order that has lost its number is parked, says why, and stays at the start that it was in', () => {
  expect(keptAside(syncing, refused, LATER)).toEqual({
    ...syncing,
    state: 'parked',
    error: refused,
    settled_at: LATER,
    history: [
      ...syncing.history,
      {
        at: AT_LATER,
        step: 'parked',
        error_type: 'VALIDATION',
        reasons: ['sku_unknown', 'city_missing'],
      },
    ],
  });
});
