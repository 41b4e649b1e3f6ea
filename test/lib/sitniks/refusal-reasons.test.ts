import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { REASON_CODES } from '../../../lib/explanations/reasons.ts';
import { readErrorAnswer } from '../../../lib/sitniks/error-text.ts';
import { refusalReasons } from '../../../lib/sitniks/refusal-reasons.ts';

const reasonsOf = (answer: unknown) => refusalReasons(readErrorAnswer(JSON.stringify(answer)));
/** `code` or `code pointer` for each reason. */
const read = (answer: unknown) =>
  reasonsOf(answer).map(({ code, pointer }) => (pointer === undefined ? code : `${code} ${pointer}`));

describe('a field that is named', () => {
  test.each<[form: string, errors: unknown, expected: string]>([
    ['with dots', { 'customer.phone': ['is invalid'] }, 'phone_invalid #/customer/phone'],
    ['as a tree', { customer: { phone: 'is invalid' } }, 'phone_invalid #/customer/phone'],
    ['in an order', { order: { customer: { phone: ['x'] } } }, 'phone_invalid #/customer/phone'],
    ['by its number', { 'items.0.sku': ['SKU A-1 not found'] }, 'sku_unknown #/items/0/sku'],
    ['in brackets', { 'items[12][sku]': 'not found' }, 'sku_unknown #/items/12/sku'],
    ['as a pointer', { '#/items/1/price': 'must be positive' }, 'price_invalid #/items/1/price'],
    ['in a list of lines', { items: [{}, { sku: ['not found'] }] }, 'sku_unknown #/items/1/sku'],
    ['in numbered lines', { items: { 1: { quantity: ['x'] } } }, 'quantity_invalid #/items/1/quantity'],
    ['without its line', { sku: ['not found'] }, 'sku_unknown #/items'],
    ['by an entry', [{ field: 'customer.phone', message: 'bad' }], 'phone_invalid #/customer/phone'],
    ['by zod', [{ path: ['items', 0, 'sku'], message: 'Required' }], 'sku_missing #/items/0/sku'],
    [
      'by pydantic',
      [{ loc: ['body', 'customer', 'name'], msg: 'field required' }],
      'name_missing #/customer/name',
    ],
    [
      'by class-validator',
      [
        {
          property: 'customer',
          children: [{ property: 'phone', constraints: { isPhoneNumber: 'must be a valid phone' } }],
        },
      ],
      'phone_invalid #/customer/phone',
    ],
    ['in capitals', { externalId: 'is too long' }, 'number_invalid #/external_id'],
    ['by the names of the Open API', { client: { fullname: 'too short' } }, 'name_invalid #/customer/name'],
    ['with hyphens', { 'e-mail': 'is invalid' }, 'email_invalid #/customer/email'],
  ])('%s', (_form, errors, expected) => {
    expect(read({ message: 'Validation failed', errors })).toEqual([expected]);
  });

  test.each<[field: string, text: string, expected: string]>([
    ['phone', 'The phone +380671234567 is invalid', 'phone_invalid #/customer/phone'],
    ['phone', 'The phone field is required.', 'phone_missing #/customer/phone'],
    ['phone', 'A valid phone number is required', 'phone_invalid #/customer/phone'],
    ['phone', "Обов'язкове поле", 'phone_missing #/customer/phone'],
    ['phone', 'Обов’язкове поле', 'phone_missing #/customer/phone'],
    ['phone', 'has already been taken', 'refused_unknown'],
    ['name', 'не вказано', 'name_missing #/customer/name'],
    ['email', 'Некоректна адреса', 'email_invalid #/customer/email'],
    ['city', 'відсутнє', 'city_missing #/delivery/city'],
    ['city', 'не знайдено', 'city_invalid #/delivery/city'],
    ['address', 'must not be blank', 'branch_missing #/delivery/address'],
    ['branch', 'not found', 'branch_invalid #/delivery/address'],
    ['warehouse', 'Не найдено', 'branch_invalid #/delivery/address'],
    ['department', 'closed', 'branch_invalid #/delivery/address'],
    ['delivery_method', 'is not supported', 'delivery_method_invalid #/delivery/method'],
    ['payment_method', 'is not supported', 'payment_method_invalid #/payment_method'],
    ['sku', 'This field is required', 'sku_missing #/items'],
    ['sku', 'missing', 'sku_unknown #/items'],
    ['product_id', 'Немає такого товару', 'sku_unknown #/items'],
    ['sku', 'Товару немає в наявності', 'out_of_stock #/items'],
    ['quantity', 'not enough in stock', 'out_of_stock #/items'],
    ['price', 'Invalid input: expected number, received null', 'price_invalid #/items'],
    ['status', 'is unknown', 'field_invalid #/status'],
    ['source', 'must not be empty', 'field_missing #/source'],
    ['items', 'Товар «Сукня» не знайдено', 'sku_unknown #/items'],
    ['items', 'must not be empty', 'items_missing #/items'],
    ['delivery', 'Відділення зачинено', 'branch_invalid #/delivery'],
    ['external_id', 'has already been taken', 'duplicate_in_crm #/external_id'],
    ['external_id', 'must be unique', 'duplicate_in_crm #/external_id'],
    ['external_id', 'Вже існує', 'duplicate_in_crm #/external_id'],
    ['external_id', 'Дублікат', 'duplicate_in_crm #/external_id'],
    ['phone', 'Телефон уже зайнятий', 'refused_unknown'],
    ['customer.phone', 'Вже використовується', 'refused_unknown'],
    ['customer.phone', 'Номер у чорному списку', 'refused_unknown'],
    ['email', 'Уже используется', 'refused_unknown'],
    ['customer', 'Клієнт з таким телефоном вже існує', 'refused_unknown'],
    ['customer.external_id', 'has already been taken', 'refused_unknown'],
    ['items', 'Order contains duplicate products', 'refused_unknown'],
    ['items.0', 'Product is unique in an order', 'refused_unknown'],
    ['items.0.quantity', 'перевищує залишок', 'out_of_stock #/items/0/quantity'],
    ['items.0.price', 'is not available', 'price_invalid #/items/0/price'],
    ['items.0.price', 'is missing', 'price_invalid #/items/0/price'],
    ['items.0', 'Missing price for product', 'price_invalid #/items/0'],
    ['items.0', 'Warehouse not found', 'refused_unknown'],
    ['items.0', 'Товар не знайдено', 'sku_unknown #/items/0'],
    ['items.0.product_id', 'The items.0.product_id field is required.', 'field_missing #/items/0/product_id'],
    ['items', 'The items.0.product_id field is required.', 'field_missing #/items/0/product_id'],
    ['items.0.name', 'The items.0.name field is required.', 'field_missing #/items/0'],
    ['items.0.warehouse', 'Warehouse not found', 'refused_unknown'],
    ['items.0.sku', 'must be a string', 'field_invalid #/items/0/sku'],
    ['items.0.sku', 'Invalid input: expected string, received number', 'field_invalid #/items/0/sku'],
    ['items.0.sku', 'Invalid input: expected string, received undefined', 'sku_missing #/items/0/sku'],
    ['items', 'must be an array', 'field_invalid #/items'],
    ['payment_method', 'Оплатіть підписку', 'refused_unknown'],
    ['city', 'Доставка недоступна', 'refused_unknown'],
    ['delivery', 'Доставка в це місто недоступна', 'refused_unknown'],
  ])('%s: %s → %s', (field, text, expected) => {
    expect(read({ message: 'Validation failed', errors: { [field]: [text] } })).toEqual([expected]);
  });
});

