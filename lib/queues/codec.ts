import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import * as z from 'zod/mini';
import { callerName } from '../callers/caller-name.ts';
import { type Failure, type FailureType, reasonsOf, writtenFailureType } from '../explanations/failure.ts';
import { codesOf, type Reason, reasonSchema } from '../explanations/reasons.ts';
import { type Outcome, outcomeSchema } from '../ledger/outcome.ts';
import type { Noted } from '../ledger/start.ts';
import { parseJson } from '../order/parse-json.ts';

/*
 * What the queues carry, written and read: bodies and attributes. Whoever may send can set attributes, so what is not in
 * form is taken for missing.
 */

/** A message as `SendMessage` takes it. */
export interface Written {
  MessageBody: string;
  MessageAttributes: Record<string, MessageAttributeValue>;
}

/** 1 MiB, the attributes included (SQS guide, "Message quotas"). */
export const MAX_MESSAGE_BYTES = 1024 * 1024;
/** All that goes with an order. */
const ATTRIBUTES_BYTES = 512;

/** W3C Trace Context, version 00 and what is like it. Zeros alone are no id, and `ff` is no version (3.2.2). */
export const traceparent = z
  .string()
  .check(z.regex(/^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/));

const orMissing = <T extends z.core.SomeType>(schema: T) => z.catch(z.optional(schema), undefined);
const digits = (form: RegExp) => z.pipe(z.string().check(z.regex(form)), z.transform(Number));

const count = orMissing(digits(/^\d{1,4}$/));
/** Since 1970. */
const seconds = orMissing(digits(/^\d{1,12}$/));

/**
 * What a person has found out about an order that the CRM could say nothing certain of: `there:<its number>@<when it was
 * parked, epoch ms>`, or `create@…`: it is not there.
 */
const settlement = orMissing(
  z.pipe(
    z.string().check(z.regex(/^(create|there:[\w.:-]{1,64})@\d{1,15}$/)),
    z.transform((text): Settlement => {
      const [what = '', at = ''] = text.split('@');
      const settledAt = Number(at);
      return what === 'create'
        ? { isThere: false, settledAt }
        : { isThere: true, crmOrderId: what.slice('there:'.length), settledAt };
    }),
  ),
);

/** How the door has noted an order in the ledger: `<who wrote it>@<when, epoch ms>`. */
const noted = orMissing(
  z.pipe(
    z.string().check(z.regex(/^[\da-f-]{36}@\d{1,15}$/)),
    z.transform((text): Noted => {
      const [by = '', at = ''] = text.split('@');
      return { by, at: Number(at) };
    }),
  ),
);

export type Settlement =
  | { isThere: true; crmOrderId: string; settledAt: number }
  | { isThere: false; settledAt: number };

const settlementText = (settlement: Settlement): string =>
  `${settlement.isThere ? `there:${settlement.crmOrderId}` : 'create'}@${settlement.settledAt}`;

/** What goes with an order on either queue. */
const orderAttributes = z.object({
  redriven: count,
  start: count,
  signed_at: seconds,
  submitted_by: orMissing(callerName),
  traceparent: orMissing(traceparent),
  settlement,
  noted,
});
/** All are optional: an order can be put on the queue with nothing but itself. */
export type OrderAttributes = Partial<z.output<typeof orderAttributes>>;

/** A message from OrdersQueue. */
export interface OrderMessage {
  /** SQS's, the same whenever it is delivered; another once somebody sends it again. */
  messageId: string;
  body: string;
  /** When SQS took it (epoch ms). */
  sentAt: number;
  /** How often it has been received, this time included. */
  receiveCount: number;
  redriven: number;
  /** Which start of the order it belongs to; unknown of what was put on the queue by hand. */
  start: number | undefined;
  submittedBy: string | undefined;
  /** When its caller signed it, by the caller's own clock (seconds since 1970). */
  signedAt?: number | undefined;
  traceparent: string | undefined;
  settlement?: Settlement | undefined;
  /** As the door has noted it, where it is the first that is heard of the order. */
  noted?: Noted | undefined;
}

export function readOrderMessage({
  messageId,
  body,
  attributes,
  messageAttributes,
}: SQSRecord): OrderMessage {
  const read = orderAttributes.parse(valuesOf(messageAttributes, ({ stringValue }) => stringValue));
  return {
    messageId,
    body,
    sentAt: Number(attributes.SentTimestamp),
    receiveCount: Number(attributes.ApproximateReceiveCount),
    redriven: read.redriven ?? 0,
    start: read.start,
    submittedBy: read.submitted_by,
    traceparent: read.traceparent,
    ...(read.signed_at !== undefined && { signedAt: read.signed_at }),
    ...(read.settlement && { settlement: read.settlement }),
    ...(read.noted && { noted: read.noted }),
  };
}

