import { describe, expect, test } from 'vitest';
import { type ErrorAnswer, errorText, readErrorAnswer } from '../../../lib/sitniks/error-text.ts';
import { parsedOrder } from '../../kit/parsed-order.ts';

const order = parsedOrder('1042');
const said = (body: unknown): ErrorAnswer | undefined =>
  readErrorAnswer(typeof body === 'string' ? body : JSON.stringify(body));
/** The words of an answer, as they are kept. */
const words = (body: unknown): string => errorText(said(body), order, 'key');

describe('a text', () => {
  test.each<[what: string, body: string, text: string]>([
    ['as it is', 'no SKU', 'no SKU'],
    ['without its tags', '<p>no <b>SKU</b></p>', 'no SKU'],
    [
      'without its styles, scripts and head',
      '<head><title>x y</title></head><style>a { }</style><SCRIPT>\nb c\n</SCRIPT><p>no SKU',
      'no SKU',
    ],
    ['out of CDATA, over lines', '<e><![CDATA[no\nSKU]]></e>', 'no SKU'],
    ['with one space between words', '  no \n\t SKU  ', 'no SKU'],
  ])('is read %s', (_what, body, text) => {
    expect(said(body)).toEqual({ message: text });
  });

  test('is read to 4096 characters', () => {
    expect(said('я'.repeat(5000))?.message).toHaveLength(4096);
  });

  test.each([undefined, '', ' \n ', '<p></p>'])('that says nothing (%j) is nothing', (body) => {
    expect(readErrorAnswer(body)).toBeUndefined();
  });
});

describe('JSON says of the whole', () => {
  test.each([
    'message',
    'msg',
    'detail',
    'errorDescription',
    'error_message',
    'error-msg',
    'Error Text',
    'description',
    'reason',
    'text',
    'info',
    'err',
    'faultstring',
    'messages',
    'title',
  ])('what is under %s', (name) => {
    expect(said({ [name]: 'no SKU' })).toMatchObject({ message: 'no SKU' });
    expect(said({ [name]: ' ' })).toEqual({});
  });

  test.each<[what: string, body: unknown, text: string]>([
    ['a text alone', '"no SKU"', 'no SKU'],
    ['a list of texts', ['one', 'two'], 'one; two'],
    ['the first of its names', { title: 'Bad Request', message: 'no SKU' }, 'no SKU'],
    ['its error, if nothing else', { error: 'no SKU' }, 'no SKU'],
    ['its message before its error', { error: 'Bad Request', message: 'no SKU' }, 'no SKU'],
    ['a code, if nothing else', { code: 'NO_SKU' }, 'NO_SKU'],
    ['what is wrapped', { error: { message: 'no SKU' } }, 'no SKU'],
    ['what is wrapped, before what comes with it', { error: 'no SKU', data: { message: 'Bad' } }, 'no SKU'],
    ['what is wrapped beside a name', { error: { message: 'no SKU' }, param: 'order' }, 'no SKU'],
    ['its message, beside errors that are none', { message: 'no SKU', errors: null, details: [] }, 'no SKU'],
    ['what is wrapped several times', { response: { data: { error: 'no SKU' } } }, 'no SKU'],
    ['a code that is wrapped', { result: { code: 'NO_SKU' } }, 'NO_SKU'],
  ])('%s', (_what, body, text) => {
    expect(words(body)).toBe(text);
  });

  test.each<[what: string, body: unknown]>([
    ['null', 'null'],
    ['a number', 7],
    ['an empty list of errors', { errors: [] }],
    ['a code without a letter', { code: '422' }],
    ['a code that is a number', { code: 422 }],
    ['a code that is neither', { code: true }],
    ['a status', { status: 'fail' }],
    ['a name alone', { param: 'phone' }],
  ])('nothing with %s', (_what, body) => {
    expect(words(body)).toBe('');
  });

  test.each<[what: string, inner: unknown, text: string]>([
    ['what is said', { message: 'no' }, 'no'],
    ['a code', { code: 'NO' }, 'NO'],
  ])('%s that is wrapped five deep, and nothing deeper', (_what, inner, text) => {
    const wrapped = (times: number): unknown => (times === 0 ? inner : { data: wrapped(times - 1) });
    expect(words(wrapped(4))).toBe(text);
    expect(words(wrapped(5))).toBe('');
  });
});

