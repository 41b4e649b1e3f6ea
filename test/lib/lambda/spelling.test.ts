import { describe, expect, test } from 'vitest';
import { asciiDigit, joined, type Word, withoutDigits, wordsOf } from '../../../lib/lambda/spelling.ts';

/** The words of a text, as they stand in it. */
const told = (text: string): string[] => wordsOf(text).map(({ start, end }) => text.slice(start, end));
const keysOf = (text: string): string[] => wordsOf(text).map(({ key }) => key);
/** Each sign of a key, and what it was made of. */
const origins = (text: string, { key, spans }: Word): string[] =>
  spans.map(({ start, end }, at) => `${key[at]} ${text.slice(start, end)}`);

describe('a text has words', () => {
  test.each<[what: string, text: string, words: readonly string[]]>([
    ['none', '', []],
    ['none of signs alone', '– 😀 ?!', []],
    ['between spaces and signs', 'no SKU, please', ['no', 'SKU', 'please']],
    ['of letters and digits', 'т. 067abc', ['т', '067abc']],
    ['behind what takes two units', '😀Олена', ['Олена']],
    ['of letters that take two units', '𝐎𝐥𝐞𝐧𝐚!', ['𝐎𝐥𝐞𝐧𝐚']],
    ['with an apostrophe within', "Дар'я!", ["Дар'я"]],
    ['with an apostrophe that is an accent and a space elsewhere', 'Дар´я´ і', ['Дар´я', 'і']],
    ['behind a sign that is none', '№Олени', ['Олени']],
    ['with several apostrophes within', 'Дар‘’я', ['Дар‘’я']],
    ['without the quotation marks around', '"Олена" \'Ян\'', ['Олена', 'Ян']],
    ['with an accent at the end', 'Олена\u0301 і', ['Олена\u0301', 'і']],
    ['with an accent behind a quotation mark', 'Олена"\u0301', ['Олена"\u0301']],
    ['without an accent that stands before', '\u0301Ян', ['Ян']],
    ['with what nobody sees', 'О\u200bле\u00adна', ['О\u200bле\u00adна']],
    ['with control characters within', 'Оле\u0000на', ['Оле\u0000на']],
    ['with a sign that was lost', 'Дар\uFFFDя', ['Дар\uFFFDя']],
  ])('%s', (_what, text, words) => {
    expect(told(text)).toEqual(words);
  });
});

describe('a word sounds like', () => {
  test.each<[name: string, ...alike: string[]]>([
    ['Щербак', 'Shcherbak', 'Scherbak', 'ЩЕРБАК', 'щербак', 'Щерба\u0301к'],
    ['Шевчук', 'Shevchuk', 'Shevtchuk', 'Schewtschuk'],
    ['Жанна', 'Zhanna', 'Zhana', 'Жана'],
    ['Хома', 'Khoma', 'Homa', 'Ghoma'],
    ['Цюпа', 'Tsiupa', 'Tzyupa', 'Cjupa'],
    ['Юрій', 'Yuriy', 'Iurii', 'Jurij'],
    ['Євген', 'Yevhen', 'Ievhen', 'Jewgen'],
    ['Марія', 'Mariia', 'Maria', 'Mariya', 'Marija'],
    ["Мар'яна", 'Maryana', 'Мар’яна', 'Марьяна', 'Marjana'],
    ['Пилип', 'Pylyp'],
    ['Філіп', 'Philip', 'Filip'],
    ['Якко', 'Yakko', 'Yacko', 'Yaqo'],
    ['Олекса', 'Olexa', 'Oleksa'],
    ['Вадим', 'Wadym', 'ｖａｄｙｍ'],
    ['Альона', 'Alona'],
    ['Эдуард', 'Eduard'],
  ])('%s', (name, ...alike) => {
    for (const other of alike) expect(keysOf(other), other).toEqual(keysOf(name));
  });

  test.each([
    ['Олена', 'olena'],
    ['Марія', 'mara'],
    ['Яна', 'iana'],
    ['їа', 'ia'],
    ['Щастя', 'sasta'],
    ['xx', 'ksks'],
    ['Анна', 'ana'],
    ['0660', '0660'],
    ['٠٦٦', '066'],
    ['дім 5', 'dim'],
  ])('%s as %s', (word, key) => {
    expect(keysOf(word)[0]).toBe(key);
  });

  test('itself where no alphabet of ours has its letters', () => {
    expect(keysOf('李 𠮷ア')).toEqual(['李', '𠮷ア']);
  });

  test('the same where letters of another alphabet look like its own', () => {
    // Latin `O`, `e`, `a`; Greek `ο`, `ρ`.
    expect(keysOf('Oлeнa')).toEqual(keysOf('Олена'));
    expect(keysOf('Пeтρο')).toEqual(keysOf('Петро'));
    expect(keysOf('Xаpитοн')).toEqual(keysOf('Харитон'));
  });

  test('what it is, where all its letters are of one alphabet', () => {
    // In Latin letters, not what looks like «сорт».
    expect(keysOf('Copt')).toEqual(['copt']);
  });
});

describe('each sign of it has its place', () => {
  test.each<[what: string, text: string, signs: readonly string[]]>([
    ['a letter', 'до Яни', ['i Я', 'a Я', 'n н', 'i и']],
    ['several letters that are one sound', 'Shchuka', ['s Shch', 'u u', 'k k', 'a a']],
    ['a sound that two letters make', 'Галла', ['g Г', 'a а', 'l лл', 'a а']],
    ['a vowel with its glide', 'Марія', ['m М', 'a а', 'r р', 'a ія']],
    ['with the apostrophe before it', "Дар'я", ['d Д', 'a а', "r р'", 'a я']],
    ['behind a soft sign', 'Ольга', ['o О', 'l л', 'g г', 'a а']],
  ])('%s', (_what, text, signs) => {
    const word = wordsOf(text).at(-1);
    expect(word && origins(text, word)).toEqual(signs);
  });

  test('words that are joined keep the places that they had', () => {
    const text = 'Ол ле-на';
    const word = joined(wordsOf(text));
    expect(word.key).toBe('olena');
    expect([word.start, word.end]).toEqual([0, text.length]);
    // What has a gap before it does not count as one with what is before the gap.
    expect(origins(text, word)).toEqual(['o О', 'l л', 'e е', 'n н', 'a а']);
  });

  test('nothing joined is a word without letters', () => {
    expect(joined([])).toEqual({ key: '', spans: [], letters: [], start: 0, end: 0 });
  });
});

test.each<[text: string, ...bare: string[]]>([['7Олени8', 'Олени'], ['Олена'], ['067']])(
  '%s without its digits',
  (text, ...bare) => {
    const words = wordsOf(text).flatMap(withoutDigits);
    expect(words.map(({ start, end }) => text.slice(start, end))).toEqual(bare);
  },
);

test('a word without the digits in its middle sounds as its letters do', () => {
  expect(wordsOf('Ол7е8на').flatMap(withoutDigits)).toMatchObject([{ key: 'olena', start: 0, end: 7 }]);
});

test.each([
  ['7', '7'],
  ['٧', '7'],
  ['०', '0'],
  ['९', '9'],
  ['７', '7'],
  // These alphabets have their digits one behind the other.
  ['𝟎', '0'],
  ['𝟗', '9'],
  ['𝟘', '0'],
  ['𝟿', '9'],
  ['я', 'я'],
  ['½', '½'],
  ['ÿ', 'ÿ'],
])('%s is the digit %s, or what it was', (sign, digit) => {
  expect(asciiDigit(sign)).toBe(digit);
});
