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
  bare: (name) => name.replaceAll("'", ''),
  ...Object.fromEntries(
    [...'ʼ’‘′`´ʹ＇"?'].map((sign) => [`apostrophe ${sign}`, (name: string) => name.replaceAll("'", sign)]),
  ),
};

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
    const said = SAYINGS[saying]?.(name) ?? name;
    return {
      name,
      way: `${saying}, ${writing}`,
      text: `${BEFORE}${WRITINGS[writing]?.(said) ?? said}${AFTER}`,
    };
  });

/** What is left of a name in what is kept of a text; empty where nothing is. Two letters of none are no name. */
export function survivors({ text }: SpeltBack, kept: string): string {
  const inner =
    kept.startsWith(BEFORE) && kept.endsWith(AFTER.trimEnd())
      ? kept.slice(BEFORE.length, -AFTER.length)
      : kept;
  return text === kept ? kept : inner.replaceAll('[removed]', '').replace(/[^\p{L}\p{N}]/gu, '');
}
