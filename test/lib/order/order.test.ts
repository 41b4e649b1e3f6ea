import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Order, readExternalId, readOrder } from '../../../lib/order/order.ts';
import { PERSONAL, sampleOrder } from '../../kit/orders.ts';

const read = (changes: object = {}) => readOrder(JSON.stringify(sampleOrder('1042', changes)));

/** What is wrong, as `pointer code` lines; none for an order. */
function problems(json: string): string[] {
  const reading = readOrder(json);
  return reading.ok ? [] : reading.errors.map(({ pointer, code }) => `${pointer} ${code}`);
}
const problemsOf = (changes: object) => problems(JSON.stringify(sampleOrder('1042', changes)));

function orderOf(json: string): Order {
  const reading = readOrder(json);
  if (!reading.ok) throw new Error(JSON.stringify(reading.errors));
  return reading.order;
}

const item = (changes: object = {}) => ({ product_id: '1', sku: 'A', price: 1, quantity: 1, ...changes });
const customer = (changes: object = {}) => ({ name: 'Олена', phone: '+380671234567', ...changes });
const delivery = (changes: object = {}) => ({ method: 'pickup', city: 'Київ', address: '1', ...changes });

/** The sample without the field that the path names. */
function without(...path: string[]): string {
  const order: object = sampleOrder('1042');
  return JSON.stringify(drop(order, path));
}
function drop(value: object, [key = '', ...rest]: string[]): object {
  const entries = Object.entries(value).flatMap(([name, child]: [string, unknown]) => {
    if (name !== key) return [[name, child]];
    return rest.length === 0 || typeof child !== 'object' || child === null
      ? []
      : [[name, drop(child, rest)]];
  });
  return Array.isArray(value) ? entries.map(([, child]) => child) : Object.fromEntries(entries);
}

describe('what an order is', () => {
  test("the seed's example, its status in our words, is an order in its own key order", () => {
    const reading = read();
    expect(reading).toStrictEqual({
      ok: true,
      omitted: [],
      order: {
        external_id: '1042',
        source: 'telegram',
        customer: { name: PERSONAL.name, phone: '+380671234567', email: PERSONAL.email },
        delivery: { method: 'nova_poshta', city: 'Київ', address: PERSONAL.address },
        items: [{ product_id: '123', sku: 'DRESS-RED-116', price: 1200, quantity: 1 }],
        payment_method: 'mono',
        status: 'NEW',
      },
    });
  });

  test('status is NEW if left out, and only one of the four', () => {
    expect(orderOf(without('status')).status).toBe('NEW');
    for (const status of ['NEW', 'PENDING_PAYMENT', 'PAID', 'PROCESSING']) {
      expect(read({ status })).toMatchObject({ ok: true, order: { status } });
    }
    for (const status of ['new', 'Нові заявки', null, 1, '']) {
      expect(problemsOf({ status })).toEqual(['#/status invalid_value']);
    }
  });

  test('e-mail may be left out, and nothing else of the customer may', () => {
    expect(orderOf(without('customer', 'email')).customer).toStrictEqual({
      name: PERSONAL.name,
      phone: PERSONAL.phone,
    });
    expect(problems(without('customer', 'name'))).toEqual(['#/customer/name required']);
    expect(problems(without('customer', 'phone'))).toEqual(['#/customer/phone required']);
  });

  test.each([
    ['external_id'],
    ['source'],
    ['customer'],
    ['delivery'],
    ['delivery', 'method'],
    ['delivery', 'city'],
    ['delivery', 'address'],
    ['items'],
    ['items', '0', 'product_id'],
    ['items', '0', 'sku'],
    ['items', '0', 'price'],
    ['items', '0', 'quantity'],
    ['payment_method'],
  ])('%s %s %s is required, and named', (...path) => {
    expect(problems(without(...path))).toEqual([`#/${path.join('/')} required`]);
  });

  test('product_id may come as a number, and is a string from then on', () => {
    expect(read({ items: [item({ product_id: 123 })] })).toMatchObject({
      order: { items: [{ product_id: '123' }] },
    });
    for (const product_id of [1.5, true, null, {}, ['1']]) {
      expect(problemsOf({ items: [item({ product_id })] })).toEqual(['#/items/0/product_id invalid_type']);
    }
    expect(problemsOf({ items: [item({ product_id: -1 })] })).toEqual(['#/items/0/product_id too_small']);
    expect(problemsOf({ items: [item({ product_id: '' })] })).toEqual(['#/items/0/product_id too_small']);
  });

  test('an order has at least one item, and at most a hundred', () => {
    expect(problemsOf({ items: [] })).toEqual(['#/items too_small']);
    expect(problemsOf({ items: Array.from({ length: 100 }, () => item()) })).toEqual([]);
    expect(problemsOf({ items: Array.from({ length: 101 }, () => item()) })).toEqual(['#/items too_big']);
  });

  test('space around a text is not part of it', () => {
    expect(read({ source: ' telegram\n', delivery: delivery({ city: '\tКиїв ' }) })).toMatchObject({
      order: { source: 'telegram', delivery: { city: 'Київ' } },
    });
    expect(problemsOf({ source: ' \n ' })).toEqual(['#/source too_small']);
  });
});

