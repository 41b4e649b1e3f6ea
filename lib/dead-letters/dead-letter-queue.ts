import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { type OrderMessage, type Parking, writeLetter } from '../queues/codec.ts';
import { type Letter, toLetter } from './letter.ts';

/** What it takes to let go of a letter. */
export type InHand = Pick<Letter, 'receiptHandle'>;

export interface DeadLetterQueue {
  /** Puts a message here, its body as it came. Resolves only once SQS has acknowledged it. */
  park(message: OrderMessage, parking: Parking): Promise<void>;
  /**
   * Up to 10 letters, invisible to others for so many seconds; none: the queue has no more to show.
   *
   * @param waitSeconds for a first letter, 1 unless told. With 0 only some of SQS's servers are asked, and a small
   *   queue may seem empty.
   */
  receive(visibilitySeconds: number, waitSeconds?: number): Promise<Letter[]>;
  /** @returns those that could not be deleted, and so come back. */
  delete<T extends InHand>(letters: readonly T[]): Promise<T[]>;
  /** Visible again in so many seconds, 0 gives them back at once. @returns those that could not be changed. */
  hide<T extends InHand>(letters: readonly T[], seconds: number): Promise<T[]>;
}

/** What one batch call of SQS can carry. */
const SQS_BATCH = 10;

/** The batch calls half-fail with HTTP 200, so `Failed` is read. */
export function deadLetterQueue(sqs: SQSClient, queueUrl: string): DeadLetterQueue {
  return {
    async park(message, parking) {
      const { MessageId } = await sqs.send(
        new SendMessageCommand({ QueueUrl: queueUrl, ...writeLetter(message, parking) }),
      );
      if (MessageId === undefined) throw new Error('SQS answered without a MessageId');
    },
    async receive(visibilitySeconds, waitSeconds = 1) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: SQS_BATCH,
          VisibilityTimeout: visibilitySeconds,
          WaitTimeSeconds: waitSeconds,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: ['SentTimestamp'],
        }),
      );
      return Messages.map(toLetter);
    },
    delete: (letters) =>
      inBatches(letters, (Entries) =>
        sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries })),
      ),
    hide: (letters, seconds) =>
      inBatches(letters, (entries) =>
        sqs.send(
          new ChangeMessageVisibilityBatchCommand({
            QueueUrl: queueUrl,
            Entries: entries.map((entry) => ({ ...entry, VisibilityTimeout: seconds })),
          }),
        ),
      ),
  };
}

export interface TakeOptions<T> {
  visibilitySeconds: number;
  most: number;
  mayGoOn: () => boolean;
  /** What is held of a letter while others are taken. */
  hold: (letter: Letter) => T;
}

/** Takes every letter there is in hand, up to so many, and while `mayGoOn`. */
export async function takeAll<T>(
  deadLetters: Pick<DeadLetterQueue, 'receive'>,
  { visibilitySeconds, most, mayGoOn, hold }: TakeOptions<T>,
): Promise<T[]> {
  // By message: should one come twice, only its newest receipt handle is good.
  const letters = new Map<string, T>();
  while (letters.size < most && mayGoOn()) {
    const received = await deadLetters.receive(visibilitySeconds);
    // Nothing new: the queue is empty, or shows again what has been in hand for too long.
    if (received.every(({ messageId }) => letters.has(messageId))) break;
    for (const letter of received) letters.set(letter.messageId, hold(letter));
  }
  return [...letters.values()];
}

interface Entry {
  Id: string;
  ReceiptHandle: string;
}

/** @returns what failed: of a call that did not succeed at all, everything. It all comes back by itself. */
async function inBatches<T extends InHand>(
  letters: readonly T[],
  call: (entries: Entry[]) => Promise<{ Failed?: { Id: string | undefined }[] | undefined }>,
): Promise<T[]> {
  const failed: T[] = [];
  for (let from = 0; from < letters.length; from += SQS_BATCH) {
    const batch = letters.slice(from, from + SQS_BATCH);
    const entries = batch.map(({ receiptHandle }, i) => ({ Id: String(i), ReceiptHandle: receiptHandle }));
    try {
      const { Failed = [] } = await call(entries);
      const ids = new Set(Failed.map(({ Id }) => Id));
      failed.push(...batch.filter((_, i) => ids.has(String(i))));
    } catch {
      failed.push(...batch);
    }
  }
  return failed;
}
