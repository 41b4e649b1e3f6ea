import { InvalidArgumentError } from 'commander';

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

const isUnit = (unit: string | undefined): unit is keyof typeof SECONDS =>
  unit !== undefined && unit in SECONDS;

/** `90s`, `5m`, `2h`, `3d` → milliseconds. @throws {InvalidArgumentError} */
export function parseDuration(text: string): number {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (!isUnit(unit)) throw new InvalidArgumentError('Use a number and s, m, h or d, such as 2h.');
  return Number(count) * SECONDS[unit] * 1000;
}

/** `2/s`, `30/m` → milliseconds from one to the next. @throws {InvalidArgumentError} */
export function parseRate(text: string): number {
  const [, count, unit] = /^(\d{1,4}(?:\.\d+)?)\/([smh])$/.exec(text) ?? [];
  if (!isUnit(unit) || Number(count) === 0) {
    throw new InvalidArgumentError('Use a number a second, minute or hour, such as 2/s or 30/m.');
  }
  return (SECONDS[unit] * 1000) / Number(count);
}

const UNITS = {
  en: { s: 's', min: 'min', h: 'h', d: 'd' },
  uk: { s: 'с', min: 'хв', h: 'год', d: 'дн' },
} as const;

/** How long, as a person would say it: `45 s`, `12 min`, `3 h 20 min`, `4 d`. */
export function age(ms: number, language: keyof typeof UNITS = 'en'): string {
  const { s, min, h, d } = UNITS[language];
  const seconds = Math.max(0, Math.round(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const days = Math.floor(hours / 24);
  const two = (first: string, count: number, unit: string) =>
    count === 0 ? first : `${first} ${count} ${unit}`;
  if (days > 0) return two(`${days} ${d}`, hours % 24, h);
  if (hours > 0) return two(`${hours} ${h}`, minutes % 60, min);
  return minutes > 0 ? `${minutes} ${min}` : `${seconds} ${s}`;
}
