import { describe, expect, test } from 'vitest';
import { garbled, placesOf, readingsOf, unreadable } from '../../../lib/lambda/encodings.ts';
import type { Span } from '../../../lib/lambda/spelling.ts';

const slices = (text: string, spans: readonly Span[]): string[] =>
  spans.map(({ start, end }) => text.slice(start, end));

/** A text as a one-byte encoding has it; `?` where it has no such letter. */
function written(label: string, text: string): Buffer {
  const decoder = new TextDecoder(label);
  const signs = Array.from({ length: 256 }, (_, code) => decoder.decode(Uint8Array.of(code)));
  return Buffer.from(Array.from(text, (sign) => (signs.includes(sign) ? signs.indexOf(sign) : 0x3f)));
}
const NAME = 'Знамянська Юлія';
const CYRILLIC = ['windows-1251', 'koi8-u', 'ibm866', 'iso-8859-5'];
const OTHERS = ['windows-1252', 'iso-8859-2', 'iso-8859-15', 'macintosh', 'x-mac-cyrillic', ...CYRILLIC];

// The encodings are made when one of them is first asked for: what fails without them stands first.
describe('how a word looks in a wrong encoding', () => {
  test.each([...CYRILLIC, 'utf-8'])('written as %s, read as any other', (label) => {
    const word = 'Щербак';
    const looks = garbled([word]);
    const bytes = label === 'utf-8' ? Buffer.from(word) : written(label, word);
    for (const other of OTHERS.filter((one) => one !== label)) {
      const look = new TextDecoder(other).decode(bytes).replace(/[\s\p{C}\uFFFD]/gu, '');
      expect(looks, other).toContain(look);
    }
    expect(looks).toContain(bytes.toString('latin1').replace(/[\s\p{C}]/gu, ''));
  });

  test.each(OTHERS)('UTF-8 read as %s, twice over', (label) => {
    const again = (text: string) => new TextDecoder(label).decode(Buffer.from(text));
    expect(garbled(['Юлія'])).toContain(again(again('Юлія')).replace(/[\s\p{C}\uFFFD]/gu, ''));
  });

  test('each word for itself, each look once', () => {
    const looks = garbled(['Юлія', 'Коваленко']);
    expect(new Set(looks)).toEqual(new Set([...garbled(['Юлія']), ...garbled(['Коваленко'])]));
    expect(looks).toHaveLength(new Set(looks).size);
  });

  test('is none of its own', () => {
    expect(garbled(['Olena'])).toEqual([]);
    expect(garbled(['олена', 'Олена'])).not.toContain('олена');
    expect(garbled([])).toEqual([]);
  });

  test('is no look so short that it may stand in any word', () => {
    const looks = garbled(['Лі', 'Оле', 'Марі']);
    for (const look of looks) expect(look.length, look).toBeGreaterThanOrEqual(3);
    // Of letters that are in any word, there are four at least.
    expect(looks.filter((look) => /^[а-я]{1,3}$/iu.test(look))).toEqual([]);
    expect(garbled(['Мара'])).toContain('лЮПЮ');
    // Signs that nobody writes need only be three.
    expect(looks).toContain(new TextDecoder('windows-1252').decode(written('windows-1251', 'Оле')));
  });
});

describe('bytes may say', () => {
  test.each(['utf-8', ...CYRILLIC])('what %s makes of them', (label) => {
    const bytes = label === 'utf-8' ? Buffer.from('Олена') : written(label, 'Олена');
    expect(readingsOf(bytes)).toContain('Олена');
  });

  test('UTF-16, in both orders, though one byte too many is there', () => {
    const bytes = Buffer.from('Олена', 'utf16le');
    expect(readingsOf(bytes)).toContain('Олена');
    expect(readingsOf(Buffer.from(bytes).swap16())).toContain('Олена');
    expect(readingsOf(Buffer.concat([bytes, Buffer.of(0x41)]))).toContain('Олена');
    expect(readingsOf(Buffer.concat([Buffer.from(bytes).swap16(), Buffer.of(0x41)]))).toContain('Олена');
  });

  test('and are left as they are', () => {
    const bytes = Buffer.from('Олена', 'utf16le');
    readingsOf(bytes);
    expect(bytes).toEqual(Buffer.from('Олена', 'utf16le'));
  });
});

