import type { SQSMessageAttribute, SQSRecord } from 'aws-lambda';
import * as z from 'zod';

const toMessageAttribute = z
  .object({
    StringValue: z.string().optional(),
    BinaryValue: z.instanceof(Uint8Array).optional(),
    DataType: z.string(),
  })
  .transform(
    ({ StringValue, BinaryValue, DataType }): SQSMessageAttribute => ({
      ...(StringValue !== undefined && { stringValue: StringValue }),
      ...(BinaryValue !== undefined && { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
      stringListValues: [],
      binaryListValues: [],
      dataType: DataType,
    }),
  );

/** A message as ReceiveMessage gives it → a record as Lambda gives it: same values, other names. */
export function recordSchema({ queueArn, region }: { queueArn: string; region: string }) {
  return z
    .object({
      MessageId: z.string(),
      ReceiptHandle: z.string(),
      Body: z.string(),
      Attributes: z
        .object({
          ApproximateReceiveCount: z.string(),
          SentTimestamp: z.string(),
          SenderId: z.string(),
          ApproximateFirstReceiveTimestamp: z.string(),
        })
        .catchall(z.string()),
      MessageAttributes: z.record(z.string(), toMessageAttribute).default({}),
      MD5OfBody: z.string(),
      MD5OfMessageAttributes: z.string().optional(),
    })
    .transform(
      (message): SQSRecord => ({
        messageId: message.MessageId,
        receiptHandle: message.ReceiptHandle,
        body: message.Body,
        attributes: message.Attributes,
        messageAttributes: message.MessageAttributes,
        md5OfBody: message.MD5OfBody,
        ...(message.MD5OfMessageAttributes && { md5OfMessageAttributes: message.MD5OfMessageAttributes }),
        eventSource: 'aws:sqs',
        eventSourceARN: queueArn,
        awsRegion: region,
      }),
    );
}