describe('external_id', () => {
  test.each(['1', '1042', 'a'.repeat(128), 'A_z-0.9:1', '...', 'session:uuid-1'])(
    '%s is one',
    (external_id) => {
      expect(problemsOf({ external_id })).toEqual([]);
    },
  );

  test.each(['', 'a'.repeat(129), 'a b', 'a/b', 'é', '.', '..', ' 1', '1\n', 'a%20b', 'a?b'])(
    '%j is none',
    (external_id) => {
      expect(problemsOf({ external_id })).toEqual(['#/external_id invalid_format']);
    },
  );

  test('a number is none: 007 and 7 would be one', () => {
    expect(problemsOf({ external_id: 1042 })).toEqual(['#/external_id invalid_type']);
  });
});

describe('phone', () => {
  test.each([
    '067 123 45 67',
    '0671234567',
    '067-123-45-67',
    '(067) 123-45-67',
    '067.123.45.67',
    '067/123/45/67',
    '671234567',
    '380671234567',
    '+380671234567',
    '+38 (067) 123-45-67',
    '+380 (0) 67 123 45 67',
    '00380671234567',
    ' +380 67 123 45 67 ',
    '067\u00a0123\u00a045\u00a067',
    '067\u2011123\u201145\u201167',
    '０６７１２３４５６７',
    // As Apple's contacts copy it, and other signs that nobody sees.
    '\u202D+380671234567\u202C',
    '\u2068067 123 45 67\u2069',
    '\uFEFF+380671234567',
    '067\u200B123\u200C45\u200D67',
    '\u00AD067\u2060 1234567\u200E',
    // Brackets, dashes and dots of all kinds.
    '[067] 123-45-67',
    '{067} 123 45 67',
    '(+380) 67 1234567',
    '+(380) 67-123-45-67',
    '<+380671234567>',
    '«067 123 45 67»',
    '（067）123－45－67',
    '067–123—45−67',
    '067·123•45∙67',
    '"067 123 45 67".',
    "'+380671234567",
    '067_123_45_67',
    '067,123,45,67',
    '＋３８０６７１２３４５６７',
    '٠٦٧١٢٣٤٥٦٧',
    '০৬৭১২৩৪৫৬৭',
    '𝟎𝟔𝟕𝟏𝟐𝟑𝟒𝟓𝟔𝟕',
    // As it was dialled before 2009, within the country and from abroad.
    '8 067 123 45 67',
    '8 (067) 123-45-67',
    '8-067-123-45-67',
    '80671234567',
    '8~10 380 67 123 45 67',
    '8 10 38 067 123 45 67',
    '(8067) 123 45 67',
    '8 0 67 123 45 67',
    '8.067.123.45.67',
    '«8–067–123–45–67»',
    '８ ０６７ １２３ ４５ ６７',
    // With the sign of what it is, or its name, before it.
    '☎ 067 123 45 67',
    '📱+380671234567',
    '№ 067 123 45 67',
    '℡ 067 123 45 67',
    'тел. 067 123 45 67',
    'Тел: +38 (067) 123-45-67',
    'т. 0671234567',
    'моб. 067 123 45 67',
    'tel:+380671234567',
    'Phone: 067 123 45 67',
    '0️⃣6️⃣7️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣',
    '⓪⑥⑦①②③④⑤⑥⑦',
    '067′123′45′67',
    '067・123・45・67',
    '067ー123ー4567',
    '067⁄123∕45∶67',
    '`067 123 45 67`',
    '067|123|45|67',
    '067*123*45*67',
    '067~123~45~67',
    '【067】 123…45…67',
    '➕380671234567',
    '+380 67 123 45 67;',
    // What a field has begun with already.
    '+38 +380 67 123 45 67',
    '+38 380 67 123 45 67',
    '380380671234567',
    '+380 380671234567',
    // A letter for a zero.
    'О67 123 45 67',
    '+38o671234567',
  ])('%s is +380671234567', (phone) => {
    expect(read({ customer: customer({ phone }) })).toMatchObject({
      order: { customer: { phone: '+380671234567' } },
    });
  });

  test.each([
    ['+48 512 345 678', '+48512345678'],
    ['+1 (212) 555-0100', '+12125550100'],
    ['+49 1512 3456789', '+4915123456789'],
    ['+39 06 698 12345', '+390669812345'],
    // No 8 of ours stands behind a plus.
    ['+800 1234 5678', '+80012345678'],
    ['8 044 123 45 67', '+380441234567'],
    ['0 800 301 230', '+380800301230'],
  ])('%s keeps its country', (phone, e164) => {
    expect(read({ customer: customer({ phone }) })).toMatchObject({ order: { customer: { phone: e164 } } });
  });

  test.each([
    '067 123 45',
    '+38067123456',
    '06712345678901',
    '067 123 45 678',
    '8 800 555 35 35',
    '8 495 123 45 67',
    '8 067 123 45 6',
    '++380671234567',
    '067+1234567',
    '+0671234567',
    '+999123456789',
    '112',
    'немає',
    'call 0671234567',
    '0671234567 ext. 5',
    '0671234567;ext=5',
    '0671234567, 0501234567',
    '0671234567 / 0501234567',
    '067 123 45 67 Олена',
    'тел. немає',
    'телефон',
    'тел. 067 123 45',
    'тател 0671234567',
    'tel:+380671234567;ext=5',
    '067123456#7',
    '%2B380671234567',
    '&#43;380671234567',
    '067@1234567',
    '067+123+45+67',
    '+380380380671234567',
    '+8 067 123 45 67',
    'ООО «Ромашка»',
    'оооооооооо',
    'оо67ооооо',
    '8 380 67 123 45 67',
    '--------',
    // Possible by their length alone, but another number each time they are read.
    '+3100677590',
    '00092927353',
    '+4400728654683',
  ])('%s is refused, with the field named', (phone) => {
    expect(problemsOf({ customer: customer({ phone }) })).toEqual(['#/customer/phone invalid_phone']);
  });

  test('a number is not taken for a text: it has lost its leading zero', () => {
    expect(problemsOf({ customer: customer({ phone: 671234567 }) })).toEqual([
      '#/customer/phone invalid_type',
    ]);
  });
});

