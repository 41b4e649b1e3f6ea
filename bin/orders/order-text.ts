import type { Telling } from '../../lib/callbacks/tellings.ts';
import type { PaymentOf } from '../../lib/ledger/payment.ts';
import type { OrderStatus } from '../../lib/order/order-status.ts';
import { age } from './duration.ts';
import { explanationLines } from './explained.ts';
import { labelled, timeInKyiv, timeWithZone, widthOf } from './layout.ts';
import type { Shown } from './order-document.ts';
import { type InEach, type Language, STATE_WORDS } from './words.ts';

const W = {
  order: { en: 'Order', uk: 'Замовлення' },
  unknown: { en: 'not in the ledger', uk: 'у реєстрі його немає' },
  inSitniks: { en: 'In Sitniks', uk: 'У Sitniks' },
  attempts: { en: 'Attempts', uk: 'Спроб' },
  status: { en: 'Status', uk: 'Статус' },
  paid: { en: 'Paid', uk: 'Оплачено' },
  inDoubt: { en: 'In doubt', uk: 'Неясно' },
  mayHave: {
    en: 'Sitniks may have it, although it never said so',
    uk: 'воно може бути в Sitniks, хоча відповіді про це не було',
  },
  settle: { en: 'Settle it', uk: 'Уточніть' },
  told: { en: 'Told', uk: 'Сповіщено' },
  notTold: { en: 'Not told', uk: 'Не сповіщ.' },
  tellAgain: { en: 'Tell again', uk: 'Ще раз' },
  error: { en: 'Error', uk: 'Помилка' },
  whatNow: { en: 'What now', uk: 'Що далі' },
  history: { en: 'History', uk: 'Історія' },
  attempt: { en: 'attempt', uk: 'спроба' },
} as const satisfies Record<string, InEach>;

/** An order as a person reads it, in the width of the terminal. */
export function toText(order: Shown, language: Language): string {
  const { state, attempts, crm_order_id, in_doubt, error, history, dead_letters, external_id } = order;
  const width = widthOf();
  const of = (words: InEach) => words[language];
  const lines = [`${of(W.order)} ${external_id}: ${state === null ? of(W.unknown) : of(STATE_WORDS[state])}`];
  const say = (label: InEach, text: string) => lines.push(...labelled(of(label), text, width));

  if (crm_order_id !== null)
    say(W.inSitniks, language === 'en' ? `as order ${crm_order_id}` : `як замовлення ${crm_order_id}`);
  if (attempts !== null) say(W.attempts, String(attempts));
  const { status, payments } = order;
  // Until then it has none there.
  if (status !== null && crm_order_id !== null) say(W.status, of(statusWords(status.wanted, status.in_crm)));
  for (const { amount, state: how } of payments) say(W.paid, `${amount}: ${of(PAYMENT_WORDS[how])}`);
  if (in_doubt) say(W.inDoubt, of(W.mayHave));
  if (order.to_settle) say(W.settle, of(settleWords(external_id)));
  lines.push(...tellingLines(order, language, width));
  // A letter of the same kind says it all, and more.
  if (error !== null && !dead_letters.some(({ type }) => type === error.type)) {
    say(W.error, `${error.type}: ${error.message}`);
    lines.push(...explanationLines(error.explanations, language, width));
  }
  for (const letter of dead_letters) {
    const { type, message, explanations, returns } = letter;
    lines.push('', `  ${of(letterWords(age(letter.age_seconds * 1000, language), returns))}`);
    say(W.error, message === null ? type : `${type}: ${message}`);
    say(W.whatNow, language === 'en' ? letter.what_now : letter.what_now_uk);
    lines.push(...explanationLines(explanations, language, width));
  }
  if (history.length > 0) {
    lines.push('', `  ${of(W.history)} (Europe/Kyiv)`);
    for (const { at, step, attempt, status, amount, error_type } of history) {
      const more = [
        attempt === undefined ? '' : `${of(W.attempt)} ${attempt}`,
        status ?? amount ?? '',
        error_type ?? '',
      ].filter((part) => part !== '');
      lines.push(`    ${timeInKyiv(at)}  ${step.padEnd(9)} ${more.join(', ')}`.trimEnd());
    }
  }
  return lines.join('\n');
}

