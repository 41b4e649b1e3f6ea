import { randomUUID } from 'node:crypto';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { type FauxqsServer, startFauxqs } from 'fauxqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Failure } from '../../../lib/explanations/failure.ts';
import { reasonSchema } from '../../../lib/explanations/reasons.ts';
import { contentHash } from '../../../lib/order/content-hash.ts';
import { readOrder } from '../../../lib/order/order.ts';
import {
  MAX_MESSAGE_BYTES,
  readLetter,
  readOrderMessage,
  readOutcome,
  type Written,
  writeLetter,
  writeOrder,
  writeOutcome,
} from '../../../lib/queues/codec.ts';
import { orderMessage } from '../../kit/order-message.ts';
import { sampleOrder } from '../../kit/orders.ts';
import { sampleOutcome } from '../../kit/outcomes.ts';
import { sqsRecord } from '../../kit/sqs-record.ts';

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const AT = Date.parse('2026-01-01T00:00:00.000Z');
const REFUSED: Failure = {
  type: 'VALIDATION',
  message: 'The CRM refuses the order (422): items.0.sku: невідомий',
  reasons: [{ code: 'sku_unknown', pointer: '#/items/0/sku' }],
};

let server: FauxqsServer;
let sqs: SQSClient;
beforeAll(async () => {
  server = await startFauxqs({ port: 0, logger: false, defaultRegion: 'eu-central-1' });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  sqs = new SQSClient({ endpoint: `http://127.0.0.1:${server.port}`, region: 'eu-central-1', credentials });
});
afterAll(async () => {
  sqs.destroy();
  await server.stop();
});

/** There and back: the message as SQS hands it out. */
async function throughSqs(written: Written) {
  const QueueName = `q-${randomUUID()}`;
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName }));
  await sqs.send(new SendMessageCommand({ QueueUrl, ...written }));
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['SentTimestamp'],
    }),
  );
  return Messages[0] ?? {};
}

/** The same message as Lambda hands it over. */
const asRecord = ({ MessageBody, MessageAttributes }: Written) =>
  sqsRecord(MessageBody, {
    messageAttributes: Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, { DataType = '', StringValue = '' }]) => [
        name,
        { dataType: DataType, stringValue: StringValue },
      ]),
    ),
  });

const hashOf = (json: string) => {
  const reading = readOrder(json);
  return reading.ok ? contentHash(reading.order) : undefined;
};

describe('an order', () => {
  const body = JSON.stringify(sampleOrder('1042'));

  test.each([
    ['it is there', { isThere: true, crmOrderId: '1001', settledAt: AT }, `there:1001@${AT}`],
    ['it is not there', { isThere: false, settledAt: AT }, `create@${AT}`],
  ] as const)('what a person says of it comes through: %s', async (_what, settlement, text) => {
    const written = writeOrder(body, { settlement, signed_at: 1_766_224_800 });
    expect(written.MessageAttributes).toMatchObject({
      settlement: { StringValue: text },
      signed_at: { StringValue: '1766224800' },
    });
    expect(readOrderMessage(asRecord(written))).toMatchObject({ settlement, signedAt: 1_766_224_800 });
  });

  test('which start it belongs to, and how the door has noted it, come through', () => {
    const noted = { by: '0b5c5e0e-5d0c-4c5a-9d0e-1f2a3b4c5d6e', at: AT };
    const written = writeOrder(body, { start: 2, noted });
    expect(written.MessageAttributes['noted']?.StringValue).toBe(`${noted.by}@${AT}`);
    expect(readOrderMessage(asRecord(written))).toMatchObject({ start: 2, noted });
  });

  test('what nobody has said of it is not there', () => {
    const message = readOrderMessage(asRecord(writeOrder('{}', {})));
    for (const name of ['settlement', 'signedAt', 'noted']) expect(message).not.toHaveProperty(name);
  });

  test.each(['there:@1', 'there:1001', 'create', 'create@', 'there:10 01@1', 'gone@1'])(
    'a settlement out of form is none: %s',
    (text) => {
      const record = asRecord({
        MessageBody: '{}',
        MessageAttributes: { settlement: { DataType: 'String', StringValue: text } },
      });
      expect(readOrderMessage(record)).not.toHaveProperty('settlement');
    },
  );

  test('is read as it was written, with all that goes with it, or with nothing', () => {
    const written = writeOrder(body, { redriven: 2, submitted_by: 'bot', traceparent: TRACE });
    const [whole, bare] = [written, writeOrder(body, {})].map((one) => readOrderMessage(asRecord(one)));
    expect(whole).toMatchObject({ body, redriven: 2, submittedBy: 'bot', traceparent: TRACE });
    expect(bare).toMatchObject({ body, redriven: 0, submittedBy: undefined, traceparent: undefined });
  });

  test('with an emoji in it is taken by any SQS, whoever sends it, and is the same order', async () => {
    const json = JSON.stringify(sampleOrder('1043', { source: 'bot 😀' }));
    const { Body = '' } = await throughSqs(writeOrder(json, {}));
    expect(Body).not.toBe(json);
    expect(hashOf(Body)).toBe(hashOf(json));
  });

  test('that leaves no room for what goes with it is sent without the space between its fields', async () => {
    const padded = body.replace('{', `{${' '.repeat(MAX_MESSAGE_BYTES - Buffer.byteLength(body))}`);
    expect(Buffer.byteLength(padded)).toBe(MAX_MESSAGE_BYTES);
    const message = await throughSqs(writeOrder(padded, { redriven: 1, submitted_by: 'bot' }));
    expect(hashOf(message.Body ?? '')).toBe(hashOf(body));
    expect(Object.keys(message.MessageAttributes ?? {}).toSorted()).toEqual(['redriven', 'submitted_by']);
  });
});

