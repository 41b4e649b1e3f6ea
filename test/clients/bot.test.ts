import { readFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type HttpServer, startHttpServer } from '../kit/http-server.ts';
import { callback, explanation, inCrm, rejected, type Signed, secondsAgo, secret } from './signed.ts';
import { type Conversation, converse, HAS_PYTHON, PYTHON, pathOf, run, standIn } from './snippets.ts';

/**
 * The bot of docs/clients/bot.py in a chat. aiogram and aiohttp cannot be had here: they are stand-ins, so that this
 * shows what the bot's own code does, against a relay that answers as it is told.
 */

const ACCEPTED = expect.stringMatching(/^Дякуємо, замовлення прийнято!/);
const LATER = expect.stringMatching(/\/again/);
const PHONE = 'Не вдалося розпізнати номер телефону. Надішліть його ще раз.';
const numberOf = (crmOrderId: string) => expect.stringContaining(`його номер ${crmOrderId}`);

const answers = z.object({ status: z.number() });
const order = z.looseObject({ external_id: z.string(), customer: z.looseObject({ name: z.string() }) });
const form = z.looseObject({ external_id: z.string() });
const sentSchema = z.object({ chat: z.number(), text: z.string(), parse_mode: z.string().nullable() });

type Step = (response: ServerResponse, external_id: string) => unknown;
const posted = (state: string, more: object = {}) => ({
  state,
  duplicate: false,
  crm_order_id: null,
  error: null,
  ...more,
});
const answer =
  (status: number, body: object): Step =>
  (response, external_id) =>
    response.writeHead(status).end(JSON.stringify(status < 300 ? { external_id, ...body } : body));

