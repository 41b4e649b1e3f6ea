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
  ])('%j says nothing', (header) => {
    expect(read(header)).toBeUndefined();
  });
});
