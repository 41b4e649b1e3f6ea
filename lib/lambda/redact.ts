import { type Carrier, carriersIn } from './carriers.ts';
import { decoded } from './decoded.ts';
import { garbled, placesOf, unreadable } from './encodings.ts';
import { brokenUp, formsOf, inPieces, MOST_PARTS, placesIn } from './same-word.ts';
import { asciiDigit, joined, type Span, type Word, withoutDigits, wordsOf } from './spelling.ts';

const EMAIL = /[^\s@<>"«»(),:;[\]]{1,64}@[^\s@<>"«»(),:;[\]]{1,190}\.[\p{L}\p{N}-]{2,63}/gu;
/** Seven digits or more, however they are grouped: a phone, a card, never a price. */
const LONG_NUMBER = /[+([]*\d(?:[\s()[\]./\p{Pd}·•_]*\d){6,}/gu;
/** Digits with anything but letters between them. */
const DIGITS = /[+([]*\d(?:[^\p{L}\p{N}]{0,4}\d)*/gu;
/** So many digits in a row are part of a known phone; fewer do where they are its first or its last. */
const PART_OF_PHONE = 7;
const END_OF_PHONE = 4;
const MAX_READ = 1536;
const MAX_LENGTH = 500;
const REMOVED = '[removed]';

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
 * of it, escaped, carried in base64 or numbers, in a wrong encoding, in Latin letters, declined, mistyped, masked, broken
 * up, with any apostrophe; of a number, any four digits in a row. Rather too much is removed than too little: CRM error texts echo what they complain of.
 */
export function withoutPersonalData(text: string, values: readonly string[]): string {
  const secrets = secretsOf(values);
  const given = text.length > MAX_READ ? withoutHalfWord(text.slice(0, MAX_READ)) : text;
  const plain = plainly(masked(given, wrappedIn(given, secrets)));
  // Of escapes, what was cut off was no whole word yet.
  const readable = given === text || plain.endsWith(REMOVED) ? plain : withoutHalfWord(plain);
  // Again, because one may have been within the other.
  const clean = masked(readable, [
    ...spansIn(readable, secrets),
    ...wrappedIn(readable, secrets),
    ...unreadable(readable),
  ])
    .replace(INITIALS, '$1')
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim();
  // Not in the middle of an emoji: SQS refuses half of one.
  return clean.length > MAX_LENGTH ? `${clean.slice(0, MAX_LENGTH - 1).replace(/\p{Cs}$/u, '')}…` : clean;
}

/** Its first half would tell as much as the word, and be known by nothing. */
const withoutHalfWord = (text: string): string => text.replace(/\S{1,100}\s*$/u, '');

/** Without what it was wrapped in, and with plain digits and signs: nothing is lost to whoever reads it. */
const plainly = (text: string): string =>
  decoded(text)
    .normalize('NFC')
    .replace(/[\uFF01-\uFF5E]|\p{No}/gu, (sign) => sign.normalize('NFKC'))
    .replace(/\p{Nd}/gu, asciiDigit);

interface Secrets {
  literals: RegExp[];
  /** The same, for what may be a text by chance: a short one only where nothing is beside it. */
  lone: RegExp[];
  /** Words, as they sound. */
  keys: string[];
  /** Digits alone. */
  numbers: string[];
  /** The first sounds of each name that has several words. */
  initials: ReadonlySet<string>[];
  /** What wrong encodings make of the words. */
  garbled: string[];
}

function secretsOf(values: readonly string[]): Secrets {
  const known = values.map((value) => value.normalize('NFC')).filter((value) => value.trim() !== '');
  const words = known
    .flatMap((value) => (value.includes('@') ? partsOfEmail(value) : value))
    .flatMap((value) => (isName(value) ? wordsOf(value) : joined(wordsOf(value))))
    .filter(({ spans }) => spans.length >= 2);
  // What stands for an apostrophe in another encoding, nobody knows. ASCII is the same in all of them.
  const foreign = known
    .flatMap((value) => [...value.split(/[\s\d,.()«»"№-]/u), ...value.split(/[^\p{L}]/u)])
    .filter((word) => /[^\0-\x7f]/.test(word));
  // Each of a double name too: a short one has nothing else to be found by within a word.
  const named = known.filter(isName).flatMap((value) => value.split(/[\s,\p{Pd}]/u));
  // Whole values too: of a key with signs in it, no words would be left.
  const parts = [...new Set([...known, ...named.filter(({ length }) => length >= 2)])];
  const long = parts.filter(({ length }) => length > 3).map((part) => new RegExp(RegExp.escape(part), 'giu'));
  const short = parts.filter(({ length }) => length <= 3);
  return {
    literals: [...long, ...short.flatMap(embedded)],
    lone: [...long, ...short.map((part) => alone(part, () => '[\\p{L}\\p{N}]'))],
    keys: [...new Set(words.flatMap(({ key }) => formsOf(key)))],
    numbers: known.map((value) => value.replace(/\D/g, '')).filter((digits) => digits.length >= 9),
    initials: known.filter(isName).map((value) => new Set(wordsOf(value).map(({ key }) => key.charAt(0)))),
    garbled: garbled([...new Set(foreign.flatMap(startsOf))]),
  };
}

/** A word, and what stays of it in all its cases; in capitals too. */
function startsOf(word: string): string[] {
  const start = word.length > 5 ? word.slice(0, -2) : word;
  return [word, start].flatMap((one) => [one, one.toLowerCase(), one.toUpperCase()]);
}

/** What has digits within a word of ASCII is a key or a number: its parts are words of every day, or say nothing. */
const isName = (value: string): boolean => /[\s,]|[^\0-\x7f]|^\D*$/.test(value);

const partsOfEmail = (email: string): string[] => {
  const [local = '', domain = ''] = email.split('@');
  const [host = ''] = domain.split('.');
  return [local, ...(PROVIDERS.has(host) ? [] : [domain.replace(/\.[^.]*$/, '')])];
};

/** A short value where none of those signs is before or behind it that would be of one word with it. */
const alone = (value: string, like: (sign: string) => string): RegExp =>
  new RegExp(`(?<!${like(value.charAt(0))})${RegExp.escape(value)}(?!${like(value.slice(-1))})`, 'giu');

/** Short ones only stand alone, or where a capital begins them: "Лі" is in "клієнт", and in "клієнтЛі" it is a name. */
function embedded(value: string): RegExp[] {
  if (!/^\p{Lu}/u.test(value)) return [alone(value, likeOf)];
  // Of capitals alone, it is in any word of capitals.
  const before = /\p{Ll}/u.test(value) ? '' : '(?<!\\p{Lu})';
  return [alone(value, likeOf), new RegExp(`${before}${RegExp.escape(value)}(?!\\p{Ll})`, 'gu')];
}

/** What would be of one word with a letter: in "nameЛі7" that is neither the `e` nor the 7. */
const likeOf = (sign: string): string =>
  ['\\p{sc=Cyrl}', '\\p{sc=Latn}'].find((letters) => new RegExp(letters, 'u').test(sign)) ?? '[\\p{L}\\p{N}]';

function spansIn(text: string, secrets: Secrets): Span[] {
  const told = wordsOf(text);
  return [
    ...plainSpansIn(text, told, secrets, secrets.literals),
    ...told.flatMap(withoutDigits).flatMap((word) => secrets.keys.flatMap((key) => placesIn(word, key))),
    ...inPieces(told, secrets.keys),
    ...[...text.matchAll(MASKED)].filter((match) => isMasked(match, secrets)).map(spanOf),
    ...[...text.matchAll(TWO_INITIALS)].filter((match) => areInitials(match, secrets)).map(spanOf),
  ];
}

/** `К***о`, `Ко…ко` */
const MASKED = /(\p{L}*)(?:([*•●]{2,})|…|\.{2,})(\p{L}*)/gu;

function isMasked([, start = '', stars, end = '']: RegExpExecArray, { keys }: Secrets): boolean {
  const [first = '', last = ''] = [start, end].map((part) => joined(wordsOf(part)).key);
  // Dots between two words are a pause in most texts.
  if (stars === undefined ? first === '' || last === '' : first + last === '') return false;
  return keys.some(
    (key) => key.length > 2 && key.startsWith(first) && key.endsWith(last.replace(/^i(?=.)/, '')),
  );
}

const TWO_INITIALS = /(?<![\p{L}.])(\p{Lu})\.\s*(\p{Lu})\.(?!\p{L})/gu;

const areInitials = ([, ...letters]: RegExpExecArray, { initials }: Secrets): boolean => {
  const sounds = letters.map((letter) => joined(wordsOf(letter)).key.charAt(0));
  return initials.some((known) => known.size > 1 && sounds.every((sound) => known.has(sound)));
};

const plainSpansIn = (
  text: string,
  told: readonly Word[],
  { keys, numbers }: Secrets,
  literals: readonly RegExp[],
): Span[] => [
  ...[...literals, ...(text.includes('@') ? [EMAIL] : []), LONG_NUMBER].flatMap((one) => matches(text, one)),
  ...matches(text, DIGITS).filter(({ start, end }) =>
    numbers.some((number) => tellsOf(number, text.slice(start, end))),
  ),
  ...told.flatMap((word, at) => [
    ...keys.flatMap((key) => placesIn(word, key)),
    ...brokenUp(told.slice(at, at + MOST_PARTS), keys),
  ]),
];

/** What is wrapped up, or in a wrong encoding, and would not be read. */
const wrappedIn = (text: string, secrets: Secrets): Span[] => [
  ...placesOf(secrets.garbled, text),
  ...carriersIn(text).filter((carrier) => isTelling(carrier, secrets)),
];

/** What is too long to be read may say anything. */
const isTelling = ({ readings }: Carrier, secrets: Secrets, carried = 1): boolean =>
  readings?.some((reading) => tells(reading, secrets, carried)) ?? true;

/** Whether what was carried tells something; one more carrier may be in it, but nobody breaks up words in there. */
function tells(reading: string, secrets: Secrets, carried: number): boolean {
  if (/[^\P{C}\s\p{Cf}]|\uFFFD/u.test(reading)) return false;
  const plain = plainly(reading);
  if (plainSpansIn(plain, wordsOf(plain), secrets, secrets.lone).length > 0) return true;
  return (
    carried < MOST_CARRIED && carriersIn(plain).some((carrier) => isTelling(carrier, secrets, carried + 1))
  );
}
/** A text in base64, in base64: whoever does it more often does not do it by mistake. */
const MOST_CARRIED = 2;

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
  /(?:(?<!\p{L})\p{L}[\p{C}\s]*\.[\p{C}\s]*){0,3}(\[removed\])(?:[\p{C}\s,.]*(?<!\p{L})\p{L}[\p{C}\s]*\.(?!\p{L})){0,3}/gu;

function masked(text: string, spans: readonly Span[]): string {
  let clean = '';
  let from = 0;
  for (const { start, end } of spans.toSorted((a, b) => a.start - b.start)) {
    if (start >= from) clean += `${text.slice(from, start)}${REMOVED}`;
    from = Math.max(from, end);
  }
  return `${clean}${text.slice(from)}`;
}
