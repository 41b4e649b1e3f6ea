import { expect, test } from 'vitest';
import { type SendingBack, sendBack } from '../../../lib/dead-letters/send-back.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { accepted } from '../../../lib/ledger/start.ts';
import type { OrderAttributes } from '../../../lib/queues/codec.ts';

const LETTER = {
  reason: 'CONNECTION',
  redriven: 2,
  external_id: '1042',
  content_hash: 'h1',
  submitted_by: 'bot',
  start: 1,
  messageId: 'message-1',
  traceparent: undefined,
} as const;
const RECORD: LedgerRecord = {
  ...accepted({ external_id: '1042', content_hash: 'h1', submitted_by: 'bot' }, 0),
  state: 'parked',
  start: 3,
};

async function sent(letter: Parameters<typeof sendBack>[0], record: LedgerRecord | undefined) {
  const sends: [string, OrderAttributes | undefined][] = [];
  const what: SendingBack = { body: '{}', redriven: 3 };
  await sendBack(letter, record, what, {
    send: async (body, attributes) => void sends.push([body, attributes]),
  });
  expect(sends).toHaveLength(1);
  return sends[0]?.[1];
}

test("an order that is sent back begins the order's next start, so that a correction sent since wins over it", async () => {
  expect(await sent(LETTER, RECORD)).toMatchObject({ start: 3, submitted_by: 'bot', redriven: 3 });
});

test('what is not the order that has its number says what it said: another start would make it a correction', async () => {
  expect((await sent({ ...LETTER, submitted_by: 'site' }, RECORD))?.start).toBe(1);
  expect((await sent({ ...LETTER, content_hash: 'h2', start: undefined }, RECORD))?.start).toBeUndefined();
  expect((await sent(LETTER, undefined))?.start).toBe(1);
});
