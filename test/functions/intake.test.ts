import { DeleteMessageCommand, ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createLedger } from '../../lib/ledger/ledger.ts';
import { PERSONAL, sampleOrder } from '../kit/orders.ts';
import { type Relay, startRelay } from '../kit/relay.ts';

/** Who may post and ask, through the exported handlers, with a real Secrets Manager stand-in behind them. */

const SIGNING = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
const SECRET = 'test/intake-tokens';
const BOT = { authorization: 'Bearer bot-token' };
const SITE = { authorization: 'Bearer site-token' };
const SIGNER = { authorization: 'Bearer signer-token' };
const tokens = {
  bot: ['bot-token', 'bot-old'],
  site: 'site-token',
  signer: { tokens: 'signer-token', signing_secrets: [SIGNING] },
};

let relay: Relay;
beforeAll(async () => {
  relay = await startRelay({ feed: false, tokens: JSON.stringify(tokens) });
});
afterAll(() => relay.stop());
beforeEach(() => relay.stack.secrets.fail(undefined));

let count = 0;
const nextId = () => {
  count += 1;
  return `intake-${count}`;
};
/** Takes off the queue what is on it. */
async function queued() {
  const QueueUrl = relay.stack.resources.get('OrdersQueue')?.ref;
  const { Messages = [] } = await relay.stack.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      MessageAttributeNames: ['All'],
    }),
  );
  for (const { ReceiptHandle } of Messages) {
    await relay.stack.sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  }
  return Messages;
}
const unauthorized = (challenge: string) => ({
  statusCode: 401,
  headers: { 'content-type': 'application/problem+json', 'www-authenticate': challenge },
  body: { type: 'urn:sitniks-orders:problem:unauthorized', status: 401 },
});

// First of all: once a list has been read, it is kept while Secrets Manager is down.
describe('before the first list has been read', () => {
  test('nobody is let in while Secrets Manager is down, and everybody is told to come back', async () => {
    relay.stack.secrets.fail('unavailable');
    const answer = await relay.post(sampleOrder(nextId()), BOT);
    expect(answer).toMatchObject({
      statusCode: 503,
      headers: { 'retry-after': '5' },
      body: { type: 'urn:sitniks-orders:problem:temporarily_unavailable' },
    });
    expect(await queued()).toEqual([]);
  });

  test('nor with a secret that is none, of which nothing is told', async () => {
    relay.stack.secrets.set(SECRET, '{"bot":"tell tale"}');
    const answer = await relay.post(sampleOrder(nextId()), BOT);
    expect(answer).toMatchObject({ statusCode: 503 });
    expect(JSON.stringify(answer)).not.toContain('tale');
    relay.stack.secrets.set(SECRET, JSON.stringify(tokens));
    expect((await relay.post(sampleOrder(nextId()), BOT)).statusCode).toBe(202);
    await queued();
  });
});

describe('a request without a token that is known', () => {
  test.each([
    ['none', '', 'Bearer realm="orders"'],
    ['another scheme', 'Basic Ym90LXRva2Vu', 'Bearer realm="orders"'],
    ['no token in it', 'Bearer', 'Bearer realm="orders"'],
    ['an unknown one', 'Bearer nobody', 'Bearer realm="orders", error="invalid_token"'],
    ['a part of one', 'Bearer bot-toke', 'Bearer realm="orders", error="invalid_token"'],
    ['one with more', 'Bearer bot-token2', 'Bearer realm="orders", error="invalid_token"'],
    ['two', 'Bearer bot-token,Bearer bot-token', 'Bearer realm="orders", error="invalid_token"'],
    ['what is no text', 'Bearer бот', 'Bearer realm="orders", error="invalid_token"'],
    ['a caller’s name', 'Bearer bot', 'Bearer realm="orders", error="invalid_token"'],
  ])('is 401, to post and to ask: %s', async (_what, authorization, challenge) => {
    const id = nextId();
    expect(await relay.post(sampleOrder(id), { authorization })).toMatchObject(unauthorized(challenge));
    expect(await relay.get(id, { authorization })).toMatchObject(unauthorized(challenge));
    expect(await queued()).toEqual([]);
  });

  test('is 401 before anything is read of its body', async () => {
    for (const [body, headers] of [
      ['x'.repeat(100_000), {}],
      ['{', {}],
      ['a=1', { 'content-type': 'application/x-www-form-urlencoded' }],
    ] as const) {
      expect(await relay.post(body, { authorization: 'Bearer nobody', ...headers })).toMatchObject({
        statusCode: 401,
      });
    }
  });

  test('the scheme may be written in any case', async () => {
    expect((await relay.get('none', { authorization: 'bearer bot-token' })).statusCode).toBe(404);
    expect((await relay.get('none', { authorization: 'BEARER  bot-old ' })).statusCode).toBe(404);
  });
});

