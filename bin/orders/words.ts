import type { FailureType } from '../../lib/explanations/failure.ts';
import type { Who } from '../../lib/explanations/reasons.ts';
import type { OrderState } from '../../lib/ledger/states.ts';

/** The language in which a person is told of orders. Codes and commands are the same in each. */
export const LANGUAGES = ['en', 'uk'] as const;
export type Language = (typeof LANGUAGES)[number];
export type InEach = Record<Language, string>;

/** Where an order is, in words. */
export const STATE_WORDS: Record<OrderState, InEach> = {
  accepted: { en: 'accepted, and waiting for its turn', uk: 'прийнято, чекає своєї черги' },
  syncing: { en: 'on its way to Sitniks at this moment', uk: 'саме зараз надсилається в Sitniks' },
  synced: { en: 'in Sitniks', uk: 'у Sitniks' },
  retrying: {
    en: 'failed for now; it is tried again by itself',
    uk: 'поки не вдалося; спроба повториться сама',
  },
  in_doubt: {
    en: 'sent, but the answer was lost; it is looked up in Sitniks before anything else',
    uk: 'надіслано, але відповідь загубилася; спершу його пошукають у Sitniks',
  },
  rejected: { en: 'refused for what it says', uk: 'не прийнято через зміст' },
  parked: { en: 'on the dead-letter queue', uk: 'у черзі відкладених' },
};

export const WHO_WORDS: Record<Who, InEach> = {
  customer: { en: 'the customer must act', uk: 'діяти має покупець' },
  manager: { en: "the shop's manager must act", uk: 'діяти має менеджер магазину' },
  developer: { en: 'the developer must act', uk: 'діяти має розробник' },
  nobody: { en: 'nobody need act', uk: 'нікому нічого робити не треба' },
};

const BY_ITSELF: InEach = {
  en: 'Nothing: it is sent back by itself once Sitniks takes orders again.',
  uk: 'Нічого: його буде надіслано знову, щойно Sitniks прийматиме замовлення.',
};

/** What whoever has these commands can do about a letter. What is the matter with its order, the explanations say. */
export const ADVICE: Record<FailureType, InEach> = {
  CONNECTION: BY_ITSELF,
  RATE_LIMIT: BY_ITSELF,
  AUTHENTICATION: {
    en: 'Put a valid key into the secret (orders doctor says which); the order is then sent back by itself.',
    uk: 'Запишіть чинний ключ у секрет (який саме, скаже orders doctor); далі замовлення буде надіслано само.',
  },
  CONFIGURATION: {
    en: 'Run orders doctor, and mend what it names; the order is then sent back by itself.',
    uk: 'Запустіть orders doctor і виправте те, що він назве; далі замовлення буде надіслано само.',
  },
  VALIDATION: {
    en: 'Mend it: orders redrive <external_id> --patch mend.json. Or have it sent anew, corrected, under the same number.',
    uk: 'Виправте: orders redrive <external_id> --patch mend.json. Або хай його надішлють ще раз, виправленим, під тим самим номером.',
  },
  MALFORMED: {
    en: 'Mend it: orders redrive <external_id> --patch mend.json. Or have it sent anew, whole, by whoever sent it.',
    uk: 'Виправте: orders redrive <external_id> --patch mend.json. Або хай той, хто його надіслав, надішле ще раз, повністю.',
  },
  CONFLICT: {
    en: 'Compare it with what Sitniks has under this number. A new order: send it under a number of its own (orders submit). A change: make it in Sitniks.',
    uk: 'Порівняйте його з тим, що є в Sitniks під цим номером. Нове замовлення надішліть під власним номером (orders submit). Зміну внесіть у Sitniks.',
  },
  UNPROVEN: {
    en: "Look for the customer's order in Sitniks. There: orders settle <external_id> --there-as <its number there>. Not there: orders settle <external_id> --create. Never send it under another number: that could make a second one.",
    uk: 'Пошукайте замовлення цього покупця в Sitniks. Є: orders settle <external_id> --there-as <номер у Sitniks>. Немає: orders settle <external_id> --create. Під іншим номером не надсилайте: так може з’явитися друге.',
  },
  NO_REASON: {
    en: `${BY_ITSELF.en} Should it come back here: look for its number in the log of syncOrders.`,
    uk: `${BY_ITSELF.uk} Якщо воно знову опиниться тут, пошукайте його номер у журналі syncOrders.`,
  },
  UNKNOWN: { en: 'Update the command, and ask again.', uk: 'Оновіть команду й запитайте ще раз.' },
};

export const IN_SITNIKS: InEach = {
  en: 'Nothing: the order is in Sitniks, and this copy is removed by itself.',
  uk: 'Нічого: замовлення вже в Sitniks, а цю копію буде прибрано.',
};
export const ON_ITS_WAY: InEach = {
  en: 'Nothing yet: the order is being worked on, or was until just now. Ask again in a few minutes.',
  uk: 'Поки нічого: із замовленням саме працюють або щойно працювали. Запитайте ще раз за кілька хвилин.',
};
export const ANOTHER: InEach = {
  en: 'Something else is known under this number: see its history (orders show <external_id>).',
  uk: 'Під цим номером відоме щось інше: див. його історію (orders show <external_id>).',
};
export const inVain = (times: number): InEach => ({
  en: `It was sent back ${times} times in vain. Run orders doctor; when all is well: orders redrive <external_id>.`,
  uk: `Його вже марно надсилали знову: ${times}. Запустіть orders doctor, а коли все гаразд: orders redrive <external_id>.`,
});