describe('a text that names no field', () => {
  test.each<[text: string, ...expected: string[]]>([
    // The two of the seed.
    ['Invalid phone format', 'phone_invalid'],
    ['missing SKU', 'sku_unknown'],
    ['Phone is not valid', 'phone_invalid'],
    ['INVALID_PHONE_NUMBER', 'phone_invalid'],
    ['Невірний формат телефону', 'phone_invalid'],
    ['Вкажіть телефон', 'phone_missing'],
    ['Некорректный номер телефона', 'phone_invalid'],
    ['Телефон обязателен', 'phone_missing'],
    ['SKU DRESS-1 not found', 'sku_unknown'],
    ['sku_not_found', 'sku_unknown'],
    ['Product with id 7 does not exist', 'sku_unknown'],
    ['Артикул DRESS-1 не знайдено', 'sku_unknown'],
    ['Невідомий артикул', 'sku_unknown'],
    ['Товар «Чохол для телефону» не знайдено', 'sku_unknown'],
    ['Товар не найден', 'sku_unknown'],
    ['Ціна товару має бути більшою за нуль', 'price_invalid'],
    ['Вартість не може бути від’ємною', 'price_invalid'],
    ['Неверная цена', 'price_invalid'],
    ['Quantity must be at least 1', 'quantity_invalid'],
    ['Недостатня кількість товару', 'out_of_stock'],
    ['Количество должно быть целым', 'quantity_invalid'],
    ['Warehouse not found', 'branch_invalid'],
    ['Відділення №5 у місті Київ не знайдено', 'branch_invalid'],
    ['Поштомат недоступний', 'branch_invalid'],
    ['Адреса доставки не вказана', 'branch_missing'],
    ['Отделение не найдено', 'branch_invalid'],
    ['Місто не знайдено', 'city_invalid'],
    ['Unknown city', 'city_invalid'],
    ['Укажите город', 'city_missing'],
    ['E-mail is invalid', 'email_invalid'],
    ['Email address is invalid', 'email_invalid'],
    ['Невірна електронна пошта', 'email_invalid'],
    ['Невірна пошта', 'email_invalid'],
    ['The name field is required.', 'name_missing'],
    ["Ім'я обов'язкове", 'name_missing'],
    ['Імʼя не вказано', 'name_missing'],
    ['ІМ’Я НЕ ВКАЗАНО', 'name_missing'],
    ['Укажите фамилию', 'name_missing'],
    ['Payment method is not supported', 'payment_method_invalid'],
    ['Спосіб оплати недоступний', 'payment_method_invalid'],
    ['Спосіб доставки недоступний', 'delivery_method_invalid'],
    ['Order already exists', 'duplicate_in_crm'],
    ['Замовлення з таким external_id вже існує', 'duplicate_in_crm'],
    ['Такой заказ уже существует', 'duplicate_in_crm'],
    ['duplicate key value violates unique constraint "orders_external_id_key"', 'duplicate_in_crm'],
    ['Невірний телефон; артикул A-1 не знайдено', 'phone_invalid', 'sku_unknown'],
    ['Phone is invalid. City is unknown.', 'phone_invalid', 'city_invalid'],
    // What only looks like it.
    ['Поле містить недопустимі символи', 'refused_unknown'],
    ['Нова пошта не відповідає', 'refused_unknown'],
    ['Помилка Нової Пошти', 'refused_unknown'],
    ['Укрпошта недоступна', 'refused_unknown'],
    ['iPhone 15 закінчився', 'refused_unknown'],
    ['Клієнт з таким телефоном вже існує', 'refused_unknown'],
    ['Product is out of stock', 'out_of_stock'],
    ['Товар закінчився на складі', 'out_of_stock'],
    ['This delivery method is not available', 'delivery_method_invalid'],
    ['Товар відсутній на складі', 'out_of_stock'],
    ['The username is bad', 'refused_unknown'],
    ['Щось пішло не так', 'refused_unknown'],
    ['Bad Request', 'refused_unknown'],
    ['', 'refused_unknown'],
  ])('%s → %s', (message, ...expected) => {
    expect(read({ message })).toEqual(expected);
    expect(read({ error: message }), 'said as the error').toEqual(expected);
  });

  test.each([
    'Order with this external_id already exists',
    'Order ORD_2024-1 already exists',
    'Error: the order already exists.',
    'ORDER_ALREADY_EXISTS',
    'external_id has already been taken',
    'Key (external_id)=(ORD-1) already exists.',
    "Duplicate entry 'ORD-1' for key 'orders.external_id'",
    'Duplicate order',
    'Замовлення вже існує',
    'Замовлення з номером ORD-1 вже є в системі',
    'Помилка: таке замовлення вже існує',
    'Номер замовлення вже існує',
    'Дублікат замовлення',
    'Заказ с таким номером уже существует',
    'Дубликат заказа №5',
  ])('%s → duplicate_in_crm', (message) => {
    expect(read({ message })).toEqual(['duplicate_in_crm']);
    expect(read({ errors: { base: [message] } }), 'beside no field').toEqual(['duplicate_in_crm']);
  });

  test.each([
    // Of what exists already, or twice, only the order is one that arrived before.
    'Already exists',
    'Дублікат',
    'Клієнт з таким телефоном вже існує, замовлення не створено',
    'Замовлення не створено, бо клієнт з таким телефоном вже існує',
    'Заказ не создан: клиент с таким телефоном уже существует',
    'Order cannot be created: customer with this phone already exists',
    'Order is not created because such a record already exists',
    'Customer with this external_id already exists',
    'Order with this phone already exists',
    'Order with such an e-mail already exists',
    'Замовлення з таким телефоном вже існує',
    'Заказ с этим адресом уже существует',
    'Order contains duplicate products',
    'Duplicate order items',
    'Each order item must be unique',
    'Товар дублюється в замовленні',
    'Товар дублируется в заказе',
    'ТТН вже є в іншому замовленні',
    'У замовленні вже є знижка',
    'Замовлення з цією ТТН вже існує',
    'Label for order 5 already exists',
    'Для цього замовлення вже є рахунок',
    'У клієнта вже є активне замовлення',
    'Замовлення вже є оплаченим',
    'duplicate key value violates unique constraint "order_items_pkey"',
    'duplicate key value violates unique constraint "customers_phone_key"',
    // Readable, and not wanted.
    'Телефон у чорному списку',
    'Телефон в чёрном списке',
    'Phone is blacklisted',
    'Телефон уже зайнятий',
    'Телефон вже використовується',
    'Phone is already in use',
    'Телефон уже используется',
    'Email вже використовується',
    'Email is already taken',
    // Between the shop and the CRM.
    'Оплатіть підписку',
    'Оплатите подписку',
    'Subscription expired',
    'Subscription payment method is invalid',
    'Тариф не дозволяє',
    'Ваш тариф не дозволяє додавати товари',
    'Payment required',
    // The town is known.
    'Доставка в це місто недоступна',
    'Доставка в этот город недоступна',
    'Delivery to this city is not available',
    'Місто не обслуговується',
    // Not the branch of a post.
    'Warehouse not found for product',
    'Склад не знайдено для товару',
    'Delivery price is not available',
    'Вартість доставки не вказана',
    // Of which of them?
    'Product with price 100 is not found',
    'Product name is required',
    'Не вказано назву товару',
  ])('%s → refused_unknown', (message) => {
    expect(read({ message })).toEqual(['refused_unknown']);
    expect(read({ errors: { base: [message] } }), 'beside no field').toEqual(['refused_unknown']);
  });

  test.each<[text: string, expected: string]>([
    ['Кількість перевищує залишок', 'out_of_stock'],
    ['Недостатній залишок товару', 'out_of_stock'],
    ['Quantity exceeds stock', 'out_of_stock'],
    ['Quantity exceeds the available stock', 'out_of_stock'],
    ['Количество превышает остаток', 'out_of_stock'],
    ['Missing price for product', 'price_invalid'],
    ['Price not found for product A-1', 'price_invalid'],
    ['Product price is not available', 'price_invalid'],
    ['Не вказано ціну товару', 'price_invalid'],
    ['Ціна товару відсутня', 'price_invalid'],
    ['Не указана цена товара', 'price_invalid'],
    ['Missing quantity for product', 'quantity_invalid'],
    ['Invalid product', 'sku_unknown'],
    ['items is required', 'items_missing'],
    // In whatever way it is set.
    ['Product  was\tnot \r\n found', 'sku_unknown'],
    ['Не вказано товари', 'items_missing'],
    ['Спосіб оплати не підтримується', 'payment_method_invalid'],
    // Paths, as Laravel and class-validator have them.
    ['The items.0.product_id field is required.', 'field_missing'],
    ['The items.0.product id field is required.', 'field_missing'],
    ['The product_id field is required.', 'field_missing'],
    ['The items.0.name field is required.', 'field_missing'],
    ['items[0].sku should not be empty', 'sku_missing'],
    ['items.0: товар не знайдено', 'sku_unknown'],
    ['items.0: name is required', 'refused_unknown'],
    ['customer.phone already exists', 'refused_unknown'],
    ['client.name@example.com is no e-mail', 'email_invalid'],
    // Nothing that a customer can put right.
    ['items.0.sku must be a string', 'field_invalid'],
    ['sku must be a string', 'field_invalid'],
    ['Phone must be a string', 'field_invalid'],
    ['price must be a number', 'field_invalid'],
    ['quantity must be an integer number', 'field_invalid'],
    ['items must be an array', 'field_invalid'],
    ['weight must be a number', 'field_invalid'],
    ['Кількість має бути числом', 'field_invalid'],
    ['Артикул должен быть строкой', 'field_invalid'],
    // How many there are to be, they can.
    ['quantity must be an integer number greater than 0', 'quantity_invalid'],
    ['Кількість має бути числом, більшим за 0', 'quantity_invalid'],
    ['Phone must be a valid number', 'phone_invalid'],
    ['Phone must be a non-empty string', 'phone_missing'],
  ])('%s → %s', (message, expected) => {
    expect(read({ message })).toEqual([expected]);
  });

  test('may be a list of them', () => {
    const message = ['customer.phone must be a valid phone number', 'items.0.sku should not be empty'];
    expect(read({ statusCode: 400, message, error: 'Bad Request' })).toEqual([
      'phone_invalid',
      'sku_missing',
    ]);
  });

  test('may stand beside fields that are not ours, whose names count as words', () => {
    expect(read({ errors: { recipientPhone: ['is bad'] } })).toEqual(['phone_invalid']);
    expect(read({ errors: { Телефон: ["Обов'язкове поле"] } })).toEqual(['phone_missing']);
  });

  test('says nothing more where fields are named', () => {
    const answer = { message: 'The phone is invalid', errors: { 'items.0.sku': ['not found'] } };
    expect(read(answer)).toEqual(['sku_unknown #/items/0/sku']);
  });

  test('counts where the fields are not understood, and that they are not is told', () => {
    expect(read({ message: 'SKU not found', errors: { code: 'E-17' } })).toEqual([
      'sku_unknown',
      'refused_unknown',
    ]);
  });
});