describe('an order', () => {
  test("carries its caller's name on the queue and in the ledger", async () => {
    const id = nextId();
    await relay.post(sampleOrder(id), SITE);
    const [message] = await queued();
    expect(message?.MessageAttributes?.['submitted_by']?.StringValue).toBe('site');
    expect((await relay.get(id, SITE)).statusCode).toBe(200);
  });

  test('is not there for anybody else, word for word as one that is not', async () => {
    const id = nextId();
    await relay.post(sampleOrder(id), SITE);
    const told = await relay.get(id, BOT);
    const unknown = await relay.get(nextId(), BOT);
    const { instance: _, ...body } = Object(told.body);
    const { instance: __, ...noBody } = Object(unknown.body);
    expect({ ...told, body }).toEqual({ ...unknown, body: noBody });
    await queued();
  });

  test("of another caller's id is refused without a word of how that one fares", async () => {
    const id = nextId();
    await relay.post(sampleOrder(id), SITE);
    await queued();
    for (const order of [sampleOrder(id), sampleOrder(id, { payment_method: 'cash' })]) {
      const answer = await relay.post(order, BOT);
      expect(answer).toMatchObject({
        statusCode: 409,
        body: { type: 'urn:sitniks-orders:problem:external_id_taken' },
      });
      expect(JSON.stringify(answer.body)).not.toMatch(/accepted|"state"|site/);
    }
    expect(await queued()).toEqual([]);
    expect((await relay.get(id, SITE)).body).toMatchObject({ state: 'accepted' });
  });
});

describe('by the queue', () => {
  test('what never was an order takes no id away from anybody', async () => {
    const id = nextId();
    await relay.inject({ external_id: id }, '');
    relay.feed();
    await relay.drained();
    await relay.stopFeeding();
    expect((await relay.get(id, BOT)).statusCode).toBe(404);
    expect((await relay.post(sampleOrder(id), BOT)).statusCode).toBe(202);
    expect((await relay.get(id, BOT)).body).toMatchObject({ state: 'accepted' });
    await queued();
    await relay.takeDeadLetters();
  });

  test("another caller's order under a parked one's id replaces nothing, and is told to whoever sent it", async () => {
    const id = nextId();
    relay.stack.sandbox.setFault({ fault: 'unauthorized', external_id: id, times: 2 });
    await relay.inject(sampleOrder(id), 'site');
    relay.feed();
    await relay.drained();
    // As when the ledger was down while it was posted, so that the edge could not know whose id it is.
    await relay.inject(sampleOrder(id, { payment_method: 'cash' }), 'bot');
    await relay.drained();
    await relay.stopFeeding();
    expect((await relay.get(id, SITE)).body).toMatchObject({ state: 'parked' });
    expect((await relay.get(id, BOT)).body).toMatchObject({
      state: 'parked',
      error: { explanations: [{ reason: 'number_taken' }] },
    });
    const letters = await relay.takeDeadLetters();
    expect(letters.map(({ attributes }) => [attributes['error_type'], attributes['submitted_by']])).toEqual([
      ['AUTHENTICATION', 'site'],
      ['CONFLICT', 'bot'],
    ]);
  });
});

