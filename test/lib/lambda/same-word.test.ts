import { describe, expect, test } from 'vitest';
import { brokenUp, formsOf, inPieces, MOST_PARTS, placesIn } from '../../../lib/lambda/same-word.ts';
import { joined, type Span, wordsOf } from '../../../lib/lambda/spelling.ts';

const keyOf = (name: string): string => joined(wordsOf(name)).key;
const slices = (text: string, spans: readonly Span[]): string[] =>
  spans.map(({ start, end }) => text.slice(start, end));
/** What is found of a name in the words of a text. */
const placed = (text: string, name: string): string[] =>
  slices(
    text,
    wordsOf(text).flatMap((word) => placesIn(word, keyOf(name))),
  );

describe('a name is found', () => {
  test.each<[name: string, ...told: string[]]>([
    ['Лі', 'Лі', 'лі', 'ЛИ', 'Li'],
    ['Іра', 'Іра', 'Іри', 'Іру', 'Ірою', 'Ірі', 'Ira'],
    ['Віт', 'Віт', 'Вітом', 'Віта'],
    ['Яна', 'Яна', 'Яни', 'Яну', 'Яною', 'Яні', 'Yana', 'Ян'],
    ['Олег', 'Олег', 'Олега', 'Олегу', 'Олегом', 'Олегові'],
    ['Олена', 'Олена', 'Олени', 'Олену', 'Оленою', 'Олені', 'Олен', 'Оленами'],
    ['Київ', 'Київ', 'Київу', 'Київом'],
    ['Антон', 'Антон', 'Антонові', 'Антонів', 'Антонович', 'Антонівна'],
    ['Богдан', 'Богдан', 'Богдана', 'Богданович', 'Богдені', 'Бохдан', 'Бонданович'],
    ['Коваленко', 'Коваленка', 'Коваленкові', 'Коваленком', 'Ковалекно', 'Каваленка', 'Коавленко'],
    ['Знаменська', 'Znamenska', 'Знаменської', 'Знаменській', 'Snamenskaja', 'Знамьянская'],
    [
      'Петренко',
      'Питренко',
      'Петенко',
      'Петреенко',
      'Петренків',
      'Петренівна',
      'Пехренковичам',
      'Петрева',
      'Петреівська',
    ],
  ])('%s', (name, ...told) => {
    for (const one of told) expect(placed(`до ${one} ще`, name), one).toEqual([one]);
  });

  test.each<[name: string, ...told: string[]]>([
    ['Лі', 'Ліна', 'Л', 'лід'],
    ['Іра', 'Ірен', 'Ір', 'Іван', 'Арина'],
    ['Лев', 'Лом', 'Льон'],
    ['Віт', 'Вітер', 'Ві', 'Вид', 'Освіта'],
    ['Яна', 'Янтар', 'Яма', 'Янович'],
    ['Олег', 'Ол', 'Елек', 'Олександр'],
    ['Олена', 'Олександр', 'Олово', 'Лена', 'Алена', 'Оленький', 'Олечка'],
    ['Антон', 'Анна', 'Антрацит', 'Ан'],
    ['Богдан', 'Богуслав', 'Бокнан', 'Бог', 'Бонданівськими'],
    ['Коваленко', 'Ковбаса', 'Коломієць', 'Кавбленка', 'Коавлнеко'],
    [
      'Петренко',
      'Павленко',
      'Пертенко',
      'Пехренковичами',
      'Петренківськими',
      'Напитренко',
      'Тренко',
      'Тренкові',
    ],
    ['а17', 'а18', 'а1', 'а17а'],
    ['17', '170', '7', '18'],
  ])('%s, and not in what is only like it', (name, ...others) => {
    for (const one of others) expect(placed(`до ${one} ще`, name), one).toEqual([]);
  });

  test.each<[text: string, ...found: string[]]>([
    ['nameOlenaphone', 'Olenaphone'],
    ['nameOlenatelephone', 'Olena'],
    ['клієнтОлена', 'Олена'],
    ['Оленавиробництво', 'Олена'],
    ['клієнтOlena', 'Olena'],
    ['OlenaPetrivnaOlena', 'Olena', 'Olena'],
    ['OlenaOlenaOlena', 'Olena', 'OlenaOlena', 'Olena'],
  ])('wherever it stands in %s, with what may follow on a name', (text, ...found) => {
    expect(placed(text, 'Олена')).toEqual(found);
  });
});

test('a name of four sounds is found within a word, one of three is not', () => {
  expect(placed('клієнтОлег', 'Олег')).toEqual(['Олег']);
  expect(placed('клієнтВіт', 'Віт')).toEqual([]);
});

