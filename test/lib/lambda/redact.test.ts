import { describe, expect, test } from 'vitest';
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

describe('removed as part of a value', () => {
  test.each<[what: string, text: string, expected: string, value: string]>([
    ['a name of two letters, in Latin ones', 'client Li', 'client [removed]', 'Лі'],
    ['the house of an address', 'house 17', 'house [removed]', 'вул. Таємна, 17'],
    ['a street that has no space before its house', 'Таємній', '[removed]', 'вул.Таємна,17'],
    ['a street in Latin letters', 'on Tajemna str.', 'on [removed] str.', 'Tajemna,17'],
    ['the host of an e-mail', 'from shop, or hidden', 'from [removed], or [removed]', 'anna@shop.hidden.ua'],
    ['the last digits of a phone', 'ends with 4567', 'ends with [removed]', '671234567'],
    ['few digits, in groups', 'has 12-345 in it', 'has [removed] in it', '+380671234567'],
    ['many of its digits among others', 'is 9*71*234*56*99', 'is [removed]', '+380671234567'],
    ['many of its digits behind others', 'is 9*71*234*56', 'is [removed]', '+380671234567'],
    ['initials', 'client Я. К.', 'client [removed]', 'Яна Коваленко'],
    ['a key, whatever stands around it', 'idAB-12-cdx', 'id[removed]x', 'ab-12-cd'],
    ['what is masked but for its start', 'client К*****', 'client [removed]', 'Коваленко'],
    ['what is masked but for its end', 'client ****нко', 'client [removed]', 'Коваленко'],
    ['what is masked in the middle', 'client В***ніка', 'client [removed]', 'Вероніка'],
    ['what dots stand in', 'client Ко..ко', 'client [removed]', 'Коваленко'],
    ['what an ellipsis stands in', 'client Ко…ко', 'client [removed]', 'Коваленко'],
    ['a masked name that begins with a glide', 'client К…я', 'client [removed]', 'Катерина Софія Кія'],
  ])('%s', (_what, text, expected, value) => {
    expect(clean(text, [value])).toBe(expected);
  });

  test('whichever of the values it is part of', () => {
    expect(clean('ends with 4567')).toBe('ends with [removed]');
  });

  test('once, where two of them overlap', () => {
    expect(clean('067 123 4567@ukr.net')).toBe('[removed]');
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
  const bytesOf = (text: string, write: (byte: string) => string) =>
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
    bytesOf("Знам'янська", (byte) => `\\x${byte}`),
    bytesOf("Знам'янська", (byte) => `=${byte.toUpperCase()}`),
    bytesOf("Знам'янська", (byte) => byte),
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

/** A text as a one-byte encoding has it. */
function written(label: string, text: string): Buffer {
  const decoder = new TextDecoder(label);
  const codes = Array.from({ length: 256 }, (_, code) => decoder.decode(Uint8Array.of(code)));
  return Buffer.from(Array.from(text, (sign) => Math.max(0x3f, codes.indexOf(sign))));
}
const hexOf = (bytes: Buffer, write: (byte: string) => string) =>
  [...bytes].map((byte) => write(byte.toString(16).padStart(2, '0'))).join('');
const everySign = (text: string, write: (code: string, sign: string) => string) =>
  [...text].map((sign) => write((sign.codePointAt(0) ?? 0).toString(16).padStart(4, '0'), sign)).join('');

describe('removed by the kind', () => {
  const NAME = "Дар'я Знам'янська";
  const PERSON = [NAME, '+380671234567', 'daria.znam@hidden.example', 'Київ', 'вул. Таємна, 17'];
  const utf8 = Buffer.from(NAME);
  const utf16 = Buffer.from(NAME, 'utf16le');

  test.each<[kind: string, ways: readonly string[]]>([
    [
      'one encoding read as another',
      ['windows-1251', 'windows-1252', 'koi8-u', 'ibm866', 'macintosh', 'iso-8859-2', 'iso-8859-5'].map(
        (label) => new TextDecoder(label).decode(utf8),
      ),
    ],
    [
      'one-byte encodings read as each other',
      [
        new TextDecoder('windows-1251').decode(written('koi8-u', NAME)),
        new TextDecoder('koi8-u').decode(written('windows-1251', NAME)),
        new TextDecoder('ibm866').decode(written('windows-1251', NAME)),
        new TextDecoder('windows-1252').decode(written('ibm866', NAME)),
        new TextDecoder('iso-8859-5').decode(written('windows-1251', NAME)),
        written('koi8-u', NAME).toString('latin1'),
      ],
    ],
    [
      'a wrong encoding twice over',
      ['windows-1251', 'windows-1252'].map((label) => {
        const once = new TextDecoder(label).decode(utf8);
        return new TextDecoder(label).decode(Buffer.from(once));
      }),
    ],
    [
      'a wrong encoding, of which the signs are lost that nobody can see',
      [NAME, NAME.toUpperCase()].flatMap((name) =>
        ['windows-1252', 'iso-8859-2', 'iso-8859-15'].map((label) =>
          new TextDecoder(label).decode(Buffer.from(name)).replace(/[\p{C}\s]+/gu, ' '),
        ),
      ),
    ],
    [
      'base64',
      [
        utf8.toString('base64url'),
        utf16.toString('base64'),
        Buffer.from(utf16).swap16().toString('base64'),
        written('windows-1251', NAME).toString('base64'),
        Buffer.from(utf8.toString('base64')).toString('base64'),
        Buffer.from(JSON.stringify({ id: 7, customer: { name: NAME } }, null, 2)).toString('base64'),
        `=?UTF-8?B?${utf8.toString('base64')}?=`,
        `/order/${utf8.toString('base64')}`,
        everySign(utf8.toString('base64'), (_code, sign) => `&#${sign.codePointAt(0)};`),
        Buffer.from(`${NAME}, ${NAME}`)
          .toString('base64')
          .replace(/(.{20})/g, '$1\n'),
        encodeURIComponent(utf8.toString('base64')),
      ],
    ],
    [
      'numbers of letters and of bytes',
      [
        hexOf(utf8, (byte) => `${byte} `),
        hexOf(utf8, (byte) => `0x${byte}, `),
        hexOf(utf8, (byte) => `${byte}:`),
        utf16.toString('hex'),
        [...utf8].join(', '),
        JSON.stringify([...NAME].map((sign) => sign.codePointAt(0))),
        JSON.stringify([...NAME.replaceAll("'", '＇')].map((sign) => sign.codePointAt(0))),
        everySign(NAME, (code) => `0x${code} `),
      ],
    ],
    [
      'escapes',
      [
        everySign(NAME, (code) => `\\x{${code}}`),
        everySign(NAME, (code) => `\\00${code}`),
        everySign(NAME, (code) => `\\U0000${code}`),
        everySign(NAME, (code) => `%u${code}`),
        hexOf(written('koi8-u', NAME), (byte) => `%${byte}`),
        hexOf(utf8, (byte) => `=${byte}`).replace(/(.{15})/g, '$1=\r\n'),
        everySign('Знамянська', (code) => `&bsol;u${code}`),
        'Знам\\nянська',
      ],
    ],
    [
      'entities',
      [
        'Знам&zwj;янська',
        'Знам&ZeroWidthSpace;янська',
        'Знам&NoBreak;янська',
        'Дар&rsquoя',
        everySign(NAME, (_code, sign) => `&#${`${sign.codePointAt(0)}`.padStart(9, '0')};`),
        everySign(NAME, (code) => `&amp;amp;#x${code};`),
      ],
    ],
    ['tags', ['Знам<wbr>янська', "Дар'<b>я</b>", 'Знам<!-- -->янська', '<![CDATA[Дарʼя]]>']],
    ['masks', ['З*********а', 'Знам***', 'Зн…ка', 'Д••я', 'Д***я З***а']],
    ['initials', ['Д. З.', 'З.Д.', 'D. Z.', 'Знамʼянська д.']],
    [
      'spellings',
      ['Snamjanska', 'Znamjańska', 'Знаменская', 'Znamyansca', 'Знамьянська', 'Дарья', 'Darja', 'Дарью'],
    ],
    ['phones', ['⁰⁶⁷¹²³⁴⁵⁶⁷', '⓪⑥⑦①②③④⑤⑥⑦', '0️⃣6️⃣7️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣', "380'671'234'567", '38067123\u00ad4567']],
    ['hosts', [new URL('http://знамянська.example').hostname.replace('.example', '')]],
  ])('%s', (_kind, ways) => {
    for (const way of ways) {
      const kept = clean(`Клієнт ${way} заблоковано`, PERSON);
      expect(kept, way).toMatch(/^Клієнт .*заблоковано$/);
      expect(kept.slice(7, -11).replaceAll('[removed]', ''), way).not.toMatch(/[\p{L}\p{N}]/u);
    }
  });

  test('what is carried, with a sign in it that nobody sees', () => {
    const carried = Buffer.from('Зна\u200bмянська').toString('base64');
    expect(clean(`Клієнт ${carried} заблоковано`, PERSON)).toBe('Клієнт [removed] заблоковано');
  });

  test('what is carried, with a sign beside it that it may be made of', () => {
    const [base64, hex] = [utf8.toString('base64'), utf8.toString('hex')];
    for (const text of [`/${base64}`, `id${base64}`, `7${hex}7`, `7${hex}`, `${hex}7`])
      expect(clean(text, PERSON), text).toBe('[removed]');
  });

  test('what is carried that is found by its signs alone', () => {
    for (const value of ['a-b-c-d-e-f-g-1', 'Ї']) {
      const carried = Buffer.from(`що: ${value}`).toString('base64');
      expect(clean(carried, [value]), value).toBe('[removed]');
    }
  });

  test('what is carried within another, and no deeper', () => {
    const carried = (times: number, text: string): string =>
      times === 0 ? text : carried(times - 1, Buffer.from(text).toString('base64'));
    expect(clean(carried(2, 'Знамянська'), PERSON)).toBe('[removed]');
    expect(clean(carried(1, `Хто: ${carried(1, 'Знамянська')}`), PERSON)).toBe('[removed]');
    expect(clean(carried(3, 'Знамянська'), PERSON)).toBe(carried(3, 'Знамянська'));
  });

  test('what is carried and too long to be read, whatever it is', () => {
    const carried = 'Ab1'.repeat(120);
    expect(clean(`Клієнт ${carried} заблоковано`, PERSON)).toBe('Клієнт [removed] заблоковано');
  });

  test('a declined name that other letters have come out for', () => {
    const garbled = new TextDecoder('koi8-u').decode(written('windows-1251', 'коваленка'));
    expect(garbled).toBe('ЙНБЮКЕМЙЮ');
    expect(clean(`Клієнт ${garbled} заблоковано`, ['Коваленко'])).toBe('Клієнт [removed] заблоковано');
  });

  test('a row of lone letters, which is all that a wrong encoding has left', () => {
    const name = 'Михайло Коваленко';
    const garbled = new TextDecoder('iso-8859-2').decode(Buffer.from(name.toUpperCase()));
    expect(clean(`Клієнт ${garbled.replace(/[\p{C}\s]+/gu, ' ')} заблоковано`, [name])).toMatch(
      /^Клієнт (\[removed\] ?)+заблоковано$/,
    );
  });

  test('a name in pieces, the last of which sounds otherwise before the next', () => {
    expect(clean('Клієнт Олек\\nсій Юхим\\nчук заблоковано', ['Олексій Юхимчук'])).toMatch(
      /^Клієнт (\[removed\] ?)+заблоковано$/,
    );
  });

  test('UTF-16 that was read byte for byte', () => {
    for (const bytes of [utf16, Buffer.from(utf16).swap16()]) {
      expect(clean(`Клієнт ${bytes.toString('latin1')} заблоковано`, PERSON)).toMatch(
        /^Клієнт ?\[removed\]0? ?заблоковано$/,
      );
    }
  });

  test('of a text that is cut, the first half of a name is not kept', () => {
    const kept = clean(`${'<i></i>'.repeat(219)}Знам'янська`, PERSON);
    expect(kept).not.toMatch(/Зн/);
  });

  test('of an escaped text that is cut, the first half of a name is not kept either', () => {
    for (let before = 70; before <= 78; before += 1) {
      const words = `${'ні '.repeat(before)}Коваленко${' ні'.repeat(60)}`;
      const kept = clean(
        everySign(words, (_code, sign) => `&#${sign.codePointAt(0)};`),
        ['Коваленко'],
      );
      expect(kept).toMatch(/^(ні )+(\[removed\] ?)?(ні ?)*$/);
    }
  });
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
    'Товар «Crème brûlée 50 ml» не знайдено',
    'Розмір 36–38, 40–42: sizes 36, 38, 40, 42 are sold out',
    'SQLSTATE[23000]: 1062 Duplicate entry, trace 4bf92f3577b34da6a3ce929d0e0e4736',
    '**SKU** not found… спробуйте ще',
    'Order ABCD-EFGH-IJKL rejected: rgb(10, 20, 30, 40)',
    '',
  ])('%s', (text) => {
    expect(clean(text)).toBe(text);
  });

  test('what only has in it what a wrong encoding would make of a short name', () => {
    // «Бваг», written as Windows-1251 and read as ISO 8859-5.
    expect(clean('Некоректна інструкція', ['Бваг'])).toBe('Некоректна інструкція');
    expect(clean('Клієнт «стру»', ['Бваг'])).toBe('Клієнт [removed]');
  });

  test('everything, where no value is known', () => {
    expect(clean('name is required', ['', ' ', ','])).toBe('name is required');
    expect(clean('a - b (c) !', ['', ' '])).toBe('a - b (c) !');
    expect(clean('a - b (c) !', ['Лі, , Ян'])).toBe('a - b (c) !');
  });

  test.each<[what: string, text: string, value: string]>([
    ['a letter that is an initial', 'Замовлення о 5', 'О Коваленко'],
    ['the end of a host', 'anna.ua', 'olena@shop.hidden.ua'],
    ['a mail provider', 'gmail was here', 'olena@gmail.com'],
    ['a word with a short value within', 'Освіта', 'Віт'],
    ['a house with another number', 'буд. 15А', '5А'],
    ['the parts of a key', 'from ab to cd', 'ab-1234567-cd'],
    ['few digits of what is no phone', 'від 2017', 'k-88392017'],
    ['sizes, though a phone has these digits', 'Розмір 23–45', '+380671234567'],
    ['initials of somebody else', 'Ф. І. клієнта', 'Олена Коваленко'],
    ['initials of which one is somebody else’s', 'О. Т. клієнта', 'Олена Коваленко'],
    ['twice the initial of a lone name', 'О. О. клієнта', 'Олена'],
    ['initials of what is no name', 'A. E. and E. A.', 'ac7-ea@ec.example'],
    ['stars', 'client *****', 'Коваленко'],
    ['what is masked with another start', 'client Х***о', 'Коваленко'],
    ['what is masked with another end', 'client К***х', 'Коваленко'],
    ['a pause after a word', 'Ко… клієнт', 'Коваленко'],
    ['a pause before a word', 'клієнт …ко', 'Коваленко'],
    ['a lone letter between stars', '**і** інші', 'Лі'],
    ['a token that by chance has a short name in it', 'token AcuzAQ==', 'Лі'],
    ['a path that by chance has one in it', 'items/price: RedrivePolicy', 'Ада Бо-Де'],
    ['words that by chance have one in them', 'event_type: invalid_type', 'Лі Ян'],
  ])('%s', (_what, text, value) => {
    expect(clean(text, [value])).toBe(text);
  });

  test('that something was removed where the rest is not read', () => {
    expect(clean(`Клієнт ${'%D0%9B'.repeat(300)}`)).toBe('Клієнт [removed]');
  });

  test('what stands behind 1536 characters is not read', () => {
    const tags = '<b>'.repeat(511);
    expect(clean(`${tags}SKU`)).toBe('SKU');
    expect(clean(`${tags}<b>SKU ok`)).toBe('');
    expect(clean(`ні ${tags}SKU 7`)).toBe('ні');
    expect(clean(`ні ${tags}one two three four`)).toBe('ні');
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

test.each([
  ['in small letters, beside digits', '7лі8', 'Лі', '7[removed]8'],
  ['in capitals, beside a digit', 'ЛІ7', 'Лі', '[removed]7'],
  ['behind capitals', 'ПІБЛі', 'Лі', 'ПІБ[removed]'],
  ['behind small letters', 'clientLi', 'Li', 'client[removed]'],
  ['of capitals, behind small letters', 'clientLI', 'LI', 'client[removed]'],
  ['of one letter, behind small letters', 'clientO.', 'O', 'client[removed].'],
  ['between letters of another alphabet', 'nameліphone', 'Лі', 'name[removed]phone'],
  ['of three letters', 'nameВітphone', 'Віт', 'name[removed]phone'],
  ['in Latin letters, between ours', 'клієнтliзник', 'Li', 'клієнт[removed]зник'],
  ['of a double name', 'customerЯн', 'Ян-Лі Го', 'customer[removed]'],
  ['of a double name, its second', 'clientLi7', 'Wu–Li', 'client[removed]7'],
  ['declined, beside digits', '№7Яни8', 'Яна', '№7[removed]8'],
  ['with digits in it', 'client Я7на', 'Яна', 'client [removed]'],
  ['at the start', 'Лі:ні', 'Лі', '[removed]:ні'],
  ['at the end', 'ні:Лі', 'Лі', 'ні:[removed]'],
  ['with a digit of its own', 'будинок №5а', '5а', 'будинок №[removed]'],
  ['with a digit at its end', 'кодk7', 'k7', 'код[removed]'],
])('finds a short value %s', (_what, text, value, expected) => {
  expect(withoutPersonalData(text, [value])).toBe(expected);
});

test.each([
  ['клієнт Лівша, план', ['Лі', 'Ян']],
  ['КЛІЄНТ, КИЇВ', ['ЛІ', 'Ї']],
  ['Client Lid, mobile', ['Li', 'Bo']],
  ['SKU k77, 17а, 117, x17', ['k7', '17']],
  ['SKU 7к55', ['7к5']],
])('leaves a word that only has a short value in it: %s', (text, values) => {
  expect(withoutPersonalData(text, values)).toBe(text);
});
