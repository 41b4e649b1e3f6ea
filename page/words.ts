export type Language = 'uk' | 'en';

/** What the page says by itself. Reasons have their words in what the server sends. */
const WORDS = {
  title: { uk: 'Замовлення', en: 'Orders' },
  other_language: { uk: 'English', en: 'Українською' },
  // Getting in.
  token: { uk: 'Ваш ключ доступу', en: 'Your access token' },
  token_hint: {
    uk: 'Його дає той, хто налаштовував сервіс. Ключ зберігається, лише поки відкрита ця вкладка.',
    en: 'You get it from whoever set the system up. It is kept only while this tab is open.',
  },
  enter: { uk: 'Увійти', en: 'Enter' },
  leave: { uk: 'Вийти', en: 'Leave' },
  token_wrong: {
    uk: 'Такого ключа немає. Перевірте, чи скопійовано весь.',
    en: 'This token is not known. Check that all of it was copied.',
  },
  offline: {
    uk: 'Немає зв’язку. Показано останнє, що відомо; пробуємо ще.',
    en: 'No connection. This is the last that is known; trying again.',
  },
  loading: { uk: 'Завантажуємо…', en: 'Loading…' },
  // Today.
  today: { uk: 'Сьогодні', en: 'Today' },
  accepted: { uk: 'прийнято', en: 'accepted' },
  in_crm: { uk: 'у CRM', en: 'in the CRM' },
  under_way: { uk: 'у дорозі', en: 'under way' },
  waiting: { uk: 'чекають', en: 'waiting' },
  promise: { uk: 'Жодне не загубилось:', en: 'None is lost:' },
  at_least: {
    uk: 'Замовлень більше, ніж тут уміщається: числа не менші за справжні.',
    en: 'There are more orders than fit here: the numbers are "at least".',
  },
  // What waits.
  for_a_person: { uk: 'Чекають на людину', en: 'Waiting for a person' },
  by_itself: { uk: 'Мине само, нічого робити не треба', en: 'Mends itself, nothing to do' },
  nothing_waits: { uk: 'Ніщо не чекає. Усе гаразд.', en: 'Nothing is waiting. All is well.' },
  since: { uk: 'з', en: 'since' },
  // Who must act.
  customer: { uk: 'Запитайте покупця', en: 'Ask the customer' },
  manager: { uk: 'Справа магазину', en: "The shop's to do" },
  developer: { uk: 'Справа розробника бота', en: "The bot's developer's to do" },
  nobody: { uk: 'Робити нічого не треба', en: 'Nothing to do' },
  // Finding.
  find: { uk: 'Номер замовлення', en: 'Order number' },
  find_button: { uk: 'Знайти', en: 'Find' },
  not_found: {
    uk: 'Замовлення з таким номером за останні 90 днів не було.',
    en: 'No order has come in under this number in the last 90 days.',
  },
  back: { uk: 'До списку', en: 'To the list' },
  // An order.
  order: { uk: 'Замовлення', en: 'Order' },
  crm_number: { uk: 'Номер у CRM', en: 'Number in the CRM' },
  story: { uk: 'Що було', en: 'What happened' },
  todo: { uk: 'Що робити', en: 'What to do' },
  say: { uk: 'Що сказати покупцеві', en: 'What to tell the customer' },
  copy: { uk: 'Скопіювати', en: 'Copy' },
  copied: { uk: 'Скопійовано', en: 'Copied' },
  attempt: { uk: 'спроба', en: 'attempt' },
  // Sending.
  send_on: { uk: 'Надіслати ще раз як є', en: 'Send again as it is' },
  correct: { uk: 'Виправити й надіслати', en: 'Correct and send' },
  look: { uk: 'Показати, що отримає CRM', en: 'Show what the CRM would get' },
  would_send: {
    uk: 'CRM отримає ось це. Приховане крапками не зміниться.',
    en: 'The CRM would get this. What is hidden by dots stays as it is.',
  },
  really_send: { uk: 'Надіслати', en: 'Send' },
  cancel: { uk: 'Скасувати', en: 'Cancel' },
  hidden: { uk: 'приховано; впишіть, лише якщо треба змінити', en: 'hidden; type only to change it' },
  sent: { uk: 'Надіслано. Тут буде видно, що з ним далі.', en: 'Sent. What becomes of it shows here.' },
  already_in_crm: {
    uk: 'Воно вже в CRM: надсилати нема чого.',
    en: 'It is in the CRM already: nothing to send.',
  },
  on_its_way: {
    uk: 'Воно вже в дорозі. Зачекайте хвилину.',
    en: 'It is on its way already. Give it a minute.',
  },
  moved_on: { uk: 'Тим часом воно змінилося. Гляньте ще раз.', en: 'It has moved on meanwhile. Look again.' },
  refused: { uk: 'Так його надіслати не можна.', en: 'It cannot be sent like this.' },
  no_letter: {
    uk: 'Самого замовлення вже немає в черзі: нехай бот надішле його ще раз.',
    en: 'The order itself is no longer in the queue: let the bot send it again.',
  },
  not_looked_through: {
    uk: 'Черга завелика, щоб знайти його швидко. Спробуйте ще раз.',
    en: 'The queue is too long to find it in time. Try again.',
  },
  in_other_hands: {
    uk: 'Зараз його переглядає інша перевірка. Спробуйте ще раз за хвилину.',
    en: 'It is in other hands just now. Try again in a minute.',
  },
  again: { uk: 'Спробувати ще раз', en: 'Try again' },
  failed: { uk: 'Не вийшло. Спробуйте ще раз.', en: 'That did not work. Try again.' },
  // Fields.
  'customer/name': { uk: 'Ім’я', en: 'Name' },
  'customer/phone': { uk: 'Телефон', en: 'Phone' },
  'customer/email': { uk: 'E-mail', en: 'E-mail' },
  'delivery/method': { uk: 'Доставка', en: 'Delivery' },
  'delivery/city': { uk: 'Місто', en: 'City' },
  'delivery/address': { uk: 'Адреса або відділення', en: 'Address or branch' },
  sku: { uk: 'Артикул', en: 'SKU' },
  price: { uk: 'Ціна, грн', en: 'Price, UAH' },
  quantity: { uk: 'Кількість', en: 'Quantity' },
  payment_method: { uk: 'Оплата', en: 'Payment' },
  line: { uk: 'Рядок', en: 'Line' },
} as const satisfies Record<string, Record<Language, string>>;