describe('a caller with a signing secret', () => {
  const sign = (body: string, ago = 0) => {
    const at = new Date(Date.now() - ago * 1000);
    return {
      ...SIGNER,
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(SIGNING).sign('msg_1', at, body),
    };
  };

  test('is let in with a signature of the very bytes', async () => {
    const body = JSON.stringify(sampleOrder(nextId()), null, 3);
    expect((await relay.post(body, sign(body))).statusCode).toBe(202);
    await queued();
  });

  test.each([
    ['without one', (_body: string) => SIGNER, 'The header webhook-id is missing.'],
    [
      'with that of other bytes',
      (body: string) => sign(`${body} `),
      /^The header webhook-signature does not/,
    ],
    ['with an old one', (body: string) => sign(body, 310), /^The header webhook-timestamp is more than 5/],
  ])('is refused %s, and told why', async (_what, headers, detail) => {
    const body = JSON.stringify(sampleOrder(nextId()));
    const answer = await relay.post(body, headers(body));
    expect(answer).toMatchObject(unauthorized('Bearer realm="orders", error="invalid_signature"'));
    expect(answer.body).toMatchObject({ detail: expect.stringMatching(detail) });
    expect(await queued()).toEqual([]);
  });

  test('is refused by its signature before its body is parsed', async () => {
    expect((await relay.post('{', sign('{}'))).statusCode).toBe(401);
    expect((await relay.post('{', sign('{'))).statusCode).toBe(400);
  });

  describe('of which somebody has kept the bytes', () => {
    const rejected = async (external_id: string) => {
      const ledger = createLedger(relay.stack.dynamodb, { table: 'Ledger' });
      const record = await ledger.get(external_id);
      if (record === undefined) throw new Error('It was not noted');
      const error = { type: 'VALIDATION' as const, message: 'no such sku' };
      await ledger.replace({ ...record, state: 'rejected', settled_at: Date.now(), error });
    };

    test.each([
      ['a minute later', 30],
      ['in the same second', 90],
    ])('its correction, signed %s, cannot be undone', async (_when, agoOfCorrection) => {
      const external_id = nextId();
      const first = JSON.stringify(sampleOrder(external_id));
      const second = JSON.stringify(sampleOrder(external_id, { payment_method: 'cash' }));
      const overheard = sign(first, 90);
      expect((await relay.post(first, overheard)).statusCode).toBe(202);
      await rejected(external_id);
      const correction = sign(second, agoOfCorrection);
      expect((await relay.post(second, correction)).statusCode).toBe(202);
      await rejected(external_id);
      await queued();

      const replayed = await relay.post(first, overheard);
      expect(replayed).toMatchObject(unauthorized('Bearer realm="orders", error="invalid_signature"'));
      expect(replayed.body).toMatchObject({
        detail: expect.stringContaining('with a new webhook-timestamp'),
      });
      expect(await queued()).toEqual([]);

      // Who sends the same once more, be it with the same webhook-id, gets the same answer.
      const repeated = await relay.post(second, correction);
      expect(repeated).toMatchObject({ statusCode: 202, body: { external_id, duplicate: true } });
      // And who means it signs it anew.
      await rejected(external_id);
      expect((await relay.post(first, sign(first))).statusCode).toBe(202);
      await queued();
    });

    test('it is only the same order again, as long as it has not been corrected', async () => {
      const external_id = nextId();
      const body = JSON.stringify(sampleOrder(external_id));
      const headers = sign(body, 60);
      for (const duplicate of [false, true, true]) {
        expect(await relay.post(body, headers)).toMatchObject({ statusCode: 202, body: { duplicate } });
      }
      await rejected(external_id);
      expect(await relay.post(body, headers)).toMatchObject({ statusCode: 202, body: { duplicate: true } });
      await queued();
    });
  });

  test('may ask without', async () => {
    expect((await relay.get('none', SIGNER)).statusCode).toBe(404);
  });
});

test('what is abused at the edge is refused with its place, and parked as MALFORMED by the queue', async () => {
  const json = JSON.stringify(sampleOrder('abuse'));
  const bodies = {
    twice: json.replace('"phone":', '"phone":"1","phone":'),
    proto: json.replace('{', '{"__proto__":{"status":"PAID"},'),
    deep: json.replace('"mono"', `${'['.repeat(99)}${']'.repeat(99)}`),
    huge: json.replace('1200', '1e400'),
    surrogate: json.replace('Олена', String.raw`\ud800`),
  };
  for (const body of Object.values(bodies)) {
    const answer = await relay.post(body, BOT);
    expect(answer).toMatchObject({ statusCode: 400, body: { errors: expect.anything() } });
    expect(JSON.stringify(answer.body)).not.toContain(PERSONAL.address);
    await relay.inject(body);
  }
  relay.feed();
  await relay.drained();
  await relay.stopFeeding();
  const reasons = (await relay.takeDeadLetters()).map(({ attributes }) => [
    attributes['error_type'],
    attributes['error_message'],
  ]);
  expect(reasons.sort()).toEqual([
    ['MALFORMED', '# unknown_field'],
    ['MALFORMED', '#/customer/name control_character'],
    ['MALFORMED', '#/customer/phone duplicate_field'],
    ['MALFORMED', '#/items/0/price invalid_type'],
    ['MALFORMED', '#/payment_method too_deep; #/payment_method invalid_type'],
  ]);
});