describe('a look is found', () => {
  test.each<[what: string, look: string, text: string, ...found: string[]]>([
    ['as all that there is', 'ЙНБЮКЕМЙН', 'ЙНБЮКЕМЙН', 'ЙНБЮКЕМЙН'],
    ['at the start', 'ЙНБЮКЕМЙН', 'ЙНБЮКЕМЙН каже', 'ЙНБЮКЕМЙН'],
    ['at the end', 'ЙНБЮКЕМЙН', 'каже ЙНБЮКЕМЙН', 'ЙНБЮКЕМЙН'],
    ['several times', 'ЙНБЮК', 'ЙНБЮК і ЙНБЮК', 'ЙНБЮК', 'ЙНБЮК'],
    ['with what hangs on it', 'ЙНБЮК', 'каже ПР«ЙНБЮКЕМ»! так', 'ПР«ЙНБЮКЕМ»!'],
    ['over what nobody sees', 'ЙНБЮК', 'каже ЙН\u0081БЮ\u200bК так', 'ЙН\u0081БЮ\u200bК'],
    ['over spaces', 'ЙНБЮК', 'каже ПЙН БЮ КЕ так', 'ПЙН БЮ КЕ'],
    ['of five letters, within a word', 'ЙНБЮК', 'аЙНБЮКа', 'аЙНБЮКа'],
    ['of four, alone', 'ЙНБЮ', 'каже «ЙНБЮ» так', '«ЙНБЮ»'],
    ['of four, not before more letters', 'ЙНБЮ', 'каже ЙНБЮа так'],
    ['of four, not behind more letters', 'ЙНБЮ', 'каже аЙНБЮ так'],
    ['of four, the second time', 'ЙНБЮ', 'каже аЙНБЮ і ЙНБЮ так', 'ЙНБЮ'],
    ['of signs that nobody writes, within a word', 'Îëå', 'аÎëåа', 'аÎëåа'],
    ['of long ones with such signs', 'ЙНБ®К', 'аЙНБ®Ка', 'аЙНБ®Ка'],
    ['not in another', 'ЙНБЮК', 'каже ЙНБЮЕ так'],
    ['not in ASCII', '????', 'what ???? now'],
  ])('%s', (_what, look, text, ...found) => {
    expect(slices(text, placesOf([look], text))).toEqual(found);
  });

  test('whichever it is', () => {
    expect(slices('а ЙНБЮК', placesOf(['ІІІІІ', 'ЙНБЮК'], 'а ЙНБЮК'))).toEqual(['ЙНБЮК']);
  });
});

describe('nobody can read', () => {
  test.each([
    new TextDecoder('windows-1252').decode(Buffer.from(NAME)),
    new TextDecoder('ibm866').decode(written('windows-1251', 'Знаменська')),
    new TextDecoder('koi8-u').decode(written('windows-1251', 'Знаменська')),
    new TextDecoder('macintosh').decode(written('windows-1251', 'Знаменська')),
    'Ð',
    'Ð¾',
    'Ń',
    '–û–ª–µ',
    'Љубав',
    'a\u0085b',
    'знаМ',
    'Îë',
  ])('%s', (text) => {
    const words = text.split(/\s+/);
    expect(slices(`Клієнт ${text} ok`, unreadable(`Клієнт ${text} ok`)).join(' ')).toBe(words.join(' '));
  });

  test.each([
    'ESPAÑA',
    'Ñandú',
    'Đorđe',
    'Größe',
    'Товар®',
    'Crème brûlée',
    'ЗНАМЕНСЬКА',
    'Знаменська-Коваль',
    '36–38',
    '±5',
    'Ціна — 5 грн…',
    'АБв',
  ])('but anybody %s', (text) => {
    expect(unreadable(text)).toEqual([]);
  });
});
