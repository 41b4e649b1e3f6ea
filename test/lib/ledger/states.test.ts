import { expect, test } from 'vitest';
import { isFinal, ORDER_STATES, type OrderState, type Phase, phaseOf } from '../../../lib/ledger/states.ts';

const STATES: [OrderState, Phase, boolean][] = [
  ['accepted', 'under_way', false],
  ['syncing', 'under_way', false],
  ['synced', 'in_crm', true],
  ['retrying', 'under_way', false],
  ['in_doubt', 'under_way', false],
  ['rejected', 'waiting', true],
  ['parked', 'waiting', true],
];

test.each(STATES)('what is %s is %s; it is known what became of it: %s', (state, phase, is) => {
  expect(phaseOf(state)).toBe(phase);
  expect(isFinal(state)).toBe(is);
});

test('there is no other state', () => {
  expect(STATES.map(([state]) => state)).toEqual(ORDER_STATES);
});