test('what is understood comes first, and the rest is one refused_unknown', () => {
  const errors = { weird: ['zzz'], 'customer.phone': ['bad'], odd: 'yyy', city: ['?'] };
  expect(read({ message: 'Validation failed', errors })).toEqual([
    'phone_invalid #/customer/phone',
    'city_invalid #/delivery/city',
    'refused_unknown',
  ]);
});

test('of a very long text the first 4,096 letters are read', () => {
  const after = (letters: number) => read({ message: `${'x'.repeat(letters)}. Phone is invalid` });
  expect(after(4096 - '. Phone is invalid'.length)).toEqual(['phone_invalid']);
  expect(after(4096)).toEqual(['refused_unknown']);
});

test('the same reason comes once for each place', () => {
  const errors = { 'items.0.sku': ['not found', 'is unknown'], 'items.1.sku': ['not found'] };
  expect(read({ errors })).toEqual(['sku_unknown #/items/0/sku', 'sku_unknown #/items/1/sku']);
});

test('of very many the first 20 are kept, and that there are others besides', () => {
  const items = Array.from({ length: 40 }, () => ({ sku: 'not found' }));
  expect(read({ errors: { items } })).toHaveLength(20);
  const mixed = read({ errors: { weird: 'zzz', items } });
  expect(mixed).toHaveLength(20);
  expect(mixed.at(-1)).toBe('refused_unknown');
});

