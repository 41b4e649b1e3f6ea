import { expect, test } from 'vitest';
import { toLetter } from '../../../lib/dead-letters/letter.ts';
import { sendBack } from '../../../lib/dead-letters/send-back.ts';
import { accepted } from '../../../lib/ledger/start.ts';
import { contentHash } from '../../../lib/order/content-hash.ts';
import type { OrderAttributes, Settlement } from '../../../lib/queues/codec.ts';
import { sampleOrder } from '../../kit/orders.ts';
import { parsedOrder } from '../../kit/parsed-order.ts';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const SETTLEMENT: Settlement = { isThere: true, crmOrderId: '7', settledAt: 1 };
const text = (StringValue: string) => ({ DataType: 'String', StringValue });

const body = JSON.stringify(sampleOrder('1042'));
const letter = toLetter({
  Body: body,
  MessageAttributes: {
    error_type: text('CONNECTION'),
    submitted_by: text('shop'),
    traceparent: text(TRACEPARENT),
    start: { DataType: 'Number', StringValue: '2' },
  },
});
const record = accepted(
  { external_id: '1042', content_hash: contentHash(parsedOrder('1042')), submitted_by: 'shop' },
  0,
);

test.each([
  ['the very order: its next start', { ...record, start: 5 }, 5],
  ['another order has the number: what the letter says', { ...record, content_hash: 'other', start: 5 }, 2],
  ['the ledger knows nothing: what the letter says', undefined, 2],
])(
  'what belongs to the order goes back with it, and nothing of its failure; %s',
  async (_what, known, start) => {
    const sent: { body: string; attributes: OrderAttributes | undefined }[] = [];
    await sendBack(
      letter,
      known,
      { body, redriven: 3 },
      {
        async send(body, attributes) {
          sent.push({ body, attributes });
        },
      },
    );
    expect(sent).toEqual([
      {
        body,
        attributes: {
          redriven: 3,
          start,
          submitted_by: 'shop',
          traceparent: TRACEPARENT,
          settlement: undefined,
        },
      },
    ]);
  },
);

test('a status goes back as it came: it begins no start of its order', async () => {
  const statusBody = JSON.stringify({ external_id: '1042', status: 'PAID' });
  const status = toLetter({ Body: statusBody, MessageAttributes: { submitted_by: text('shop') } });
  const sent: (OrderAttributes | undefined)[] = [];
  const queue = { send: async (_: string, attributes?: OrderAttributes) => void sent.push(attributes) };
  await sendBack(status, { ...record, start: 5 }, { body: statusBody, redriven: 1 }, queue);
  expect(sent).toMatchObject([{ redriven: 1, start: undefined, submitted_by: 'shop' }]);
});

test('what a person says of it goes with it', async () => {
  const sent: (OrderAttributes | undefined)[] = [];
  const queue = { send: async (_: string, attributes?: OrderAttributes) => void sent.push(attributes) };
  await sendBack(letter, record, { body, redriven: 1, settlement: SETTLEMENT }, queue);
  expect(sent).toMatchObject([{ settlement: SETTLEMENT }]);
});
