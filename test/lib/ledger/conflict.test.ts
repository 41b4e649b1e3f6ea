import { describe, expect, test } from 'vitest';
import { conflictOf, isTurnedAway } from '../../../lib/ledger/conflict.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { recordOf } from '../../kit/memory-consumer.ts';

describe('whoever sends other content under a number that is taken', () => {
  test('is told to send it under one of its own', () => {
    expect(conflictOf('number_taken', '7')).toEqual({
      type: 'CONFLICT',
      message: expect.stringContaining('Send it under an id of its own'),
      reasons: [{ code: 'number_taken' }],
    });
  });

  test('as a correction that came too late, is told where to correct it', () => {
    expect(conflictOf('correction_too_late', 'S-7')).toEqual({
      type: 'CONFLICT',
      message: expect.stringContaining('as S-7: correct it there'),
      reasons: [{ code: 'correction_too_late' }],
    });
  });
});

describe('a copy that comes back', () => {
  const turnedAway = recordOf({ state: 'parked', error: conflictOf('number_taken', undefined) });

  test.each<[string, LedgerRecord | undefined, boolean]>([
    ['of what lost its number', turnedAway, true],
    ['of what lost its number, and was then rejected', { ...turnedAway, state: 'rejected' }, true],
    ['of something else that lost its number', { ...turnedAway, content_hash: 'h2' }, false],
    ['of what is being sent once more', { ...turnedAway, state: 'accepted' }, false],
    [
      'of what was parked for another cause',
      { ...turnedAway, error: { type: 'CONNECTION', message: '' } },
      false,
    ],
    ['of what was parked for no known cause', { ...turnedAway, error: undefined }, false],
    ['of what has no story of its own', undefined, false],
  ])('%s is turned away: %s', (_what, story, is) => {
    expect(isTurnedAway(story, { content_hash: 'h1' })).toBe(is);
  });
});
