import type { Message } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { type FailureType, failureType, reasonsOf } from '../explanations/failure.ts';
import { type Reason, reasonSchema } from '../explanations/reasons.ts';
import { contentHash } from '../order/content-hash.ts';
import { readExternalId, readOrder } from '../order/order.ts';

/** A message of the dead-letter queue, in hand: nobody else sees it until it is given back. */
export interface Letter {
  /** As it came, to the byte. */
  body: string;
  reason: FailureType;
  /** Why, each code once; at least one. Of which field is not on a letter. */
  reasons: readonly Reason[];
  error_message: string | undefined;
  attempts: number | undefined;
  /** How often it has been sent back from here. */
  redriven: number;
  /** When it was parked (epoch ms); where SQS moved it, when the order was first sent. */
  parkedAt: number;
  submitted_by: string | undefined;
  traceparent: string | undefined;
  /** As far as the body can be read. */
  external_id: string | undefined;
  /** Tells one content from another, as the ledger does. Undefined: the body is not an order. */
  content_hash: string | undefined;
  messageId: string;
  receiptHandle: string;
}

const count = z
  .string()
  .regex(/^\d{1,4}$/)
  .transform(Number)
  .optional()
  .catch(undefined);

/** As `codesOf` writes them. */
const reasonCodes = z.string().transform((codes): Reason[] => {
  const read = codes.split(',').map((code) => reasonSchema.parse({ code }).code);
  return [...new Set(read)].map((code) => ({ code }));
});

/** Whoever may send can set attributes: what is not in form is taken for missing. */
const attributesSchema = z.object({
  error_type: failureType.exclude(['NO_REASON']).catch('UNKNOWN').optional(),
  error_message: z.string().optional(),
  reasons: reasonCodes.optional(),
  attempts: count,
  redriven: count,
  parked_at: z.iso.datetime().transform(Date.parse).optional().catch(undefined),
  submitted_by: z.string().optional(),
  traceparent: z.string().optional(),
});

/** Reads a letter from what SQS hands out; whatever is on it, it can be read. */
export function toLetter(message: Message): Letter {
  const { Body: body = '', MessageAttributes = {}, Attributes = {} } = message;
  const attributes = attributesSchema.parse(
    Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]),
    ),
  );
  const reading = readOrder(body);
  const reason = attributes.error_type ?? 'NO_REASON';
  return {
    body,
    reason,
    reasons: reasonsOf({ type: reason, reasons: attributes.reasons }),
    error_message: attributes.error_message,
    attempts: attributes.attempts,
    redriven: attributes.redriven ?? 0,
    parkedAt: attributes.parked_at ?? Number(Attributes.SentTimestamp ?? 0),
    submitted_by: attributes.submitted_by,
    traceparent: attributes.traceparent,
    external_id: readExternalId(body),
    content_hash: reading.ok ? contentHash(reading.order) : undefined,
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
  };
}
