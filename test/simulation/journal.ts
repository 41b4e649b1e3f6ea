import type { OrderStatus } from '../../lib/order/order-status.ts';
import type { CallerName, Content } from './story.ts';

/** What is promised, in the words of a shop: each run is held to all of it. */
export const LAWS = [
  /** Each order that was promised is in the CRM, or on the dead-letter queue. */
  'lost',
  /** No order is in the CRM twice. */
  'doubled',
  /** When all is well, nothing is on its way for ever. */
  'unsettled',
  /** Whoever got a 202 can ask for it, and is told why where it is not in the CRM. */
  'unreadable',
  /** Each end is told to its owner, and to nobody else. */
  'untold',
  /** Nothing that is said contradicts the CRM. */
  'contradicted',
  /** The CRM is asked to create an order four times for each start at most, and not in a pause that it has asked for. */
  'insistent',
  /** Nothing personal is in the ledger or in an outcome. */
  'indiscreet',
] as const;
export type Law = (typeof LAWS)[number];

export interface Broken {
  law: Law;
  what: string;
}

/** An order that somebody was promised: a 202 or 200 of the API, or SQS's acknowledgement. */
export interface Promised {
  /** Nobody: it was put on the queue without a name. */
  caller: CallerName | undefined;
  number: string;
  content: Content;
  /** What is put on the queue by hand has no place in the order of what is posted. */
  way: 'api' | 'queue';
  startedAt: number;
  promisedAt: number;
  /** Later, where the answer waited for the order. */
  answeredAt: number;
}

/** What people who use the relay know. */
export class Journal {
  readonly promised: Promised[] = [];
  /** How far a caller has said that its order is, and was answered 202. */
  readonly saidStatuses: { caller: CallerName; number: string; status: OrderStatus; amount?: number }[] = [];
  /** Numbers of which an operator has erased dead letters. */
  readonly forgotten = new Set<string>();
  /** What a caller was told to send under a number of its own, and did. */
  readonly resent: { caller: CallerName; content: Content; from: string; to: string }[] = [];
  /** What was seen to break a promise while the run went on. */
  readonly broken: Broken[] = [];
  readonly #sent = new Set<string>();
  readonly #heard = new Set<string>();

  /** Answered or not. */
  sends(caller: CallerName, number: string, content: Content): void {
    this.#sent.add(`${caller} ${number} ${content}`);
  }

  /** How many different orders a caller has sent under this number. */
  contentsSent(caller: string, number: string): number {
    return [...this.#sent].filter((one) => one.startsWith(`${caller} ${number} `)).length;
  }

  /** Without content: anything under this number. */
  hasSent(caller: string | undefined, number: string | undefined, content?: Content): boolean {
    if (content !== undefined) return this.#sent.has(`${caller} ${number} ${content}`);
    return [...this.#sent].some((one) => one.startsWith(`${caller} ${number} `));
  }

  /** What an answer to a POST has said: that need not be told again. */
  hears(caller: CallerName, number: string, state: string): void {
    this.#heard.add(`${caller} ${number} ${state}`);
  }

  hasHeard(caller: CallerName, number: string, state: string): boolean {
    return this.#heard.has(`${caller} ${number} ${state}`);
  }

  breaks(law: Law, what: string): void {
    if (!this.broken.some((one) => one.what === what)) this.broken.push({ law, what });
  }
}
