import { expect, test } from 'vitest';
import { kyivDay } from '../../../lib/manager/kyiv-day.ts';

test.each([
  ['in winter', '2026-01-15T12:00:00Z', '2026-01-15', '2026-01-14T22:00:00Z', 24],
  ['in summer', '2026-07-15T12:00:00Z', '2026-07-15', '2026-07-14T21:00:00Z', 24],
  [
    'late in the evening, when UTC is a day behind',
    '2026-01-14T22:30:00Z',
    '2026-01-15',
    '2026-01-14T22:00:00Z',
    24,
  ],
  ['to its last moment', '2026-01-15T21:59:59.999Z', '2026-01-15', '2026-01-14T22:00:00Z', 24],
  ['when the clock goes forward', '2026-03-29T12:00:00Z', '2026-03-29', '2026-03-28T22:00:00Z', 23],
  ['when the clock goes back', '2026-10-25T12:00:00Z', '2026-10-25', '2026-10-24T21:00:00Z', 25],
  ['at the end of a year', '2026-12-31T23:00:00Z', '2027-01-01', '2026-12-31T22:00:00Z', 24],
])('a day in Kyiv %s', (_when, now, name, from, hours) => {
  const day = kyivDay(Date.parse(now));
  expect({ ...day, from: new Date(day.from).toISOString() }).toEqual({
    name,
    from: new Date(from).toISOString(),
    until: Date.parse(from) + hours * 60 * 60 * 1000,
  });
});
