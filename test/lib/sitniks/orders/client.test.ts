import { execFile } from 'node:child_process';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { contentHash } from '../../../../lib/order/content-hash.ts';
import { createSitniksClient } from '../../../../lib/sitniks/orders/client.ts';
import type { CrmErrorType, CrmFailure } from '../../../../lib/sitniks/result.ts';
import { FAULTS, type FaultInput, type FaultName } from '../../../../local/sandbox/faults.ts';
import { type Sandbox, startSandbox } from '../../../../local/sandbox/server.ts';
import { closedPort, startHttpServer } from '../../../kit/http-server.ts';
import { PERSONAL } from '../../../kit/orders.ts';
import { parsedOrder } from '../../../kit/parsed-order.ts';
import { until } from '../../../kit/until.ts';

const KEY = 'sandbox-key';
const TIMEOUT_MS = 250;
const order = parsedOrder('order-1');
/** The order's number and its content: a correction must not come with the key of what was refused. */
const ONE_CONTENT = `order-1:${contentHash(order)}`;

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.stop());

const client = (baseUrl = sandbox.url, timeoutMs = TIMEOUT_MS) => createSitniksClient({ baseUrl, timeoutMs });
const inCrm = () => sandbox.orders().length;
const paths = () => sandbox.calls().map(({ method, path }) => `${method} ${path}`);

function failureOf(result: { ok: true } | CrmFailure): CrmFailure {
  if (result.ok) throw new Error('No failure');
  return result;
}

