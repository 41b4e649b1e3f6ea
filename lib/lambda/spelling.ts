/** Where a part of a text stands in it, in UTF-16 units. */
export interface Span {
  start: number;
  end: number;
}

/** A word as it sounds: Cyrillic, and all the ways to write it in Latin letters, come out alike. */
export interface Word extends Span {
  key: string;
  /** Where each sign of the key comes from. */
  spans: readonly Span[];
  letters: readonly Letter[];
}

interface Letter extends Span {
  letter: string;
}

/** Letters that are one sound; a longer spelling stands before what is part of it. */
const SOUNDS: readonly (readonly [sound: string, ...letters: string[]])[] = [
  ['s', 'shch', 'sch', 'sh', 'щ', 'ш', 'с', 's'],
  ['z', 'zh', 'ж', 'з', 'z'],
  ['c', 'tch', 'ch', 'ts', 'tz', 'ч', 'ц', 'c'],
  // Transliterations differ in these most.
  ['g', 'kh', 'gh', 'х', 'г', 'ґ', 'h', 'g'],
  ['k', 'ck', 'к', 'q', 'k'],
  ['f', 'ph', 'ф', 'f'],
  ['v', 'в', 'w', 'v'],
  ['i', 'и', 'і', 'ї', 'й', 'ы', 'y', 'j', 'i'],
  ['ia', 'я'],
  ['iu', 'ю'],
  ['ie', 'є'],
  ['ks', 'x'],
  ['', 'ь', 'ъ'],
  ...[...'абдеэлмнопрту'].map((letter, i) => ['abdeelmnoprtu'[i] ?? '', letter] as const),
];
const SPELLINGS = new Map(
  SOUNDS.flatMap(([sound, ...letters]) => letters.map((spelling) => [spelling, sound])),
);
const LONGEST_SPELLING = 4;

/** Letters of other alphabets that look like those of ours, in words that mix them. */
const LOOKALIKES: Readonly<Record<string, string>> = Object.fromEntries(
  [...'abcehikmoptxyαβεηικμνορτυχ'].map((letter, i) => [letter, 'аьсенікмортхуаьенікмnортух'[i] ?? letter]),
);

/** Within a word they are passed over: accents, apostrophes of all kinds and what stands for one, what nobody sees. */
const SILENT = /[\p{M}\p{Lm}\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}\uFFFD'"`´‘’‚‛“”„′‵]/u;
const QUOTE = /[\uFFFD'"`´‘’‚‛“”„′‵]/u;
const LETTER = /[\p{L}\p{N}]/u;

/** An apostrophe that would fall into a space and an accent, and a sign that would become a word. */
const AS_THEY_ARE = '´№';

/** The words of a text. */
export function wordsOf(text: string): Word[] {
  const words: Letter[][] = [];
  let word: Letter[] = [];
  let start = 0;
  for (const sign of text) {
    const end = start + sign.length;
    for (const letter of AS_THEY_ARE.includes(sign) ? sign : sign.normalize('NFKD').toLowerCase()) {
      const last = word.at(-1);
      if (SILENT.test(letter)) {
        // An accent belongs to its letter; a quotation mark may be what ends the word.
        if (last !== undefined && !QUOTE.test(letter)) last.end = end;
      } else if (LETTER.test(letter)) {
        if (last !== undefined) last.end = start;
        word.push({ letter: asciiDigit(letter), start, end });
      } else if (word.length > 0) {
        words.push(word);
        word = [];
      }
    }
    start = end;
  }
  if (word.length > 0) words.push(word);
  return words.map((one) => spelt(unmixed(one)));
}

/** Letters of one alphabet, where some only look as if they were. */
function unmixed(word: Letter[]): Letter[] {
  const isCyrillic = word.some(({ letter }) => /\p{Script=Cyrillic}/u.test(letter));
  return isCyrillic ? word.map((one) => ({ ...one, letter: LOOKALIKES[one.letter] ?? one.letter })) : word;
}

/** Words that are one, with something between its letters. */
export const joined = (words: readonly Word[]): Word => spelt(words.flatMap(({ letters }) => letters));

/** A word without the digits that stand in it or beside it; none, where it is all letters, or all digits. */
export const withoutDigits = (word: Word): Word[] =>
  /\d\D|\D\d/.test(word.key)
    ? [joined([{ ...word, letters: word.letters.filter(({ letter }) => !/\d/.test(letter)) }])]
    : [];

/** In Unicode the ten digits of a script stand in a row, from zero on; of some, one row behind the other. */
export function asciiDigit(letter: string): string {
  if (letter < '\u0100' || !/\p{Nd}/u.test(letter)) return letter;
  const code = letter.codePointAt(0) ?? 0;
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code - before - 1))) before += 1;
  return String(before % 10);
}

function spelt(letters: readonly Letter[]): Word {
  const text = letters.map(({ letter }) => letter).join('');
  let key = '';
  const spans: Span[] = [];
  // One unit of `text` for each letter, but for the rare ones beyond U+FFFF.
  const origins = letters.flatMap(({ letter, start, end }) => Array.from(letter, () => ({ start, end })));
  for (let at = 0; at < text.length; ) {
    let spelling = text.slice(at, at + LONGEST_SPELLING);
    while (spelling.length > 1 && !SPELLINGS.has(spelling)) spelling = spelling.slice(0, -1);
    const sound = SPELLINGS.get(spelling) ?? spelling;
    const [first, last] = [origins[at], origins[at + spelling.length - 1]];
    let start = first?.start ?? 0;
    const end = last?.end ?? first?.end ?? 0;
    for (const sign of sound) {
      // `ia`, `ya` and `a` after a vowel's glide are one; so are double letters and single ones.
      if (/[aeou]/.test(sign) && key.length > 1 && key.endsWith('i')) {
        key = key.slice(0, -1);
        start = spans.pop()?.start ?? start;
      }
      const before = spans.at(-1);
      if (before !== undefined && key.endsWith(sign) && /\D/.test(sign)) {
        if (start <= before.end) spans[spans.length - 1] = { start: before.start, end };
        continue;
      }
      key += sign;
      spans.push({ start, end });
    }
    at += spelling.length;
  }
  return { key, spans, letters, start: letters[0]?.start ?? 0, end: letters.at(-1)?.end ?? 0 };
}
