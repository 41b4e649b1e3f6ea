/** What can be checked of words: that they are there, in their language, and fit for whom they are meant. */
import { describe, expect, test } from 'vitest';
import { REASON_CODES, whoActs } from '../../../lib/explanations/reasons.ts';
import { TEXTS } from '../../../lib/explanations/texts.ts';
import { MAX_WAIT_SECONDS } from '../../../lib/intake/wait.ts';

const LANGUAGES = ['uk', 'en'] as const;
type Part = keyof (typeof TEXTS)['unknown']['uk'];

/** One text each: `phone_invalid uk title`, and what it says. */
const all = REASON_CODES.flatMap((code) =>
  LANGUAGES.flatMap((language) =>
    (['title', 'cause', 'todo', 'customer'] as const satisfies Part[]).map((part) => ({
      code,
      language,
      part,
      who: whoActs(code),
      text: TEXTS[code][language][part],
    })),
  ),
);
type Row = (typeof all)[number];

/** The texts that are not as they should be, by name: none. */
const expectNone = (wrong: (row: Row) => boolean) =>
  expect(
    all.filter(wrong).map(({ code, language, part, text }) => `${code} ${language} ${part}: ${text}`),
  ).toEqual([]);

/** What stands in quotes is no sentence. */
const sentences = (text: string): string[] =>
  text
    .replaceAll(/«[^»]*»|"[^"]*"/g, '')
    .split(/[.!?](?=\s|$)/)
    .filter((part) => part.trim() !== '');

const inUkrainian = ({ language }: Row) => language === 'uk';
const forCustomer = ({ part }: Row) => part === 'customer';

/** The order is kept, or is in the CRM, whenever one of these comes up. All others can come up at the door, too. */
const ALWAYS_KEPT: readonly string[] = [
  'duplicate_in_crm',
  'given_up',
  'correction_too_late',
  'unproven',
  'crm_unreachable',
  'crm_busy',
  'in_doubt',
  'broke_off',
  'key_refused',
  'crm_misconfigured',
  'refused_unknown',
  'status_refused',
  'status_by_hand',
  'payment_unproven',
  'payment_refused',
  'payment_too_much',
  'payment_not_set_up',
  'payment_waits',
];

test.each(LANGUAGES)('what may be in Sitniks is settled by a person, and not sent anew: %s', (language) => {
  const { todo } = TEXTS.unproven[language];
  expect(todo).toMatch(/orders settle \S+ --there-as /);
  expect(todo).toMatch(/orders settle \S+ --create/);
  expect(todo).toMatch(/not send it under a new number|Під новим номером не надсилайте/);
});

