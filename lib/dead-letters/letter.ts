import type { Message } from '@aws-sdk/client-sqs';
import { contentOf } from '../order/content-hash.ts';
import { type OrderStatus, readExternalId, readOrder } from '../order/order.ts';
import { readStatusChange } from '../order/status-change.ts';
import { type LetterContents, readLetter } from '../queues/codec.ts';

/** A message of the dead-letter queue, in hand: nobody else sees it until it is given back. */
export interface Letter extends LetterContents {
  /** As far as the body can be read. */
  external_id: string | undefined;
  /** Tells one content from another, as the ledger does. Undefined: the body is not an order. */
  content_hash: string | undefined;
  former_hash?: string | undefined;
  /** How far its order is to be: of an order, or of a status alone. */
  asks?: OrderStatus | undefined;
  /** How much was paid, where it says so beside a status (hryvnia). */
  pays?: number | undefined;
  messageId: string;
  receiptHandle: string;
}

/** Nothing but how far its order is, or what was paid for it: no copy of the order's letter, which it may lie beside. */
export const isOfStatus = ({ content_hash, asks }: Pick<Letter, 'content_hash' | 'asks'>): boolean =>
  content_hash === undefined && asks !== undefined;

export function toLetter(message: Message): Letter {
  const contents = readLetter(message);
  const reading = readOrder(contents.body);
  const change = reading.ok ? undefined : readStatusChange(contents.body);
  return {
    ...contents,
    external_id: readExternalId(contents.body),
    content_hash: undefined,
    ...(reading.ok && contentOf(reading.order)),
    asks: reading.ok ? reading.order.status : change?.status,
    pays: change?.payment?.amount,
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
  };
}
