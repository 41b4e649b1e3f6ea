import { fieldReason } from '../explanations/field-reasons.ts';
import type { Reason, ReasonCode } from '../explanations/reasons.ts';
import { once } from '../lambda/once.ts';
import { type Complaint, complaintsIn, fieldIn } from './complaints.ts';
import type { ErrorAnswer } from './error-text.ts';

/** A reason is stored, and the rest would hardly be read. */
const MOST_REASONS = 20;
const MAX_READ = 4096;

const NOT_UNDERSTOOD: Reason = { code: 'refused_unknown' };

/**
 * What the CRM complains of, from the answer of a 400 or 422. Integration 5.0 only says "typically invalid phone format or
 * missing SKU", so the rules are those of the words in use, in three languages: a field that is named tells most, then
 * what is said of it. At least one reason, at most 20; nothing of the CRM's own in them, because it may be personal.
 */
export function refusalReasons(answer: ErrorAnswer | undefined): Reason[] {
  const { message = '', error = '', errors } = answer ?? {};
  const perComplaint = complaintsIn(errors).map(reasonsOf);
  const named = perComplaint.flat();
  // What stands above the fields mostly repeats them, with less in it.
  const reasons = unique(named.length > 0 ? named : withoutPlace(codesOf(`${message}; ${error}`)));
  const isAllUnderstood = reasons.length > 0 && perComplaint.every(({ length }) => length > 0);
  return isAllUnderstood
    ? reasons.slice(0, MOST_REASONS)
    : [...reasons.slice(0, MOST_REASONS - 1), NOT_UNDERSTOOD];
}

/** Nothing, where it is not understood. */
function reasonsOf({ text, names, field }: Complaint): Reason[] {
  if (field === undefined) {
    // `recipientPhone` is none of our fields, and yet says what it is.
    const words = names.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2');
    return withoutPlace(codesOf(`${words}: ${text}`));
  }
  const inText = fieldIn(text);
  // The text may tell the line, or what is in it.
  const { place, pointer } = inText?.field.pointer.startsWith(field.pointer) ? inText.field : field;
  const about = GROUPS.has(place) ? aboutIn(text, place) : [];
  const codes = about.length > 0 ? about.map(codeAbout) : [codeOf(place, plain(inText?.rest ?? text))];
  return understood(codes).map((code) => ({ code, pointer }));
}

const withoutPlace = (codes: readonly ReasonCode[]): Reason[] => codes.map((code) => ({ code }));
const understood = (codes: readonly (ReasonCode | undefined)[]): ReasonCode[] =>
  codes.filter((code) => code !== undefined);

/** Words that a text may have in it. Compiled by the first text: hardly any order is refused. */
type Words = Pick<RegExp, 'test'>;

function words(pattern: string): Words {
  const compiled = once(() => new RegExp(pattern, 'iu'));
  return { test: (text) => compiled().test(text) };
}

/** Any of the words, as a word: `\b` knows no Cyrillic letter. `*` is any ending. */
const anyOf = (...any: string[]): Words =>
  words(`(?<!\\p{L})(?:${any.join('|').replaceAll('*', '\\p{L}*')})(?!\\p{L})`);

const EMPTY = anyOf(
  'required|mandatory|blank|empty|not provided|not specified|undefined|null',
  "обов'язков*|порожн*|пуст*|не вказан*|вкажіть|не заповнен*|не задан*",
  'обязател*|не указан*|укажите|не заполнен*',
);
const ABSENT = anyOf('missing|відсутн*|отсутств*');
/** "A valid phone is required" is said of one that is there. */
const WRONG = anyOf(
  'valid|invalid(?! input)|incorrect|wrong|malformed|format',
  'коректн*|некоректн*|вірн*|невірн*|правильн*|неправильн*|дійсн*|недійсн*|формат*',
  'корректн*|некорректн*|неверн*|недействительн*',
);
/** Of how large or long it is, the customer may know. */
const BOUND =
  '(?!,?(?: number)? (?:great|larg|long|short|more|less|between|from|with|більш|не менш|больш|не меньш|від|от))';
