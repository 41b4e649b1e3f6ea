import type { SQSRecord } from 'aws-lambda';

/** A message from OrdersQueue. */
export interface OrderMessage {
  body: string;
  /** When SQS took it (epoch ms). */
  sentAt: number;
  /** How often it has been received, this time included. */
  receiveCount: number;
  redriven: number;
  submittedBy: string | undefined;
  traceparent: string | undefined;
}

/** Attributes are optional, and anyone who may send can set them: what is not in form is left aside. */
export function readOrderMessage({ body, attributes, messageAttributes }: SQSRecord): OrderMessage {
  const attribute = (name: string, form: RegExp): string | undefined => {
    const value = messageAttributes[name]?.stringValue;
    return value !== undefined && form.test(value) ? value : undefined;
  };
  return {
    body,
    sentAt: Number(attributes.SentTimestamp),
    receiveCount: Number(attributes.ApproximateReceiveCount),
    redriven: Number(attribute('redriven', /^\d{1,4}$/) ?? 0),
    submittedBy: attribute('submitted_by', /^[\w.-]{1,64}$/),
    traceparent: attribute('traceparent', /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/),
  };
}
