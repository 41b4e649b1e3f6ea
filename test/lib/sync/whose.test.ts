import { describe, expect, test } from 'vitest';
import { whoseIs } from '../../../lib/sync/whose.ts';

describe('what a look-up finds under our number', () => {
  test.each([
    [[], 'agrees', 'anothers'],
    [[], 'contradicts', 'anothers'],
    [[], 'nothing_to_compare', 'anothers'],
    [['h2'], 'agrees', 'ours'],
    [['h2'], 'contradicts', 'anothers'],
    [['h2'], 'nothing_to_compare', 'ours_assumed'],
    // Only what it was before its correction can be there.
    [['h1'], 'agrees', 'outdated'],
    [['h1'], 'other_lines', 'outdated'],
    [['h1'], 'nothing_to_compare', 'outdated'],
    [['h1', 'h2'], 'agrees', 'ours'],
    [['h1', 'h2'], 'other_lines', 'outdated'],
    [['h2'], 'other_lines', 'anothers'],
    // Of another customer: to be compared by a person, who would else correct somebody else's.
    [['h1'], 'contradicts', 'anothers'],
    [['h1', 'h2'], 'contradicts', 'anothers'],
    [['h1', 'h2'], 'nothing_to_compare', 'ours_assumed'],
    [['h2', 'h1'], 'nothing_to_compare', 'outdated'],
  ] as const)('of h2, where %j may have been sent, and it %s: %s', (sent, likeness, whose) => {
    const record = { content_hash: 'h2', ...(sent.length > 0 && { maybe_sent: [...sent] }) };
    expect(whoseIs(record, likeness)).toBe(whose);
  });
});
