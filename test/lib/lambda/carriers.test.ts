import { describe, expect, test } from 'vitest';
import { carriersIn } from '../../../lib/lambda/carriers.ts';

const NAME = 'Олена Ю.';
const utf8 = Buffer.from(NAME);
const utf16 = Buffer.from(NAME, 'utf16le');
const bytes = (write: (byte: string) => string) =>
  [...utf8].map((byte) => write(byte.toString(16).padStart(2, '0'))).join('');
const signs = (write: (code: string) => string) =>
  [...NAME].map((sign) => write((sign.codePointAt(0) ?? 0).toString(16).padStart(4, '0'))).join('');

/** Where something is carried, and what it may say. */
const carried = (text: string) =>
  carriersIn(text).map(({ start, end, readings }) => ({ place: text.slice(start, end), readings }));

describe('a text is carried', () => {
  test.each<[way: string, run: string]>([
    ['in base64', utf8.toString('base64')],
    ['in base64 for addresses', Buffer.from('>>>???Олена Ю.').toString('base64url')],
    ['in base64 behind a sign', `/${utf8.toString('base64')}`],
    ['in base64 behind two', `/x${utf8.toString('base64')}`],
    ['in base64 behind three', `/id${utf8.toString('base64')}`],
    ['in UTF-16, in base64', utf16.toString('base64')],
    ['in hexadecimal', utf8.toString('hex')],
    ['in hexadecimal, of capitals', utf8.toString('hex').toUpperCase()],
    ['in hexadecimal behind a digit', `7${utf8.toString('hex')}7`],
    ['in UTF-16, in hexadecimal', utf16.toString('hex')],
    ['in bytes with spaces', bytes((byte) => `${byte} `).trim()],
    ['in bytes with colons', bytes((byte) => `${byte}:`).slice(0, -1)],
    ['in bytes of C', bytes((byte) => `0x${byte}, `).slice(0, -2)],
    ['in escaped bytes', bytes((byte) => `\\x${byte}`)],
    ['in escapes of an address', bytes((byte) => `%${byte}`)],
    ['in quoted-printable over lines', bytes((byte) => `=${byte}`).replace(/(.{12})/g, '$1=\r\n')],
    ['in tags', bytes((byte) => `<${byte}>`)],
    ['in numbers of letters', signs((code) => `U+${code} `).trim()],
    ['in escaped letters', signs((code) => `\\u${code}`)],
    ['in braces', signs((code) => `\\x{${code}}`)],
    ['in decimals', [...utf8].join(', ')],
    ['in decimals of letters', [...NAME].map((sign) => sign.codePointAt(0)).join(',')],
  ])('%s', (_way, run) => {
    expect(carried(run).flatMap(({ readings }) => readings)).toContainEqual(expect.stringContaining(NAME));
    const inText = carried(`"a": ${run}, "b"`).filter(({ readings }) => readings?.join().includes(NAME));
    expect(inText.map(({ place }) => place)).toContain(run);
  });

  test('in base64 over lines', () => {
    const run = Buffer.from('Клієнт Олена Коваленко, Київ')
      .toString('base64')
      .replace(/(.{20})/g, '$1\n');
    expect(carried(`"${run}"`)).toContainEqual({
      place: run,
      readings: expect.arrayContaining([expect.stringContaining('Клієнт Олена Коваленко, Київ')]),
    });
  });

  test.each<[order: string, run: string]>([
    ['low byte first', utf16.toString('latin1')],
    ['high byte first', Buffer.from(utf16).swap16().toString('latin1')],
  ])('in UTF-16 that was read byte for byte, %s', (_order, run) => {
    for (const text of [run, `a${run}`, `ab${run}b`]) {
      const found = carried(text).filter(({ readings }) => readings?.join().includes('лена'));
      expect(found).not.toEqual([]);
      for (const { place } of found) expect(run.length - place.length).toBeLessThan(3);
    }
  });
});

test.each<[text: string, ...places: string[]]>([
  ['to {"name":"T2xlbmE="}', 'T2xlbmE='],
  ["to name='T2xlbmE=';", "name='T2xlbmE='"],
  ['to (T2xlbmE) now', 'T2xlbmE'],
  ['to «T2xlbmE»', 'T2xlbmE'],
  ["to T2xlbmE=’я'на, now", "T2xlbmE=’я'на"],
  ['T2xlbmE', 'T2xlbmE'],
])('goes with what hangs on it in %s', (text, ...places) => {
  expect(carried(text).map(({ place }) => place)).toEqual(places);
});

test.each(['', 'no SKU', 'validation failed', 'Фото Олена', 'abc12', 'd0 94', '12, 34', '1, 2, 3, 4, 5, 6'])(
  'nothing is carried in «%s»',
  (text) => {
    expect(carriersIn(text)).toEqual([]);
  },
);

test('a word of small letters is what it is, and with a capital may be more', () => {
  expect(carried('validation')).toEqual([]);
  expect(carried('Validation')).not.toEqual([]);
  expect(carried('validatioN')).not.toEqual([]);
});

test('what is longer than 300 signs is not read', () => {
  const readings = (length: number) => carried('Ab1'.repeat(200).slice(0, length))[0]?.readings;
  expect(readings(300)).toContainEqual(expect.any(String));
  expect(readings(301)).toBeUndefined();
});

test('says each thing once', () => {
  const [one] = carried(Buffer.from('Olena, Olena').toString('base64'));
  expect(one?.readings).toHaveLength(new Set(one?.readings).size);
});

test.each<[run: string, reading: string]>([
  ['65, 255, 66, 67', 'AяBC'],
  ['65, 256, 66, 67', 'AĀBC'],
  ['U+0041 U+10FFFF U+0042', 'A\u{10ffff}B'],
  ['0x41 0xFFFFFF 0x0416 0x42', 'AЖB'],
])('numbers up to 255 are bytes, up to 10FFFF letters, others nothing: %s', (run, reading) => {
  expect(carriersIn(run).flatMap(({ readings }) => readings)).toContain(reading);
});
