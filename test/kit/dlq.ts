import { type MessageAttributeValue, SendMessageCommand } from '@aws-sdk/client-sqs';
import { type DeadLetterQueue, deadLetterQueue } from '../../lib/dead-letters/dead-letter-queue.ts';
import { tendDeadLetters } from '../../lib/dead-letters/tend.ts';
import type { FailureType } from '../../lib/explanations/failure.ts';
import type { Reason } from '../../lib/explanations/reasons.ts';
import { ended } from '../../lib/ledger/end.ts';
import { createLedger } from '../../lib/ledger/ledger.ts';
import { createListing } from '../../lib/ledger/listing.ts';
import { accepted } from '../../lib/ledger/start.ts';
import { contentHash } from '../../lib/order/content-hash.ts';
import { readOrder } from '../../lib/order/order.ts';
import { ordersQueue, outcomesQueue } from '../../lib/queues/queues.ts';
import { depthOf } from '../../local/queue-depth.ts';
import type { Stack } from '../../local/stack.ts';
import { orderMessage } from './order-message.ts';
import { silentLog } from './silent-log.ts';

export const refOf = (stack: Stack, id: string): string => stack.resources.get(id)?.ref ?? '';

export const ledgerOf = (stack: Stack) => createLedger(stack.dynamodb, { table: refOf(stack, 'Ledger') });

/** Asks once whether there is more: of an SQS in this process that is answer enough. */
export const impatient = (deadLetters: DeadLetterQueue): DeadLetterQueue => ({
  ...deadLetters,
  receive: (visibilitySeconds) => deadLetters.receive(visibilitySeconds, 0),
});

/** One run of `tendDeadLetters`, which sends back whatever may come back by now. */
export const tendOnce = (stack: Stack) =>
  tendDeadLetters(
    { awsRequestId: 'test', getRemainingTimeInMillis: () => 60_000 },
    {
      deadLetters: impatient(deadLetterQueue(stack.sqs, refOf(stack, 'DeadLetterQueue'))),
      outcomes: outcomesQueue(stack.sqs, refOf(stack, 'OutcomesQueue')),
      queue: ordersQueue(stack.sqs, refOf(stack, 'OrdersQueue')),
      ledger: ledgerOf(stack),
      listing: createListing(stack.dynamodb, refOf(stack, 'Ledger')),
      returnBaseMs: 0,
      waveTimeoutMs: 5_000,
      log: silentLog,
    },
  );

export interface Parking {
  redriven?: number;
  /** Seconds since it was parked. */
  ago?: number;
  /** On the letter. */
  message?: string;
  /** None: a letter from before there were any. */
  reasons?: readonly Reason[];
  /** The CRM may have it all the same. */
  inDoubt?: boolean;
  attempts?: number;
}

/** An order as `syncOrders` leaves it when it parks it: a letter with its reason, and the ledger's record. */
export async function parkOrder(stack: Stack, order: object, type: FailureType, parking: Parking = {}) {
  const {
    redriven = 0,
    ago = 60,
    message = `Because of ${type}`,
    reasons,
    inDoubt = false,
    attempts = 4,
  } = parking;
  const at = Date.now() - ago * 1000;
  const body = JSON.stringify(order);
  const reading = readOrder(body);
  const external_id = reading.ok ? reading.order.external_id : undefined;
  await deadLetterQueue(stack.sqs, refOf(stack, 'DeadLetterQueue')).park(orderMessage(body, { redriven }), {
    error: { type, message, reasons: [...(reasons ?? [])] },
    attempts,
    parkedAt: at,
    external_id,
  });
  if (!reading.ok || external_id === undefined) return;
  const content_hash = contentHash(reading.order);
  const begun = accepted({ external_id, content_hash }, at - 1000);
  const record = ended(
    { ...begun, attempts },
    {
      state: type === 'VALIDATION' ? 'rejected' : 'parked',
      // Of what the ledger keeps, the consumer has taken care.
      error: { type, message: `Because of ${type}`, ...(reasons && { reasons: [...reasons] }) },
      doubt: inDoubt ? content_hash : undefined,
      notBefore: undefined,
      costsAttempt: true,
    },
    at,
  );
  await ledgerOf(stack).replace(record);
}

/** A message that SQS itself moved: no reason on it. */
export async function dropLetter(
  stack: Stack,
  body: string,
  MessageAttributes?: Record<string, MessageAttributeValue>,
): Promise<void> {
  await stack.sqs.send(
    new SendMessageCommand({
      QueueUrl: refOf(stack, 'DeadLetterQueue'),
      MessageBody: body,
      MessageAttributes,
    }),
  );
}

/** Messages of a queue, by logical id: to be had, and in somebody's hands. */
export async function countOf(stack: Stack, id: string): Promise<{ visible: number; inHand: number }> {
  const { visible, inFlight } = await depthOf(stack.sqs, refOf(stack, id));
  return { visible, inHand: inFlight };
}

/** The same in one: a poll that was just ended may still have a message in hand. */
export async function sizeOf(stack: Stack, id: string): Promise<number> {
  const { visible, inHand } = await countOf(stack, id);
  return visible + inHand;
}