describe('creation', () => {
  test("sends the order once, in the seed's form, and gives the CRM's id", async () => {
    expect(await client().create(order, KEY)).toEqual({ ok: true, crmOrderId: '1001' });
    expect(sandbox.orders().map(({ body }) => body)).toEqual([
      {
        external_id: 'order-1',
        source: 'telegram',
        customer: { name: PERSONAL.name, phone: PERSONAL.phone, email: PERSONAL.email },
        delivery: { method: 'nova_poshta', city: 'Київ', address: PERSONAL.address },
        items: [{ product_id: '123', sku: 'DRESS-RED-116', price: 1200, quantity: 1 }],
        payment_method: 'mono',
        status: 'Нові заявки',
      },
    ]);
    expect(sandbox.calls()).toMatchObject([{ method: 'POST', idempotency_key: ONE_CONTENT, status: 201 }]);
  });

  test('has one idempotency key for all attempts of a content, and another for its correction', async () => {
    await client().create(order, KEY);
    await client().create(order, KEY);
    await client().create(parsedOrder('order-1', { payment_method: 'cash' }), KEY);
    const [first, again, corrected] = sandbox.calls().map(({ idempotency_key }) => idempotency_key);
    expect(again).toBe(first);
    expect(corrected).toMatch(/^order-1:/);
    expect(corrected).not.toBe(first);
  });

  test.each(['', '/', '/open-api', '/open-api/'])(
    'goes to api/orders under the base URL %j',
    async (base) => {
      const seen: unknown[] = [];
      const { url, stop } = await startHttpServer((request, response) => {
        const { method, headers } = request;
        const { authorization, accept } = headers;
        seen.push([
          method,
          request.url,
          authorization,
          accept,
          headers['content-type'],
          headers['idempotency-key'],
        ]);
        request.resume().on('end', () => response.end('{"id":1}'));
      });
      expect(await client(`${url}${base}`).create(order, KEY)).toEqual({ ok: true, crmOrderId: '1' });
      const path = `${base.replace(/\/$/, '')}/api/orders`;
      expect(seen).toEqual([
        ['POST', path, `Bearer ${KEY}`, 'application/json', 'application/json', ONE_CONTENT],
      ]);
      await stop();
    },
  );

  type Expected = { type: CrmErrorType; reached: boolean; created: number } | 'created';
  const lost: Expected = { type: 'CONNECTION', reached: true, created: 1 };
  const nothing: Expected = { type: 'CONNECTION', reached: true, created: 0 };
  const refusal = (type: CrmErrorType): Expected => ({ type, reached: false, created: 0 });
  /** One for each fault that there is: a new one does not compile without. */
  const expected: Record<FaultName, Expected> = {
    status: nothing,
    rate_limit: refusal('RATE_LIMIT'),
    unauthorized: refusal('AUTHENTICATION'),
    validation: refusal('VALIDATION'),
    timeout: nothing,
    reset: nothing,
    lost_response: lost,
    late_commit: nothing,
    stalled_body: lost,
    redirect: refusal('CONFIGURATION'),
    html_ok: nothing,
    error_ok: nothing,
    no_id: lost,
    wrong_id: lost,
    huge_body: lost,
    slow: 'created',
    bad_gateway: nothing,
    empty_ok: nothing,
  };
  const settings: Partial<Record<FaultName, Partial<FaultInput>>> = {
    slow: { latency_ms: 50 },
    late_commit: { latency_ms: 60_000 },
  };

  test.each(FAULTS)('meets the fault %s with the result that the design says, in one call', async (fault) => {
    sandbox.setFault({ fault, ...settings[fault] });
    const started = performance.now();
    const result = await client().create(order, KEY);

    expect(performance.now() - started).toBeLessThan(TIMEOUT_MS + 1_000);
    const outcome = expected[fault];
    if (outcome === 'created') {
      expect(result).toEqual({ ok: true, crmOrderId: '1001' });
    } else {
      expect(result).toMatchObject({ ok: false, type: outcome.type, mayHaveReachedCrm: outcome.reached });
      expect(inCrm()).toBe(outcome.created);
    }
    expect(paths()).toEqual(['POST /api/orders']);
  });

  test.each<[type: CrmErrorType, reached: boolean, statuses: number[]]>([
    ['AUTHENTICATION', false, [401, 403]],
    ['VALIDATION', false, [400, 422]],
    ['RATE_LIMIT', false, [429]],
    ['CONFLICT', false, [409]],
    ['CONNECTION', true, [408, 500, 502, 503, 504, 520, 599]],
    [
      'CONFIGURATION',
      false,
      [300, 301, 302, 303, 304, 307, 308, 402, 404, 405, 406, 410, 413, 415, 418, 451],
    ],
    // A success that does not say which order it was of.
    ['CONNECTION', true, [200, 201, 202, 203, 204, 206, 226]],
  ])('takes for %s (may have arrived: %s) the statuses %j', async (type, reached, statuses) => {
    for (const status of statuses) {
      sandbox.reset();
      sandbox.setFault({ fault: 'status', status });
      const result = await client().create(order, KEY);
      expect({ status, ...result }).toMatchObject({ status, ok: false, type, mayHaveReachedCrm: reached });
      expect(failureOf(result).message).toContain(String(status));
      expect(paths()).toEqual(['POST /api/orders']);
    }
  });

  test.each([301, 302, 303, 307, 308])(
    'does not follow a redirect with %d, wherever it leads',
    async (status) => {
      const calls: unknown[] = [];
      const { url, stop } = await startHttpServer((request, response) => {
        calls.push(request.url);
        request.resume().on('end', () => {
          response.writeHead(request.url === '/api/orders' ? status : 200, { location: '/login' });
          response.end('{"id":1}');
        });
      });
      expect(await client(url).create(order, KEY)).toMatchObject({ ok: false, type: 'CONFIGURATION' });
      expect(calls).toEqual(['/api/orders']);
      await stop();
    },
  );

  test.each<[what: string, body: string, crmOrderId: string | undefined]>([
    ['a number as id', '{"id":17}', '17'],
    ['a text as id', '{"id":"a-17"}', 'a-17'],
    ['order_id where there is no id', '{"order_id":17}', '17'],
    ['order_id where id is null', '{"id":null,"order_id":17}', '17'],
    ['id rather than order_id', '{"order_id":1,"id":17}', '17'],
    ['our external_id echoed', '{"id":17,"external_id":"order-1"}', '17'],
    ['no external_id to echo', '{"id":17,"external_id":null}', '17'],
    ["another order's external_id", '{"id":17,"external_id":"order-2"}', undefined],
    ['an external_id that ours is part of', '{"id":17,"external_id":"order-11"}', undefined],
    ['an empty id', '{"id":""}', undefined],
    ['no id at all', '{"ok":true}', undefined],
    ['an id of no known form', '{"id":{"value":17}}', undefined],
    ['an error with the status of a success', '{"error":"no such project"}', undefined],
    ['nothing', '', undefined],
    ['null', 'null', undefined],
    ['a list', '[{"id":17}]', undefined],
    ['broken JSON', '{"id":17', undefined],
  ])('reads %s in an answer of 201', async (_what, body, crmOrderId) => {
    const { url, stop } = await startHttpServer((request, response) => {
      request.resume().on('end', () => response.writeHead(201).end(body));
    });
    expect(await client(url).create(order, KEY)).toMatchObject(
      crmOrderId === undefined
        ? { ok: false, type: 'CONNECTION', mayHaveReachedCrm: true }
        : { ok: true, crmOrderId },
    );
    await stop();
  });
});

