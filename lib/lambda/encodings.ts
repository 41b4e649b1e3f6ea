import { once } from './once.ts';
import type { Span } from './spelling.ts';

/** The encodings that Cyrillic has been written in. */
const CYRILLIC = ['windows-1251', 'koi8-u', 'ibm866', 'iso-8859-5'];
/** What bytes are taken for by who does not know better. */
const TAKEN_FOR = ['windows-1252', 'iso-8859-2', 'iso-8859-15', 'macintosh', 'x-mac-cyrillic', ...CYRILLIC];

interface Encoding {
  read: (bytes: Uint8Array) => string;
  /** What the encoding has no byte for, is a question mark. */
  write: (text: string) => Uint8Array;
}

function oneByte(label: string): Encoding {
  const decoder = new TextDecoder(label);
  const all = decoder.decode(Uint8Array.from({ length: 256 }, (_, byte) => byte));
  const bytes = new Map([...all].map((sign, byte) => [sign, byte]));
  return {
    read: (text) => decoder.decode(text),
    write: (text) => Uint8Array.from(text, (sign) => bytes.get(sign) ?? 0x3f),
  };
}

/** Latin-1 as it was, and not Windows-1252, as browsers have it. */
const LATIN_1: Encoding = {
  read: (bytes) => Buffer.from(bytes).toString('latin1'),
  write: (text) => Buffer.from(text, 'latin1'),
};
const UTF_8: Encoding = {
  read: (bytes) => Buffer.from(bytes).toString('utf8'),
  write: (text) => Buffer.from(text),
};

const known = once(() => ({
  right: [UTF_8, ...CYRILLIC.map(oneByte)],
  wrong: [LATIN_1, ...TAKEN_FOR.map(oneByte)],
}));

/** What bytes may say, whoever has written them. */
export function readingsOf(bytes: Buffer): string[] {
  const even = bytes.subarray(0, bytes.length - (bytes.length % 2));
  return [
    ...known().right.map(({ read }) => read(bytes)),
    even.toString('utf16le'),
    Buffer.from(even).swap16().toString('utf16le'),
  ];
}

/** What is lost first of a text in a wrong encoding: the signs that nobody can see. Line breaks are between words here. */
const LOST = /(?!\n)[\s\p{C}\uFFFD]/gu;
const SEEN = /[^\s\p{C}\uFFFD]/gu;

/** Signs that nobody here writes: so many of a look are no chance. */
const FOREIGN = /[^\0-\x7f\u0400-\u04ff«»“”„’‘…–—№]/u;
const LEAST_FOREIGN = 3;
/** Of letters that are in any word, a look is no chance if it is a whole word, or as long as this. */
const LEAST = 4;
const LEAST_WITHIN = 5;

/** How words look where they were written in one encoding and read in another, UTF-8 perhaps twice. */
export function garbled(words: readonly string[]): string[] {
  const { right, wrong } = known();
  const text = words.join('\n');
  const bytes = right.map(({ write }) => write(text));
  const twice = wrong.map(({ read }) => UTF_8.write(read(UTF_8.write(text))));
  const looks = [
    ...bytes.flatMap((written) => wrong.map(({ read }) => read(written))),
    ...wrong.map(({ read }, at) => read(twice[at] ?? Buffer.of())),
  ];
  return [...new Set(looks.flatMap((look) => look.replace(LOST, '').split('\n')))].filter(
    (look) => look.length >= (FOREIGN.test(look) ? LEAST_FOREIGN : LEAST) && !text.includes(look),
  );
}

/**
 * What no text that people read has in a word: signs to draw boxes with, letters that only Cyrillic of other countries
 * has, a capital in the middle, or dashes before each letter.
 */
const UNREADABLE = /[\u0080-\u009f\u2500-\u259fЂЃЉЊЋЌЏђѓљњћќџЈјЅѕ]|[а-яёіїєґ][А-ЯЁІЇЄҐ]|(?:[–—][^–—]){2}/u;
/** Or accents and signs without a plain letter; alone, those that UTF-8 begins Cyrillic with. */
const ACCENTS = /[¡-¦¨ª¬®¯²-´¶-ºÀ-ɏ≈-≥∂-∞◊ﬁﬂ†‡‰]/gu;
const isUnreadable = (word: string): boolean =>
  UNREADABLE.test(word) ||
  /^[ÐÑĐŃ].?$/u.test(word) ||
  (!/[a-z]/i.test(word) && (word.match(ACCENTS)?.length ?? 0) > 1);

/** Where a text is in a wrong encoding, whatever it says: nobody has anything of it. */
export const unreadable = (text: string): Span[] =>
  [...text.matchAll(/\S+/gu)]
    .filter(([word]) => isUnreadable(word))
    .map(({ 0: word, index }) => ({ start: index, end: index + word.length }));

/** Where any of those looks stand in a text, to the next spaces. */
export function placesOf(looks: readonly string[], text: string): Span[] {
  if (!/[^\0-\x7f]/.test(text)) return [];
  const seen = [...text.matchAll(SEEN)];
  const plain = seen.map(([sign]) => sign).join('');
  return looks.flatMap((look) => {
    const spans: Span[] = [];
    for (let at = plain.indexOf(look); at >= 0; at = plain.indexOf(look, at + look.length)) {
      const [first, last] = [seen[at]?.index ?? 0, seen[at + look.length - 1]?.index ?? 0];
      const isWhole = !/\p{L}$/u.test(text.slice(0, first)) && !/^\p{L}/u.test(text.slice(last + 1));
      if (look.length >= LEAST_WITHIN || FOREIGN.test(look) || isWhole)
        spans.push({
          start: text.slice(0, first).search(/\S*$/u),
          end: last + text.slice(last).search(/\s|$/u),
        });
    }
    return spans;
  });
}