describe('what changes within a word when it is declined', () => {
  test.each<[name: string, told: string]>([
    ['Ольга', 'Ользі'],
    ['Юрга', 'Юрзі'],
    ['Ірка', 'Ірці'],
    ['Явдоха', 'Явдосі'],
    ['Олег', 'Олезі'],
    ['Яків', 'Якова'],
    ['Антін', 'Антона'],
    ['Камінь', 'Каменем'],
    ['Жанна', 'Shanna'],
    ['Зозуля', 'Sosulja'],
  ])('%s, %s', (name, told) => {
    const forms = formsOf(keyOf(name));
    expect(forms).toContain(keyOf(name));
    expect(wordsOf(told).flatMap((word) => forms.flatMap((form) => placesIn(word, form)))).not.toEqual([]);
  });

  test.each<[key: string, ...forms: string[]]>([
    ['olga', 'olza', 'olsa'],
    ['oleg', 'olez', 'oles'],
    ['marika', 'marica'],
    ['marik', 'maric', 'marok', 'marek'],
    ['iakiv', 'iakov', 'iakev'],
    ['zozula', 'sosula'],
    ['gogola'],
    ['kirila'],
    ['mist', 'most', 'mest'],
    ['igorok', 'igoroc'],
  ])('%s', (key, ...forms) => {
    expect(formsOf(key).toSorted()).toEqual([...new Set([key, ...forms])].toSorted());
  });
});

describe('a name that is broken up', () => {
  const broken = (text: string, ...names: string[]): string[] =>
    slices(text, brokenUp(wordsOf(text), names.map(keyOf)));

  test.each<[text: string, ...found: string[]]>([
    ['Кова ленко', 'Кова ленко'],
    ['Кова-ленком', 'Кова-ленком'],
    ['Ко, ва, лен, ко', 'Ко, ва, лен, ко'],
    ['Ковал\\енко сьогодні', 'Ковал\\енко'],
    ['Коваль енко', 'Коваль енко'],
    ['Коваленко'],
    ['Коваленко прийшов'],
    ['Коваль прийшов'],
    ['Нова ленко'],
    [''],
  ])('in «%s»', (text, ...found) => {
    expect([...new Set(broken(text, 'Коваленко'))]).toEqual(found);
  });

  test('from its first part on, and no sooner', () => {
    expect(broken('наш Кова ленко', 'Коваленко')).toEqual([]);
  });

  test('whatever follows, though its first letter would sound as one with the last', () => {
    expect(broken('Олек сій Юхим', 'Олексій')).toContain('Олек сій');
  });

  test('is one of four sounds at least', () => {
    expect(broken('Ол ег', 'Олег')).toEqual(['Ол ег']);
    expect(broken('Ві та', 'Віт')).toEqual([]);
  });

  test('though its parts sound otherwise when they are one', () => {
    expect(broken('Марі я', 'Марія')).toEqual(['Марі я']);
  });

  test('whichever of them it is', () => {
    expect(broken('Оле на', 'Коваленко', 'Олена')).toEqual(['Оле на']);
  });

  test('in six parts at most', () => {
    expect(MOST_PARTS).toBe(6);
  });
});

describe('what is in pieces', () => {
  const pieces = (text: string, ...names: string[]): string[] =>
    slices(text, inPieces(wordsOf(text), names.map(keyOf)));

  test.each<[what: string, text: string, ...found: string[]]>([
    ['in letters', 'Клієнт О л е н а блок', 'О л е н а'],
    ['in twos and threes', 'Клієнт Оле на блок', 'Оле на'],
    ['in pieces with an apostrophe', "Клієнт О л' е'на блок", "О л' е'на"],
    ['with a short word before it', 'Клієнт то О л е н а блок', 'то О л е н а'],
    ['with silent signs between', 'Клієнт О ль ь ь е на блок', 'О ль ь ь е на'],
    ['twice, with a long word between', 'О ле на слово О ле на', 'О ле на', 'О ле на'],
    ['nothing of another start', 'Клієнт О р е с т блок'],
    ['nothing in one piece', 'Клієнт Оле заблокований'],
    ['nothing that the last piece only begins', 'Клієнт то Оле заблокований'],
    ['nothing in long pieces', 'Клієнт Олен а блок'],
    ['nothing in digits', 'Клієнт О л3 ена блок'],
    ['nothing', ''],
  ])('%s', (_what, text, ...found) => {
    expect(pieces(text, 'Олена')).toEqual(found);
  });

  test('is no short name that stands whole among short words', () => {
    expect(pieces('Ім Іра та ін', 'Іра')).toEqual([]);
    expect(pieces('Ім І ра та ін', 'Іра')).toEqual(['Ім І ра та ін']);
  });

  test('begins like three letters of a name, of two letters like nothing', () => {
    expect(pieces('то л і на', 'Лі')).toEqual([]);
    expect(pieces('Клієнт л і заблокований', 'Лі')).toEqual([]);
  });

  test('with an apostrophe within, which is no letter', () => {
    expect(pieces("зн ам'ян ська", "Знам'янська")).toEqual(["зн ам'ян"]);
  });
});
