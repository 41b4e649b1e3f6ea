import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type HttpServer, startHttpServer } from '../kit/http-server.ts';
import { PERSONAL, sampleOrder } from '../kit/orders.ts';
import { type Relay, startRelay } from '../kit/relay.ts';
import { until } from '../kit/until.ts';
import { type Bridge, startBridge } from './bridge.ts';
import { type Signed, secret } from './signed.ts';
import {
  CLIENTS,
  type Conversation,
  converse,
  HAS_PYTHON,
  importRelay,
  PYTHON,
  standIn,
  stopPython,
} from './snippets.ts';

/** The clients of docs/clients and the relay itself, with its sandbox CRM behind it and its own callbacks. */

const NEW = secret(1);
const OLD = secret(2);

let relay: Relay;
let bridge: Bridge;
/** Where the relay's callbacks go, and who takes them there: the answer's status. */
let endpoint: HttpServer;
let take: (callback: Signed) => Promise<number>;
const callbacks: Signed[] = [];

beforeAll(async () => {
  relay = await startRelay();
  bridge = await startBridge(relay);
  endpoint = await startHttpServer(async (request, response) => {
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    const callback = { body: await text(request), headers };
    callbacks.push(callback);
    response.writeHead(await take(callback)).end();
  });
  const endpoints = { demo: { url: `${endpoint.url}/callbacks`, signing_secrets: [NEW, OLD] } };
  relay.stack.secrets.set('test/callbacks', JSON.stringify(endpoints));
});
afterAll(async () => {
  await bridge.stop();
  await relay.stop();
  await endpoint.stop();
  await stopPython();
});
beforeEach(() => {
  take = async () => 204;
});

describe.each(CLIENTS)('$name', ({ name, isHere, send }) => {
  const here = test.skipIf(!isHere);
  const options = () => ({ url: bridge.url, waitSeconds: 8, timeoutSeconds: 20 });

  here('gets the number of an order in the CRM in the same turn', async () => {
    const external_id = `whole-1-${name}`;
    expect(await send(sampleOrder(external_id), options())).toEqual({
      end: 'accepted',
      body: { external_id, state: 'synced', duplicate: false, crm_order_id: expect.any(String), error: null },
    });
    expect(relay.inCrm(external_id)).toBe(1);
  });

  here('makes one order when the answer is lost, and hears its number all the same', async () => {
    const external_id = `whole-2-${name}`;
    bridge.loseNextAnswer();
    expect(await send(sampleOrder(external_id), options())).toMatchObject({
      end: 'accepted',
      body: { duplicate: true, crm_order_id: expect.any(String) },
    });
    await relay.drained();
    expect(relay.inCrm(external_id)).toBe(1);
  });

  here('is told in Ukrainian what the customer can put right', async () => {
    const customer = { name: PERSONAL.name, phone: '12' };
    const { end, body } = await send(sampleOrder(`whole-3-${name}`, { customer }), options());
    expect(end).toBe('refused');
    const { customerText } = await importRelay();
    expect(customerText(Object(body))).toMatch(/номер телефону/);
  });
});

test('the relay’s callbacks are signed for who has either secret', async () => {
  const { verifyCallback } = await importRelay();
  await relay.drained();
  const [first] = callbacks;
  const body = Buffer.from(first?.body ?? '');
  for (const one of [NEW, OLD]) {
    expect(verifyCallback(body, first?.headers ?? {}, [one])).toMatchObject({ type: 'order.synced' });
  }
  expect(verifyCallback(body, first?.headers ?? {}, [secret(3)])).toBeUndefined();
});

describe.skipIf(!HAS_PYTHON)('bot.py', () => {
  let bot: Conversation;
  beforeAll(() => {
    bot = converse('python3', [standIn('drive_bot.py')], {
      ...PYTHON,
      RELAY_URL: bridge.url,
      CALLBACK_SECRETS: OLD,
    });
  });
  afterAll(() => bot.stop());

  const answered = z.object({ status: z.number() });
  const event = z.object({ type: z.string() });
  const heard = (chat: number) =>
    bot.said
      .map((message) => z.object({ chat: z.number(), text: z.string() }).parse(message))
      .filter((message) => message.chat === chat)
      .map(({ text }) => text)
      .slice(4);
  async function order(chat: number, phone = '067 123 45 67') {
    for (const words of ['/order', 'Олена Коваленко', phone, 'Київ', 'Відділення №1']) {
      await bot.ask({ chat, text: words });
    }
  }

  test('tells the number once, though the answer has it and the callback too', async () => {
    const before = callbacks.length;
    take = async ({ body, headers }) => answered.parse(await bot.ask({ callback: body, headers })).status;
    await order(1);
    await until(() => callbacks.length > before);
    await relay.drained();
    expect(heard(1)).toEqual([expect.stringMatching(/його номер \d+/)]);
  });

  test('asks again for a phone that the relay refuses, and the order gets through', async () => {
    await order(2, '12');
    expect(heard(2)).toEqual([expect.stringMatching(/номер телефону/)]);
    await bot.ask({ chat: 2, text: '050 123 45 67' });
    expect(heard(2).slice(1)).toEqual([expect.stringMatching(/його номер \d+/)]);
  });

  test('and for one that the CRM refuses', async () => {
    take = async ({ body, headers }) => answered.parse(await bot.ask({ callback: body, headers })).status;
    relay.stack.sandbox.setFault({ fault: 'validation' });
    await order(3);
    expect(heard(3)).toEqual([expect.stringMatching(/номер телефону/)]);
    // A person takes longer to type than a callback to come.
    await relay.drained();
    await bot.ask({ chat: 3, text: '050 123 45 67' });
    await relay.drained();
    expect(heard(3).slice(1)).toEqual([expect.stringMatching(/його номер \d+/)]);
  });

  test('tells no rejection that was corrected while callbacks could not come', async () => {
    const before = callbacks.length;
    take = async () => 503;
    relay.stack.sandbox.setFault({ fault: 'validation' });
    await order(4);
    await until(() => callbacks.length > before);
    await bot.ask({ chat: 4, text: '050 123 45 67' });
    take = async ({ body, headers }) => answered.parse(await bot.ask({ callback: body, headers })).status;
    await relay.drained();
    const types = callbacks.slice(before).map(({ body }) => event.parse(JSON.parse(body)).type);
    expect(types.length).toBeGreaterThan(2);
    expect(types.slice(-2)).toEqual(['order.rejected', 'order.synced']);
    expect(heard(4)).toEqual([
      expect.stringMatching(/номер телефону/),
      expect.stringMatching(/його номер \d+/),
    ]);
  });
});
