import { describe, expect, test } from 'vitest';
import { readRetryAfter } from '../../../lib/http-calls/retry-after.ts';

const NOW = Date.parse('2026-01-01T10:00:00Z');
/** In seconds. */
const read = (header: string | null) => {
  const ms = readRetryAfter(header, NOW);
  return ms === undefined ? undefined : ms / 1000;
};

describe('how long we are asked to stay away', () => {
  test.each<[string, number]>([
    ['4', 4],
    [' 120\t', 120],
    ['045', 45],
    // It was read as the year 2045.
    ['45.5', 46],
    ['0.2', 1],
    ['4.0', 4],
    ['Thu, 01 Jan 2026 10:10:00 GMT', 600],
    ['Thursday, 01-Jan-26 10:10:00 GMT', 600],
    ['Thu Jan  1 10:10:00 2026', 600],
    ['4, 120', 4],
    ['120,4', 120],
    ['Thu, 01 Jan 2026 10:10:00 GMT, 4', 600],
    ['4, Thu, 01 Jan 2026 10:10:00 GMT', 4],
    ['9'.repeat(400), 1e9],
    ['4\n', 4],
    ['4\u00a0', 4],
    ['4 , 120', 4],
    ['120, Thu', 120],
    ['thu, 01 jan 2026 10:10:00 gmt', 600],
    // The name of the day says nothing that the date does not.
    ['Fri, 01 Jan 2026 10:10:00 GMT', 600],
    ['Thu, 01 Jan 2026 10:09:60 GMT', 600],
    ['Thu Jan 01 10:10:00 2026, 4', 600],
    ['Sat Feb 28 10:00:00 2026', 58 * 86_400],
    ['Tue, 29 Feb 2028 10:00:00 GMT', 789 * 86_400],
    // Two digits are of a year that is at most 50 years ahead.
    ['Wednesday, 01-Jan-76 10:00:00 GMT', 18_262 * 86_400],
  ])('%s: %d s', (header, seconds) => {
    expect(read(header)).toBe(seconds);
  });

  test.each([
    null,
    '',
    '0',
    '0.0',
    '-5',
    '+5',
    '1e3',
    '0x10',
    '.5',
    '5.',
    '45.5.6',
    '5 s',
    'soon',
    'PT5S',
    '2045-01-01',
    '2045-01-01T00:00:00Z',
    '1 Jan 2045',
    'January 2045',
    'Thu, 01 Jan 2026 10:10:00 +0200',
    'Thu, 32 Foo 2026 10:10:00 GMT',
    'Thu, 01 Jan 2026 09:59:59 GMT',
    ', 5',
    '0, 5',
    '4;',
    '4; x=1',
    '"4"',
    '4s',
    '４',
    'NaN',
    'Infinity',
    'Thu, 01 Jan 2026 10:10:00 GMT; x',
    'Thu, 01 Jan 2026 10:10:00 GMT+0200',
    'Thu, 1 Jan 2026 10:10:00 GMT',
    'Thu, 01 Jan 2026 10:10 GMT',
    'Thu, 01 Jan 2026 10:10:00 UTC',
    'Thu, 31 Feb 2026 10:10:00 GMT',
    'Sun Feb 29 10:10:00 2026',
    'Thu, 01 Jan 2026 25:10:00 GMT',
    'Thu, 01 Jan 2026 10:61:00 GMT',
    'Sunday, 06-Nov-94 08:49:37 GMT',
    'Friday, 01-Jan-77 10:00:00 GMT',
    'Sun Nov  6 08:49:37 1994',
    'Sun, 06 Nov 1994 08:49:37 GMT, 5',
  ])('%j says nothing', (header) => {
    expect(read(header)).toBeUndefined();
  });
});