test.each([undefined, '', 'null', '<h1>Технічні роботи</h1>', '[]', '7', '{"message":7,"errors":null}'])(
  'a body of %j says nothing',
  (body) => {
    expect(refusalReasons(readErrorAnswer(body))).toEqual([{ code: 'refused_unknown' }]);
  },
);

describe('nothing personal', () => {
  test.each([
    { '+380671234567': ['is bad'] },
    { 'Олена Коваленко': { phone: ['is bad'] } },
    { items: { '380671234567': { sku: 'not found' } } },
    { customer: { 'olena@example.com': 'is taken' } },
    [{ field: 'customer.phone.+380671234567', message: 'Олена' }],
    { 'items.0.sku.+380671234567': 'x' },
  ])('is taken from %j', (errors) => {
    expect(JSON.stringify(reasonsOf({ message: 'Validation failed', errors }))).not.toMatch(
      /0671234567|380671|Олена|olena/,
    );
  });
});

const POINTER =
  /^#(\/(external_id|source|customer|name|phone|email|delivery|method|city|address|items|\d+|product_id|sku|price|quantity|payment_method|status))*$/;
const word = fc.constantFrom(
  ...[
    'phone',
    'customer',
    'items',
    '0',
    'sku',
    'field',
    'path',
    'message',
    'errors',
    'вже існує',
    'не знайдено',
  ],
  ...[
    'телефон',
    'товар',
    'required',
    '__proto__',
    'constructor',
    'items.0.sku',
    'items.0.name',
    'items',
    'must be a string',
    ';',
    '. ',
    'пошта',
    'замовлення',
  ],
);
const text = fc.oneof(
  fc.array(word, { maxLength: 6 }).map((words) => words.join(' ')),
  fc.string({ unit: 'binary' }),
);
const anyErrors = fc.object({
  key: fc.oneof(word, fc.string()),
  values: [text, fc.integer(), fc.constant(null)],
  maxDepth: 6,
});