describe('a dead letter', () => {
  const BODY = ' {"external_id": "1042",\n\t"name": "Дар’я"} ';
  const message = orderMessage(BODY, { redriven: 1, submittedBy: 'bot', traceparent: TRACE });
  const parking = { error: REFUSED, attempts: 2, parkedAt: AT, external_id: '1042' };

  test('is the message to the byte, with why it is there as attributes', async () => {
    const { Body, MessageAttributes = {} } = await throughSqs(writeLetter(message, parking));
    expect(Body).toBe(BODY);
    const attributes = Object.entries(MessageAttributes).map(([name, { DataType, StringValue }]) => [
      name,
      `${DataType} ${StringValue}`,
    ]);
    expect(Object.fromEntries(attributes)).toEqual({
      error_type: 'String VALIDATION',
      reasons: 'String sku_unknown',
      error_message: `String ${REFUSED.message}`,
      attempts: 'Number 2',
      parked_at: 'String 2026-01-01T00:00:00.000Z',
      external_id: 'String 1042',
      redriven: 'Number 1',
      submitted_by: 'String bot',
      traceparent: `String ${TRACE}`,
    });
  });

  test('says which start begins when it comes back, and each of its reasons once', () => {
    const reasons = ['sku_unknown', 'sku_unknown', 'phone_invalid'].map((code) =>
      reasonSchema.parse({ code }),
    );
    const written = writeLetter(message, { ...parking, start: 3, error: { ...REFUSED, reasons } });
    const { MessageAttributes = {}, MessageBody } = written;
    const twice = { DataType: 'String', StringValue: 'sku_unknown,phone_invalid,sku_unknown' };
    for (const given of [MessageAttributes, { ...MessageAttributes, reasons: twice }])
      expect(readLetter({ Body: MessageBody, MessageAttributes: given })).toMatchObject({
        start: 3,
        reasons: [{ code: 'sku_unknown' }, { code: 'phone_invalid' }],
      });
  });

  test('is read as it was written', async () => {
    expect(readLetter(await throughSqs(writeLetter(message, parking)))).toEqual({
      body: BODY,
      reason: 'VALIDATION',
      reasons: [{ code: 'sku_unknown' }],
      error_message: REFUSED.message,
      attempts: 2,
      redriven: 1,
      parkedAt: AT,
      submitted_by: 'bot',
      traceparent: TRACE,
    });
  });

  test('does not tell what is not known as undefined', () => {
    const error: Failure = { type: 'MALFORMED', message: 'not JSON' };
    const { MessageAttributes } = writeLetter(orderMessage('x'), {
      error,
      attempts: 0,
      parkedAt: AT,
      external_id: undefined,
    });
    expect(Object.keys(MessageAttributes).toSorted()).toEqual([
      'attempts',
      'error_message',
      'error_type',
      'parked_at',
      'reasons',
      'redriven',
    ]);
  });

  test.each([
    ['all but the words', 300, { reason: 'VALIDATION', submitted_by: 'bot', error_message: undefined }],
    ['why, and whose number', 60, { reason: 'VALIDATION', submitted_by: undefined }],
    [
      'what is small, where what comes before it is not',
      41,
      { reason: 'VALIDATION', redriven: 1, submitted_by: undefined },
    ],
    ['nothing', 0, { reason: 'NO_REASON', redriven: 0 }],
  ])(
    'of a body that leaves little room has %s: it used to be refused by SQS for good',
    async (_what, room, expected) => {
      const large = orderMessage('x'.repeat(MAX_MESSAGE_BYTES - room), message);
      const written = writeLetter(
        { ...large, body: 'x'.repeat(MAX_MESSAGE_BYTES - room) },
        {
          ...parking,
          error: { ...REFUSED, message: 'ї'.repeat(500) },
        },
      );
      const letter = readLetter(await throughSqs(written));
      expect(letter.body).toHaveLength(MAX_MESSAGE_BYTES - room);
      expect(letter).toMatchObject(expected);
    },
  );
});

test('attributes that are not in form are taken for missing, by whoever reads them', async () => {
  const attribute = (StringValue: string) => ({ DataType: 'String', StringValue });
  const odd: Written = {
    MessageBody: '{}',
    MessageAttributes: {
      redriven: attribute('many'),
      submitted_by: attribute('Олена +380671234567'),
      traceparent: attribute('x'),
      error_type: attribute('NEWER_THAN_WE_ARE'),
      attempts: attribute('-1'),
      parked_at: attribute('yesterday'),
    },
  };
  expect(readOrderMessage(asRecord(odd))).toMatchObject({
    redriven: 0,
    submittedBy: undefined,
    traceparent: undefined,
  });
  const letter = readLetter(await throughSqs(odd));
  expect(letter).toMatchObject({
    reason: 'UNKNOWN',
    redriven: 0,
    attempts: undefined,
    submitted_by: undefined,
    traceparent: undefined,
  });
  expect(Date.now() - letter.parkedAt).toBeLessThan(60_000);
});

test('an outcome is read as it was written, an emoji in it too; what is none is not', () => {
  const outcome = sampleOutcome({ error: { ...REFUSED, message: 'No 😀' } });
  expect(writeOutcome(outcome)).not.toContain('😀');
  expect(readOutcome(writeOutcome(outcome))).toEqual(outcome);
  expect(['', 'null', '{}', 'not JSON'].map(readOutcome)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