/** @param body an order as JSON */
export function writeOrder(
  body: string,
  { redriven, start, signed_at, submitted_by, traceparent, settlement: settled, noted }: OrderAttributes,
): Written {
  const safe = withEscapes(body);
  const isTooLong = Buffer.byteLength(safe) > MAX_MESSAGE_BYTES - ATTRIBUTES_BYTES;
  // The space between the fields is all that an order of this size can do without.
  return fitted(isTooLong ? withEscapes(JSON.stringify(JSON.parse(body))) : safe, [
    ['redriven', redriven],
    ['start', start],
    ['submitted_by', submitted_by],
    ['signed_at', signed_at],
    ['traceparent', traceparent],
    ['settlement', settled && settlementText(settled)],
    ['noted', noted && `${noted.by}@${noted.at}`],
  ]);
}

/** Why a message is put onto the dead-letter queue. */
export interface Parking {
  error: Failure;
  attempts: number;
  /** Epoch ms. */
  parkedAt: number;
  /** Unknown where the body is not an order. */
  external_id: string | undefined;
  /** Which start of the order begins when it comes back; unknown where it is not the order that has its number. */
  start?: number;
}

/** What is on a dead letter. */
export interface LetterContents {
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
  /** Which start of the order begins when it comes back; where SQS moved it, which one it belongs to. */
  start: number | undefined;
  traceparent: string | undefined;
}

/** The body is the message's own, to the byte: SQS has taken it once. Beside a large one stands what fits. */
export const writeLetter = (
  { body, redriven, submittedBy, traceparent }: OrderMessage,
  { error, attempts, parkedAt, external_id, start }: Parking,
): Written =>
  fitted(body, [
    ['error_type', error.type],
    ['start', start],
    ['external_id', external_id],
    ['redriven', redriven],
    ['submitted_by', submittedBy],
    ['parked_at', new Date(parkedAt).toISOString()],
    ['reasons', codesOf(reasonsOf(error))],
    ['attempts', attempts],
    ['traceparent', traceparent],
    ['error_message', error.message],
  ]);

/** As `codesOf` writes them. */
const reasonCodes = z.pipe(
  z.string(),
  z.transform((codes): Reason[] => {
    const read = codes.split(',').map((code) => reasonSchema.parse({ code }).code);
    return [...new Set(read)].map((code) => ({ code }));
  }),
);

const letterAttributes = z.extend(orderAttributes, {
  error_type: z.optional(z.catch(writtenFailureType, 'UNKNOWN')),
  error_message: z.optional(z.string()),
  reasons: z.optional(reasonCodes),
  attempts: count,
  parked_at: orMissing(z.pipe(z.iso.datetime(), z.transform(Date.parse))),
});

/** Whatever is on it, it can be read. */
export function readLetter({ Body = '', MessageAttributes = {}, Attributes = {} }: Message): LetterContents {
  const read = letterAttributes.parse(valuesOf(MessageAttributes, ({ StringValue }) => StringValue));
  const reason = read.error_type ?? 'NO_REASON';
  return {
    body: Body,
    reason,
    reasons: reasonsOf({ type: reason, reasons: read.reasons }),
    error_message: read.error_message,
    attempts: read.attempts,
    redriven: read.redriven ?? 0,
    parkedAt: read.parked_at ?? Number(Attributes.SentTimestamp ?? 0),
    submitted_by: read.submitted_by,
    start: read.start,
    traceparent: read.traceparent,
  };
}

export const writeOutcome = (outcome: Outcome): string => withEscapes(JSON.stringify(outcome));

/** `undefined` where it is none. */
export const readOutcome = (body: string): Outcome | undefined =>
  outcomeSchema.safeParse(parseJson(body)).data;

/** Emoji as escapes, which is the same JSON: not every stand-in for SQS takes characters beyond U+FFFF. */
const withEscapes = (json: string): string =>
  json.replace(
    /[\u{10000}-\u{10ffff}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16)}\\u${character.charCodeAt(1).toString(16)}`,
  );

/**
 * A body with as many attributes as there is room for, the most important first. SQS refuses an empty value, so one that
 * is empty or unknown is left out.
 */
function fitted(
  MessageBody: string,
  attributes: readonly (readonly [name: string, value: string | number | undefined])[],
): Written {
  const MessageAttributes: Written['MessageAttributes'] = {};
  let room = MAX_MESSAGE_BYTES - Buffer.byteLength(MessageBody);
  for (const [name, value] of attributes) {
    if (value === undefined || value === '') continue;
    const attribute = {
      DataType: typeof value === 'number' ? 'Number' : 'String',
      StringValue: String(value),
    };
    const size = [name, attribute.DataType, attribute.StringValue].join('');
    if (Buffer.byteLength(size) > room) continue;
    room -= Buffer.byteLength(size);
    MessageAttributes[name] = attribute;
  }
  return { MessageBody, MessageAttributes };
}

const valuesOf = <T>(attributes: Record<string, T>, textOf: (attribute: T) => string | undefined) =>
  Object.fromEntries(Object.entries(attributes).map(([name, attribute]) => [name, textOf(attribute)]));