describe('numbers', () => {
  test.each([0, 0.01, 0.1, 19.99, 1200, 1200.5, 8.2, 1.005e3, 10_000_000])('%d is a price', (price) => {
    expect(read({ items: [item({ price })] })).toMatchObject({ order: { items: [{ price }] } });
  });

  test.each([
    [-0.01, 'too_small'],
    [10_000_000.01, 'too_big'],
    [0.001, 'too_many_decimals'],
    [0.1 + 0.2, 'too_many_decimals'],
    [1.005, 'too_many_decimals'],
    ['1200', 'invalid_type'],
    [null, 'invalid_type'],
  ])('%j is none: %s', (price, code) => {
    expect(problemsOf({ items: [item({ price })] })).toEqual([`#/items/0/price ${code}`]);
  });

  test('a price beyond all numbers is refused', () => {
    const json = JSON.stringify(sampleOrder('1042')).replace('1200', '1e999');
    expect(problems(json)).toEqual(['#/items/0/price invalid_type']);
  });

  test.each([1, 2, 10_000])('%d is a quantity', (quantity) => {
    expect(problemsOf({ items: [item({ quantity })] })).toEqual([]);
  });

  test.each([
    [0, 'too_small'],
    [-1, 'too_small'],
    [10_001, 'too_big'],
    [1.5, 'invalid_type'],
    ['1', 'invalid_type'],
    [true, 'invalid_type'],
  ])('%j is none: %s', (quantity, code) => {
    expect(problemsOf({ items: [item({ quantity })] })).toEqual([`#/items/0/quantity ${code}`]);
  });
});

