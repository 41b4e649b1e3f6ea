/** Longer than anybody is waited for: what is added to a time is to stay a time. */
const MOST_SECONDS = 10 ** 9;

const SECONDS = /^\d+(?:\.\d+)?$/;
/** The three forms that a recipient of a date has to take (RFC 9110, 5.6.7); the last does not say GMT, and means it. */
const HTTP_DATE =
  /^(?:\w{3}, \d{2} \w{3} \d{4} [\d:]{8} GMT|\w{6,9}, \d{2}-\w{3}-\d{2} [\d:]{8} GMT|\w{3} \w{3} [ \d]\d [\d:]{8} \d{4})/i;

/**
 * How long we are asked to stay away, in ms: seconds or an HTTP date (RFC 9110, 10.2.3), a fraction of a second rounded
 * up. Of two that were sent, which `Headers` joins by a comma, the first. What is neither, or lies in the past, says nothing.
 */
export function readRetryAfter(header: string | null, now: number): number | undefined {
  const value = header?.trim() ?? '';
  const date = HTTP_DATE.exec(value)?.[0];
  const ms = date === undefined ? secondsIn(value) * 1000 : timeOf(date) - now;
  return ms > 0 ? ms : undefined;
}

function secondsIn(value: string): number {
  const first = value.split(',')[0]?.trim() ?? '';
  return SECONDS.test(first) ? Math.min(Math.ceil(Number(first)), MOST_SECONDS) : Number.NaN;
}

const timeOf = (date: string): number => Date.parse(date.endsWith('GMT') ? date : `${date} GMT`);