describe('a deadline', () => {
  test('covers the head and the body: the last byte must have come by then', async () => {
    const { url, stop } = await startHttpServer((request, response) => {
      request.resume();
      response.writeHead(201, { 'content-type': 'application/json' });
      // One byte at a time, always soon enough to seem alive.
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
    });
    const started = performance.now();
    const result = await client(url).create(order, KEY);
    const took = performance.now() - started;

    expect(result).toMatchObject({ ok: false, type: 'CONNECTION', mayHaveReachedCrm: true });
    expect(took).toBeGreaterThan(TIMEOUT_MS - 20);
    expect(took).toBeLessThan(TIMEOUT_MS + 1_000);
    await stop();
  });

  test('is told in seconds', async () => {
    sandbox.setFault({ fault: 'timeout' });
    expect(failureOf(await client().create(order, KEY)).message).toBe(
      'The CRM cannot be reached: no answer within 0.25 s',
    );
  });

  test('ends the connection: nothing is left running when the call is over', async () => {
    sandbox.setFault({ fault: 'stalled_body' });
    await client().create(order, KEY);
    await until(() => sandbox.calls().every(({ outcome }) => outcome === 'cut_off'));
  });

  test('fires 200 times of 200 under garbage collection', async () => {
    const script = fileURLToPath(new URL('./deadline-under-gc.ts', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', script]);
    expect(stdout.trim()).toBe('200 of 200');
  });
});

describe('an answer', () => {
  test('of 50 MB is cut off soon after 256 KiB', async () => {
    let written = 0;
    const chunk = Buffer.alloc(64 * 1024, ' ');
    const { url, stop } = await startHttpServer((request, response) => {
      request.resume();
      response.writeHead(201, { 'content-type': 'application/json' }).write('{"id":17');
      const more = () => {
        while (!response.destroyed && written < 50 * 1024 * 1024) {
          written += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', more);
        }
        response.end('}');
      };
      more();
    });
    expect(await client(url, 5_000).create(order, KEY)).toMatchObject({
      ok: false,
      type: 'CONNECTION',
      mayHaveReachedCrm: true,
    });
    // What the sockets hold in between is the operating system's affair.
    expect(written).toBeLessThan(20 * 1024 * 1024);
    await stop();
  });

  test('of just under 256 KiB is read', async () => {
    const { url, stop } = await startHttpServer((request, response) => {
      request.resume().on('end', () => response.end(`{"id":17${' '.repeat(256 * 1024 - 9)}}`));
    });
    expect(await client(url, 5_000).create(order, KEY)).toEqual({ ok: true, crmOrderId: '17' });
    await stop();
  });
});

describe('what has certainly not been sent', () => {
  const notSent = { ok: false, type: 'CONNECTION', mayHaveReachedCrm: false };

  test.each(['127.0.0.1', 'localhost', '[::1]'])('is what %s refused', async (host) => {
    const result = await client(`http://${host}:${await closedPort()}`).create(order, KEY);
    expect(result).toMatchObject(notSent);
    expect(failureOf(result).message).toMatch(/^The CRM cannot be reached: connection failed \(E[A-Z]+\)$/);
  });

  test('is what has no address', async () => {
    // A resolver may take its time before it says so.
    expect(await client('http://crm.invalid', 10_000).create(order, KEY)).toMatchObject(notSent);
  });

  test('is what meets no TLS', async () => {
    // A busy machine may take its time over the handshake.
    const result = await client(sandbox.url.replace('http:', 'https:'), 10_000).create(order, KEY);
    expect(result).toMatchObject(notSent);
    expect(sandbox.calls()).toEqual([]);
  });

  test.each([
    'ECONNREFUSED',
    'ENOTFOUND',
    'EAI_AGAIN',
    'UND_ERR_CONNECT_TIMEOUT',
    'CERT_HAS_EXPIRED',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ])('is what fails with %s', async (code) => {
    const fetch = () =>
      Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error(), { code }) }));
    const failing = createSitniksClient({ baseUrl: 'https://crm.example', timeoutMs: 100, fetch });
    expect(await failing.create(order, KEY)).toMatchObject(notSent);
  });

  test.each([
    'ECONNRESET',
    'EPIPE',
    'UND_ERR_SOCKET',
    'UND_ERR_HEADERS_TIMEOUT',
    'UND_ERR_BODY_TIMEOUT',
    'EWHATEVER',
  ])('is not what fails with %s', async (code) => {
    const fetch = () =>
      Promise.reject(new TypeError('fetch failed', { cause: Object.assign(new Error(), { code }) }));
    const failing = createSitniksClient({ baseUrl: 'https://crm.example', timeoutMs: 100, fetch });
    expect(await failing.create(order, KEY)).toMatchObject({ ...notSent, mayHaveReachedCrm: true });
  });
});

