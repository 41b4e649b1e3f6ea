import { describe, expect, test } from 'vitest';
import { maybeSent, recordSchema, withStep } from '../../../lib/ledger/record.ts';
import { NOW, recordOf } from '../../kit/memory-consumer.ts';

const AT = new Date(NOW).toISOString();

describe('what may have reached the CRM', () => {
  test.each([
    ['is remembered', undefined, 'h1', ['h1']],
    ['is remembered beside what else may have', ['h0'], 'h1', ['h0', 'h1']],
    ['is remembered once, as the newest, however often it was sent', ['h1', 'h0'], 'h1', ['h0', 'h1']],
  ])('%s', (_what, maybe_sent, hash, is) => {
    expect(maybeSent(recordOf({ maybe_sent }), hash).maybe_sent).toEqual(is);
  });

  test('is nothing new where nothing was sent', () => {
    const record = recordOf({ maybe_sent: ['h0'] });
    expect(maybeSent(record, undefined)).toBe(record);
  });

  test('is the last ten contents', () => {
    const maybe_sent = Array.from({ length: 10 }, (_, i) => `h${i}`);
    expect(maybeSent(recordOf({ maybe_sent }), 'last').maybe_sent).toEqual([...maybe_sent.slice(1), 'last']);
  });
});

describe('the history of an order', () => {
  const steps = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ at: AT, step: 'syncing' as const, attempt: i }));

  test('has one step more, with its moment, and the record before it stays as it was', () => {
    const record = recordOf({ history: steps(1) });
    expect(withStep(record, NOW, { step: 'parked', error_type: 'CONNECTION' })).toEqual({
      ...record,
      history: [...steps(1), { at: AT, step: 'parked', error_type: 'CONNECTION' }],
    });
    expect(record.history).toEqual(steps(1));
  });

  test('has a hundred steps at most: the first one and the last ones', () => {
    const full = withStep(recordOf({ history: steps(99) }), NOW, { step: 'parked' }).history;
    expect(full).toEqual([...steps(99), { at: AT, step: 'parked' }]);
    const [first, , ...rest] = full;
    expect(withStep(recordOf({ history: full }), NOW, { step: 'returned' }).history).toEqual([
      first,
      ...rest,
      { at: AT, step: 'returned' },
    ]);
  });

  test('is read without the steps that only a later version knows', () => {
    const known = [
      { at: AT, step: 'accepted' },
      { at: AT, step: 'parked', reasons: ['crm_busy'] },
    ];
    const history = [known[0], { at: AT, step: 'sung_to' }, 'what is no step', known[1]];
    expect(recordSchema.parse({ ...recordOf(), history }).history).toEqual(known);
  });
});