/** A number for a text, which no customer can put right. */
const WRONG_TYPE = anyOf(
  `(?:must|should) be (?:an? )?(?:(?:valid )?(?:string|integer|array|object|boolean)|number)(?!\\p{L})${BOUND}`,
  'expected (?:string|number|array|object|boolean), received (?!null|undefined|nan)\\p{L}+',
  `(?:бути|быть) (?:цілим |целым )?(?:рядком|числом|масивом|строкой|массивом)${BOUND}`,
);
const NOT_FOUND = anyOf(
  "not found|not exists?|doesn't exist|no such|unknown|missing",
  'не знайден*|не існу*|невідом*|відсутн*',
  'не найден*|не существ*|неизвестн*|отсутств*',
);
const EXISTS = anyOf(
  'already (?:exists?|registered)|taken|already used|in use|used by|duplicat*|unique',
  '(?:вже|уже) (?:існу*|є|зареєстр*)|використ*|зайнят*|дублікат*|дублює*|унікальн*',
  'уже (?:существу*|есть|зарегистр*)|использ*|занят*|дубликат*|дублиру*|уникальн*',
);
/** Of a product that the CRM does know: nobody has to look for a mistake in its SKU, or in the number of pieces. */
const SOLD_OUT = anyOf(
  'in (?:stock|warehouse)|out of stock|sold out|insufficient|not enough|not available',
  'exceeds? (?:the )?(?:available|stock)',
  'наявності|недостатн*|закінчи*|залиш(?:ок|к*)|на складі|перевищ* (?:доступн*|наявн*)',
  'наличии|недостаточно|остат(?:ок|к*)|на складе|превыша* (?:доступн*|налич*)',
);

const SKU = anyOf('skus?|vendor code|артикул*');
const PRODUCT = anyOf('products?|items?|goods|offers?|товар*|позиці*|позици*');
/** What an order is to be made of; not «назву товару», which is one thing about it. */
const LINES = anyOf('items|products|goods|offers|товари?|товары|позиції|позиции');
const PRICES = 'prices?|цін[аиіу]|ціною|вартіст*|вартост*|цен[аыеу]|ценой|стоимост*';
const QUANTITIES = 'quantity|quantities|qty|кількіст*|кількост*|количеств*';

/** "Missing price for product": the product itself is there. */
const noneOf = (what: string): Words =>
  anyOf(
    `(?:missing|no|without|відсутн*|немає|без|отсутств*|нет|не (?:вказан*|знайден*|указан*|найден*)) (?:${what})`,
    `(?:${what})(?: товар*)?:?(?: is)? (?:missing|required|not|не|відсутн*|отсутств*)`,
  );

const NO_TELLING = '';
const ANY_FIELD = 'any';

/**
 * What a sentence is about that names no field: the first of which it has all. What is not found stands first, because
 * it is called by its title: «Товар «Чохол для телефону» не знайдено» is not about the phone.
 */
