import type { CallerName, Content } from './story.ts';

/** An order that somebody was promised: a 202 or 200 of the API, or SQS's acknowledgement. */
export interface Promised {
  /** Nobody: it was put on the queue without a name. */
  caller: CallerName | undefined;
  number: string;
  content: Content;
  startedAt: number;
  promisedAt: number;
}

/** What people who use the relay know. */
export class Journal {
  readonly promised: Promised[] = [];
  /** Numbers of which an operator has erased dead letters. */
  readonly forgotten = new Set<string>();
  /** Who has sent what, under which number, answered or not. */
  readonly sent = new Set<string>();
  /** What a caller was told to send under a number of its own, and did. */
  readonly resent: { caller: CallerName; content: Content; from: string; to: string }[] = [];

  hasSent(caller: string | undefined, number: string | undefined, content: Content): boolean {
    return this.sent.has(`${caller} ${number} ${content}`);
  }
  /** What was seen to break a promise while the run went on. */
  readonly broken: string[] = [];
}