describe('connections', () => {
  /** A CRM that counts them. */
  async function countingCrm() {
    let sockets = 0;
    const crm = await startHttpServer((request, response) => {
      const created = request.method === 'POST';
      request.resume().on('end', () => response.end(created ? '{"id":1}' : '{"data":[]}'));
    });
    crm.server.on('connection', () => {
      sockets += 1;
    });
    return { ...crm, sockets: () => sockets };
  }

  test('are made once and reused: twenty calls one after the other are one socket', async () => {
    const { url, sockets, stop } = await countingCrm();
    const crm = client(url);
    for (let i = 0; i < 10; i += 1) {
      expect(await crm.create(order, KEY)).toMatchObject({ ok: true });
      // As between any two orders: undici takes a socket for busy until the turn in which its answer ended is over.
      await setImmediate();
      expect(await crm.find(order, KEY)).toMatchObject({ ok: true });
      await setImmediate();
    }
    expect(sockets()).toBe(1);
    await stop();
  });

  test('do not become more with the number of calls', async () => {
    const { url, sockets, stop } = await countingCrm();
    const crm = client(url);
    for (let i = 0; i < 20; i += 1)
      await Promise.all(Array.from({ length: 5 }, () => crm.create(order, KEY)));
    // 100 calls, five at a time, and the socket that each of the five may still take for busy.
    expect(sockets()).toBeLessThanOrEqual(10);
    await stop();
  });

  test('with an answer left on them are not used again', async () => {
    sandbox.setFault({ fault: 'stalled_body' });
    expect(await client().create(order, KEY)).toMatchObject({ ok: false });
    const next = parsedOrder('order-2');
    expect(await client().create(next, KEY)).toMatchObject({ ok: true });
    expect(sandbox.orders().map(({ body }) => body.external_id)).toEqual(['order-1', 'order-2']);
  });
});

describe('Retry-After', () => {
  const asked = async (retry_after: string | number) => {
    sandbox.setFault({ fault: 'rate_limit', retry_after });
    return failureOf(await client().create(order, KEY)).retryAfterMs;
  };

  test('may be seconds', async () => {
    expect(await asked(7)).toBe(7_000);
    expect(await asked('120')).toBe(120_000);
  });

  test('may be a date', async () => {
    const ms = await asked(new Date(Date.now() + 60_000).toUTCString());
    expect(ms).toBeGreaterThan(55_000);
    expect(ms).toBeLessThanOrEqual(60_000);
  });

  test.each(['0', '-5', 'soon', '1e3', '2045-01-01', 'Thu, 01 Jan 1970 00:00:00 GMT', 'NaN'])(
    'says nothing where it is %s',
    async (value) => {
      expect(await asked(value)).toBeUndefined();
    },
  );

  test('may come with a fraction, or twice', async () => {
    expect(await asked('45.5')).toBe(46_000);
    expect(await asked('7, 8')).toBe(7_000);
  });

  test.each([500, 502, 503, 504, 408])('is read of %d too', async (status) => {
    sandbox.setFault({ fault: 'status', status, retry_after: 4 });
    expect(failureOf(await client().create(order, KEY))).toMatchObject({
      type: 'CONNECTION',
      retryAfterMs: 4_000,
    });
  });

  test('may be left out', async () => {
    sandbox.setFault({ fault: 'status', status: 429 });
    const result = failureOf(await client().create(order, KEY));
    expect(result).not.toHaveProperty('retryAfterMs');
    expect(result).toMatchObject({ type: 'RATE_LIMIT', mayHaveReachedCrm: false });
  });
});