export type Word = keyof typeof WORDS;

/** Where an order is, and what happened to it. */
const STEPS: Readonly<Record<string, Record<Language, string>>> = {
  accepted: { uk: 'Прийнято', en: 'Accepted' },
  syncing: { uk: 'Передаємо в CRM', en: 'Being handed to the CRM' },
  synced: { uk: 'У CRM', en: 'In the CRM' },
  retrying: { uk: 'Не вдалося, спробуємо ще раз', en: 'Did not work, will be tried again' },
  in_doubt: {
    uk: 'CRM не відповіла: перевіримо, чи воно там',
    en: 'The CRM did not answer: to be looked up',
  },
  rejected: { uk: 'CRM відмовила', en: 'Refused' },
  parked: { uk: 'Відкладено', en: 'Put aside' },
  restarted: { uk: 'Надіслано знову', en: 'Sent anew' },
  returned: { uk: 'Повернуто в чергу', en: 'Sent back to the queue' },
  conflict: { uk: 'Надійшло інше замовлення з цим номером', en: 'Another order came under this number' },
};

export const stepText = (step: string, language: Language): string => STEPS[step]?.[language] ?? step;
export const word = (name: Word, language: Language): string => WORDS[name][language];
export const isWord = (name: string): name is Word => Object.hasOwn(WORDS, name);
