import { describe, expect, test } from 'vitest';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import type { Settlement } from '../../../lib/queues/codec.ts';
import type { Claimed } from '../../../lib/sync/attempt.ts';
import { asPersonSays, foundByPerson } from '../../../lib/sync/settlement.ts';
import { NOW, recordOf } from '../../kit/memory-consumer.ts';

const THERE: Settlement = { isThere: true, crmOrderId: '7', settledAt: NOW };
const ABSENT: Settlement = { isThere: false, settledAt: NOW };

/** In doubt, parked at `NOW`, and in hand for the first time since. */
const claimed = (changes: Partial<LedgerRecord> = {}): Claimed => ({
  result: 'acquired',
  lookUp: true,
  record: recordOf({ state: 'syncing', attempts: 1, settled_before: NOW, doubt: 'h1', ...changes }),
});

/** When what a person said does not count. */
const TOO_LATE: [string, Claimed][] = [
  ['after the first attempt', claimed({ attempts: 2 })],
  ['where it was settled again since', claimed({ settled_before: NOW + 1 })],
  ['where it was never settled', claimed({ settled_before: undefined })],
  ['of another time, in another attempt', claimed({ attempts: 2, settled_before: NOW + 1 })],
];

describe('an order that a person has found', () => {
  test('is ours, under the number that the person says', () => {
    expect(foundByPerson(THERE, claimed())).toEqual({ kind: 'found', crmOrderId: '7', whose: 'ours' });
  });

  test.each(TOO_LATE)('is looked for all the same %s', (_when, of) => {
    expect(foundByPerson(THERE, of)).toBeUndefined();
  });

  test.each([
    ['says that it is not there', ABSENT],
    ['has said nothing', undefined],
  ])('is none where the person %s', (_what, settlement) => {
    expect(foundByPerson(settlement, claimed())).toBeUndefined();
  });
});

describe('an order that a person has not found', () => {
  test('is created without being looked for, and is in doubt no more', () => {
    const of = claimed();
    expect(asPersonSays(ABSENT, of)).toEqual({
      ...of,
      lookUp: false,
      record: { ...of.record, doubt: undefined },
    });
  });

  test.each(TOO_LATE)('is looked for all the same %s', (_when, of) => {
    expect(asPersonSays(ABSENT, of)).toBe(of);
  });

  test.each([
    ['says that it is there', THERE],
    ['has said nothing', undefined],
  ])('is none where the person %s: it stays as it was claimed', (_what, settlement) => {
    const of = claimed();
    expect(asPersonSays(settlement, of)).toBe(of);
  });
});
