const EMAIL = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+\.\p{L}{2,}/gu;
/** Seven digits or more, however they are grouped: a phone, a card, never a price. */
const LONG_NUMBER = /\+?\d(?:[\s()./\p{Pd}]*\d){6,}/gu;
const MAX_READ = 4096;
const MAX_LENGTH = 500;
const REMOVED = '[removed]';

/**
 * A foreign text made fit to be stored and shown: without the given values (whole, or any word of them, in any
 * case), without anything that looks like an e-mail address or a phone, on one line, at most 500 characters.
 * CRM error texts echo what they complain of.
 */
export function withoutPersonalData(text: string, values: readonly string[]): string {
  const words = values.flatMap((value) => value.split(/[\s,]+/)).filter((word) => word.length >= 2);
  // Whole values first: of a key with digits in it, the pattern for phones would take only the middle.
  const patterns = [...tellTales(values), ...phones(values), EMAIL, LONG_NUMBER, ...tellTales(words)];
  let clean = text.slice(0, MAX_READ).replaceAll('%40', '@');
  for (const pattern of patterns) clean = clean.replace(pattern, REMOVED);
  clean = clean.replace(/[\p{C}\s]+/gu, ' ').trim();
  // Not in the middle of an emoji: SQS refuses half of one.
  return clean.length > MAX_LENGTH ? `${clean.slice(0, MAX_LENGTH - 1).replace(/\p{Cs}$/u, '')}…` : clean;
}

/** Longest first, so that a long one goes before what is part of it. Short ones only stand alone: "Лі" is in "клієнт". */
function tellTales(values: readonly string[]): RegExp[] {
  return values
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

/** The last nine digits of a phone, whatever stands between them, and what a country's code may look like before. */
function phones(values: readonly string[]): RegExp[] {
  return values
    .map((value) => value.replace(/\D/g, '').slice(-9))
    .filter((digits) => digits.length === 9)
    .map((digits) => new RegExp(`(?:\\+?\\d{1,4}[\\s(./-]{0,3})?0?${[...digits].join('\\D{0,3}')}`, 'gu'));
}
