import { describe, expect, test } from 'vitest';
import { beforeCreation, created, isNews, type StatusOf, wanting } from '../../../lib/ledger/status.ts';

const error = { type: 'CONNECTION', message: 'down' } as const;
/** To be paid, and in the CRM as new, after two attempts that failed. */
const paid: StatusOf = { wanted: 'PAID', in_crm: 'NEW', attempts: 2, error };

describe('a status', () => {
  test.each([
    ['NEW', undefined, false],
    ['PENDING_PAYMENT', undefined, true],
    ['PENDING_PAYMENT', paid, false],
    ['PAID', paid, false],
    ['PROCESSING', paid, true],
  ] as const)('%s is news only where it is further than what is wanted', (status, known, is) => {
    expect(isNews(known, status)).toBe(is);
  });

  test.each([undefined, 'NEW', 'PAID'] as const)('that is no further (%s) changes nothing', (status) => {
    expect(wanting(paid, status)).toBe(paid);
  });

  test('that is further is wanted from now on, and is at its first attempt', () => {
    expect(wanting(paid, 'PROCESSING')).toEqual({ wanted: 'PROCESSING', in_crm: 'NEW', attempts: 0 });
  });

  test('is wanted where none was', () => {
    expect(wanting(undefined, 'NEW')).toEqual({ wanted: 'NEW', attempts: 0 });
    expect(wanting(undefined, undefined)).toBeUndefined();
  });
});

describe('before it is created, an order', () => {
  test('may be in the CRM as it is wanted', () => {
    expect(beforeCreation({ wanted: 'PAID', attempts: 0 })).toEqual({
      wanted: 'PAID',
      in_crm: 'PAID',
      attempts: 0,
    });
  });

  test('may be there as it was wanted the first time, which is the least', () => {
    expect(beforeCreation(paid)).toEqual(paid);
  });

  test('without a status has none', () => {
    expect(beforeCreation(undefined)).toBeUndefined();
  });
});

describe('once it is in the CRM, an order', () => {
  test('has the status that it was created with', () => {
    expect(created(paid, 'PENDING_PAYMENT')).toEqual({ ...paid, in_crm: 'PENDING_PAYMENT' });
  });

  test('that was found there is as far as was known', () => {
    expect(created(paid, undefined)).toBe(paid);
  });

  test('of which no status is wanted has none', () => {
    expect(created(undefined, 'PAID')).toBeUndefined();
    expect(created(undefined, undefined)).toBeUndefined();
  });
});
