import { expect, test } from 'vitest';
import { WrongUsage } from '../../../bin/orders/failure.ts';
import { requirePlain } from '../../../bin/orders/redrive.ts';
import { onlyFailsAgain } from '../../../lib/dead-letters/resend-plan.ts';

test.each([
  ['nothing at all', [], {}, /^Say which/],
  ['all and a selection', [], { all: true, type: 'VALIDATION' }, /^Either --all or a selection/],
  ['all and a number', ['1'], { all: true }, /^Either --all or a selection/],
  ['a patch for a type', [], { type: 'VALIDATION', patch: '-' }, /one customer's/],
  ['a patch for a reason', [], { reason: 'phone_invalid', patch: '-' }, /one customer's/],
  ['a patch for what came lately', [], { since: 60_000, patch: '-' }, /one customer's/],
  ['a patch for all', [], { all: true, patch: '-' }, /one customer's/],
  ['a patch for two', ['1', '2'], { patch: '-' }, /one customer's/],
  ['a patch for a number and a letter', ['1'], { message: 'a', patch: '-' }, /one customer's/],
  ['a patch and as it is', ['1'], { patch: '-', asIs: true }, /^Either --patch or --as-is/],
] as const)('%s is refused: one slip never reaches several customers', (_, numbers, options, said) => {
  expect(() => requirePlain(numbers, options)).toThrow(said);
  expect(() => requirePlain(numbers, options)).toThrow(WrongUsage);
});

test.each([
  [['1'], { patch: '-' }],
  [[], { message: 'a', patch: '-' }],
  [['1', '2'], {}],
  [[], { all: true }],
  [[], { since: 60_000 }],
] as const)('what is said plainly is taken: %j %j', (numbers, options) => {
  expect(() => requirePlain(numbers, options)).not.toThrow();
});

test('what a person must mend only fails again as it is; what passes by itself does not', () => {
  const types = [
    'VALIDATION',
    'CONFLICT',
    'UNPROVEN',
    'MALFORMED',
    'UNKNOWN',
    'CONNECTION',
    'NO_REASON',
  ] as const;
  expect(types.filter((reason) => onlyFailsAgain({ reason }))).toEqual(types.slice(0, 5));
});
