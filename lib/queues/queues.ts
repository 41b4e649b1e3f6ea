import { createHash } from 'node:crypto';
import {
  type BatchResultErrorEntry,
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { Outcome } from '../ledger/outcome.ts';
import { type OrderAttributes, writeOrder, writeOutcome } from './codec.ts';

/** The longest that SQS lets a message be invisible. */
const MAX_VISIBILITY_SECONDS = 12 * 60 * 60;

/**
 * What SQS says of a receipt handle: it is that of a message of this queue in flight; or was, of some message, until its
 * visibility ran out; or SQS has never given it out.
 */
export type HandleState = 'in_flight' | 'expired' | 'unknown';

/** Of a queue: what has been received, and is not done, can be given back. */
export interface InFlight {
  /** Makes a message that is in flight visible again in so many seconds, instead of after the queue's time-out. */
  delay(receiptHandle: string, seconds: number): Promise<void>;
  /**
   * What SQS says of these, 10 at most. Those that are in flight stay invisible for so many seconds from now. One call.
   */
  statesOf(receiptHandles: readonly string[], seconds: number): Promise<readonly HandleState[]>;
}

export function inFlight(sqs: SQSClient, queueUrl: string): InFlight {
  return {
    async delay(receiptHandle, seconds) {
      await sqs.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: queueUrl,
          ReceiptHandle: receiptHandle,
          VisibilityTimeout: Math.min(MAX_VISIBILITY_SECONDS, Math.max(0, seconds)),
        }),
      );
    },

    async statesOf(receiptHandles, seconds) {
      const { Failed = [] } = await sqs.send(
        new ChangeMessageVisibilityBatchCommand({
          QueueUrl: queueUrl,
          Entries: receiptHandles.map((ReceiptHandle, i) => ({
            Id: String(i),
            ReceiptHandle,
            VisibilityTimeout: seconds,
          })),
        }),
      );
      const states = new Map(Failed.map((failure) => [failure.Id, stateOf(failure)]));
      return receiptHandles.map((_, i) => states.get(String(i)) ?? 'in_flight');
    },
  };
}

/**
 * `ReceiptHandleIsInvalid` is of what was never a handle. Of one that was SQS says `InvalidParameterValue` ("Message does
 * not exist or is not available for visibility timeout change", of a FIFO queue "The receipt handle has expired"), as its
 * users report; its reference calls it `MessageNotInflight`.
 */
function stateOf({ Code = '', SenderFault }: BatchResultErrorEntry): HandleState {
  const isOver = /(?:^|\.)(?:MessageNotInflight|InvalidParameterValue)$/.test(Code);
  // A fault of SQS's own says nothing of the handle.
  return isOver || SenderFault === false ? 'expired' : 'unknown';
}

export interface OrdersQueue extends InFlight {
  /** Resolves only once SQS has acknowledged the message. `body` is an order as JSON. */
  send(body: string, attributes?: OrderAttributes): Promise<void>;
}

export function ordersQueue(sqs: SQSClient, queueUrl: string): OrdersQueue {
  return {
    async send(body, attributes = {}) {
      const { MessageId } = await sqs.send(
        new SendMessageCommand({ QueueUrl: queueUrl, ...writeOrder(body, attributes) }),
      );
      if (MessageId === undefined) throw new Error('SQS answered without a MessageId');
    },
    ...inFlight(sqs, queueUrl),
  };
}

export interface OutcomesQueue {
  /**
   * Resolves only once SQS has acknowledged it.
   *
   * @param options.deduplicationId unless told its own id: within 5 minutes SQS takes the same once
   */
  send(outcome: Outcome, options?: { deduplicationId?: string }): Promise<void>;
}

/**
 * A FIFO queue with a message group for each submitter's order: its outcomes are told one after another, however long
 * the first of them takes. The same outcome within 5 minutes is taken once.
 */
export function outcomesQueue(sqs: SQSClient, queueUrl: string): OutcomesQueue {
  return {
    async send(outcome, options = {}) {
      const { id, external_id, submitted_by } = outcome;
      const { MessageId } = await sqs.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: writeOutcome(outcome),
          MessageGroupId: createHash('sha256')
            .update(JSON.stringify([submitted_by, external_id ?? id]))
            .digest('hex'),
          MessageDeduplicationId: options.deduplicationId ?? id,
        }),
      );
      if (MessageId === undefined) throw new Error('SQS answered without a MessageId');
    },
  };
}