describe('texts', () => {
  const fields: [pointer: string, max: number, put: (value: string) => object][] = [
    ['#/source', 64, (source) => ({ source })],
    ['#/payment_method', 64, (payment_method) => ({ payment_method })],
    ['#/customer/name', 200, (name) => ({ customer: customer({ name }) })],
    ['#/delivery/method', 64, (method) => ({ delivery: delivery({ method }) })],
    ['#/delivery/city', 100, (city) => ({ delivery: delivery({ city }) })],
    ['#/delivery/address', 300, (address) => ({ delivery: delivery({ address }) })],
    ['#/items/0/product_id', 64, (product_id) => ({ items: [item({ product_id })] })],
    ['#/items/0/sku', 128, (sku) => ({ items: [item({ sku })] })],
  ];

  test.each(fields)('%s has 1 to %d characters', (pointer, max, put) => {
    expect(problemsOf(put('х'))).toEqual([]);
    expect(problemsOf(put('х'.repeat(max)))).toEqual([]);
    expect(problemsOf(put('х'.repeat(max + 1)))).toEqual([`${pointer} too_big`]);
    expect(problemsOf(put(''))).toEqual([`${pointer} too_small`]);
  });

  test.each(fields)(
    '%s has no control character, line break or half a character in it',
    (pointer, _max, put) => {
      for (const bad of [
        '\u0000',
        '\u0007',
        '\n',
        '\r',
        '\t',
        '\u001b',
        '\u007f',
        '\u0085',
        '\u2028',
        '\u2029',
        '\r\n',
        '\u2028\u2029',
        '\u001c',
        '\u009f',
        '\v',
        '\f',
        '\ud83d',
        '\udc4d',
        '\uffff',
      ]) {
        expect(problemsOf(put(`а${bad}б`))).toEqual([`${pointer} control_character`]);
      }
    },
  );

  test('apostrophes, quotes, emoji and joiners are letters like others', () => {
    for (const name of ["Дар'я", 'Дар’я "Даша"', '👩‍👧 Лі', 'O’Нил <b>', '李小龍']) {
      expect(read({ customer: customer({ name }) })).toMatchObject({ order: { customer: { name } } });
    }
  });

  test.each([
    [
      'a byte order mark and marks of direction',
      '\uFEFF\u202AОлена\u202C \u2068Коваленко\u2069\u200E',
      'Олена Коваленко',
    ],
    ['joiners and soft hyphens', 'Оле\u00ADна\u200B Ко\u2060вален\u200Dко\u034F', 'Олена Коваленко'],
    ['spaces of all kinds', '\u00A0Олена\u2003\u3000 \u202FКоваленко\u2800', 'Олена Коваленко'],
    ['letters in two parts', 'Андрі\u0438\u0306 І\u0308жак', 'Андріи\u0306 Їжак'.normalize('NFC')],
    ['fillers', '\u3164Лі\u115F\uFFA0', 'Лі'],
    ['tags and variation selectors', 'Лі\u{E0041}\uFE0E', 'Лі'],
    ['an emoji of several signs', 'Лі 👩🏽‍👧\u200D ❤️‍🔥', 'Лі 👩🏽‍👧 ❤️‍🔥'],
  ])('%s are brought into one form', (_what, name, expected) => {
    expect(read({ customer: customer({ name }) })).toMatchObject({ order: { customer: { name: expected } } });
  });

  test.each(fields)('%s is refused where nobody can see it', (pointer, _max, put) => {
    for (const nothing of [
      ...['\u3164', '\u200B', '\u2800\u00A0', '\u{E0020}', '\u00AD\uFEFF', '\u{13441}', '\u115F\u1160'],
      ...[
        '\uFFA0',
        '\u180E',
        '\u2061\u2062',
        '\u2066\u2069',
        '\uFE0F',
        '\u034F',
        '\u17B4',
        '\uFFFC',
        '\u3000',
      ],
    ]) {
      expect(problemsOf(put(nothing))).toEqual([`${pointer} too_small`]);
    }
    for (const nothing of ['\u0301', '\uE000', '\u{2FE0}', '\u0488\u0301', '\u{F0000}', '\u20E3']) {
      expect(problemsOf(put(nothing))).toEqual([`${pointer} invisible`]);
    }
  });

  test.each([
    'a@b.co',
    'olena+shop@example.com',
    'olena@xn--e1afmkfd.xn--j1amh',
    'олена@пошта.укр',
    "o'neil@mail.example.ua",
    'olena.@ukr.net',
    'Olena_K@sub.domain.photography',
    '用户@例子.公司',
    'a@xn--p1ai.xn--p1ai',
    "!#$%&'*+/=?^_`{|}~-@example.org",
    'дар’я@пошта.укр',
    'o@b.c-d.museum',
    'a@1c.ua',
  ])('%s is an e-mail address, and is taken', (email) => {
    expect(read({ customer: customer({ email: `\u202A ${email}\u00A0` }) })).toMatchObject({
      omitted: [],
      order: { customer: { email } },
    });
  });

  test.each([
    'olena',
    'olena@',
    'a@b',
    '@b.co',
    'a b@c.co',
    'a@b.co\nBcc: x@y.co',
    'Олена <olena@example.com>',
    'a@b.co, c@d.co',
    'a@10.0.0.1',
    'a@[10.0.0.1]',
    '"olena k"@b.co',
    'mailto:a@b.co',
    'a@b.co.',
    'a@@b.co',
    'a@b..co',
    `${'a'.repeat(65)}@b.co`,
    'a@b.co\u0000',
    ['a@b.co'],
    `a@${`${'b'.repeat(60)}.`.repeat(4)}com${'m'.repeat(20)}`,
    7,
    { address: 'a@b.co' },
  ])('%j is none: the order goes on without it, and says so', (email) => {
    const reading = read({ customer: customer({ email }) });
    expect(reading).toMatchObject({ omitted: [{ pointer: '#/customer/email', code: 'invalid_format' }] });
    expect(reading.ok && reading.order.customer.email).toBeUndefined();
    expect(JSON.stringify(reading)).not.toContain('b.co');
  });

  test.each([null, '', ' ', '\u200B'])('an e-mail address of %j was not sent', (email) => {
    const reading = read({ customer: customer({ email }) });
    expect(reading).toMatchObject({ ok: true, omitted: [] });
    expect(reading.ok && reading.order.customer.email).toBeUndefined();
  });
});

