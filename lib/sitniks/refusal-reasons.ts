import { fieldReason } from '../explanations/field-reasons.ts';
import type { Reason, ReasonCode } from '../explanations/reasons.ts';
import { type Complaint, complaintsIn } from './complaints.ts';
import type { ErrorAnswer } from './error-text.ts';

/** A reason is stored, and the rest would hardly be read. */
const MOST_REASONS = 20;
const MAX_READ = 4096;

const NOT_UNDERSTOOD: Reason = { code: 'refused_unknown' };

/**
 * What the CRM complains of, from the answer of a 400 or 422. The seed only says "typically invalid phone format or
 * missing SKU", so the rules are those of the words in use, in three languages: a field that is named tells most, then
 * what is said of it. At least one reason, at most 20; nothing of the CRM's own in them, because it may be personal.
 */
export function refusalReasons(answer: ErrorAnswer | undefined): Reason[] {
  const { message = '', error = '', errors } = answer ?? {};
  const perComplaint = complaintsIn(errors).map(reasonsOf);
  const named = perComplaint.flat();
  // What stands above the fields mostly repeats them, with less in it.
  const understood = named.length > 0 ? named : withoutPlace(codesOf(plain(`${message}; ${error}`)));
  const isAllUnderstood = understood.length > 0 && perComplaint.every(({ length }) => length > 0);
  return isAllUnderstood
    ? unique(understood).slice(0, MOST_REASONS)
    : [...unique(understood).slice(0, MOST_REASONS - 1), NOT_UNDERSTOOD];
}

/** Nothing, where it is not understood. */
function reasonsOf({ text, names, field }: Complaint): Reason[] {
  const said = plain(text);
  if (field === undefined) {
    // `recipientPhone` is none of our fields, and yet says what it is.
    return withoutPlace(codesOf(plain(`${names.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')} ${text}`)));
  }
  const { place, pointer } = field;
  // Of all that is in it, the words tell which.
  const inside = ['customer', 'delivery', 'items'].includes(place) ? codesOf(said) : [];
  const codes = inside.length > 0 ? inside : [codeOf(place, said)];
  return codes.flatMap((code) => (code === undefined ? [] : [{ code, pointer }]));
}

const withoutPlace = (codes: readonly ReasonCode[]): Reason[] => codes.map((code) => ({ code }));

/** Any of the words, as a word: `\b` knows no Cyrillic letter. `*` is any ending. */
const anyOf = (...words: string[]): RegExp =>
  new RegExp(`(?<!\\p{L})(?:${words.join('|').replaceAll('*', '\\p{L}*')})(?!\\p{L})`, 'iu');

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
const NOT_FOUND = anyOf(
  "not found|not exists?|doesn't exist|no such|unknown|missing",
  'не знайден*|не існу*|невідом*|відсутн*',
  'не найден*|не существ*|неизвестн*|отсутств*',
);
const EXISTS = anyOf(
  'already exists?|already (?:been )?taken|already used|duplicat*|unique',
  'вже існу*|уже існу*|вже є|дублікат*|дублює*|унікальн*',
  'уже существу*|дубликат*|дублиру*|уникальн*',
);
/** Of a product that the CRM does know: nobody has to look for a mistake in its SKU, or in the number of pieces. */
const SOLD_OUT = anyOf(
  'in stock|out of stock|sold out|insufficient|not enough|not available',
  'наявності|недостатн*|закінчи*|залишк*|на складі',
  'наличии|недостаточно|на складе',
);

const SKU = anyOf('skus?|vendor code|артикул*');
const PRODUCT = anyOf('products?|items?|goods|offers?|товар*|позиці*|позици*');
const CUSTOMER = anyOf('customers?|clients?|клієнт*|покупец*|покупц*|клиент*');
const ORDER = anyOf('orders?|external ?id|замовлен*|заказ*');

/**
 * What a sentence is about that names no field: the first that matches. What is not found stands first, because it is
 * called by its title: «Товар «Чохол для телефону» не знайдено» is not about the phone.
 */
const SUBJECTS: readonly [place: string, words: RegExp, and?: RegExp][] = [
  ['items/sku', SKU, SOLD_OUT],
  ['items/sku', PRODUCT, SOLD_OUT],
  ['items/sku', SKU, NOT_FOUND],
  ['items/sku', PRODUCT, NOT_FOUND],
  ['customer/phone', anyOf('phones?|telephone|mobile|телефон*|тел')],
  [
    'customer/email',
    anyOf(
      'e-?mails?|е-?мейл|імейл|електронн* (?:пошт|адрес)*|электронн* (?:почт|адрес)*',
      // Not «Нова пошта».
      '(?<!нов\\p{L}{1,3} )(?:пошт[аиіу]|поштою|почт[аыеу]|почтой)',
    ),
  ],
  ['items/price', anyOf('prices?|цін[аиіу]|ціною|вартіст*|вартост*|цен[аыеу]|ценой|стоимост*')],
  ['items/quantity', anyOf('quantity|quantities|qty|кількіст*|кількост*|количеств*')],
  ['payment_method', anyOf('payments?|оплат*|платіж*|платеж*')],
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
  ['items/sku', PRODUCT, WRONG],
  ['items', PRODUCT, EMPTY],
];

function codesOf(said: string): ReasonCode[] {
  // Each sentence may be about something else.
  return said.split(/;|[.!] /).flatMap((sentence) => codeOfSentence(sentence.trim()) ?? []);
}

function codeOfSentence(said: string): ReasonCode | undefined {
  const subject = SUBJECTS.find(
    ([, words, and]) => words.test(said) && (and === undefined || and.test(said)),
  );
  if (EXISTS.test(said)) {
    const isAboutOther = subject !== undefined || CUSTOMER.test(said) || PRODUCT.test(said);
    return ORDER.test(said) || !isAboutOther ? 'duplicate_in_crm' : undefined;
  }
  return subject === undefined ? undefined : codeOf(subject[0], said);
}

/** What is wrong with a field. `undefined`: something that there is no code for. */
function codeOf(place: string, said: string): ReasonCode | undefined {
  if (EXISTS.test(said)) return place === 'external_id' ? 'duplicate_in_crm' : undefined;
  const field = place.replace('/', '.');
  if (field.startsWith('items') && SOLD_OUT.test(said)) return 'out_of_stock';
  const isEmpty = EMPTY.test(said) && !WRONG.test(said);
  if (field === 'items.sku' || field === 'items.product_id') {
    // Ours always has one: "missing", the seed's word, means that the CRM does not have it.
    return isEmpty ? fieldReason(field, 'missing') : 'sku_unknown';
  }
  return fieldReason(field, isEmpty || (ABSENT.test(said) && !WRONG.test(said)) ? 'missing' : 'invalid');
}

/** One spelling of apostrophes, spaces and accents, so that a rule needs only one. */
const plain = (text: string): string =>
  text
    .slice(0, MAX_READ)
    .normalize('NFC')
    .replace(/[’ʼ‘′`´]/g, "'")
    .replace(/[\s_]+/g, ' ');

const unique = (reasons: readonly Reason[]): Reason[] => [
  ...new Map(reasons.map((reason) => [`${reason.code} ${reason.pointer}`, reason])).values(),
];