const SUBJECTS: readonly [place: string, first: Words, ...more: Words[]][] = [
  ['items/price', noneOf(PRICES)],
  ['items/quantity', noneOf(QUANTITIES)],
  // Of the product, or of its price?
  [NO_TELLING, anyOf(PRICES), SOLD_OUT],
  [NO_TELLING, anyOf(PRICES, QUANTITIES), NOT_FOUND],
  ['items/sku', SKU, SOLD_OUT],
  ['items/sku', PRODUCT, SOLD_OUT],
  ['items/sku', SKU, NOT_FOUND],
  ['items/sku', PRODUCT, NOT_FOUND],
  ['items/product_id', anyOf('(?:product|item|offer) ?id')],
  ['customer/phone', anyOf('phones?|telephone|mobile|телефон*|тел')],
  [
    'customer/email',
    anyOf(
      'e-?mails?|е-?мейл|імейл|електронн* (?:пошт|адрес)*|электронн* (?:почт|адрес)*',
      // Not «Нова пошта».
      '(?<!нов\\p{L}{1,3} )(?:пошт[аиіу]|поштою|почт[аыеу]|почтой)',
    ),
  ],
  ['items/price', anyOf(PRICES)],
  ['items/quantity', anyOf(QUANTITIES)],
  // Not every payment: the shop's own for the CRM is none of the customer's business.
  [
    'payment_method',
    anyOf('payment (?:method|type)s?', '(?:спос[іо]б*|метод*|тип*|вид*) (?:оплат*|плат[іе]ж*)'),
  ],
  ['delivery/method', anyOf('(?:delivery|shipping) method|спос[іо]б* доставки')],
  [
    'delivery/address',
    anyOf(
      'branch|warehouse|postomat|parcel locker|address',
      'відділен*|поштомат*|адрес*|отделени*|почтомат*',
    ),
  ],
  // Not «містить», which is "contains".
  ['delivery/city', anyOf('city|settlement|міст[оауі]|містом|населен* пункт*|город[ауе]?')],
  [
    'customer/name',
    anyOf(
      '(?:customer|client|recipient|full|first|last) ?name|(?<=^(?:(?:the|invalid|missing) )?)name',
      "ім'я|імя|імені|прізвищ*|піб|имя|имени|фамили*|фио",
    ),
  ],
  ['external_id', anyOf('external ?id')],
  ['items/sku', SKU],
  // Not «Невірна вага товару».
  [
    'items/sku',
    anyOf(
      '(?:invalid|wrong) (?:product|item|offer)s?(?! \\p{L})|(?:product|item|offer)s? is (?:invalid|not valid)',
      '(?:невірн*|некоректн*|неверн*|некорректн*) товар',
    ),
  ],
  ['items', LINES, EMPTY],
];

/**
 * What there is no code for, whatever it is about (its place stands first): the code of its place would send somebody
 * to look for a mistake that is not there.
 */
const VETOES: readonly Words[][] = [
  // A phone that can be read, and is not wanted.
  [anyOf('black ?list*|blocked|banned|чорн* списк*|ч[её]рн* списк*|заблок*')],
  // The shop's account with the CRM.
  [anyOf('subscription|billing|tariff|(?:your|current|pricing) plan|підпис(?:ок|к*)|тариф*|подписк*')],
  // A town that is known, and not delivered to.
  [
    /^delivery\/city /,
    anyOf(
      'not (?:available|served|supported|delivered)|unavailable',
      'недоступн*|не (?:доставля*|обслугов*|обслужив*)|неможлив*|невозможн*',
    ),
  ],
  // Not of the goods.
  [anyOf('(?:delivery|shipping) (?:price|cost)|(?:вартіст*|вартост*|цін[аиіу]|стоимост*|цен[аыу]) доставки')],
  // Where the goods are kept, not the post's branch.
  [PRODUCT, noneOf('warehouses?|склад[уа]?')],
];

const isVetoed = (said: string): boolean => VETOES.some((all) => all.every((one) => one.test(said)));

/**
 * It begins with the order, and goes straight on: «Замовлення з таким номером вже існує». Not «У замовленні вже є ТТН»,
 * "Label for order 5 already exists", or "Order is not created because the contact already exists".
 */
const ORDER_EXISTS = words(
  [
    '(?:^\\P{L}{0,9}|[:,(] ?)(?:(?:the|this|such|an?|таке|це|номер|такой|этот) ){0,3}',
    '(?:orders?|замовлення|заказа?)(?: number| id)?:?',
    '(?:(?! (?:not|cannot|contains?|because|не|містить|содержит) )[^,:]){0,40}? ',
    '(?:already exists?|is a duplicate|(?:вже|уже) (?:існує|существует|(?:є|есть)(?! \\p{L}{3}))|дублює|дублирует)(?!\\p{L})',
  ].join(''),
);
const DUPLICATE_ORDER = anyOf('duplicate orders?|дублікат* замовлення|дубликат* заказа');
const EXTERNAL_ID = anyOf('external ?id');
/** What may exist already besides the order, or be in it twice; and all that {@link SUBJECTS} knows. */
const OTHERS = anyOf(
  'customers?|clients?|contacts?|users?|lines?|rows?|tags?|status(?:es)?|ttn|waybills?|invoices?|payments?|shipments?|names?',
  'клієнт*|контакт*|користувач*|покупец*|покупц*|рядк*|тег*|статус*|ттн|накладн*|рахун*|чек*|оплат*|плат[іе]ж*',
  'клиент*|пользовател*|строк*|сч[её]т*',
);