describe('what is no part of an order', () => {
  test('a misspelt key is refused by name, at every level, beside what is missing for it', () => {
    expect(
      problemsOf({
        sorce: 'x',
        delivery: { method: 'pickup', city: 'Київ', adress: '1' },
        items: [item(), item({ colour: 'red' })],
      }),
    ).toEqual([
      '#/delivery/address required',
      '#/delivery/adress unknown_field',
      '#/items/1/colour unknown_field',
      '#/sorce unknown_field',
    ]);
  });

  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    '%s is refused like any other key',
    (key) => {
      const json = JSON.stringify(sampleOrder('1042'));
      expect(problems(json.replace('{', `{"${key}":{"polluted":true},`))).toEqual([`#/${key} unknown_field`]);
      expect(problems(json.replace('"customer":{', `"customer":{"${key}":{"polluted":true},`))).toEqual([
        `#/customer/${key} unknown_field`,
      ]);
      expect({}).not.toHaveProperty('polluted');
    },
  );

  test('a __proto__ does not stand in for what is missing', () => {
    const { external_id: _, ...order } = sampleOrder('1042');
    const json = JSON.stringify(order).replace('{', '{"__proto__":{"external_id":"1042"},');
    expect(problems(json)).toEqual(['#/external_id required', '#/__proto__ unknown_field']);
  });

  test.each([
    ['null', '# invalid_type'],
    ['[]', '# invalid_type'],
    ['"order"', '# invalid_type'],
    ['1042', '# invalid_type'],
    ['', '# invalid_json'],
    ['  \n', '# invalid_json'],
    ['{', '# invalid_json'],
    ["{'external_id': 1}", '# invalid_json'],
    ['eyJleHRlcm5hbF9pZCI6IjEifQ==', '# invalid_json'],
    ['external_id=1042', '# invalid_json'],
  ])('%j is %s', (json, problem) => {
    expect(problems(json)).toEqual([problem]);
  });

  test('nesting of any depth is refused without a stack overflow', () => {
    expect(problems('['.repeat(500_000))).toEqual(['# invalid_json']);
    expect(problems(`${'['.repeat(300_000)}${']'.repeat(300_000)}`)).toEqual([
      '# too_deep',
      '# invalid_type',
    ]);
    const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`;
    expect(problems(JSON.stringify(sampleOrder('1')).replace('"mono"', deep))).toEqual([
      '#/payment_method too_deep',
      '#/payment_method invalid_type',
    ]);
  });

  test('a byte order mark before the JSON is ignored', () => {
    expect(problems(`\uFEFF${JSON.stringify(sampleOrder('1042'))}`)).toEqual([]);
    expect(readExternalId(`\uFEFF${JSON.stringify(sampleOrder('1042'))}`)).toBe('1042');
    expect(problems(`\uFEFF\uFEFF${JSON.stringify(sampleOrder('1042'))}`)).toEqual(['# invalid_json']);
  });

  test('a key that is there twice is refused, because readers differ in which one they take', () => {
    const json = JSON.stringify(sampleOrder('1042')).replace('{', '{"external_id":"1",');
    expect(problems(json)).toEqual(['#/external_id duplicate_field']);
    // It used to name the last one, under which the ledger then told of an order that nobody had sent.
    expect(readExternalId(json)).toBeUndefined();
  });
});

test('all problems of a body are told at once', () => {
  const json = JSON.stringify({
    external_id: 'a b',
    source: 7,
    customer: { name: '', phone: '12', email: 'x', fax: '1' },
    delivery: null,
    items: [{ product_id: {}, sku: 'a\u0000', price: -0.001, quantity: 1.5, size: 'M' }, 'x'],
    status: 'DONE',
  });
  expect(problems(json).sort()).toEqual(
    [
      '#/external_id invalid_format',
      '#/source invalid_type',
      '#/customer/name too_small',
      '#/customer/phone invalid_phone',
      '#/customer/email invalid_format',
      '#/customer/fax unknown_field',
      '#/delivery invalid_type',
      '#/items/0/product_id invalid_type',
      '#/items/0/sku control_character',
      '#/items/0/price too_small',
      '#/items/0/price too_many_decimals',
      '#/items/0/quantity invalid_type',
      '#/items/0/size unknown_field',
      '#/items/1 invalid_type',
      '#/payment_method required',
      '#/status invalid_value',
    ].sort(),
  );
});

describe('an external_id that can still be read', () => {
  test('is read from a body that is no order', () => {
    expect(readExternalId('{"external_id":"1042"}')).toBe('1042');
    expect(readExternalId(JSON.stringify(sampleOrder('1042', { items: 'none' })))).toBe('1042');
  });

  test.each([
    '',
    'x',
    'null',
    '[]',
    '{}',
    '{"external_id":1}',
    '{"external_id":"a b"}',
    '{"external_id":"+380 67"}',
  ])('is not made up from %j', (json) => {
    expect(readExternalId(json)).toBeUndefined();
  });
});

describe('whatever comes', () => {
  // What a person may type into a chat, right or wrong.
  const anyPhone = fc.oneof(
    fc
      .tuple(fc.constantFrom('', '+', '00', '+380', '380', '0'), fc.stringMatching(/^\d{4,12}$/))
      .map((parts) => parts.join('')),
    fc.string({ unit: fc.constantFrom(...'0123456789 ()-+'), minLength: 5, maxLength: 20 }),
  );
  const mostlyPhones = fc.oneof(
    { weight: 4, arbitrary: fc.stringMatching(/^(\+380|380|0)(50|63|67) ?\d{3}[ -]?\d{4}$/) },
    { weight: 1, arbitrary: anyPhone },
  );
  const anyText = fc.oneof(
    { weight: 49, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 70 }) },
  );
  const anyOrder = fc.record(
    {
      external_id: fc.stringMatching(/^[\w.:-]{1,128}$/),
      source: anyText,
      customer: fc.record(
        {
          name: anyText,
          phone: mostlyPhones,
          email: fc.stringMatching(/^[A-Za-z0-9][a-z0-9_+-]{0,9}@[a-z]{1,9}\.[a-z]{2,4}$/),
        },
        { requiredKeys: ['name', 'phone'] },
      ),
      delivery: fc.record({ method: anyText, city: anyText, address: anyText }),
      items: fc.array(
        fc.record({
          product_id: fc.oneof(anyText, fc.nat()),
          sku: anyText,
          price: fc.integer({ min: 0, max: 1_000_000_000 }).map((kopiykas) => kopiykas / 100),
          quantity: fc.integer({ min: 1, max: 10_000 }),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      payment_method: anyText,
      status: fc.constantFrom('NEW', 'PENDING_PAYMENT', 'PAID', 'PROCESSING'),
    },
    { requiredKeys: ['external_id', 'source', 'customer', 'delivery', 'items', 'payment_method'] },
  );

  test('what comes out of a reading reads to itself, byte for byte', () => {
    let orders = 0;
    fc.assert(
      fc.property(anyOrder, (input) => {
        const first = readOrder(JSON.stringify(input));
        if (!first.ok) return;
        orders += 1;
        const json = JSON.stringify(first.order);
        const again = readOrder(json);
        expect(again.ok && JSON.stringify(again.order)).toBe(json);
      }),
      { numRuns: 500 },
    );
    // Else the law would hold for want of orders.
    expect(orders).toBeGreaterThan(100);
  });

  test('every phone that is taken is E.164, and is taken again as the same', () => {
    fc.assert(
      fc.property(anyPhone, (phone) => {
        const first = read({ customer: customer({ phone }) });
        if (!first.ok) return;
        const e164 = first.order.customer.phone;
        expect(e164).toMatch(/^\+[1-9]\d{5,16}$/);
        expect(read({ customer: customer({ phone: e164 }) })).toMatchObject({
          order: { customer: { phone: e164 } },
        });
      }),
      { numRuns: 3_000 },
    );
  });

  test('any price in whole kopiykas is a price', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000_000 }), (kopiykas) => {
        expect(problemsOf({ items: [item({ price: kopiykas / 100 })] })).toEqual([]);
      }),
    );
  });

  test('no JSON, and no text, makes a reading throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string({ unit: 'binary' })), (text) => {
        expect(readOrder(text).ok).toBe(false);
        readExternalId(text);
      }),
      { numRuns: 500 },
    );
    // An order with any one part of it replaced by anything.
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(sampleOrder('1'))), fc.jsonValue(), (key, value) => {
        readOrder(JSON.stringify(sampleOrder('1', { [key]: value })));
      }),
      { numRuns: 500 },
    );
  });

  test('no value is ever told, whatever is wrong with it', () => {
    // Each too long, and not to be mistaken for a word of ours.
    const secret = fc
      .stringMatching(/^[0-9]{6}[a-z]{6}$/)
      .map((start) => `${start}\u0001${'9z'.repeat(200)}`);
    fc.assert(
      fc.property(secret, (value) => {
        const reading = readOrder(
          JSON.stringify({
            external_id: value,
            source: value,
            customer: { name: value, phone: value, email: value, [value]: value },
            delivery: { method: value, city: value, address: value },
            items: [{ product_id: value, sku: value, price: value, quantity: value }],
            payment_method: value,
            status: value,
            [value]: value,
          }),
        );
        if (reading.ok) throw new Error('This is an order?');
        expect(reading.errors.length).toBeGreaterThan(12);
        expect(JSON.stringify(reading.errors)).not.toContain(value.slice(0, 6));
        expect(JSON.stringify(reading.errors)).not.toContain('9z9z');
      }),
      { numRuns: 50 },
    );
  });

  test('of a body that is not JSON nothing is told but where it breaks off', () => {
    for (const body of [
      '+380671234567',
      'Олена',
      '{"name": Олена Коваленко}',
      '{"phone": "0671234567\u0001"}',
    ]) {
      const told = JSON.stringify(readOrder(body));
      expect(told).not.toMatch(/Олена|Коваленко|0671234567/);
    }
  });
});
