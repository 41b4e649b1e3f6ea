import * as fc from 'fast-check';

/** Names as people have them: apostrophes, soft signs, letters that Latin has no match for. */
const GIVEN =
  "Дар'я|Олена|Ольга|Юрій|Євген|Мар'яна|Щаслава|Михайло|Наталія|Ґалаґан|Їжак|Любов|Хома|Жанна|Володимир|Zoryana|Олексій|Тетяна".split(
    '|',
  );
const FAMILY =
  "Знам'янська|Коваленко|Щербак|В'яземський|Кравець|Юхимчук|Гончаренко|Лук'яненко|Прихованенко|Цюпа|Шевчук|Ґудзь-Заєць|Дем'янчук|Чорновіл|O'Neill|Хмельницька".split(
    '|',
  );

const LATIN: Readonly<Record<string, string>> = Object.fromEntries(
  'а-a|б-b|в-v|г-h|ґ-g|д-d|е-e|є-ie|ж-zh|з-z|и-y|і-i|ї-i|й-i|к-k|л-l|м-m|н-n|о-o|п-p|р-r|с-s|т-t|у-u|ф-f|х-kh|ц-ts|ч-ch|ш-sh|щ-shch|ю-iu|я-ia|ь-'
    .split('|')
    .map((pair): [string, string] => [pair.slice(0, 1), pair.slice(2)]),
);
const PASSPORT = (text: string) =>
  [...text]
    .map((letter) => {
      const latin = LATIN[letter.toLowerCase()];
      if (latin === undefined) return letter;
      return letter === letter.toLowerCase() ? latin : latin.charAt(0).toUpperCase() + latin.slice(1);
    })
    .join('');
const everySign = (text: string, write: (sign: string) => string) => [...text].map(write).join('');
const letters = (text: string, write: (sign: string) => string) =>
  everySign(text, (sign) => (/\p{L}/u.test(sign) ? write(sign) : sign));
const hex = (sign: string, length: number) => (sign.codePointAt(0) ?? 0).toString(16).padStart(length, '0');
const bytes = (text: string, write: (byte: string) => string) =>
  [...Buffer.from(text)].map((byte) => write(byte.toString(16).padStart(2, '0').toUpperCase())).join('');
const decline = (text: string) =>
  text
    .replace(/ська(?=$| )/gu, 'ської')
    .replace(/ський(?=$| )/gu, 'ського')
    .replace(/я(?=$| )/gu, 'ї')
    .replace(/а(?=$| )/gu, 'и')
    .replace(/([бвгґджзклмнпрстфхцчшщ])(?=$| )/gu, '$1у');

/** As a one-byte encoding has it; what it has no byte for is a question mark. */
function written(label: string, text: string): Buffer {
  const decoder = new TextDecoder(label);
  const codes = new Map(
    Array.from({ length: 256 }, (_, code) => [decoder.decode(Uint8Array.of(code)), code]),
  );
  return Buffer.from(Array.from(text, (sign) => codes.get(sign) ?? 0x3f));
}
const CYRILLIC = ['windows-1251', 'koi8-u', 'ibm866', 'iso-8859-5'];
const ENCODINGS: readonly (readonly [label: string, write: (text: string) => Buffer])[] = [
  ['utf-8', (text) => Buffer.from(text)],
  ['utf-16le', (text) => Buffer.from(text, 'utf16le')],
  ['utf-16be', (text) => Buffer.from(text, 'utf16le').swap16()],
  ...CYRILLIC.map((label) => [label, (text: string) => written(label, text)] as const),
];
const OTHERS = ['windows-1252', 'iso-8859-2', 'iso-8859-15', 'macintosh', 'x-mac-cyrillic', ...CYRILLIC];
/** Written in one encoding and read in another. */
const GARBLED: readonly (readonly [way: string, write: (text: string) => string])[] = ENCODINGS.filter(
  ([label]) => !label.startsWith('utf-16'),
).flatMap(([label, write]) =>
  OTHERS.filter((other) => other !== label).map(
    (other) =>
      [`${label} as ${other}`, (text: string) => new TextDecoder(other).decode(write(text))] as const,
  ),
);
/** And without the signs that nobody can see. */
const unseenLost = (text: string) => text.replace(/[\p{C}\s]+/gu, ' ');

