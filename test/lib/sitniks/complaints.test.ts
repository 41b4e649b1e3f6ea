import { describe, expect, test } from 'vitest';
import { complaintsIn, fieldIn, textsIn } from '../../../lib/sitniks/complaints.ts';

/** `path: text` of each, as somebody would read it. */
const told = (errors: unknown) => textsIn(errors).map(({ path, text }) => `${path.join('/')}: ${text}`);
/** Where the first complaint is of. */
const fieldOf = (path: unknown) => complaintsIn([{ field: path, message: 'x' }])[0]?.field;
const nested = (depth: number, leaf: unknown): unknown => (depth === 0 ? leaf : [nested(depth - 1, leaf)]);

describe('the texts of a refusal, and the path to what each is about', () => {
  test.each<[what: string, errors: unknown, told: string[]]>([
    ['a text alone', 'bad', [': bad']],
    ['texts without a field', ['one', 'two'], [': one', ': two']],
    ['several texts about one field', { phone: ['one', 'two'] }, ['phone: one', 'phone: two']],
    [
      'fields within fields',
      { customer: { phone: 'one', name: ['two'] } },
      ['customer/phone: one', 'customer/name: two'],
    ],
    [
      'lines by their place',
      { items: [{ sku: 'one' }, { sku: 'two' }] },
      ['items/0/sku: one', 'items/1/sku: two'],
    ],
    ['a path with dots', { 'items.0.sku': 'one' }, ['items/0/sku: one']],
    ['a path with brackets', { 'items[0][sku]': 'one' }, ['items/0/sku: one']],
    ['a pointer', { '#/items/0/sku': 'one' }, ['items/0/sku: one']],
    ['entries', [{ field: 'phone', message: 'one' }], ['0/phone: one']],
    [
      'an entry whose path is a list',
      [{ path: ['items', 0, 'sku'], message: 'one' }],
      ['0/items/0/sku: one'],
    ],
    [
      'an entry whose first path is empty',
      [{ field: '', path: [], pointer: '/phone', message: 'one' }],
      ['0/phone: one'],
    ],
    ['an entry that names no field', [{ message: 'one' }], ['0: one']],
    ['of several words the plainest', [{ title: 'Invalid', detail: 'one' }], ['0: one']],
    ['words that are no text are none', [{ field: 'phone', message: 7, detail: 'one' }], ['0/phone: one']],
    [
      'entries within an entry',
      [{ property: 'customer', children: [{ property: 'phone', message: 'one' }] }],
      ['0/customer/0/phone: one'],
    ],
    [
      'what an entry says of its field under a name of its own',
      [{ property: 'phone', constraints: { a: 'one', b: 'two' } }],
      ['0/phone/a: one', '0/phone/b: two'],
    ],
    // It says nothing else, so that is the name of a field, and no path to one.
    ['a field that is called as a path would be', { path: 'is too long' }, ['path: is too long']],
    ['the same with a list', { target: ['is wrong'] }, ['target: is wrong']],
    [
      'JSON:API, by its pointer',
      [{ source: { pointer: '/data/phone' }, detail: 'one' }],
      ['0/data/phone: one'],
    ],
    ['JSON:API, by its parameter', [{ source: { parameter: 'phone' }, detail: 'one' }], ['0/phone: one']],
    ['problem+json', [{ name: 'phone', reason: 'one' }], ['0/phone: one']],
    // A customer has a name as well.
    ['a name without a reason', { name: 'one', phone: 'two' }, ['name: one', 'phone: two']],
    ['a name, and a reason that is none', { name: 'one', reason: 7 }, ['name: one']],
    ['a source that is a field', { source: 'one' }, ['source: one']],
    ['no source at all', { source: null, phone: 'one' }, ['phone: one']],
    [
      'names of the whole, which are of no field',
      { _errors: ['one'], errors: { phone: { _errors: ['two'] } } },
      [': one', 'phone: two'],
    ],
    ['what the machine says of itself', { '@type': 'BadRequest', phone: 'one' }, ['phone: one']],
    ['numbers and nothings', { a: 7, b: null, c: true, d: [], e: {} }, []],
    ['nothing', undefined, []],
    ['null', null, []],
  ])('%s', (_what, errors, expected) => {
    expect(told(errors)).toEqual(expected);
  });

  test('are read eight lists deep below the first, and no deeper', () => {
    expect(told(nested(9, 'one'))).toHaveLength(1);
    expect(told(nested(10, 'one'))).toHaveLength(0);
    const within = { customer: nested(8, 'one') };
    expect(told(within)).toHaveLength(1);
    expect(told({ customer: nested(9, 'one') })).toHaveLength(0);
    const entry = (depth: number): unknown =>
      depth === 0 ? { field: 'phone', message: 'one' } : { field: 'customer', children: entry(depth - 1) };
    expect(told(entry(8))).toHaveLength(1);
    expect(told(entry(9))).toHaveLength(0);
  });

  test('are the first fifty of very many', () => {
    expect(textsIn(Array.from({ length: 60 }, (_, i) => `no. ${i}`)).map(({ text }) => text)).toEqual(
      Array.from({ length: 50 }, (_, i) => `no. ${i}`),
    );
  });

  test('are not taken from what every object has', () => {
    expect(told({ constructor: { phone: 'one' }, toString: 'two' })).toEqual([
      'constructor/phone: one',
      'toString: two',
    ]);
    expect(told([Object.create({ field: 'phone', message: 'one' })])).toEqual([]);
  });

  test('have no longer a path than two hundred letters of each name, and eight parts of a list', () => {
    const [long] = textsIn({ ['x'.repeat(300)]: 'one' });
    expect(long?.path).toEqual(['x'.repeat(200)]);
    const path = Array.from({ length: 12 }, (_, i) => `p${i}`);
    expect(textsIn({ path, message: 'one' })[0]?.path).toEqual(path.slice(0, 8));
  });
});