describe.skipIf(!HAS_PYTHON)('bot.py', () => {
  let relay: HttpServer;
  let bot: Conversation;
  /** What the relay does with the next order of a name, and what it was sent. */
  const steps = new Map<string, Step[]>();
  const orders: z.output<typeof order>[] = [];

  beforeAll(async () => {
    relay = await startHttpServer(async (request, response) => {
      const sent = order.parse(await json(request));
      orders.push(sent);
      const step = steps.get(sent.customer.name)?.shift() ?? (() => response.destroy());
      step(response, sent.external_id);
    });
    bot = converse('python3', [standIn('drive_bot.py')], {
      ...PYTHON,
      RELAY_URL: relay.url,
      CALLBACK_SECRETS: `${secret(1)} ${secret(2)}`,
    });
  });
  afterAll(async () => {
    await bot.stop();
    await relay.stop();
  });

  /** A customer in a chat of their own, for whom the relay takes these steps. */
  function customer(chat: number, ...relaySteps: Step[]) {
    const name = `Клієнт ${chat}`;
    steps.set(name, relaySteps);
    return {
      chat,
      say: (text: string) => bot.ask({ chat, text }),
      /** Fills in the form, but for the last answer, which sends it. */
      async begins() {
        for (const text of ['/order', name, '067 123 45 67', 'Київ']) await bot.ask({ chat, text });
      },
      /** What the bot has said since the form was filled in. */
      heard: () =>
        bot.said
          .map((message) => sentSchema.parse(message))
          .filter((message) => message.chat === chat)
          .map(({ text }) => text)
          .slice(4),
      orders: () => orders.filter((one) => one.customer.name === name),
      async id() {
        const { data } = z.object({ data: form }).parse(await bot.ask({ state_of: chat }));
        return data.external_id;
      },
      state: async () =>
        z.object({ state: z.string().nullable() }).parse(await bot.ask({ state_of: chat })).state,
    };
  }
  const callBack = async ({ body, headers }: Signed) =>
    answers.parse(await bot.ask({ callback: body, headers })).status;

  test('tells the customer the number in the same turn', async () => {
    const olena = customer(1, answer(200, posted('synced', { crm_order_id: '7001' })));
    await olena.begins();
    await olena.say('Відділення №1');
    expect(olena.heard()).toEqual([numberOf('7001')]);
    expect(olena.orders()).toEqual([
      {
        // Not the chat: it is the customer's number in Telegram.
        external_id: expect.stringMatching(/^tg-[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/),
        source: 'telegram',
        customer: { name: 'Клієнт 1', phone: '067 123 45 67' },
        delivery: { method: 'nova_poshta', city: 'Київ', address: 'Відділення №1' },
        items: [{ product_id: '123', sku: 'DRESS-RED-116', price: 1200, quantity: 1 }],
        payment_method: 'mono',
      },
    ]);
    expect(await olena.state()).toBeNull();
  });

  test('shows what comes from elsewhere as it is, and no markup in it', async () => {
    const number = '<a href="https://evil.example">7009</a> *_[';
    const olena = customer(90, answer(200, posted('synced', { crm_order_id: number })));
    await olena.begins();
    await olena.say('Відділення №1');
    expect(olena.heard()).toEqual([numberOf(number)]);
    const modes = bot.said.map((message) => sentSchema.parse(message)).filter(({ chat }) => chat === 90);
    expect(modes.at(-1)?.parse_mode).toBeNull();
  });

  test('asks again for a phone that was refused, in the relay’s words, and corrects the same order', async () => {
    const olena = customer(
      2,
      answer(400, { status: 400, explanations: [explanation(PHONE)] }),
      answer(200, posted('synced', { crm_order_id: '7002' })),
    );
    await olena.begins();
    await olena.say('Відділення №1');
    expect(olena.heard()).toEqual([PHONE]);
    await olena.say('050 123 45 67');
    expect(olena.heard()).toEqual([PHONE, numberOf('7002')]);
    const [first, second] = olena.orders();
    expect(second).toMatchObject({
      external_id: first?.external_id,
      customer: { phone: '050 123 45 67' },
      delivery: { city: 'Київ' },
    });
  });

  test('says which comes first where more than one thing was refused', async () => {
    const city = explanation('Не знайшли такого міста.', {
      reason: 'city_invalid',
      pointers: ['#/delivery/city'],
    });
    const olena = customer(3, answer(400, { status: 400, explanations: [explanation(PHONE), city] }));
    await olena.begins();
    await olena.say('Відділення №1');
    expect(olena.heard()).toEqual([`${PHONE}\n${city.uk.customer}`, 'Ваш номер телефону?']);
    await olena.say('050 123 45 67');
    expect(olena.heard().at(-1)).toBe('У яке місто доставити?');
  });

  test('says “accepted” when it takes longer, and the number when the callback comes', async () => {
    const olena = customer(4, answer(202, posted('accepted')));
    await olena.begins();
    await olena.say('Відділення №1');
    expect(olena.heard()).toEqual([ACCEPTED]);
    const data = { external_id: await olena.id(), ...inCrm('7004') };
    expect(await callBack(callback('evt_4', 'order.synced', data))).toBe(204);
    expect(olena.heard()).toEqual([ACCEPTED, numberOf('7004')]);
    expect(await olena.state()).toBeNull();
  });

  test('sends what a callback says to the chat whose order it is, once', async () => {
    const olena = customer(5, answer(202, posted('accepted')));
    const taras = customer(6, answer(202, posted('accepted')), answer(202, posted('accepted')));
    for (const one of [olena, taras]) {
      await one.begins();
      await one.say('Відділення №1');
    }
    const data = { external_id: await taras.id(), ...rejected(explanation(PHONE)) };
    const event = callback('evt_6', 'order.rejected', data);
    expect(await callBack(event)).toBe(204);
    expect(await callBack(event)).toBe(204);
    expect(olena.heard()).toEqual([ACCEPTED]);
    expect(taras.heard()).toEqual([ACCEPTED, PHONE]);

    // Corrected and sent anew: the old event, once more, is not about that.
    await taras.say('050 123 45 67');
    expect(await callBack(event)).toBe(204);
    expect(taras.heard()).toEqual([ACCEPTED, PHONE, ACCEPTED]);
    expect(taras.orders()).toHaveLength(2);
  });

  test('tells once what the answer and the callback both say, whichever is first', async () => {
    const data = inCrm('7007');
    const held = Promise.withResolvers<ServerResponse>();
    const olena = customer(7, (response) => held.resolve(response));
    await olena.begins();
    const said = olena.say('Відділення №1');
    const response = await held.promise;
    const external_id = await olena.id();
    expect(await callBack(callback('evt_7', 'order.synced', { external_id, ...data }))).toBe(204);
    answer(200, posted('synced', { crm_order_id: '7007' }))(response, external_id);
    await said;
    expect(olena.heard()).toEqual([numberOf('7007')]);

    const taras = customer(8, answer(200, posted('synced', { crm_order_id: '7008' })));
    await taras.begins();
    await taras.say('Відділення №1');
    const [sent] = taras.orders();
    const late = { external_id: sent?.external_id ?? '', ...inCrm('7008') };
    expect(await callBack(callback('evt_8', 'order.synced', late))).toBe(204);
    expect(taras.heard()).toEqual([numberOf('7008')]);
  });

  test('tells of an order that was kept back, and of its number later', async () => {
    const kept = explanation('Замовлення збережено.', {
      reason: 'key_refused',
      pointers: [],
      who: 'manager',
    });
    const olena = customer(10, answer(202, posted('parked', { error: rejected(kept).error })));
    await olena.begins();
    await olena.say('Відділення №1');
    const external_id = await olena.id();
    expect(await callBack(callback('evt_10', 'order.parked', { external_id, ...rejected(kept) }))).toBe(204);
    expect(await callBack(callback('evt_11', 'order.recovered', { external_id, ...inCrm('7010') }))).toBe(
      204,
    );
    expect(olena.heard()).toEqual(['Замовлення збережено.', numberOf('7010')]);
  });

  test('sends the same order again when it is told to, after nobody has answered', async () => {
    const olena = customer(11, (response) =>
      // So long that nobody waits for it.
      response.writeHead(503, { 'retry-after': '3600' }).end('{}'),
    );
    await olena.begins();
    await olena.say('Відділення №1');
    expect(olena.heard()).toEqual([LATER]);
    steps.set('Клієнт 11', [answer(200, posted('synced', { crm_order_id: '7011' }))]);
    await olena.say('/again');
    expect(olena.heard()).toEqual([LATER, numberOf('7011')]);
    const [first, second] = olena.orders();
    expect(second).toEqual(first);
  });

  test('does not take for accepted what somebody before the relay has refused', async () => {
    const olena = customer(12, answer(403, { message: 'Forbidden' }));
    await olena.begins();
    await olena.say('Відділення №1');
    expect(olena.heard()).toEqual([LATER]);
  });

  describe('the route of the callbacks', () => {
    test('answers 401 to what is not signed', async () => {
      const olena = customer(20, answer(202, posted('accepted')));
      await olena.begins();
      await olena.say('Відділення №1');
      const data = { external_id: await olena.id(), ...inCrm('7020') };
      const { body, headers } = callback('evt_20', 'order.synced', data);
      expect(await callBack({ body, headers: {} })).toBe(401);
      expect(await callBack({ body, headers: { ...headers, 'webhook-signature': 'v1,é' } })).toBe(401);
      expect(await callBack(callback('evt_20', 'order.synced', data, { by: [secret(3)] }))).toBe(401);
      expect(olena.heard()).toEqual([ACCEPTED]);
      expect(await callBack(callback('evt_20', 'order.synced', data, { by: [secret(2)] }))).toBe(204);
      expect(olena.heard()).toEqual([ACCEPTED, numberOf('7020')]);
    });

    test('lets the relay send again what could not be told', async () => {
      const olena = customer(21, answer(202, posted('accepted')));
      await olena.begins();
      await olena.say('Відділення №1');
      const data = { external_id: await olena.id(), ...inCrm('7021') };
      const event = callback('evt_21', 'order.synced', data);
      await bot.ask({ out_of_reach: 'Telegram' });
      expect(await callBack(event)).toBe(500);
      expect(await callBack(event)).toBe(204);
      expect(olena.heard()).toEqual([ACCEPTED, numberOf('7021')]);
    });

    test('but not what nobody is there to be told', async () => {
      const olena = customer(22, answer(202, posted('accepted')));
      await olena.begins();
      await olena.say('Відділення №1');
      await bot.ask({ blocked_by: 22 });
      const data = { external_id: await olena.id(), ...inCrm('7022') };
      expect(await callBack(callback('evt_22', 'order.synced', data))).toBe(204);
      const unknown = { external_id: 'not-of-this-bot', ...inCrm('1') };
      expect(await callBack(callback('evt_23', 'order.synced', unknown))).toBe(204);
      const nameless = { external_id: null, ...rejected(explanation('x')) };
      expect(await callBack(callback('evt_24', 'order.rejected', nameless))).toBe(204);
    });
  });

  describe('of what comes late', () => {
    const refused = rejected(explanation(PHONE));
    const kept = rejected(explanation('Замовлення збережено.', { pointers: [], who: 'manager' }));

    /** Somebody whose phone the relay refuses, and who has corrected it. */
    async function corrected(chat: number, answerToCorrection: Step) {
      const olena = customer(
        chat,
        answer(202, posted('rejected', { error: refused.error })),
        answerToCorrection,
      );
      await olena.begins();
      await olena.say('Відділення №1');
      const external_id = await olena.id();
      const happened = new Date();
      await olena.say('050 123 45 67');
      return { olena, external_id, happened };
    }

    test('does not tell a rejection that is corrected, once the number is told', async () => {
      const { olena, external_id, happened } = await corrected(
        30,
        answer(200, posted('synced', { crm_order_id: '7030' })),
      );
      const late = callback('evt_30', 'order.rejected', { external_id, ...refused }, { happened });
      expect(await callBack(late)).toBe(204);
      expect(await callBack(late)).toBe(204);
      const synced = { external_id, ...inCrm('7030') };
      expect(await callBack(callback('evt_31', 'order.synced', synced))).toBe(204);
      expect(olena.heard()).toEqual([PHONE, numberOf('7030')]);
      expect(await olena.state()).toBeNull();
    });

    test.each([
      ['as this one', 32, 0],
      ['2 minutes ahead', 33, 120],
      ['2 minutes behind', 34, -120],
    ])('nor while the correction is on its way, with the relay’s clock %s', async (_what, chat, ahead) => {
      const { olena, external_id } = await corrected(chat, answer(202, posted('accepted')));
      const again = (id: string, happened: Date) =>
        callBack(
          callback(
            `evt_${chat}_${id}`,
            'order.rejected',
            { external_id, ...refused },
            { happened, clockAheadSeconds: ahead },
          ),
        );
      expect(await again('old', secondsAgo(20))).toBe(204);
      expect(olena.heard()).toEqual([PHONE, ACCEPTED]);
      expect(await olena.state()).toBe('OrderForm:sent');
      // The corrected one is wrong as well: that is news, though in the same words.
      expect(await again('new', new Date())).toBe(204);
      expect(olena.heard()).toEqual([PHONE, ACCEPTED, PHONE]);
      expect(await olena.state()).toBe('OrderForm:filling');
    });

    test('tells what happens in order, and nothing older afterwards', async () => {
      const olena = customer(35, answer(202, posted('accepted')));
      await olena.begins();
      await olena.say('Відділення №1');
      const external_id = await olena.id();
      const parked = { external_id, ...kept };
      const recovered = { external_id, ...inCrm('7035') };
      const [first, then] = [new Date(), secondsAgo(-1)];
      expect(await callBack(callback('evt_35', 'order.parked', parked, { happened: first }))).toBe(204);
      expect(await callBack(callback('evt_36', 'order.recovered', recovered, { happened: then }))).toBe(204);
      expect(await callBack(callback('evt_37', 'order.parked', parked, { happened: first }))).toBe(204);
      expect(olena.heard()).toEqual([ACCEPTED, 'Замовлення збережено.', numberOf('7035')]);
    });

    test('tells a number however late it comes, if nobody has', async () => {
      const olena = customer(36, answer(202, posted('accepted')), (response) =>
        response.writeHead(503, { 'retry-after': '3600' }).end('{}'),
      );
      await olena.begins();
      await olena.say('Відділення №1');
      const external_id = await olena.id();
      await olena.say('/again');
      const data = { external_id, ...inCrm('7036') };
      const late = callback('evt_38', 'order.synced', data, { happened: secondsAgo(20) });
      expect(await callBack(late)).toBe(204);
      expect(olena.heard()).toEqual([ACCEPTED, LATER, numberOf('7036')]);
    });
  });

  test('leaves the form alone when it is of another order by now', async () => {
    const olena = customer(13, answer(202, posted('accepted')));
    await olena.begins();
    await olena.say('Відділення №1');
    const external_id = await olena.id();
    await olena.begins();
    await callBack(callback('evt_13', 'order.rejected', { external_id, ...rejected(explanation(PHONE)) }));
    expect(olena.heard()).toContain(PHONE);
    expect(await bot.ask({ state_of: 13 })).toMatchObject({
      state: 'OrderForm:filling',
      data: { phone: '067 123 45 67' },
    });
  });
});

test.skipIf(!HAS_PYTHON)('relay.py is Python 3.9', async () => {
  const parse = 'import ast, sys; ast.parse(sys.stdin.read(), feature_version=(3, 9))';
  const input = await readFile(pathOf('relay.py'), 'utf8');
  expect(await run('python3', ['-c', parse], { input, env: PYTHON })).toMatchObject({ code: 0, stderr: '' });
});
