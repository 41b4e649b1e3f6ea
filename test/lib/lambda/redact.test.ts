import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fuzzRedaction } from '../../../bench/fuzz/redaction.ts';
import { withoutPersonalData } from '../../../lib/lambda/redact.ts';

const KEY = 'snk_live_8839201745_Zq9';
const VALUES = [KEY, 'Олена Коваленко', '+380671234567', 'olena@example.com', 'Київ', 'вул. Таємна, 17'];
const clean = (text: string, values = VALUES) => withoutPersonalData(text, values);

describe('removed', () => {
  test.each([
    ['Phone +380671234567 is invalid', 'Phone [removed] is invalid'],
    ['Phone 380671234567 is invalid', 'Phone [removed] is invalid'],
    ['Phone 067·123·45·67 is invalid', 'Phone [removed] is invalid'],
    ['Phone 0671_234_567 is invalid', 'Phone [removed] is invalid'],
    ['Mail olena%40example.com is known', 'Mail [removed] is known'],
    ['Phone +38 (067) 123-45-67 is invalid', 'Phone [removed] is invalid'],
    ['Phone 067.123.45.67 is invalid', 'Phone [removed] is invalid'],
    ['Phone 067/123/45/67 is invalid', 'Phone [removed] is invalid'],
    ['Phone 067–123–45–67 is invalid', 'Phone [removed] is invalid'],
    ['Phone 067\u00a0123\u00a045\u00a067 is invalid', 'Phone [removed] is invalid'],
    ["another's phone 0501112233 too", "another's phone [removed] too"],
    ['Card 4444 3333 2222 1111 declined', 'Card [removed] declined'],
    ['OLENA@EXAMPLE.COM is taken', '[removed] is taken'],
    ['write to other.person+x@mail.example.ua', 'write to [removed]'],
    ['лист до олена@пошта.укр', 'лист до [removed]'],
    ['Клієнт «Олена Коваленко» не знайдений', 'Клієнт «[removed]» не знайдений'],
    ['Клієнт КОВАЛЕНКО ОЛЕНА', 'Клієнт [removed] [removed]'],
    ['коваленко олена', '[removed] [removed]'],
    ['customer.name: Коваленко', 'customer.name: [removed]'],
    ['No branch at вул. Таємна, 17 (Київ)', 'No branch at [removed] ([removed])'],
    ['Таємна 17', '[removed] [removed]'],
    [`Key ${KEY} is not valid`, 'Key [removed] is not valid'],
    [`"Bearer ${KEY.toUpperCase()}"`, '"Bearer [removed]"'],
  ])('%s', (text, expected) => {
    expect(clean(text)).toBe(expected);
  });

  test('a key with digits in it is removed whole, not only its digits', () => {
    for (const key of [
      'ab-1234567-cd',
      '0123456789abcdef0123456789abcdef',
      '12345678',
      'k@y.example',
      'a.b+c(d)[e]*$^|\\',
    ]) {
      expect(clean(`key <${key}>`, [key])).toBe('key <[removed]>');
    }
  });

  test('a short name is removed where it stands alone, and does not shred the text', () => {
    expect(clean('Клієнт Лі: ліміт, клієнт Ян, янтар', ['Лі Ян'])).toBe(
      'Клієнт [removed]: ліміт, клієнт [removed], янтар',
    );
    expect(clean('Ян Лі', ['Лі Ян'])).toBe('[removed] [removed]');
    expect(clean('у Ї', ['Ї'])).toBe('у [removed]');
  });
});

describe('removed however the CRM spells it back', () => {
  const PERSON = [
    "Дар'я Знам'янська",
    '+380671234567',
    'daria.znam@hidden.example',
    'Київ',
    'вул. Таємна, 17',
  ];
  const utf8 = (text: string, write: (byte: string) => string) =>
    [...Buffer.from(text)].map((byte) => write(byte.toString(16).padStart(2, '0'))).join('');

  test.each([
    'Дарʼя Знамʼянська',
    'Дар’я Знам′янська',
    'Дар&#39;я Знам&rsquo;янська',
    'Дар&amp;#x27;я',
    '&Dcy;&acy;&rcy;&apos;&yacy;',
    "\\u0414\\u0430\\u0440'\\u044f",
    "\\\\u0414\\\\u0430\\\\u0440'\\\\u044f",
    encodeURIComponent("Знам'янська"),
    encodeURIComponent(encodeURIComponent("Знам'янська")),
    utf8("Знам'янська", (byte) => `\\x${byte}`),
    utf8("Знам'янська", (byte) => `=${byte.toUpperCase()}`),
    utf8("Знам'янська", (byte) => byte),
    Buffer.from("Дар'я Знам'янська").toString('base64'),
    Buffer.from("Дар'я Знам'янська").toString('latin1'),
    'Р—РЅР°Рј',
    "Äàð'ÿ Çíàì'ÿíñüêà",
    "Знам'янська".normalize('NFD'),
    'Знам\u200b’\u00adянська',
    'ЗНАМЯНСЬКА',
    'Знам?янська',
    'Знам янська',
    'З н а м я н с ь к а',
    'Д.а.р.я.',
    'Зн-ам’ян-сь-ка',
    'Знамʼянської Дарʼї',
    'Знамʼянською Д.',
    'Daria Znamianska',
    'Darya Znamyanskaya',
    'ＤＡＲＩＡ',
    'Дap’я',
    'Києву',
    'Kyiv',
    'Таємній',
    'daria.znam',
    'daria_znam at hidden',
    '4567',
    '***45-67',
    '067 12 34 567',
    '0671***567',
    '٠٦٧١٢٣٤٥٦٧',
    '+38０６７',
  ])('%s', (said) => {
    const kept = clean(`Клієнт ${said} заблоковано`, PERSON);
    expect(kept).toMatch(/^Клієнт .*заблоковано$/);
    expect(kept.slice(7, -11).replace(/\[removed\]|\bat\b|\bdot\b|567$/g, '')).not.toMatch(/[\p{L}\p{N}]/u);
  });

  test.each([
    ['Ольга', 'Ользі'],
    ['Яків', 'Якова'],
    ['Федір', 'Федором'],
    ['Кравець', 'Кравця'],
    ['Юлія', 'Yulia'],
    ['Щербак', 'Shcherbaka'],
    ['Яна', 'Яною'],
  ])('%s as %s', (name, form) => {
    expect(clean(`Клієнт ${form} заблоковано`, [name])).toBe('Клієнт [removed] заблоковано');
  });
});

