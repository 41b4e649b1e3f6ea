import type { Language } from './words.ts';

const LOCALES: Readonly<Record<Language, string>> = { uk: 'uk-UA', en: 'en-GB' };

/** A moment by the shop's clock: the time, and the day where it is not today. */
export function timeText(at: string, language: Language, now = new Date()): string {
  const options = { timeZone: 'Europe/Kyiv' };
  const day = new Intl.DateTimeFormat(LOCALES[language], { ...options, day: 'numeric', month: 'short' });
  const time = new Intl.DateTimeFormat(LOCALES[language], { ...options, hour: '2-digit', minute: '2-digit' });
  const moment = new Date(at);
  return day.format(moment) === day.format(now)
    ? time.format(moment)
    : `${day.format(moment)}, ${time.format(moment)}`;
}
