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
  /** What a caller was told to send under a number of its own. */
  readonly refused: { caller: CallerName; number: string; content: Content; at: number }[] = [];
  /** What was seen to break a promise while the run went on. */
  readonly broken: string[] = [];
}
