import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Callback } from '../../lib/intake/contract.ts';
import { type CallbackReceiver, startCallbackReceiver } from '../../local/callback-receiver.ts';
import { until } from '../kit/until.ts';

const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
const OTHER = `whsec_${Buffer.alloc(32, 6).toString('base64')}`;

const lines: string[] = [];
let receiver: CallbackReceiver;
beforeAll(async () => {
  receiver = await startCallbackReceiver({ signingSecret: SECRET, log: (line) => lines.push(line) });
});
beforeEach(() => {
  receiver.clear();
  receiver.setMode({});
  lines.length = 0;
});
afterAll(() => receiver.stop());

const synced = (id = 'evt_1'): Callback => ({
  id,
  type: 'order.synced',
  timestamp: '2026-01-01T00:00:00.000Z',
  data: { external_id: '1042', attempts: 1, crm_order_id: '1001', error: null },
});
const words = (customer: string) => ({ title: 'т', cause: 'п', todo: 'д', customer });
const rejected = (customer: string): Callback => ({
  id: 'evt_2',
  type: 'order.rejected',
  timestamp: '2026-01-01T00:00:00.000Z',
  data: {
    external_id: '1046',
    attempts: 1,
    crm_order_id: null,
    error: {
      type: 'VALIDATION',
      message: 'no',
      explanations: [
        { reason: 'sku_unknown', pointers: [], who: 'customer', uk: words(customer), en: words('Sorry.') },
      ],
    },
  },
});

const signed = (body: string, id = 'evt_1', secret = SECRET, at = new Date()) => ({
  'content-type': 'application/json',
  'webhook-id': id,
  'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
  'webhook-signature': new Webhook(secret).sign(id, at, body),
});

async function post(body: string, headers: Record<string, string>, signal?: AbortSignal): Promise<number> {
  const response = await fetch(receiver.endpoint, {
    method: 'POST',
    headers,
    body,
    ...(signal === undefined ? {} : { signal }),
  });
  return response.status;
}
const tell = (callback: Callback) => {
  const body = JSON.stringify(callback);
  return post(body, signed(body, callback.id));
};
const control = async (method: string, path: string, body?: object) => {
  const response = await fetch(`${receiver.url}/_receiver/${path}`, {
    method,
    ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
};

describe('a callback that is signed', () => {
  test('is answered with 204, remembered, and told in a line', async () => {
    expect(await tell(synced())).toBe(204);
    expect(receiver.events()).toEqual([
      { received_at: expect.stringMatching(/^\d{4}-.*Z$/), is_repeat: false, event: synced() },
    ]);
    expect(lines).toEqual(['1042 synced, in the CRM as 1001']);
  });

  test('is told with the sentence for the customer, where there is one', async () => {
    await tell(rejected('Такого товару немає.'));
    await tell(rejected(''));
    expect(lines).toEqual(['1046 rejected: «Такого товару немає.»', '1046 rejected (repeat)']);
  });

  test('of what is not even an order is told without a number', async () => {
    const callback = rejected('Напишіть нам.');
    await tell({ ...callback, data: { ...callback.data, external_id: null } });
    expect(lines).toEqual(['(no number) rejected: «Напишіть нам.»']);
  });

  test('is marked as a repeat when its id has come before', async () => {
    await tell(synced('evt_a'));
    await tell(synced('evt_b'));
    await tell(synced('evt_a'));
    expect(receiver.events().map(({ is_repeat }) => is_repeat)).toEqual([false, false, true]);
    expect(lines[2]).toBe('1042 synced (repeat), in the CRM as 1001');
  });

  test('by either of two secrets, while one replaces the other', async () => {
    const body = JSON.stringify(synced());
    const headers = signed(body);
    const both = `${signed(body, 'evt_1', OTHER)['webhook-signature']} ${headers['webhook-signature']}`;
    expect(await post(body, { ...headers, 'webhook-signature': both })).toBe(204);
  });
});

describe('is refused, and not remembered:', () => {
  const body = JSON.stringify(synced());
  test.each<[what: string, status: number, body: string, headers: Record<string, string>]>([
    ['without a signature', 401, body, { 'content-type': 'application/json' }],
    ["with another secret's", 401, body, signed(body, 'evt_1', OTHER)],
    ['with that of other bytes', 401, body, signed(`${body} `)],
    ['with that of another id', 401, body, { ...signed(body, 'evt_2'), 'webhook-id': 'evt_1' }],
    ['with an old one', 401, body, signed(body, 'evt_1', SECRET, new Date(Date.now() - 301_000))],
    ['under an id that is not its own', 400, body, signed(body, 'evt_2')],
    ['what is no JSON', 400, '{', signed('{')],
    ['what is no callback', 400, '{"id":"evt_1"}', signed('{"id":"evt_1"}')],
  ])('%s', async (_what, status, sent, headers) => {
    expect(await post(sent, headers)).toBe(status);
    expect(receiver.events()).toEqual([]);
    expect(lines).toEqual([expect.stringMatching(`^refused with ${status}: `)]);
  });
});

describe('the receiver can be', () => {
  test('down, and up again', async () => {
    expect(await control('PUT', 'mode', { status: 503 })).toEqual({ status: 200, body: { status: 503 } });
    expect(await tell(synced())).toBe(503);
    expect((await control('GET', 'mode')).body).toEqual({ status: 503 });
    await control('PUT', 'mode', {});
    expect(await tell(synced())).toBe(204);
    expect((await control('GET', 'events')).body).toMatchObject([{ is_repeat: false }]);
  });

  test('one that takes an event and never answers', async () => {
    receiver.setMode({ hang: true });
    const sent = new AbortController();
    const text = JSON.stringify(synced());
    const answer = post(text, signed(text), sent.signal);
    await until(() => receiver.events().length === 1);
    sent.abort();
    await expect(answer).rejects.toThrow();
    receiver.setMode({});
    await tell(synced());
    expect(receiver.events()[1]).toMatchObject({ is_repeat: true });
  });

  test('emptied', async () => {
    await tell(synced());
    expect(await control('DELETE', 'events')).toEqual({ status: 204, body: undefined });
    expect((await control('GET', 'events')).body).toEqual([]);
  });

  test('told nothing that it does not know', async () => {
    expect(await control('PUT', 'mode', { status: 204, down: true })).toMatchObject({
      status: 400,
      body: { errors: { status: [expect.any(String)], down: ['Unknown field'] } },
    });
    expect((await control('GET', 'mode')).body).toEqual({});
  });
});