test('whatever the CRM says, there are 1 to 20 reasons, in our words, at places of an order', () => {
  fc.assert(
    fc.property(text, fc.oneof(anyErrors, fc.array(anyErrors), fc.jsonValue()), (message, errors) => {
      const reasons = reasonsOf({ message, errors });
      expect(reasons.length).toBeGreaterThanOrEqual(1);
      expect(reasons.length).toBeLessThanOrEqual(20);
      for (const { code, pointer, ...rest } of reasons) {
        expect(REASON_CODES).toContain(code);
        if (pointer !== undefined) expect(pointer).toMatch(POINTER);
        expect(rest).toEqual({});
      }
      expect(new Set(reasons.map((reason) => JSON.stringify(reason))).size).toBe(reasons.length);
    }),
    { numRuns: 500 },
  );
});

// An instrumented module takes more of it (docs/mutation.md).
test.skipIf('__stryker__' in globalThis)('a body of 256 KiB is read soon, however it is made', () => {
  const size = 256 * 1024;
  const bodies = [
    `{"errors":${'['.repeat(size / 2)}${']'.repeat(size / 2)}}`,
    `{"errors":[${'{},'.repeat(size / 3)}{}]}`,
    JSON.stringify({ errors: { ['a.'.repeat(size / 2)]: 'x' } }),
    ...[
      'a.a',
      'items[0]',
      'order ',
      ': a order ',
      'вже є ',
      'must be ',
      '9',
      'телефон',
      'електронн ',
      'не ',
      'а;',
      "'",
      'а. ',
      ' ',
    ].map((part) =>
      JSON.stringify({
        message: part.repeat(size),
        errors: Array.from({ length: 60 }, () => part.repeat(4096)),
      }),
    ),
  ];
  for (const body of bodies) {
    const answer = readErrorAnswer(body);
    // Not the time that passes: neighbours want their share of the processor.
    const started = process.cpuUsage();
    refusalReasons(answer);
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(500);
  }
});

