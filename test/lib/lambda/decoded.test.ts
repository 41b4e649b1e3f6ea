import { describe, expect, test } from 'vitest';
import { decoded } from '../../../lib/lambda/decoded.ts';

const codes = (text: string, write: (code: number) => string): string =>
  Array.from(text, (sign) => write(sign.codePointAt(0) ?? 0)).join('');
const bytes = (text: string, write: (byte: number) => string): string =>
  Array.from(Buffer.from(text), write).join('');
const hex = (code: number, length = 1): string => code.toString(16).padStart(length, '0');
const readAs = (encoding: string, text: string): string =>
  new TextDecoder(encoding).decode(Buffer.from(text));

describe('UTF-8 that was read as another encoding is read again', () => {
  test.each(['windows-1252', 'windows-1251'])('%s', (encoding) => {
    for (const name of ['Дарʼя', 'Їжакевич', 'КОВАЛЕНКО', 'Знам’янська'])
      expect(decoded(readAs(encoding, name)), name).toBe(name);
  });

  test('but for what was read rightly', () => {
    const text = 'Клієнт «Знам’янська» — café, naïveté; Größe №7…';
    expect(decoded(text)).toBe(text);
  });
});

describe('is read as it was written', () => {
  const NAME = 'Дарʼя «Ї» 😀';

  test.each<[way: string, write: (text: string) => string]>([
    ['entities in decimals', (text) => codes(text, (code) => `&#${code};`)],
    ['entities with zeros', (text) => codes(text, (code) => `&#000${code};`)],
    ['entities without their end', (text) => codes(text, (code) => `&#${code}`)],
    ['entities in hexadecimal', (text) => codes(text, (code) => `&#X${hex(code)};`)],
    ['entities in hexadecimal, without their end', (text) => codes(text, (code) => `&#x0${hex(code)}`)],
    ['entities of entities', (text) => codes(text, (code) => `&amp;amp;#${code};`)],
    [
      'JSON',
      (text) => [...Array(text.length).keys()].map((at) => `\\u${hex(text.charCodeAt(at), 4)}`).join(''),
    ],
    ['JavaScript', (text) => codes(text, (code) => `\\u{${hex(code)}}`)],
    ['Perl', (text) => codes(text, (code) => `\\x{${hex(code)}}`)],
    ['Python', (text) => codes(text, (code) => `\\U${hex(code, 8)}`)],
    ['Unicode', (text) => codes(text, (code) => `U+${hex(code, 4).toUpperCase()} `)],
    ['bytes', (text) => bytes(text, (byte) => `\\x${hex(byte, 2)}`)],
    ['octal bytes', (text) => bytes(text, (byte) => `\\${byte.toString(8).padStart(3, '0')}`)],
    ['an address', encodeURIComponent],
    [
      'an address, several times over',
      (text) => encodeURIComponent(encodeURIComponent(encodeURIComponent(text))),
    ],
    ['quoted-printable', (text) => bytes(text, (byte) => `=${hex(byte, 2).toUpperCase()}`)],
    [
      'quoted-printable, in lines',
      (text) => bytes(text, (byte) => `=${hex(byte, 2).toUpperCase()}`).replace(/(.{12})/g, '$1=\r\n'),
    ],
    [
      'quoted-printable, whose lines have become spaces',
      (text) => bytes(text, (byte) => `=${hex(byte, 2)}`).replace(/(.{12})/g, '$1= '),
    ],
  ])('%s', (_way, write) => {
    expect(decoded(write(NAME)).trim()).toBe(NAME);
    expect(decoded(`a ${write(NAME)} b`)).toMatch(new RegExp(`^a ${NAME} ?b$`, 'u'));
  });

  test.each<[text: string, expected: string]>([
    ['&Dcy;&acy;&rcy;&rsquo;&yacy;', 'Дар’я'],
    ['&DCY; &Jukcy;&jukcy; &YIcy;&yicy;', 'Д Єє Її'],
    ['&quot;&lt;&gt;&laquo;&nbsp;&raquo;&commat;', '"<>« »@'],
    ['Дар&rsquoя', 'Дар’я'],
    ['a&shyb', 'ab'],
    ['Знам&zwj;янська', 'Знамянська'],
    ['&unheardof; & &; &x', '&unheardof; & &; &x'],
    ['\\"a\\/b\\\'', '"a/b\''],
    ['\\\\\\"', '"'],
    ['one\\ntwo\\r\\nthree', 'one two  three'],
    ['Знам\\nянська', 'Знам янська'],
    ['C:\\new\\data', 'C:\\new\\data'],
    ['<![CDATA[a\nb]]>', 'a\nb'],
    ['Зна<b class="x">м</b>я<br/>н<!-- \n -->ська', 'Знамя<br/>нська'],
    ['Зна<SPAN>мя</SPAN>', 'Знамя'],
    [`http://${new URL('http://знамʼянська.example').hostname}`, 'http://знамʼянська.example'],
    ['xn--', 'xn--'],
    [Buffer.from('Знамʼянська').toString('latin1'), 'Знамʼянська'],
    ['%CE%EB%E5%ED%E0', 'Олена'],
    ['Îëåíà', 'Олена'],
    ['‘â€™', '‘’'],
    ['&#0;&#x0;', ''],
    ['&#1;', '\u0001'],
    ['&#1114111;', '\u{10ffff}'],
    ['&#1114112;&#x110000;', ''],
  ])('%j', (text, expected) => {
    expect(decoded(text)).toBe(expected);
  });

  test('six times over, and no more', () => {
    const times = (count: number): string => (count === 0 ? 'Ї' : encodeURIComponent(times(count - 1)));
    expect(decoded(times(6))).toBe('Ї');
    expect(decoded(times(7))).toBe(times(1));
  });
});
