import { readingsOf } from './encodings.ts';
import type { Span } from './spelling.ts';

/** A part of a text that may say something to a machine, and all that it may say; `undefined`: too long to be read. */
export interface Carrier extends Span {
  readings: readonly string[] | undefined;
}

/** What may be base64. */
const BASE64 = /[A-Za-z0-9+/_-]{6,}={0,2}/g;
/** In lines of its own, as mail breaks it. */
const BASE64_IN_LINES = /(?<![A-Za-z0-9+/_-])(?:[A-Za-z0-9+/_-]{16,}\s+)+[A-Za-z0-9+/_-]{2,}={0,2}/g;
/** Bytes, or the numbers of letters, in hexadecimal: `d0 94`, `d094`, `\xd0\x94`, `0x414`, `U+0414`, `%D0`, `\0414`. */
const CODE = String.raw`(?:\\+[xu]?|0x|U\+|[%=<])?\{?[\da-f]{2,6}[>}]?`;
const HEXADECIMAL = new RegExp(String.raw`${CODE}(?:(?:=?\r?\n|[\s,;:-]{0,2})${CODE}){2,}`, 'gi');
const BARE_HEXADECIMAL = /(?:[\da-f]{2}){4,}[\da-f]?/gi;
/** The same in decimals: `208,148`. */
const DECIMAL = /(?:\d{2,6}[\s,;]{1,2}){3,}\d{2,6}/g;

/** UTF-16 that was read byte for byte: every other sign is one that nobody can see. */
const SPACED_OUT = /(?:.\p{Cc}|\p{Cc}.){3,}/gsu;

const MOST_SHIFTS = 4;
/** Nobody reads more of it than that. */
const LONGEST = 300;

/** Lone words of small letters are what they are. */
const isWord = (text: string): boolean => /^[a-z]+$/.test(text);

export function carriersIn(text: string): Carrier[] {
  return [
    ...found(text, BASE64, base64Readings),
    ...found(text, BASE64_IN_LINES, base64Readings),
    ...found(text, BARE_HEXADECIMAL, (run) => readingsFromEither(run, 'hex')),
    ...found(text, HEXADECIMAL, (run) => numbersIn(run, /(?<!\d)0x|[^\da-f]/gi, 16)),
    ...found(
      text,
      SPACED_OUT,
      (run) => readingsFromEither(run, 'latin1'),
      (_text, start, end) => ({ start, end }),
    ),
    ...found(text, DECIMAL, (run) => numbersIn(run, /\D/g, 10)),
  ];
}

const found = (
  text: string,
  form: RegExp,
  readings: (run: string) => string[],
  spanOf = wholeOf,
): Carrier[] =>
  [...text.matchAll(form)]
    .filter(([run]) => !isWord(run))
    .map(({ 0: run, index }) => ({
      ...spanOf(text, index, index + run.length),
      readings: run.length > LONGEST ? undefined : [...new Set(readings(run))],
    }));

/** With what hangs on it: an apostrophe is mostly left as it is, and what follows it would be read by whoever reads on. */
const wholeOf = (text: string, start: number, end: number): Span => ({
  start: text.slice(0, start).search(/[^\s",;(){}<>«»[\]]*$/u),
  end: end + text.slice(end).search(/[\s",;(){}<>«»[\]]|$/u),
});

/** What stands before it may have been taken for half of it. */
const readingsFromEither = (run: string, encoding: 'hex' | 'latin1'): string[] =>
  [run, run.slice(1)].flatMap((one) => readingsOf(Buffer.from(one, encoding)));

/** A sign that is none of it may stand before it: then it is read from the wrong bit on. */
function base64Readings(run: string): string[] {
  const signs = run.replace(/\s/g, '');
  return Array.from({ length: MOST_SHIFTS }, (_, shift) =>
    readingsOf(Buffer.from(signs.slice(shift), 'base64')),
  ).flat();
}

/** As bytes, and as the numbers that letters have in Unicode. */
function numbersIn(run: string, between: RegExp, radix: number): string[] {
  const numbers = run
    .split(between)
    .filter((digits) => digits !== '')
    .map((digits) => Number.parseInt(digits, radix));
  const isBytes = numbers.every((number) => number < 256);
  return isBytes
    ? readingsOf(Buffer.from(numbers))
    : [String.fromCodePoint(...numbers.filter((number) => number <= 0x10ffff))];
}