describe('the words of a refusal, in whatever shape', () => {
  const sku = 'SKU DRESS not found';
  test.each<[shape: string, body: unknown, reason: string]>([
    ['an error within', { error: { code: 422, message: sku } }, 'sku_unknown'],
    ['an error within data', { data: { error: { message: sku } } }, 'sku_unknown'],
    ['detail', { detail: sku }, 'sku_unknown'],
    ['a list of texts', [sku], 'sku_unknown'],
    ['a list of errors', [{ message: sku }], 'sku_unknown'],
    ['errors as texts', { errors: [sku] }, 'sku_unknown'],
    [
      'problem+json',
      { type: 'about:blank', title: 'Unprocessable', status: 422, detail: sku },
      'sku_unknown',
    ],
    [
      'problem+json with params',
      { title: 'Invalid', 'invalid-params': [{ name: 'items.0.sku', reason: 'not found' }] },
      'sku_unknown #/items/0/sku',
    ],
    [
      'FastAPI',
      { detail: [{ loc: ['body', 'items', 0, 'sku'], msg: 'not found', type: 'value_error' }] },
      'sku_unknown #/items/0/sku',
    ],
    [
      'JSON:API',
      {
        errors: [
          {
            status: '422',
            title: 'Invalid',
            detail: 'not found',
            source: { pointer: '/data/attributes/items/0/sku' },
          },
        ],
      },
      'sku_unknown #/items/0/sku',
    ],
    [
      'ASP.NET',
      { title: 'One or more', status: 400, errors: { 'items[0].sku': [sku] } },
      'sku_unknown #/items/0/sku',
    ],
    ['NestJS', { statusCode: 400, message: [sku], error: 'Bad Request' }, 'sku_unknown'],
    [
      'objects as message',
      { message: [{ property: 'items.0.sku', constraints: { exists: 'not found' } }] },
      'sku_unknown #/items/0/sku',
    ],
    ['a JSON text', sku, 'sku_unknown'],
    ['OAuth', { error: 'invalid_request', error_description: sku }, 'sku_unknown'],
    ['capitals', { Message: sku }, 'sku_unknown'],
    ['a name of two words', { errorMessage: sku }, 'sku_unknown'],
    ['the same with a line', { error_message: sku }, 'sku_unknown'],
    ['white space beside it', { message: ' ', error: sku }, 'sku_unknown'],
    ['an empty list beside it', { errors: [], message: null, detail: sku }, 'sku_unknown'],
    ['messages', { messages: [sku, sku] }, 'sku_unknown'],
    ['messages of fields', { messages: { 'items.0.sku': ['not found'] } }, 'sku_unknown #/items/0/sku'],
    ['an error that is a map', { error: { 'items.0.sku': ['not found'] } }, 'sku_unknown #/items/0/sku'],
    ['SOAP in JSON', { Fault: { faultcode: 'Client', faultstring: sku } }, 'sku_unknown'],
    ['deep within', { response: { body: { data: { error: { message: sku } } } } }, 'sku_unknown'],
    [
      'GraphQL',
      { data: null, errors: [{ message: sku, locations: [{ line: 1, column: 2 }] }] },
      'sku_unknown',
    ],
    ['JSend', { status: 'fail', data: { 'items.0.sku': 'not found' } }, 'sku_unknown #/items/0/sku'],
    ['JSend, an error', { status: 'error', data: null, message: sku }, 'sku_unknown'],
    ['Django', { items: [{ sku: ['not found'] }] }, 'sku_unknown #/items/0/sku'],
    ['Django, of the whole', { non_field_errors: [sku] }, 'sku_unknown'],
    ['Rails', { sku: ['not found'] }, 'sku_unknown #/items'],
    [
      'Spring',
      {
        status: 400,
        error: 'Bad Request',
        path: '/api/orders',
        errors: [{ objectName: 'order', field: 'items[0].sku', defaultMessage: 'not found' }],
      },
      'sku_unknown #/items/0/sku',
    ],
    [
      'Symfony',
      { violations: [{ propertyPath: 'items[0].sku', message: 'not found' }] },
      'sku_unknown #/items/0/sku',
    ],
    [
      'Ajv',
      [{ instancePath: '/items/0/sku', keyword: 'enum', message: 'not found' }],
      'sku_unknown #/items/0/sku',
    ],
    ['Zod, flattened', { formErrors: [], fieldErrors: { sku: ['not found'] } }, 'sku_unknown #/items'],
    [
      'Zod, as a tree',
      { _errors: [], items: { _errors: [], 0: { sku: { _errors: ['not found'] } } } },
      'sku_unknown #/items/0/sku',
    ],
    [
      'Joi',
      { details: [{ message: 'not found', path: ['items', 0, 'sku'], type: 'any.only' }] },
      'sku_unknown #/items/0/sku',
    ],
    [
      'gRPC',
      {
        error: {
          code: 3,
          message: 'Invalid argument',
          details: [
            { '@type': 'BadRequest', fieldViolations: [{ field: 'items[0].sku', description: 'not found' }] },
          ],
        },
      },
      'sku_unknown #/items/0/sku',
    ],
    [
      'Stripe',
      { error: { type: 'invalid_request_error', param: 'items[0].sku', message: 'not found' } },
      'sku_unknown #/items/0/sku',
    ],
    [
      'OData',
      {
        error: { code: 'x', message: 'Invalid', details: [{ target: 'items/0/sku', message: 'not found' }] },
      },
      'sku_unknown #/items/0/sku',
    ],
    [
      'Strapi',
      {
        data: null,
        error: {
          message: 'Invalid',
          details: { errors: [{ path: ['items', 0, 'sku'], message: 'not found' }] },
        },
      },
      'sku_unknown #/items/0/sku',
    ],
    [
      'fields within, beside words for the whole',
      { message: 'Validation failed', data: { errors: { 'items.0.sku': ['not found'] } } },
      'sku_unknown #/items/0/sku',
    ],
    ['a text within', { result: sku, status: 'error' }, 'sku_unknown'],
    ['a code alone', { code: 'SKU_NOT_FOUND', status: 422 }, 'sku_unknown'],
  ])('%s', (_shape, body, reason) => {
    expect(read(body)).toEqual([reason]);
  });

  test.each([
    sku,
    `<html><head><title>422</title></head><body><p>${sku}</p></body></html>`,
    `\uFEFF${JSON.stringify({ message: sku })}`,
    `<?xml version="1.0"?><error><message>${sku}</message></error>`,
    `<error><![CDATA[${sku}]]></error>`,
    `\uFEFF${sku}\r\n`,
    `cb({"message":"${sku}"});`,
    `{'message': '${sku}'}`,
    `{"message":"${sku}"}{"message":"${sku}"}`,
    `{"message":"${sku}","err`,
  ])('%s', (body) => {
    expect(refusalReasons(readErrorAnswer(body))).toEqual([{ code: 'sku_unknown' }]);
  });
});