const ALL_GARBLED = [
  ...GARBLED,
  ...GARBLED.filter(([way]) => way.startsWith('utf-8')).map(
    ([way, write]) => [`${way}, and lost`, (text: string) => unseenLost(write(text))] as const,
  ),
];
const FAITHFUL: ReadonlySet<string> = new Set(['brokenLine', ...ALL_GARBLED.map(([way]) => way)]);

/** How a name may be said back: other words, the same person. */
const SAYINGS: Readonly<Record<string, (name: string) => string>> = {
  same: (name) => name,
  upper: (name) => name.toUpperCase(),
  lower: (name) => name.toLowerCase(),
  swapped: (name) => name.split(' ').toReversed().join(' '),
  comma: (name) => name.split(' ').toReversed().join(', '),
  family: (name) => name.split(' ')[1] ?? name,
  initial: (name) =>
    name
      .replace(/^(\S)\S*/u, '$1.')
      .split(' ')
      .toReversed()
      .join(' '),
  declined: decline,
  passport: PASSPORT,
  informal: (name) => PASSPORT(name.replaceAll('я', 'йа').replaceAll('ю', 'йу')).replace(/i(?=[au])/g, 'y'),
  german: (name) =>
    PASSPORT(name.replaceAll('я', 'йа').replaceAll('ю', 'йу').replaceAll('ж', 'ш'))
      .replaceAll('z', 's')
      .replace(/y/g, 'j')
      .replace(/ch/g, 'tsch')
      .replace(/v/g, 'w'),
  mistyped: (name) =>
    name
      .replace(/(\p{Script=Cyrillic}{5})\p{L}(?=\p{L})/gu, '$1ж')
      .replace(/(?<=[a-z]{5})[a-z](?=[a-z])/g, 'x'),
  stars: (name) => name.replace(/(?<=\p{L})[\p{L}']+(?=\p{L})/gu, '***'),
  bare: (name) => name.replaceAll("'", ''),
  ...Object.fromEntries(
    [...'ʼ’‘′`´ʹ＇"?'].map((sign) => [`apostrophe ${sign}`, (name: string) => name.replaceAll("'", sign)]),
  ),
};

const WHOLE: ReadonlySet<string> = new Set(['same', 'upper', 'lower', 'swapped', 'comma', 'family', 'stars']);

/** How it may be written down: the same letters, in other signs. */
const WRITINGS: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  nfd: (text) => text.normalize('NFD'),
  invisible: (text) => letters(text, (sign) => `${sign}\u200b`),
  soft: (text) => letters(text, (sign) => `${sign}\u00ad`),
  direction: (text) => `\u202d${text}\u202c`,
  spaced: (text) => letters(text, (sign) => `${sign} `),
  dotted: (text) => letters(text, (sign) => `${sign}.`),
  hyphens: (text) => text.replaceAll(/(\p{L}{2})(?=\p{L})/gu, '$1-'),
  wide: (text) => text.replace(/[!-~]/g, (sign) => String.fromCodePoint((sign.codePointAt(0) ?? 0) + 0xfee0)),
  lookalike: (text) => text.replace(/[аеіорсху]/g, (sign) => 'aeiopcxy'['аеіорсху'.indexOf(sign)] ?? sign),
  decimal: (text) => everySign(text, (sign) => `&#${sign.codePointAt(0)};`),
  entity: (text) => everySign(text, (sign) => `&#x${hex(sign, 4)};`),
  json: (text) => everySign(text, (sign) => `\\u${hex(sign, 4)}`),
  jsonTwice: (text) => everySign(text, (sign) => `\\\\u${hex(sign, 4)}`),
  percent: (text) => bytes(text, (byte) => `%${byte}`),
  percentTwice: (text) => bytes(text, (byte) => `%25${byte}`),
  quotedPrintable: (text) => bytes(text, (byte) => `=${byte}`),
  escapedBytes: (text) => bytes(text, (byte) => `\\x${byte}`),
  spacedBytes: (text) => bytes(text, (byte) => `${byte} `),
  prefixedBytes: (text) => bytes(text, (byte) => `0x${byte}, `),
  numbers: (text) => [...Buffer.from(text)].join(','),
  codes: (text) => JSON.stringify([...text].map((sign) => sign.codePointAt(0))),
  css: (text) => everySign(text, (sign) => `\\${hex(sign, 6)}`),
  perl: (text) => everySign(text, (sign) => `\\x{${hex(sign, 4)}}`),
  python: (text) => everySign(text, (sign) => `\\U${hex(sign, 8)}`),
  zeros: (text) => everySign(text, (sign) => `&#${`${sign.codePointAt(0)}`.padStart(8, '0')};`),
  entityTwice: (text) => everySign(text, (sign) => `&amp;#${sign.codePointAt(0)};`),
  joiners: (text) => letters(text, (sign) => `${sign}&zwj;`),
  zeroWidth: (text) => text.replace(/(\p{L}{3})(?=\p{L})/gu, '$1&ZeroWidthSpace;'),
  tagged: (text) => text.replace(/(\p{L}{3})(?=\p{L})/gu, '$1<wbr>'),
  bold: (text) => text.replace(/(\p{L}{2})(\p{L})/gu, '$1<b>$2</b>'),
  brokenLine: (text) => text.replace(/(\p{L}{4})(?=\p{L})/gu, '$1\\n'),
  softBreaks: (text) => bytes(text, (byte) => `=${byte}`).replace(/((?:=..){7})(?==)/g, '$1=\r\n'),
  mailWord: (text) => `=?UTF-8?B?${Buffer.from(text).toString('base64')}?=`,
  inJson: (text) => Buffer.from(JSON.stringify({ order: { name: text }, id: 7 }, null, 2)).toString('base64'),
  base64Twice: (text) => Buffer.from(Buffer.from(text).toString('base64')).toString('base64'),
  base64Percent: (text) => encodeURIComponent(Buffer.from(text).toString('base64')),
  ...Object.fromEntries(
    ENCODINGS.flatMap(([label, write]) => [
      [`${label} in base64`, (text: string) => write(text).toString('base64')] as const,
      [`${label} in hexadecimal`, (text: string) => write(text).toString('hex')] as const,
    ]),
  ),
  ...Object.fromEntries(ALL_GARBLED),
  hexadecimal: (text) => bytes(text, (byte) => byte),
  base64: (text) => Buffer.from(text).toString('base64'),
  base64url: (text) => Buffer.from(text).toString('base64url'),
  latin1: (text) => Buffer.from(text).toString('latin1'),
};

/** What stands around it; none of its words is like a name. */
const BEFORE = 'Клієнт ';
const AFTER = ' заблоковано';

export interface SpeltBack {
  name: string;
  way: string;
  /** What a CRM might say. */
  text: string;
}

/** A name, and a way to spell it back. */
export const speltBack: fc.Arbitrary<SpeltBack> = fc
  .record({
    given: fc.constantFrom(...GIVEN),
    family: fc.constantFrom(...FAMILY),
    saying: fc.constantFrom(...Object.keys(SAYINGS)),
    writing: fc.constantFrom(...Object.keys(WRITINGS)),
  })
  .map(({ given, family, saying, writing }) => {
    const name = `${given} ${family}`;
    // Nobody encodes what he has masked; and what is in a wrong encoding, or broken, has come back as it was sent.
    const write = (saying === 'stars' ? undefined : WRITINGS[writing]) ?? ((text: string) => text);
    const said = (WHOLE.has(saying) || !FAITHFUL.has(writing) ? SAYINGS[saying]?.(name) : undefined) ?? name;
    return {
      name,
      way: `${saying}, ${writing}`,
      text: `${BEFORE}${write(said)}${AFTER}`,
    };
  });

/** Of two letters nobody knows whose they are. */
const LEAST_OF_NAME = 3;

/** What is left of a name in what is kept of a text; empty where nothing is that could be known. */
export function survivors({ text }: SpeltBack, kept: string): string {
  const inner = kept.replace(BEFORE.trim(), '').replace(AFTER.trim(), '');
  const left = inner.replaceAll('[removed]', '').replace(/[^\p{L}\p{N}]/gu, '');
  return text === kept || left.length >= LEAST_OF_NAME ? left : '';
}
