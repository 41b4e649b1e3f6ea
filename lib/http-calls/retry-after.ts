/** Longer than anybody is waited for: what is added to a time is to stay a time. */
const MOST_SECONDS = 10 ** 9;

const SECONDS = /^\d+(?:\.\d+)?$/;
/** The three forms that a recipient of a date has to take (RFC 9110, 5.6.7); the last does not say GMT, and means it. */
const HTTP_DATES = [
  /^\w{3}, (?<day>\d{2}) (?<month>\w{3}) (?<year>\d{4}) (?<time>\d\d:\d\d:\d\d) GMT\s*(?:,|$)/i,
  /^\w{6,9}, (?<day>\d{2})-(?<month>\w{3})-(?<year>\d{2}) (?<time>\d\d:\d\d:\d\d) GMT\s*(?:,|$)/i,
  /^\w{3} (?<month>\w{3}) (?<day>[ \d]\d) (?<time>\d\d:\d\d:\d\d) (?<year>\d{4})\s*(?:,|$)/i,
];
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/**
 * How long we are asked to stay away, in ms: seconds or an HTTP date (RFC 9110, 10.2.3), a fraction of a second rounded
 * up. Of two that were sent, which `Headers` joins by a comma, the first. What is neither, or lies in the past, says nothing.
 */
export function readRetryAfter(header: string | null, now: number): number | undefined {
  const value = header?.trim() ?? '';
  const date = HTTP_DATES.map((form) => form.exec(value)?.groups).find((parts) => parts !== undefined);
  const ms = date === undefined ? secondsIn(value) * 1000 : timeOf(date, now) - now;
  return ms > 0 ? ms : undefined;
}

function secondsIn(value: string): number {
  const first = value.split(',')[0]?.trim() ?? '';
  return SECONDS.test(first) ? Math.min(Math.ceil(Number(first)), MOST_SECONDS) : Number.NaN;
}

/** Epoch ms; NaN of a day or an hour that there is not. */
function timeOf(parts: Record<string, string | undefined>, now: number): number {
  const month = MONTHS.indexOf(parts['month']?.toLowerCase() ?? '');
  const [day, year] = [Number(parts['day']), fullYear(parts['year'] ?? '', now)];
  const [hours = 0, minutes = 0, seconds = 0] = (parts['time'] ?? '').split(':').map(Number);
  // The last second of a year may be its 61st.
  const isTime = hours < 24 && minutes < 60 && seconds <= 60;
  const isDay = month >= 0 && new Date(Date.UTC(year, month, day)).getUTCDate() === day;
  return isTime && isDay ? Date.UTC(year, month, day, hours, minutes, seconds) : Number.NaN;
}

/** Two digits are of the year that is nearest, and not more than 50 years ahead. */
function fullYear(year: string, now: number): number {
  if (year.length > 2) return Number(year);
  const thisYear = new Date(now).getUTCFullYear();
  const inThisCentury = thisYear - (thisYear % 100) + Number(year);
  return inThisCentury > thisYear + 50 ? inThisCentury - 100 : inThisCentury;
}
