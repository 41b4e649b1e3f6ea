import { createHash } from 'node:crypto';
import {
  ChangeMessageVisibilityCommand,
  type MessageAttributeValue,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { FailureType } from '../explanations/failure.ts';
import type { Outcome } from '../ledger/outcome.ts';
import { toMessageBody } from './message-body.ts';

/** The longest that SQS lets a message be invisible. */
const MAX_VISIBILITY_SECONDS = 12 * 60 * 60;

/** Of a queue: what has been received, and is not done, can be given back. */
export interface InFlight {
  /** Makes a message that is in flight visible again in so many seconds, instead of after the queue's time-out. */
  delay(receiptHandle: string, seconds: number): Promise<void>;
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
  };
}

export interface OrdersQueue extends InFlight {
  /** Resolves only once SQS has acknowledged the message. Nobody sees it before `delaySeconds` are over. */
  send(
    body: string,
    attributes?: { submitted_by?: string; traceparent?: string; redriven?: number },
    delaySeconds?: number,
  ): Promise<void>;
}

export function ordersQueue(sqs: SQSClient, queueUrl: string): OrdersQueue {
  return {
    async send(body, attributes = {}, delaySeconds = 0) {
      const { MessageId } = await sqs.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: body,
          MessageAttributes: toAttributes(attributes),
          ...(delaySeconds > 0 && { DelaySeconds: delaySeconds }),
        }),
      );
      if (MessageId === undefined) throw new Error('SQS answered without a MessageId');
    },
    ...inFlight(sqs, queueUrl),
  };
}

export interface DeadLetter {
  /** As it came, to the byte. */
  body: string;
  error_type: FailureType;
  error_message: string;
  /** Why, by code, joined by commas. */
  reasons: string;
  attempts: number;
  /** ISO 8601. */
  parked_at: string;
  /** Unknown where the body is not an order. */
  external_id: string | undefined;
  /** How often it has been sent back from here before. */
  redriven: number;
  submitted_by: string | undefined;
  traceparent: string | undefined;
}

export interface DeadLetterQueue {
  park(letter: DeadLetter): Promise<void>;
}

export function deadLetterQueue(sqs: SQSClient, queueUrl: string): DeadLetterQueue {
  return {
    async park({ body, ...reason }) {
      await sqs.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: body,
          MessageAttributes: toAttributes(reason),
        }),
      );
    },
  };
}

export interface OutcomesQueue {
  /** Resolves only once SQS has acknowledged it. */
  send(outcome: Outcome): Promise<void>;
}

/**
 * A FIFO queue with a message group for each submitter's order: its outcomes are told one after another, however long
 * the first of them takes. The same outcome within 5 minutes is taken once.
 */
export function outcomesQueue(sqs: SQSClient, queueUrl: string): OutcomesQueue {
  return {
    async send(outcome) {
      const { id, external_id, submitted_by } = outcome;
      const { MessageId } = await sqs.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: toMessageBody(outcome),
          MessageGroupId: createHash('sha256')
            .update(JSON.stringify([submitted_by, external_id ?? id]))
            .digest('hex'),
          MessageDeduplicationId: id,
        }),
      );
      if (MessageId === undefined) throw new Error('SQS answered without a MessageId');
    },
  };
}

/** SQS refuses an empty value, so one that is empty or unknown is left out. */
function toAttributes(values: object): Record<string, MessageAttributeValue> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined && value !== '')
      .map(([name, value]) => [
        name,
        { DataType: typeof value === 'number' ? 'Number' : 'String', StringValue: String(value) },
      ]),
  );
}
