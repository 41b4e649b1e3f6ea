import { once } from '../lambda/once.ts';

/** A shop's day is Kyiv's, wherever the function runs. */
export interface Day {
  /** `2026-01-31` */
  name: string;
  /** Epoch ms of its first moment, and of the next day's. */
  from: number;
  until: number;
}

const ZONE = 'Europe/Kyiv';
// Each takes 10 ms to make.
const dateOf = once(() => new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE, dateStyle: 'short' }));
const offsetOf = once(() => new Intl.DateTimeFormat('en', { timeZone: ZONE, timeZoneName: 'longOffset' }));

/** The day in Kyiv that this moment (epoch ms) is in: 23 or 25 hours long where the clock is changed. */
export function kyivDay(now: number): Day {
  const name = dateOf().format(now);
  // Past the next midnight however long the day is, and not past the one after.
  const next = dateOf().format(midnight(name) + 30 * 60 * 60 * 1000);
  return { name, from: midnight(name), until: midnight(next) };
}

/** The day before the one that this moment is in. */
export const dayBefore = (now: number): Day => kyivDay(kyivDay(now).from - 1);

/** `2026-01-31`; `undefined` where the calendar has no such day. */
export function dayNamed(name: string): Day | undefined {
  const noon = Date.parse(`${name}T12:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(name) || Number.isNaN(noon)) return undefined;
  const day = kyivDay(noon);
  return day.name === name ? day : undefined;
}

function midnight(name: string): number {
  const utc = Date.parse(`${name}T00:00:00Z`);
  // The offset of some moment near; the clock is changed at 3 or 4 in the night, never at midnight.
  const near = utc - offsetMs(utc);
  return utc - offsetMs(near);
}

/** How far ahead of UTC Kyiv is at this moment. */
function offsetMs(at: number): number {
  const text =
    offsetOf()
      .formatToParts(at)
      .find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign = '+', hours = '0', minutes = '0'] = /GMT([+-])(\d+):(\d+)/.exec(text) ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
}
