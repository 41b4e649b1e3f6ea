import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Chat } from '../../../lib/callbacks/endpoints.ts';
import type { Failure } from '../../../lib/explanations/failure.ts';
import { createLedger } from '../../../lib/ledger/ledger.ts';
import { createListing } from '../../../lib/ledger/listing.ts';
import { chatMemory } from '../../../lib/shop-chat/chat-memory.ts';
import { createTelegram } from '../../../lib/shop-chat/telegram.ts';
import { tellShops } from '../../../lib/shop-chat/tell-shops.ts';
import { LOCAL_CHAT } from '../../../local/local-secrets.ts';
import { type Stack, startStack } from '../../../local/stack.ts';
import { recordingLog } from '../../kit/recording-log.ts';
import { testTemplate } from '../../kit/template.ts';

const { log, lines } = recordingLog();
let stack: Stack;
let now: number;
let version = 0;
let shown = 0;

beforeAll(async () => {
  stack = await startStack({ template: testTemplate(), region: 'eu-central-1', apiKeySecret: 'key' });
});
afterAll(() => stack.stop());
beforeEach(() => {
  now = Date.now();
  version += 1;
  lines.length = 0;
  stack.telegram.setMode({});
  shown = stack.telegram.messages().length;
});

const ledger = () => createLedger(stack.dynamodb, { table: 'Ledger', now: () => now });
const caller = () => `shop-${version}`;
const chat: Chat = { botToken: LOCAL_CHAT.bot_token, chat: LOCAL_CHAT.chat };

const run = (chats = new Map([[caller(), chat]]), baseUrl = stack.telegram.url) =>
  tellShops({
    endpoints: { chats, version: `v-${version}` },
    listing: createListing(stack.dynamodb, 'Ledger'),
    ledger: ledger(),
    telegram: createTelegram({ baseUrl, timeoutMs: 1000 }),
    memory: chatMemory(stack.dynamodb, 'ShopChats'),
    pageUrl: 'https://shop.example.com',
    log,
    now: () => now,
  });

/** What the chat was told in this test. */
const told = () =>
  stack.telegram
    .messages()
    .slice(shown)
    .map(({ text }) => text);

const NO_KEY: Failure = { type: 'AUTHENTICATION', message: 'no', reasons: [{ code: 'key_refused' }] };
const DOWN: Failure = { type: 'CONNECTION', message: 'no', reasons: [{ code: 'crm_unreachable' }] };
const BAD_PHONE: Failure = { type: 'VALIDATION', message: 'no', reasons: [{ code: 'phone_invalid' }] };

async function ended(id: string, end: Failure | string, redriven = 0): Promise<void> {
  now += 5_000;
  const claim = await ledger().claim(
    { external_id: `${version}-${id}`, content_hash: 'h', redriven, submitted_by: caller() },
    1000,
  );
  if (claim.result !== 'acquired') throw new Error(claim.result);
  await ledger().end(
    claim.record,
    typeof end === 'string'
      ? { state: 'synced', crmOrderId: end }
      : {
          state: end.type === 'VALIDATION' ? 'rejected' : 'parked',
          error: end,
          doubt: undefined,
          notBefore: undefined,
          costsAttempt: true,
        },
  );
}

test('a customer to be asked is told, with a button to the order, and when it is over', async () => {
  await ended('1', BAD_PHONE);
  await run();
  expect(told()).toEqual([expect.stringContaining(`Замовлення ${version}-1 чекає`)]);
  expect(stack.telegram.messages().at(-1)?.button).toEqual({
    text: 'Відкрити замовлення',
    url: `https://shop.example.com/manager#/${version}-1`,
  });
  await run();
  expect(told()).toHaveLength(1);
  await ended('1', '7001');
  await run();
  await run();
  expect(told().slice(1)).toEqual([`Замовлення ${version}-1 уже в CRM.`]);
});

test('a burst is one message', async () => {
  for (let n = 0; n < 12; n += 1) await ended(String(n), NO_KEY);
  await run();
  expect(told()).toEqual([expect.stringMatching(/^12 замовлень чекають: /)]);
});

test('what passes by itself is nobody’s news, and what comes back for the same cause is told once', async () => {
  await ended('down', DOWN);
  await run();
  expect(told()).toEqual([]);
  await ended('key', NO_KEY);
  await run();
  await ended('key', NO_KEY, 1);
  await run();
  expect(told()).toHaveLength(1);
});

test('a correction that is refused again is told again', async () => {
  await ended('1', BAD_PHONE);
  await run();
  await ended('1', BAD_PHONE, 1);
  await run();
  expect(told()).toHaveLength(2);
});

describe('what cannot be sent', () => {
  test('waits for as long as Telegram asks', async () => {
    await ended('1', BAD_PHONE);
    stack.telegram.setMode({ status: 429, retry_after: 30 });
    await run();
    stack.telegram.setMode({});
    now += 29_000;
    await run();
    expect(told()).toEqual([]);
    now += 2_000;
    await run();
    expect(told()).toHaveLength(1);
  });

  test.each([
    ['it is down', () => stack.telegram.setMode({ status: 500 }), undefined],
    ['it cannot be reached', () => {}, 'http://127.0.0.1:9'],
  ])('is tried again by the next run: %s', async (_why, fail, baseUrl) => {
    await ended('1', BAD_PHONE);
    fail();
    await run(undefined, baseUrl);
    stack.telegram.setMode({});
    await run();
    expect(told()).toHaveLength(1);
  });

  test('because the bot was put out of the chat is not tried until the secret is written anew', async () => {
    await ended('1', BAD_PHONE);
    stack.telegram.setMode({ status: 403 });
    await run();
    stack.telegram.setMode({});
    await run();
    expect(told()).toEqual([]);
    expect(lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    const before = caller();
    version += 1;
    await run(new Map([[before, chat]]));
    expect(told()).toHaveLength(1);
  });

  test('keeps no other shop from being told', async () => {
    await ended('1', BAD_PHONE);
    const wrong = { botToken: '2:a-token-that-no-bot-has-here', chat: '42' };
    await run(
      new Map([
        ['other', wrong],
        [caller(), chat],
      ]),
    );
    expect(told()).toHaveLength(1);
  });
});

test('nothing but the order’s number and our own words is in a message, and no token in a log line', async () => {
  await ended('1', { ...BAD_PHONE, message: 'The CRM refuses Олена +380671234567' });
  await run();
  expect(told().join()).not.toMatch(/Олена|\d{7}/);
  expect(JSON.stringify(lines)).not.toContain(LOCAL_CHAT.bot_token);
});