describe('JSON says of fields', () => {
  test.each<[what: string, body: unknown, text: string]>([
    ['by their paths', { errors: { 'items.0.sku': ['unknown'] } }, 'items.0.sku: unknown'],
    ['beside the whole', { message: 'Invalid', errors: { phone: 'bad' } }, 'Invalid: phone: bad'],
    ['beside an error', { error: 'Invalid', errors: { phone: 'bad' } }, 'Invalid: phone: bad'],
    ['in a bare list, whose places are no part of it', [{ field: 'phone', message: 'bad' }], 'phone: bad'],
    ['of one, by its name', { message: 'bad', param: 'phone' }, 'phone: bad'],
    ['of none, whose name is empty', { message: 'bad', param: ' ' }, 'bad'],
    ['in a text', { errors: 'no SKU' }, 'no SKU'],
    ['under the second of its names, the first being empty', { errors: [], details: { a: 'bad' } }, 'a: bad'],
    [
      'beside a name for the whole',
      { message: 'Invalid', field: 'order', errors: { phone: 'bad' } },
      'Invalid: phone: bad',
    ],
    ['under a name that may be words as well', { detail: [{ loc: ['phone'], msg: 'bad' }] }, 'phone: bad'],
    [
      'within a wrapper, beside the whole',
      { message: 'Invalid', data: { errors: { phone: 'bad' } } },
      'Invalid: phone: bad',
    ],
    ['by JSend', { status: 'fail', data: { phone: 'bad' } }, 'phone: bad'],
    ['by their own names, in lists alone', { phone: ['bad'], city: 'Kyiv', id: 7, a: null }, 'phone: bad'],
    ['by their own names, in a tree', { customer: { phone: ['bad'] } }, 'customer.phone: bad'],
    ['by their own names, wrapped', { body: { phone: ['bad'] } }, 'phone: bad'],
  ])('%s', (_what, body, text) => {
    expect(words(body)).toBe(text);
  });

  test.each([
    'errors',
    'details',
    'violations',
    'fieldViolations',
    'invalid-params',
    'issues',
    'field_errors',
    'validationErrors',
    'fields',
  ])('under %s', (name) => {
    expect(said({ [name]: { phone: ['bad'] } })).toMatchObject({ errors: { phone: ['bad'] } });
  });

  test('in a tree, five deep and no deeper', () => {
    const tree = (times: number): unknown => (times === 0 ? ['bad'] : { a: tree(times - 1) });
    expect(words(tree(4))).toBe('a.a.a.a: bad');
    expect(words(tree(5))).toBe('');
  });

  test('without their places in a list, however long it is', () => {
    const errors = Array.from({ length: 12 }, (_, at) => ({ field: 'phone', message: `bad ${at}` }));
    expect(words(errors)).toBe(errors.map(({ field, message }) => `${field}: ${message}`).join('; '));
  });

  test('nothing that is said of the whole already', () => {
    expect(words({ message: ['one', 'two'] })).toBe('one; two');
    expect(words({ detail: 'no SKU' })).toBe('no SKU');
  });
});

test.each<[what: string, value: string | undefined]>([
  ['name', order.customer.name],
  ['phone', order.customer.phone],
  ['e-mail', order.customer.email],
  ['city', order.delivery.city],
  ['address', order.delivery.address],
  ['key', 'snk_live_1'],
])('the words that are kept hold no %s, wherever it stands', (_what, value) => {
  const text = errorText({ message: `Not ${value}`, errors: { field: `nor ${value}` } }, order, 'snk_live_1');
  expect(text).toContain('[removed]');
  expect(text).not.toContain(value);
});

test('the words about an order of which only the number is known are kept as they are', () => {
  expect(errorText({ message: 'no SKU' }, { external_id: '1042' }, 'key')).toBe('no SKU');
  expect(errorText(undefined, { external_id: '1042' }, 'key')).toBe('');
});
