import { carriedBy, decoded } from './decoded.ts';
import { asciiDigit, joined, type Span, type Word, wordsOf } from './spelling.ts';

const EMAIL = /[^\s@<>"«»(),:;[\]]{1,64}@[^\s@<>"«»(),:;[\]]{1,190}\.[\p{L}\p{N}-]{2,63}/gu;
/** Seven digits or more, however they are grouped: a phone, a card, never a price. */
const LONG_NUMBER = /[+([]*\d(?:[\s()[\]./\p{Pd}·•_]*\d){6,}/gu;
/** Digits with anything but letters between them. */
const DIGITS = /[+([]*\d(?:[^\p{L}\p{N}]{0,4}\d)*/gu;
/** What may be base64, or bytes in hexadecimal. */
const CARRIER = /[A-Za-z0-9+/_-]{8,}={0,2}/g;
/** So many digits in a row are part of a known phone; fewer do where they are its first or its last. */
const PART_OF_PHONE = 7;
const END_OF_PHONE = 4;
/** So much may follow on a name: `-ovich`, `-skaya`. */
const LONGEST_ENDING = 5;
const MAX_READ = 1536;
const MAX_LENGTH = 500;
const REMOVED = '[removed]';

/** The last of a declined word, in Latin letters. */
const ENDING = /^(?:[aeiou]{0,3}|[aeiou][vm]i?|ogo|omu|eg?o|imi?|ig|[aeo]g|ami|ga|m)$/;
/** Domains that half a country has its mail at. */
const PROVIDERS: ReadonlySet<string> = new Set([
  'gmail',
  'ukr',
  'icloud',
  'outlook',
  'hotmail',
  'yahoo',
  'i',
  'meta',
]);

/**
 * A foreign text made fit to be stored and shown: without the given values, without anything that looks like an e-mail
 * address or a phone, on one line, at most 500 characters. A value is found however it is spelt back: whole or any word
 * of it, escaped or in a wrong encoding, in Latin letters, declined, broken up, with any apostrophe; of a number, any
 * four digits in a row. Rather too much is removed than too little: CRM error texts echo what they complain of.
 */
export function withoutPersonalData(text: string, values: readonly string[]): string {
  const plain = plainly(text.slice(0, MAX_READ));
  const clean = without(plain, spansIn(plain, secretsOf(values)))
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim();
  // Not in the middle of an emoji: SQS refuses half of one.
  return clean.length > MAX_LENGTH ? `${clean.slice(0, MAX_LENGTH - 1).replace(/\p{Cs}$/u, '')}…` : clean;
}

/** Without what it was wrapped in, and with plain digits and signs: nothing is lost to whoever reads it. */
const plainly = (text: string): string =>
  decoded(text)
    .normalize('NFC')
    .replace(/[\uFF01-\uFF5E]/g, (sign) => sign.normalize('NFKC'))
    .replace(/\p{Nd}/gu, asciiDigit)
    .slice(0, MAX_READ);

interface Secrets {
  literals: RegExp[];
  words: Word[];
  /** Digits alone. */
  numbers: string[];
}

function secretsOf(values: readonly string[]): Secrets {
  const known = values.map((value) => value.normalize('NFC')).filter((value) => value.trim() !== '');
  const words = known
    .flatMap((value) => (value.includes('@') ? partsOfEmail(value) : value))
    .flatMap((value) => (isName(value) ? wordsOf(value) : joined(wordsOf(value))))
    .filter(({ spans }) => spans.length >= 2);
  return {
    // Whole values too: of a key with signs in it, no words would be left.
    literals: [
      ...known,
      ...known.flatMap((value) => value.split(/[\s,]+/)).filter((word) => word.length >= 2),
    ].flatMap(literals),
    words: words.flatMap(withAlternations),
    numbers: known.map((value) => value.replace(/\D/g, '')).filter((digits) => digits.length >= 9),
  };
}

/** What has digits within a word is a key or a number: its parts are words of every day, or say nothing. */
const isName = (value: string): boolean => /\s/.test(value) || !/\d/.test(value);

const partsOfEmail = (email: string): string[] => {
  const [local = '', domain = ''] = email.split('@');
  const [host = ''] = domain.split('.');
  return [local, ...(PROVIDERS.has(host) ? [] : [domain.replace(/\.[^.]*$/, '')])];
};

/** Short ones only stand alone, or where a capital begins them: "Лі" is in "клієнт", and in "клієнтЛі" it is a name. */
function literals(value: string): RegExp[] {
  const escaped = RegExp.escape(value);
  if (value.length > 3) return [new RegExp(escaped, 'giu')];
  const alone = new RegExp(`(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])`, 'giu');
  return /^\p{Lu}/u.test(value) ? [alone, new RegExp(`(?<!\\p{Lu})${escaped}(?!\\p{Ll})`, 'gu')] : [alone];
}

/** Ольга, Ользі; Яків, Якова: what Ukrainian changes within a word when it is declined. */
function withAlternations(word: Word): Word[] {
  const { key } = word;
  const others = [
    key.replace(/g(?=[aeiou]?$)/, 'z'),
    key.replace(/k(?=[aeiou]?$)/, 'c'),
    key.replace(/g(?=[aeiou]?$)/, 's'),
    key.replace(/i(?=[^aeiou]+$)/, 'o'),
    key.replace(/i(?=[^aeiou]+$)/, 'e'),
  ];
  return [...new Set([key, ...others])].map((one) => ({ ...word, key: one }));
}

function spansIn(text: string, secrets: Secrets): Span[] {
  const { literals, words, numbers } = secrets;
  const spans = [...literals, EMAIL, LONG_NUMBER].flatMap((pattern) => matches(text, pattern));
  for (const match of text.matchAll(DIGITS)) {
    if (numbers.some((number) => tellsOf(number, match[0]))) spans.push(spanOf(match));
  }
  for (const match of text.matchAll(CARRIER)) {
    const isCarrier = carriedBy(match[0]).some((carried) => spansIn(plainly(carried), secrets).length > 0);
    if (/[^a-z]/.test(match[0]) && isCarrier) spans.push(spanOf(match));
  }
  const told = wordsOf(text);
  const keys = [...new Set(words.map(({ key }) => key))];
  for (const word of told) spans.push(...keys.flatMap((key) => placesIn(word, key)));
  const long = keys.filter((key) => key.length >= 4);
  told.forEach((_, at) => void spans.push(...brokenUp(told.slice(at, at + MOST_PARTS), long)));
  spans.push(
    ...inPieces(
      told,
      keys.filter((key) => key.length >= START_OF_SECRET),
    ),
  );
  return spans;
}

/** Where a word is, or has within it, a secret one: the same, a form of it, or with more around it. */
function placesIn({ key, spans, start, end }: Word, secret: string): Span[] {
  const at = key.indexOf(secret);
  if (secret.length >= 4 && at >= 0) {
    const after = at + secret.length;
    const isEnding = key.length - after <= LONGEST_ENDING;
    return [{ start: spans[at]?.start ?? start, end: isEnding ? end : (spans[after - 1]?.end ?? end) }];
  }
  return isFormOf(key, secret) ? [{ start, end }] : [];
}

function isFormOf(told: string, secret: string): boolean {
  if (told === secret) return true;
  const same = commonStart(told, secret);
  const [toldEnd, secretEnd] = [told.slice(same), secret.slice(same)];
  if (/\d/.test(secret)) return false;
  if (secret.length < 3) return false;
  if (secret.length === 3)
    return (
      same >= 2 && told.length >= 3 && told.length <= 5 && ENDING.test(toldEnd) && ENDING.test(secretEnd)
    );
  if (secret.length < 6) return same >= 3 && secretEnd.length <= 2 && ENDING.test(toldEnd);
  return same >= Math.max(4, secret.length - 3) && toldEnd.length <= LONGEST_ENDING;
}

function commonStart(a: string, b: string): number {
  let same = 0;
  while (same < b.length && a[same] === b[same]) same += 1;
  return same;
}

/** A word may be in so many parts, if they are no single letters. */
const MOST_PARTS = 6;

/** A secret word with something between its parts, the first of these words being where it begins. */
function brokenUp(words: readonly Word[], secrets: readonly string[]): Span[] {
  const [first, second] = words;
  if (first === undefined || second === undefined) return [];
  const candidates = secrets.filter((secret) => secret.startsWith(first.key.slice(0, 2)));
  if (candidates.length === 0) return [];
  const { key, spans } = joined(words);
  return candidates.flatMap((secret) => {
    const last = spans[secret.length - 1];
    if (!key.startsWith(secret) || last === undefined) return [];
    const lastWord = words.find(({ end }) => end >= last.end);
    return lastWord === first || lastWord === undefined ? [] : [{ start: first.start, end: lastWord.end }];
  });
}

const isPiece = ({ letters, key, start, end }: Word): boolean =>
  // An apostrophe is none of them: `ам'ян` is a piece.
  (letters.length <= 3 || (letters.length === 4 && end - start > 4)) && !/\d/.test(key);

/** Letters that stand alone or nearly so, several in a row, are words in pieces: all go where one begins like a secret. */
function inPieces(words: readonly Word[], secrets: readonly string[]): Span[] {
  const runs: Word[][] = [[]];
  for (const word of words) {
    if (isPiece(word)) runs.at(-1)?.push(word);
    else runs.push([]);
  }
  const starts = new Set(secrets.map((secret) => secret.slice(0, START_OF_SECRET)));
  return runs.flatMap((run) => {
    const [first, last] = [run[0], run.at(-1)];
    if (first === undefined || last === undefined || run.length < 2) return [];
    const tells = run.slice(0, -1).some((piece, at) => {
      const { key } = joined(run.slice(at, at + 2 * START_OF_SECRET));
      return !secrets.includes(piece.key) && starts.has(key.slice(0, START_OF_SECRET));
    });
    return tells ? [{ start: first.start, end: last.end }] : [];
  });
}
const START_OF_SECRET = 3;

/** Whether digits, in groups of any kind, give a phone away. */
function tellsOf(number: string, told: string): boolean {
  const groups = wordsOf(told).map(({ key }) => key);
  const national = number.slice(-9);
  const isEnd = (digits: string) =>
    digits.length >= END_OF_PHONE &&
    [number, national, `0${national}`].some((one) => one.startsWith(digits) || one.endsWith(digits));
  const all = groups.join('');
  const isGrouped = groups.length > 1 && all.length > END_OF_PHONE && number.includes(all);
  return isGrouped || [all, ...groups].some((digits) => isEnd(digits) || sharesDigits(digits, number));
}

function sharesDigits(told: string, number: string): boolean {
  for (let at = 0; at + PART_OF_PHONE <= told.length; at += 1) {
    if (number.includes(told.slice(at, at + PART_OF_PHONE))) return true;
  }
  return false;
}

const spanOf = (match: RegExpExecArray): Span => ({ start: match.index, end: match.index + match[0].length });
const matches = (text: string, pattern: RegExp): Span[] => [...text.matchAll(pattern)].map(spanOf);

/** An initial beside what was removed goes with it: «Коваленко О. П.» */
const INITIALS =
  /(?:\p{Lu}[\p{C}\s]*\.[\p{C}\s]*){0,3}(\[removed\])(?:[\p{C}\s,.]*\p{Lu}[\p{C}\s]*\.(?!\p{L})){0,3}/gu;

function without(text: string, spans: readonly Span[]): string {
  let clean = '';
  let from = 0;
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    if (end <= from) continue;
    if (start >= from) clean += `${text.slice(from, start)}${REMOVED}`;
    from = end;
  }
  return `${clean}${text.slice(from)}`.replace(INITIALS, '$1');
}
