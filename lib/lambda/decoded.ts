import { domainToUnicode } from 'node:url';
import { once } from './once.ts';

/** An apostrophe is what most often comes back as an entity; and HTML has a name for each letter of the alphabet. */
const NAMED: Readonly<Record<string, string>> = {
  ...{ amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ', shy: '', commat: '@', period: '.' },
  ...{
    lsquo: '‘',
    rsquo: '’',
    rsquor: '’',
    prime: '′',
    grave: '`',
    acute: '´',
    plus: '+',
    lowbar: '_',
    hyphen: '-',
  },
  ...{ bsol: '\\', sol: '/', num: '#', lpar: '(', rpar: ')', comma: ',', Tab: ' ', NewLine: ' ' },
  ...{ zwj: '', zwnj: '', lrm: '', rlm: '', NoBreak: '', ZeroWidthSpace: '', InvisibleComma: '' },
  ...{ ensp: ' ', emsp: ' ', thinsp: ' ', laquo: '«', raquo: '»', ndash: '–', mdash: '—', dash: '‐' },
  ...Object.fromEntries(
    'acy bcy vcy gcy dcy iecy zhcy zcy icy jcy kcy lcy mcy ncy ocy pcy rcy scy tcy ucy fcy khcy tscy chcy shcy shchcy hardcy ycy softcy ecy yucy yacy'
      .split(' ')
      .map((name, i) => [name, String.fromCharCode(0x430 + i)]),
  ),
  ...{ jukcy: 'є', iukcy: 'і', yicy: 'ї', iocy: 'ё' },
};

const named = (name: string): string | undefined => NAMED[name] ?? NAMED[name.toLowerCase()]?.toUpperCase();

const fromCode = (digits: string, radix: number): string => {
  const code = Number.parseInt(digits, radix);
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
};

/** The bytes as UTF-8; each for itself, as Latin-1, where they are none. */
function fromBytes(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return bytes.toString('latin1');
  }
}

const fromHex = (text: string): string => fromBytes(Buffer.from(text.replace(/[^\da-f]/gi, ''), 'hex'));

/** Which byte each sign of a one-byte encoding stands for. */
const bytesOf = (encoding: string): ReadonlyMap<string, number> =>
  new Map(
    Array.from({ length: 128 }, (_, i) => [
      new TextDecoder(encoding).decode(Uint8Array.of(128 + i)),
      128 + i,
    ]),
  );
const oneByte = once(() => ['windows-1252', 'windows-1251'].map(bytesOf));

/** What a name here may be made of: by chance other letters come out as well. */
const OURS = /^[\u0400-\u04ff\u00c0-\u017f\u02b0-\u02ff\u2010-\u203f\uff01-\uff5e«»\s]+$/u;

/** UTF-8 that was read as Windows-1252 or -1251 (`ÐžÐ»ÐµÐ½Ð°`, `РћР»РµРЅР°`). */
function unmojibake(run: string): string {
  for (const encoding of oneByte()) {
    const bytes = [...run].map((sign) => encoding.get(sign) ?? 0);
    const read = fromBytes(Buffer.from(bytes));
    if (OURS.test(read)) return read;
  }
  return run;
}

const asWindows1251 = (run: string): string =>
  new TextDecoder('windows-1251').decode(Buffer.from(run, 'latin1'));

const DECODERS: readonly [form: RegExp, decode: (match: string, ...groups: string[]) => string][] = [
  [/&#x0*([\da-f]{1,6});?/gi, (_, hex = '') => fromCode(hex, 16)],
  [/&#0*(\d{1,7});?/g, (_, digits = '') => fromCode(digits, 10)],
  [/&([a-z]{2,24});/gi, (whole, name = '') => named(name) ?? whole],
  // Many a reader takes them without their end.
  [
    /&(rsquor?|lsquo|apos|prime|acute|grave|shy|nbsp|amp|quot)(?!;)/g,
    (whole, name = '') => named(name) ?? whole,
  ],
  [/\\+U([\da-f]{8})/g, (_, hex = '') => fromCode(hex, 16)],
  [/(?:\\+u|%u)([\da-f]{4})/gi, (_, hex = '') => String.fromCharCode(Number.parseInt(hex, 16))],
  [/\\+[ux]\{([\da-f]{1,6})\}/gi, (_, hex = '') => fromCode(hex, 16)],
  [/\bU\+([\da-f]{4,6})[ ,;]?/gi, (_, hex = '') => fromCode(hex, 16)],
  [/(?:\\+x[\da-f]{2})+/gi, fromHex],
  [/(?:%[\da-f]{2})+/gi, fromHex],
  // Lines end like that in quoted-printable.
  [/=(?:\r?\n|\s+(?==[\da-f]))/gi, () => ''],
  [/(?:=[\da-f]{2}){2,}/gi, fromHex],
  [
    /(?:\\[0-3][0-7]{2}){2,}/g,
    (octal) =>
      fromBytes(
        Buffer.from(
          octal
            .slice(1)
            .split('\\')
            .map((digits) => Number.parseInt(digits, 8)),
        ),
      ),
  ],
  [/\\+(?=["'/\\])/g, () => ''],
  [/\\+[nrtbf](?![a-z])|(?<=\p{L})\\+[nrt](?=\p{L})/gu, () => ' '],
  [/<!\[CDATA\[(.*?)\]\]>/gs, (_, inner = '') => inner],
  [/<!--.*?-->|<\/?(?:wbr|b|i|u|em|strong|mark|small|span|font|a|sup|sub)(?:\s[^<>]*)?\/?>/gis, () => ''],
  [/\bxn--[a-z\d-]+/gi, (name) => domainToUnicode(name) || name],
  [/[^\0-\x7f]{4,}/g, unmojibake],
  // UTF-8, each byte of it for itself.
  [
    /(?:[\u00c2-\u00df][\u0080-\u00bf]|[\u00e0-\u00ef][\u0080-\u00bf]{2})+/g,
    (run) => fromBytes(Buffer.from(run, 'latin1')),
  ],
  [/â€./g, unmojibake],
  [/[À-ÿ]{3,}/g, asWindows1251],
];

/** Whoever encodes a text six times over does not do it by mistake. */
const MOST_ROUNDS = 6;

/** A text with its escapes, entities and wrong encodings undone, however often they were laid over each other. */
export function decoded(text: string): string {
  let plain = text;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const before = plain;
    for (const [form, decode] of DECODERS)
      plain = plain.replace(form, (match, ...groups) => decode(match, ...groups));
    if (plain === before) break;
  }
  return plain;
}
