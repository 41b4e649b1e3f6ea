import { expect, test } from 'vitest';
import type { Failure } from '../../../lib/explanations/failure.ts';
import { paymentsView, statusView } from '../../../lib/intake/status-view.ts';
import type { OrderState } from '../../../lib/ledger/states.ts';
import { recordOf } from '../../kit/memory-consumer.ts';

const REFUSED: Failure = { type: 'VALIDATION', message: 'No', reasons: [{ code: 'refused_unknown' }] };
const TOLD = { type: 'VALIDATION', message: 'No', explanations: [{ reason: 'refused_unknown' }] };

test('the status of an order from before statuses were written down is not known', () => {
  expect(statusView(recordOf({ status: undefined }))).toBeNull();
});

test.each<[OrderState, 'NEW' | undefined, 'NEW' | null]>([
  ['synced', 'NEW', 'NEW'],
  ['synced', undefined, null],
  // It may be there with this one, and nobody has said so.
  ['in_doubt', 'NEW', null],
  ['parked', 'NEW', null],
])('the CRM has a status only of what is there: %s, %s', (state, in_crm, shown) => {
  expect(statusView(recordOf({ state, status: { wanted: 'PAID', in_crm, attempts: 0 } }))).toEqual({
    wanted: 'PAID',
    in_crm: shown,
    error: null,
  });
});

test('why the CRM does not have the status is told in words', () => {
  const status = { wanted: 'PAID', attempts: 1, error: REFUSED } as const;
  expect(statusView(recordOf({ status }))).toMatchObject({ error: TOLD });
});

test('of payments nothing is told where nobody has said that anything was paid', () => {
  expect(paymentsView(recordOf())).toEqual({});
});

test('payments are told with their amounts, how far they are, and why not further', () => {
  const view = paymentsView(
    recordOf({
      payments: [
        { amount: 500, state: 'booked', attempts: 1 },
        { amount: 20, state: 'not_booked', attempts: 4, error: REFUSED },
      ],
    }),
  );
  expect(view).toEqual({
    payments: [
      { amount: 500, state: 'booked', error: null },
      { amount: 20, state: 'not_booked', error: expect.objectContaining({ type: 'VALIDATION' }) },
    ],
  });
  expect(view).toMatchObject({ payments: [{}, { error: TOLD }] });
});