describe('what says nothing of what is wrong', () => {
  test.each<[what: string, body: unknown]>([
    [
      'the order, given back',
      { success: false, data: { customer: { name: 'Олена' }, items: [{ sku: 'A' }] } },
    ],
    ['the same without a wrapper', { external_id: '7', customer: { phone: '067' }, status: 'error' }],
    ['numbers', { code: 422, status: 422, errors: 3 }],
    ['an id of the request', { requestId: 'a7', timestamp: '2026-01-01T00:00:00Z' }],
    ['nothing at all', { data: null, error: null, errors: null }],
  ])('%s', (_what, body) => {
    expect(read(body)).toEqual(['refused_unknown']);
    expect(readErrorAnswer(JSON.stringify(body))).toEqual({});
  });
});

describe("the number of another thing is not the order's", () => {
  const text = 'Customer with externalId=2106 not found.';
  test.each<[what: string, body: unknown]>([
    ['a customer, by the field', { errors: { 'customer.externalId': [text] } }],
    ['a client, by the field', { errors: { client: { externalId: ['is invalid'] } } }],
    ['a customer, in words', { message: text }],
    ['a customer, in one name', { errors: { customerExternalId: ['not found'] } }],
    ['a customer, in Ukrainian', { message: 'Клієнта з externalId=2106 не знайдено' }],
    ['a customer, said of the whole', { errors: { customer: ['externalId is too long'] } }],
    ['a delivery, said of the whole', { errors: { delivery: ['external_id is unknown'] } }],
    ['a delivery', { errors: [{ field: 'delivery.external_id', message: 'is unknown' }] }],
    ['a product', { errors: { 'items.0.externalId': ['is invalid'] } }],
    ['a payment', { message: 'Payment external_id is invalid' }],
    ['a client, as a tree', { errors: { order: { client: { external_id: ['not found'] } } } }],
    ['a client, by an entry', { errors: [{ field: 'client.externalId', message: 'must exist' }] }],
    ['a contact, in Russian', { message: 'Контакт с externalId=7 не найден' }],
    ['a user, with a line', { message: 'user external_id not found' }],
  ])('of %s', (_what, body) => {
    expect(read(body)).toEqual([expect.stringMatching(/^refused_unknown/)]);
  });

  test('but alone, or as that of an order, it is', () => {
    expect(read({ errors: { externalId: ['is too long'] } })).toEqual(['number_invalid #/external_id']);
    expect(read({ message: 'externalId is too long' })).toEqual(['number_invalid']);
  });
});