describe('every reason', () => {
  test('has its four texts in both languages, each on one line', () => {
    expect(all).toHaveLength(REASON_CODES.length * 8);
    expect(Object.keys(TEXTS).sort()).toEqual([...REASON_CODES].sort());
    expectNone(({ text }) => text.length < 3 || /\s{2}|^\s|\s$|[\n\t]/.test(text));
  });

  test('has a title of its own: a few words, and no sentence', () => {
    for (const language of LANGUAGES) {
      const titles = REASON_CODES.map((code) => TEXTS[code][language].title.toLowerCase());
      expect(titles.filter((title, i) => titles.indexOf(title) !== i)).toEqual([]);
    }
    expectNone(({ part, text }) => part === 'title' && (text.length > 60 || /[.!?:;,…]$/.test(text)));
  });

  test('has a cause of one sentence, and one or two of what to do', () => {
    expectNone(({ part, text }) => part === 'cause' && (sentences(text).length !== 1 || !text.endsWith('.')));
    expectNone(({ part, text }) => part === 'todo' && (sentences(text).length > 2 || !text.endsWith('.')));
  });

  test('asks nothing of anybody where it passes by itself, and something of somebody where not', () => {
    const asksNothing = /^Робити нічого не треба|^Nothing:/;
    expectNone(({ part, who, text }) => part === 'todo' && (who === 'nobody') !== asksNothing.test(text));
  });

  test('gives nothing away: no address, no setting, no part of the machinery, and no number of anybody', () => {
    expectNone(({ text }) => /https?:|localhost|\w_URL|SNITKIX_|SITNIKS_|secret|секрет/i.test(text));
    expectNone(({ text }) => /SQS|Lambda|Dynamo|AWS|dead.letter|ledger|queue|черг|реєстр/i.test(text));
    expectNone(({ text }) => /\d{4,}|\d[\s()-]\d|@|[{}<>$]|\[/.test(text));
  });
});

describe('in Ukrainian', () => {
  /** Names, and words of the contract. */
  const FOREIGN = [
    'Sitniks',
    'SKU',
    'API',
    'JSON',
    'UTF',
    'external_id',
    'wait',
    'authorization',
    'content',
    'type',
    'application',
    'json',
    'message',
    // The command by which a person says what Sitniks has.
    ...['orders', 'settle', 'ID', 'there', 'as', 'N', 'create', 'payment'],
  ];

  test('there is no other letter than Ukrainian ones, but for names: no look-alike, no ы э ъ ё', () => {
    expectNone((row) => inUkrainian(row) && !/[а-яіїєґ]/.test(row.text));
    expectNone((row) => inUkrainian(row) && /[ыэъё]/i.test(row.text));
    expectNone(
      (row) =>
        inUkrainian(row) &&
        (row.text.match(/[A-Za-z_]*[A-Za-z][A-Za-z_]*/g) ?? []).some((word) => !FOREIGN.includes(word)),
    );
    expectNone((row) => inUkrainian(row) && /[а-яіїєґ][A-Za-z]|[A-Za-z][а-яіїєґ]/i.test(row.text));
  });

  test('the signs are those that belong there: ’ « » and —', () => {
    expectNone((row) => inUkrainian(row) && /['`"ʼ“”]| - | – |\.\.\./.test(row.text));
    // Where the letters want one: п’ять, об’єкт, ім’я.
    expectNone((row) => inUkrainian(row) && /[бпвмфр](?:я[тзк]|єкт)|ім[яю](?!\p{L})/iu.test(row.text));
  });

  test.each([
    ['наступний', /(?<!\p{L})наступн/iu],
    ['вірний', /(?<!\p{L})(?:не)?вірн/iu],
    ['на протязі', /на протязі/iu],
    ['являється', /являєт/iu],
    ['співпадає', /співпада/iu],
    ['відмінити', /(?<!\p{L})відміни/iu],
    ['любий', /(?<!\p{L})люб(?:ий|а|е|ого|ому)(?!\p{L})/iu],
    ['слідуючий', /слідуюч/iu],
    ['на даний момент', /на даний/iu],
    ['в якості', /в якості/iu],
    ['приймати участь', /прийма\p{L}+ участь/iu],
    ['повторюючий', /\p{L}(?:уюч|аюч|ююч)(?:ий|а|е|і)(?!\p{L})/iu],
    ['будь-ласка, нажаль', /будь-ласка|нажаль/iu],
    ['по телефону', /(?<!\p{L})по (?:телефон|номер|адрес)/iu],
    ['не дивлячись на', /не дивлячись/iu],
    ['корзина', /корзин/iu],
    ['так як', /(?<!\p{L})так як(?!\p{L})/iu],
    ['поштове відділення № як «склад»', /(?<!\p{L})склад(?:у|і)?(?!\p{L})/iu],
  ])('nobody says «%s»', (_what, calque) => {
    expectNone((row) => inUkrainian(row) && calque.test(row.text));
  });

  test('«ви» has no capital letter within a sentence', () => {
    expectNone((row) => inUkrainian(row) && /(?<!^|[.!?] )(?<!\p{L})(?:Ви|Вас|Вам|Ваш)/u.test(row.text));
  });
});

test('in English there is no letter but English ones', () => {
  expectNone(({ language, text }) => language === 'en' && !/^[ -~]+$/.test(text));
});

describe('what the customer is sent', () => {
  test('is one sentence or two, short enough for a chat, and whole', () => {
    expectNone((row) => forCustomer(row) && (row.text.length > 300 || !/[.!?]$/.test(row.text)));
    expectNone((row) => forCustomer(row) && sentences(row.text).length > 2);
  });

  test('has no word in it that only we use', () => {
    const jargon =
      /sku|артикул|crm|api|json|sitniks|external_id|\bid\b|бот|\bbot\b|поле|пол[яі](?!\p{L})|field|токен|token|запис|ключ|\bkey\b|сервер|server|код помилки|error code|relay|ретрансл|сервіс|номер(?:ом)? замовлення|order number/iu;
    expectNone((row) => forCustomer(row) && jargon.test(row.text));
    expectNone((row) => forCustomer(row) && /\d|_|%|…/.test(row.text));
  });

  test('is a polite request where the customer must act', () => {
    expectNone((row) => forCustomer(row) && row.who === 'customer' && !/будь ласка|please/i.test(row.text));
  });

  test('blames nobody', () => {
    expectNone(
      (row) =>
        forCustomer(row) &&
        /(?<!\p{L})ви (?:вказали|ввели|написали|помилились|помилилися|не )|неправильн|помилков|you (?:gave|entered|made|forgot|did not)|wrong|invalid|incorrect/iu.test(
          row.text,
        ),
    );
  });

  test('says that the order is taken, or need not be repeated, only where that is always so', () => {
    const claims =
      /прийнято|отримано|передаємо|в магазині|не потрібно|has been accepted|have received|on its way|has (?:your|this) order|no need/i;
    expectNone((row) => forCustomer(row) && !ALWAYS_KEPT.includes(row.code) && claims.test(row.text));
    expectNone((row) => forCustomer(row) && row.who === 'nobody' && !claims.test(row.text));
  });

  test('asks to order again only where nothing was kept', () => {
    const again = /спробуйте|try (?:again|later)/i;
    const edge = [
      'wrong_content_type',
      'wait_invalid',
      'status_invalid',
      'token_refused',
      'signature_refused',
      'not_accepted',
      'internal_error',
    ];
    expectNone((row) => forCustomer(row) && again.test(row.text) !== edge.includes(row.code));
  });
});

test('the longest time to wait is the one that is heeded', () => {
  expect(TEXTS.wait_invalid.uk.todo).toContain(` до ${MAX_WAIT_SECONDS} `);
  expect(TEXTS.wait_invalid.en.todo).toContain(` to ${MAX_WAIT_SECONDS},`);
});