describe('a look-up', () => {
  const find = (external_id = 'order-1', baseUrl = sandbox.url) =>
    client(baseUrl).find(parsedOrder(external_id), KEY);
  const FOUND = {
    ok: true,
    result: 'found',
    crmOrderId: '1001',
    likeness: 'agrees',
    contents: expect.arrayContaining([contentHash(order)]),
  };
  const NOT_THERE = { ok: true, result: 'absent' };

  test.each(['data', 'orders', 'bare'] as const)(
    'finds the order in a list of the form %s',
    async (shape) => {
      sandbox.setListShape(shape);
      expect(await find()).toEqual(NOT_THERE);
      await client().create(order, KEY);
      await client().create(parsedOrder('order-2'), KEY);
      expect(await find()).toEqual(FOUND);
      expect(await find('order-3')).toEqual(NOT_THERE);
    },
  );

  test('sends the id as it is', async () => {
    const urls: unknown[] = [];
    const { url, stop } = await startHttpServer((request, response) => {
      urls.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      response.end('[]');
    });
    await find('a:b.c_d-1', url);
    expect(urls).toEqual([`GET /api/orders?external_id=a%3Ab.c_d-1&limit=50 Bearer ${KEY}`]);
    await stop();
  });

  /** What the look-up makes of this answer of 200. */
  async function reading(body: unknown) {
    const { url, stop } = await startHttpServer((_request, response) => {
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
    const result = await find('order-1', url);
    await stop();
    return result;
  }
  const row = (external_id: unknown, id: unknown = 1) => ({ id, external_id });
  const foundAs = (crmOrderId: string) => ({
    ok: true,
    result: 'found',
    crmOrderId,
    likeness: 'nothing_to_compare',
  });

  test('takes nothing but an exact match', async () => {
    expect(await reading([row('order-11', 1), row('order-1', 2), row('my-order-1', 3)])).toEqual(
      foundAs('2'),
    );
  });

  test("takes the order's id from id, or else from order_id", async () => {
    expect(await reading([{ order_id: 'x-1', external_id: 'order-1' }])).toEqual(foundAs('x-1'));
    expect(await reading([{ id: null, order_id: 7, external_id: 'order-1' }])).toEqual(foundAs('7'));
  });

  test('finds the order among others that have no external_id', async () => {
    expect(await reading([row(null, 1), { id: 2 }, row('order-1', 3)])).toEqual(foundAs('3'));
  });

  test.each<[what: string, body: unknown]>([
    // Ten each: fewer than a page, and the same on the next, would be all there is (search.test.ts).
    ['without a filter', Array.from({ length: 10 }, (_, i) => row(`order-${i + 7}`, i))],
    [
      'of orders whose numbers only contain ours',
      Array.from({ length: 10 }, (_, i) => row(`order-1${i}`, i)),
    ],
    ['of orders without an external_id', { data: Array.from({ length: 10 }, (_, i) => row(null, i)) }],
    [
      'of as many as were asked for, ours perhaps on the next page',
      Array.from({ length: 50 }, (_, i) => row(`order-1${i}`, i)),
    ],
  ])('does not take a list %s for "not there"', async (_what, body) => {
    expect(await reading(body)).toMatchObject({ ok: true, result: 'unproven' });
  });

  test.each<[what: string, body: unknown]>([
    ['nothing', ''],
    ['HTML', '<h1>Вхід</h1>'],
    ['broken JSON', '{"data":['],
    ['an object without a list', {}],
    ['null', null],
    ['an error', { error: 'no such project' }],
    ['a list that is none', { data: { 0: row('order-1') } }],
    ['no list', { data: null }],
    ['a list of other things', ['order-1']],
    ['an order without a list', row('order-1')],
    ['our order without an id', [{ external_id: 'order-1' }]],
  ])('does not take %s for "not there"', async (_what, body) => {
    expect(await reading(body)).toMatchObject({ ok: false, type: 'CONNECTION', mayHaveReachedCrm: false });
  });

  const readFaults = FAULTS.filter(
    (fault) => !['validation', 'no_id', 'wrong_id', 'slow', 'late_commit'].includes(fault),
  );
  test.each(readFaults)('that meets the fault %s is a failure, and puts nothing in doubt', async (fault) => {
    await client().create(order, KEY);
    sandbox.setFault({ fault, on: 'search' });
    const result = failureOf(await find());
    expect(result).toMatchObject({ ok: false, mayHaveReachedCrm: false });
    expect(result.message).toMatch(/^Look-up: /);
    expect(paths()).toEqual(['POST /api/orders', 'GET /api/orders']);
  });

  test.each<[number, CrmErrorType]>([
    [401, 'AUTHENTICATION'],
    [403, 'AUTHENTICATION'],
    // Nothing of the order was sent that could be refused.
    [400, 'CONFIGURATION'],
    [422, 'CONFIGURATION'],
    [404, 'CONFIGURATION'],
    [302, 'CONFIGURATION'],
    [429, 'RATE_LIMIT'],
    [500, 'CONNECTION'],
    [503, 'CONNECTION'],
  ])('that is answered with %d is %s', async (status, type) => {
    sandbox.setFault({ fault: 'status', status, on: 'search' });
    expect(await find()).toMatchObject({ ok: false, type, mayHaveReachedCrm: false });
  });
});

test("a status of the shop's own, which a person has set, is left as it is", async () => {
  const methods: (string | undefined)[] = [];
  const { url, stop } = await startHttpServer((request, response) => {
    methods.push(request.method);
    request.resume().on('end', () => response.end(JSON.stringify({ id: 7, status: 'Відправлено' })));
  });
  expect(await client(url).setStatus('7', 'PAID', KEY)).toMatchObject({
    ok: false,
    type: 'CONFLICT',
    mayHaveReachedCrm: false,
    reasons: [{ code: 'status_by_hand' }],
  });
  expect(methods).toEqual(['GET']);
  await stop();
});

describe('a message', () => {
  const KEYS = ['sk-very-secret', 'snk_live_8839201745_Zq9', '0123456789abcdef', 'a.b+c(d)[e]{f}$'];

  test.each(KEYS)('never holds the key %s, wherever the CRM echoes it', async (key) => {
    const statuses = [200, 201, 302, 400, 401, 403, 404, 422, 429, 500];
    for (const status of statuses) {
      const { url, stop } = await startHttpServer((request, response) => {
        const said = `${request.headers.authorization}`;
        const body = { message: `Not ${said}`, error: said, errors: { [said]: [said, { deep: said }] } };
        request
          .resume()
          .on('end', () => response.writeHead(status, { location: '/x' }).end(JSON.stringify(body)));
      });
      for (const result of [await client(url).create(order, key), await client(url).find(order, key)]) {
        const { message } = failureOf(result);
        expect(message).not.toContain(key);
        // Nor what would be left of it.
        for (const part of key.split(/[-_]/).filter(({ length }) => length > 3))
          expect(message).not.toContain(part);
      }
      await stop();
    }
  });

  test('never holds a key that cannot be sent at all', async () => {
    const { message } = failureOf(await client().create(order, 'very-secret\nkey'));
    expect(message).not.toMatch(/very|secret/);
    expect(sandbox.calls()).toEqual([]);
  });

  test('of a refused order says what is wrong with it, without the customer', async () => {
    sandbox.setFault({ fault: 'validation' });
    const { message } = failureOf(await client().create(order, KEY));
    expect(message).toBe(
      'The CRM refuses the order (422): The phone [removed] of [removed] is not valid: customer.phone: The phone [removed] of [removed] is not valid',
    );
  });

  test("holds the CRM's field messages, flat or nested", async () => {
    const said = async (body: object) => {
      const { url, stop } = await startHttpServer((request, response) => {
        request.resume().on('end', () => response.writeHead(422).end(JSON.stringify(body)));
      });
      const { message } = failureOf(await client(url).create(order, KEY));
      await stop();
      return message.replace('The CRM refuses the order (422)', '').replace(/^: /, '');
    };
    expect(await said({ message: 'Invalid', errors: { 'items.0.sku': ['is missing', 'is required'] } })).toBe(
      'Invalid: items.0.sku: is missing; items.0.sku: is required',
    );
    expect(await said({ error: 'Invalid', errors: { items: [{ sku: 'is missing' }] } })).toBe(
      'Invalid: items.0.sku: is missing',
    );
    expect(await said({ error: 'Invalid', errors: [{ field: 'items[1].sku', message: 'is unknown' }] })).toBe(
      'Invalid: items.1.sku: is unknown',
    );
    expect(await said({ errors: ['one', 'two'] })).toBe('one; two');
    expect(await said({ errors: 'no SKU' })).toBe('no SKU');
    expect(await said({ message: 7 })).toBe('');
    expect(
      await said({
        errors: { a: { b: { c: { d: { e: { f: { g: { h: { i: { j: 'too deep' } } } } } } } } } },
      }),
    ).toBe('');
    expect(await said([])).toBe('');
  });
});
