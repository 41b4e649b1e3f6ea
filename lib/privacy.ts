const EMAIL = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+\.\p{L}{2,}/gu;
/** Seven digits or more, however they are grouped: a phone, a card, never a price. */
const LONG_NUMBER = /\+?\d(?:[\s().-]*\d){6,}/g;
const MAX_READ = 4096;
const MAX_LENGTH = 500;
const REMOVED = '[removed]';

/**
 * A foreign text made fit to be stored and shown: without the given values (whole, or any word of them, in any
 * case), without anything that looks like an e-mail address or a phone, on one line, at most 500 characters.
 * CRM error texts echo what they complain of (reliability notes, 28).
 */
export function withoutPersonalData(text: string, values: readonly string[]): string {
  let clean = text.slice(0, MAX_READ).replace(EMAIL, REMOVED).replace(LONG_NUMBER, REMOVED);
  for (const pattern of tellTales(values)) clean = clean.replace(pattern, REMOVED);
  clean = clean.replace(/[\p{C}\s]+/gu, ' ').trim();
  return clean.length > MAX_LENGTH ? `${clean.slice(0, MAX_LENGTH - 1)}…` : clean;
}

/** Longest first, so that a whole value goes before its words. Short ones only stand alone: "Лі" is in "клієнт". */
function tellTales(values: readonly string[]): RegExp[] {
  const words = values.flatMap((value) => value.split(/[\s,]+/)).filter((word) => word.length >= 3);
  return [...values, ...words]
    .filter((value) => value !== '')
    .sort((a, b) => b.length - a.length)
    .map((value) => {
      const literal = RegExp.escape(value);
      return new RegExp(
        value.length > 3 ? literal : `(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`,
        'giu',
      );
    });
}