describe('a complaint', () => {
  test('has its words up to five hundred letters, what it names up to two hundred, and its field', () => {
    const name = 'n'.repeat(150);
    expect(complaintsIn({ [name]: { [name]: 't'.repeat(600) } })).toEqual([
      { text: 't'.repeat(500), names: `${name} ${'n'.repeat(49)}`, field: undefined },
    ]);
    expect(complaintsIn({ customer: { phone: 'one' } })).toEqual([
      {
        text: 'one',
        names: 'customer phone',
        field: { place: 'customer/phone', pointer: '#/customer/phone' },
      },
    ]);
  });
});

describe('the field of an order', () => {
  const at = (place: string, pointer = `#/${place}`) => ({ place, pointer });

  test.each<[path: string, field: ReturnType<typeof at> | undefined]>([
    ['phone', at('customer/phone')],
    ['customer', at('customer')],
    ['customer.phone', at('customer/phone')],
    ['Client.Phone_Number', at('customer/phone')],
    ['customer.e-mail', at('customer/email')],
    ['first name', at('customer/name')],
    ['delivery.city', at('delivery/city')],
    ['order.customer.phone', at('customer/phone')],
    ['DATA.attributes.customer.phone', at('customer/phone')],
    // As far as it goes through an order.
    ['customer.phone.value', at('customer/phone')],
    ['customer.colour', at('customer')],
    ['customer.city', at('customer')],
    ['customer.order.phone', at('customer')],
    ['colour.phone', undefined],
    ['colour', undefined],
    ['', undefined],
    ['7', undefined],
    ['order', undefined],
    // Lines.
    ['items', at('items')],
    ['items.3', at('items', '#/items/3')],
    ['items.3.sku', at('items/sku', '#/items/3/sku')],
    ['items.12.price', at('items/price', '#/items/12/price')],
    ['items.sku', at('items/sku', '#/items')],
    ['sku', at('items/sku', '#/items')],
    ['3.items.0.sku', at('items/sku', '#/items/0/sku')],
    ['items.0.7.sku', at('items/sku', '#/items/0/sku')],
    ['items.sku.0', at('items/sku', '#/items')],
    ['products.0.article', at('items/sku', '#/items/0/sku')],
    // What is in a line, and none of ours.
    ['items.3.colour', at('items/*', '#/items/3')],
    ['items.3.phone', at('items/*', '#/items/3')],
    ['items.colour', at('items')],
    // An order has a hundred lines at most: this may be a phone.
    ['items.380671234567.sku', at('items')],
    ['items.100.sku', at('items')],
    // A number of its own, which is not the order's.
    ['external_id', at('external_id')],
    ['order.externalId', at('external_id')],
    ['customer.externalId', undefined],
    ['items.0.external_id', undefined],
  ])('%j is %o', (path, field) => {
    expect(fieldOf(path)).toEqual(field);
  });
});

describe('a field that a text calls by its path', () => {
  test.each<[text: string, pointer: string, rest: string]>([
    ['The items.0.sku field is required.', '#/items/0/sku', 'The   field is required.'],
    ['items[2].price must be positive', '#/items/2/price', '  must be positive'],
    ['items[] must not be empty', '#/items', '  must not be empty'],
    ['wrong: customer.phone', '#/customer/phone', 'wrong:  '],
    ['«delivery.city» is unknown', '#/delivery/city', '« » is unknown'],
  ])('%s', (text, pointer, rest) => {
    expect(fieldIn(text)).toMatchObject({ field: { pointer }, rest });
  });

  test.each([
    'The phone is invalid',
    'colour.value is wrong',
    'client.name@example.com is no e-mail',
    'x@customer.phone is none either',
    'телефон.номер',
    '1.customer.phone',
    'customer.phone-number',
    'Phone. Name is wrong',
    '',
  ])('is none in «%s»', (text) => {
    expect(fieldIn(text)).toBeUndefined();
  });
});