const statusWords = (wanted: OrderStatus, inCrm: OrderStatus | undefined): InEach =>
  wanted === inCrm
    ? { en: wanted, uk: wanted }
    : {
        en: `${wanted} is wanted; Sitniks has ${inCrm ?? 'it as nobody knows'}`,
        uk: `має бути ${wanted}; у Sitniks ${inCrm ?? 'невідомо який'}`,
      };

const PAYMENT_WORDS: Readonly<Record<PaymentOf['state'], InEach>> = {
  waiting: { en: 'on its way into Sitniks', uk: 'прямує в Sitniks' },
  sending: { en: 'being sent to Sitniks', uk: 'надсилається в Sitniks' },
  booked: { en: 'in Sitniks', uk: 'є в Sitniks' },
  in_doubt: { en: 'may be in Sitniks: look there', uk: 'може бути в Sitniks: перевірте там' },
  not_booked: { en: 'not in Sitniks', uk: 'у Sitniks немає' },
};

const settleWords = (id: string): InEach => ({
  en: `look for it in Sitniks, then: orders settle ${id} --there-as <its number there>, or orders settle ${id} --create`,
  uk: `пошукайте його в Sitniks, а тоді: orders settle ${id} --there-as <номер у Sitniks> або orders settle ${id} --create`,
});

const letterWords = (since: string, returns: number): InEach => ({
  en: `On the dead-letter queue for ${since}, ${returns === 0 ? 'not sent back yet' : `sent back ${returns}×`}`,
  uk: `У черзі відкладених ${since}, ${returns === 0 ? 'ще не надсилалося знову' : `надсилалося знову ${returns}×`}`,
});

/** Whether the outcome was told: to whom, when, with which answer; and how to tell it again. */
function tellingLines(
  { untold, told, submitted_by, external_id }: Shown,
  language: Language,
  width: number,
): string[] {
  const again = labelled(W.tellAgain[language], `orders tell ${external_id}`, width);
  const lines = told.flatMap((one) =>
    labelled(
      (one.result === 'told' ? W.told : W.notTold)[language],
      tellingWords(one, language)[language],
      width,
    ),
  );
  const waiting =
    untold.length === 0
      ? []
      : labelled(W.notTold[language], untoldWords(submitted_by, untold.join(', '))[language], width);
  return lines.length + waiting.length === 0 ? [] : [...lines, ...waiting, ...again];
}

const untoldWords = (to: string | null, what: string): InEach => ({
  en: `${to ?? 'its submitter'}, that it was ${what}`,
  uk: `${to ?? 'відправника'}: ${what}`,
});

function tellingWords(
  { to, type, at, attempt, result, status, no_answer }: Telling,
  language: Language,
): InEach {
  const when = timeWithZone(at, language);
  const answer = status === undefined ? (no_answer ?? '') : `HTTP ${status}`;
  switch (result) {
    case 'told':
      return {
        en: `${to}, that it was ${type}, ${when}: ${answer}`,
        uk: `${to}: ${type}, ${when}: ${answer}`,
      };
    case 'failed':
      return {
        en: `${to}, that it was ${type}; try ${attempt}, ${when}: ${answer === '' ? 'no answer' : answer}`,
        uk: `${to}: ${type}; спроба ${attempt}, ${when}: ${answer === '' ? 'без відповіді' : answer}`,
      };
    case 'nobody':
      return {
        en: `${to}, that it was ${type}: it has no endpoint, and asks`,
        uk: `${to}: ${type}; адреси для сповіщень немає, він питає сам`,
      };
  }
}
