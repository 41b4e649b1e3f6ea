import { describe, expect, test } from 'vitest';
import { failureReasons } from '../../../lib/explanations/failure-reasons.ts';
import type { CrmErrorType, CrmFailure } from '../../../lib/sitniks/result.ts';

const failure = (type: CrmErrorType, changes: Partial<CrmFailure> = {}): CrmFailure => ({
  ok: false,
  type,
  message: 'No',
  mayHaveReachedCrm: false,
  ...changes,
});

describe('a call to the CRM failed', () => {
  test.each([
    ['VALIDATION', 'refused_unknown', 'refused_unknown'],
    ['AUTHENTICATION', 'key_refused', 'key_refused'],
    ['CONFIGURATION', 'crm_misconfigured', 'crm_misconfigured'],
    ['RATE_LIMIT', 'crm_busy', 'crm_busy'],
    ['CONNECTION', 'crm_unreachable', 'in_doubt'],
  ] as const)('by %s: %s; and while the CRM may have the order, %s', (type, code, inDoubt) => {
    expect(failureReasons(failure(type), undefined)).toEqual([{ code }]);
    expect(failureReasons(failure(type), 'hash')).toEqual([{ code: inDoubt }]);
  });

  test('and more is known than the type says: that counts, in doubt or not', () => {
    const reasons = [
      { code: 'phone_invalid', pointer: '#/customer/phone' },
      { code: 'sku_unknown', pointer: '#/items/1/sku' },
    ] as const;
    expect(failureReasons(failure('VALIDATION', { reasons }), undefined)).toEqual(reasons);
    expect(failureReasons(failure('CONNECTION', { reasons: [{ code: 'broke_off' }] }), 'hash')).toEqual([
      { code: 'broke_off' },
    ]);
  });

  test('and nothing more is known: a list without reasons is none', () => {
    expect(failureReasons(failure('VALIDATION', { reasons: [] }), undefined)).toEqual([
      { code: 'refused_unknown' },
    ]);
  });
});
