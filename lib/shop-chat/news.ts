import { explain } from '../explanations/explain.ts';
import type { ReasonCode } from '../explanations/reasons.ts';

/** An order that waits for somebody, as the ledger has it. Nothing personal but the order's number. */
export interface WaitingOrder {
  external_id: string;
  reason: ReasonCode;
  /** Tells this time from an earlier one, such as that before it was corrected. */
  occurrence: string;
}

/** What a chat has been told of and is not over yet: occurrences by order. */
export type Told = ReadonlyMap<string, string>;

export interface Message {
  text: string;
  /** The one order that it is about; of several, none: the page's list shows them. */
  external_id: string | undefined;
  /** What the chat has been told once this is sent: an order's reason, or that it is over. */
  tells: readonly { external_id: string; occurrence: string | undefined }[];
}

/**
 * What a shop's chat is to be told: what waits for somebody and was not told of yet, and what was told and is
 * over. Orders that wait for one reason are one message, however many they are.
 *
 * @param isInCrm of an order that waits no more
 */
export function newsFor(
  told: Told,
  waiting: readonly WaitingOrder[],
  isInCrm: (external_id: string) => boolean,
): Message[] {
  const isNew = ({ external_id, occurrence }: WaitingOrder) => told.get(external_id) !== occurrence;
  const started = Map.groupBy(waiting.filter(isNew), ({ reason }) => reason);

  const waits = new Set(waiting.map(({ external_id }) => external_id));
  const over = [...told.keys()].filter((external_id) => !waits.has(external_id));
  const arrived = over.filter(isInCrm);
  // Sent again, and under way: nothing is over before it is there.
  return [
    ...[...started].map(([reason, orders]) => ({
      text: startedText(reason, orders),
      external_id: onlyOne(orders.map(({ external_id }) => external_id)),
      tells: orders,
    })),
    ...(arrived.length === 0
      ? []
      : [
          {
            text: overText(arrived),
            external_id: onlyOne(arrived),
            tells: arrived.map((external_id) => ({ external_id, occurrence: undefined })),
          },
        ]),
  ];
}

const onlyOne = (ids: readonly string[]): string | undefined => (ids.length === 1 ? ids[0] : undefined);

const plural = new Intl.PluralRules('uk');

function startedText(reason: ReasonCode, orders: readonly WaitingOrder[]): string {
  const [explanation] = explain([{ code: reason }]);
  if (explanation === undefined) throw new Error('There is an explanation for everything');
  const { who, uk } = explanation;
  const [first] = orders;
  const subject =
    orders.length === 1 ? `Замовлення ${first?.external_id} чекає` : `${countText(orders.length)}`;
  const todo = who === 'customer' ? `Запитайте покупця: «${uk.customer}»` : uk.todo;
  return `${subject}: ${lowerFirst(uk.title)}.\n${todo}`;
}

function countText(count: number): string {
  switch (plural.select(count)) {
    case 'one':
      return `${count} замовлення чекає`;
    case 'few':
      return `${count} замовлення чекають`;
    default:
      return `${count} замовлень чекають`;
  }
}

function overText(ids: readonly string[]): string {
  if (ids.length === 1) return `Замовлення ${ids[0]} уже в CRM.`;
  return `${ids.length} ${plural.select(ids.length) === 'many' ? 'замовлень' : 'замовлення'} уже в CRM.`;
}

/** «CRM не приймає ключ» stays as it is. */
const lowerFirst = (text: string): string =>
  /^\p{Lu}\p{Ll}/u.test(text) ? `${text.charAt(0).toLowerCase()}${text.slice(1)}` : text;