test('no name survives in whatever way it is spelt back', () => {
  expect(fuzzRedaction(1_000, 7).survived).toEqual([]);
});

describe('kept', () => {
  test.each([
    'items.0.sku: SKU DRESS-RED-116 is missing',
    'The price 1200.50 is too high',
    'Статус «Нові заявки» невідомий',
    'HTTP 422: product_id 123456 not found',
    'quantity must be at least 1, at most 10000',
    'a @ b',
    'Validation failed: customer.name is invalid, delivery.address: must be a string',
    'Щось пішло не так: зверніться до адміністратора',
    'SKU DRESS not found; відсутній товар у наявності',
    'Доставка в це місто недоступна',
    '',
  ])('%s', (text) => {
    expect(clean(text)).toBe(text);
  });

  test('everything, where no value is known', () => {
    expect(clean('name is required', ['', ' ', ','])).toBe('name is required');
  });
});

describe('in form', () => {
  test('is one line, without control characters', () => {
    expect(clean('a\r\n\tb\u0000c\u2028d\u202ee\uffff')).toBe('a b c d e');
  });

  test('has at most 500 characters, and no half of one at its end', () => {
    expect(clean('x'.repeat(500))).toBe('x'.repeat(500));
    expect(clean('x'.repeat(501))).toBe(`${'x'.repeat(499)}…`);
    expect(clean(`${'x'.repeat(498)}😀😀`)).toBe(`${'x'.repeat(498)}…`);
    expect(clean('😀'.repeat(3000)).isWellFormed()).toBe(true);
  });

  test('takes no time to speak of, whatever the CRM says', () => {
    const started = performance.now();
    for (const piece of ['1 ', '1', ' ', '(', 'a@', 'a.', '@a.', '+', 'Олена ', '-'])
      clean(piece.repeat(200_000));
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  test('no value that was given survives, wherever in whatever text it stands', () => {
    const value = fc
      .stringMatching(/^[\p{L}\d][\p{L}\d .@+-]{4,30}[\p{L}\d]$/u)
      .filter((one) => !'[removed]'.includes(one.toLowerCase()));
    fc.assert(
      fc.property(
        fc.array(value, { minLength: 1, maxLength: 4 }),
        fc.string(),
        fc.string(),
        (values, before, after) => {
          for (const one of values) {
            const told = clean(`${before} ${one} ${after}`, values).toLowerCase();
            // A value of the marker's own letters proves nothing.
            expect(told.replaceAll('[removed]', '')).not.toContain(one.toLowerCase());
          }
        },
      ),
    );
  });
});

test.each([
  ['a short name behind a word', 'клієнтЛі не знайдений', 'Лі'],
  ['two of them in one', 'ЛіЯн', 'Лі'],
  ['the other of the two', 'ЛіЯн', 'Ян'],
  ['a short name between digits', '7Лі8', 'Лі'],
  ['a short name in a field', 'customer_Лі_7', 'Лі'],
  ['a short name after a sign', 'customer=Лі;x', 'Лі'],
  ['a name between words', 'nameОленаphone', 'Олена'],
  ['a phone between letters', 'tel0671234567ok', '671234567'],
  ['an e-mail between letters', 'userli@ex.uaend', 'li@ex.ua'],
  ['a street with its house', 'вул.Таємна17', 'Таємна'],
])('finds what stands with no space around it: %s', (_what, text, value) => {
  const clean = withoutPersonalData(text, ['Лі Ян', 'Лі', 'Олена', '+380671234567', 'li@ex.ua', 'Таємна 17']);
  expect(clean).not.toContain(value);
  expect(clean).toContain('[removed]');
});

test('leaves a word that only has a short name in it', () => {
  expect(withoutPersonalData('клієнт Лівша, план', ['Лі', 'Ян'])).toBe('клієнт Лівша, план');
});