const DELIVERY = anyOf('delivery|shipping|доставк*');

/** Of other things than this order it is said too, and of them there is no code. */
const isOfThisOrder = (said: string): boolean =>
  [ORDER_EXISTS, DUPLICATE_ORDER, EXTERNAL_ID].some((one) => one.test(said)) &&
  ![OTHERS, PRODUCT].some((one) => one.test(said)) &&
  !SUBJECTS.some(([place, first]) => place !== 'external_id' && first.test(said));

interface About {
  place: string;
  said: string;
}

/** Of all that is in one, the words tell which it is about. */
const GROUPS: ReadonlySet<string> = new Set(['', 'customer', 'delivery', 'items', 'items/*']);

/** Each sentence may be about something else, or about nothing that we know. */
const aboutIn = (text: string, within = ''): About[] =>
  text
    .slice(0, MAX_READ)
    .split(/;|[.!]\s/)
    .flatMap((sentence) => {
      const named = fieldIn(sentence);
      const said = plain(named?.rest ?? sentence).replace(/^[ :]+/, '');
      const at = named?.field.place ?? within;
      const place = (GROUPS.has(at) ? placeOf(said, at) : at) ?? named?.field.place;
      return place === undefined ? [] : [{ place, said }];
    });

function placeOf(said: string, within: string): string | undefined {
  if (EXISTS.test(said)) return isOfThisOrder(said) ? 'external_id' : NO_TELLING;
  const subject = SUBJECTS.find(([, ...all]) => all.every((one) => one.test(said)));
  if (subject === undefined) return WRONG_TYPE.test(said) ? ANY_FIELD : undefined;
  const [place] = subject;
  // The number of another thing: «Customer with externalId=2106 not found».
  if (
    place === 'external_id' &&
    (within !== '' || [OTHERS, PRODUCT, DELIVERY].some((one) => one.test(said)))
  ) {
    return NO_TELLING;
  }
  // A name or a warehouse in a line is not the customer's.
  return within.startsWith('items') && !place.startsWith('items') ? NO_TELLING : place;
}

const codesOf = (text: string): ReasonCode[] => understood(aboutIn(text).map(codeAbout));

const codeAbout = ({ place, said }: About): ReasonCode | undefined => codeOf(place, said);

/** What is wrong with a field. `undefined`: something that there is no code for. */
function codeOf(place: string, said: string): ReasonCode | undefined {
  if (place === NO_TELLING || isVetoed(`${place} ${said}`)) return undefined;
  if (EXISTS.test(said)) return place === 'external_id' ? 'duplicate_in_crm' : undefined;
  const isEmpty = EMPTY.test(said) && !WRONG.test(said);
  if (!isEmpty && WRONG_TYPE.test(said)) return 'field_invalid';
  const field = place.replace('/', '.');
  if (field.startsWith('items') && field !== 'items.price' && SOLD_OUT.test(said)) return 'out_of_stock';
  if (field === 'items.sku' || field === 'items.product_id') {
    // Ours always has one: "missing" means that the CRM does not have it.
    return isEmpty ? fieldReason(field, 'missing') : 'sku_unknown';
  }
  return fieldReason(field, isEmpty || (ABSENT.test(said) && !WRONG.test(said)) ? 'missing' : 'invalid');
}

/** One spelling of apostrophes, spaces and accents, so that a rule needs only one. */
const plain = (text: string): string =>
  text
    .normalize('NFC')
    .replace(/[’ʼ‘′`´]/g, "'")
    .replace(/[\s_]+/g, ' ');

const unique = (reasons: readonly Reason[]): Reason[] => [
  ...new Map(reasons.map((reason) => [`${reason.code} ${reason.pointer}`, reason])).values(),
];
