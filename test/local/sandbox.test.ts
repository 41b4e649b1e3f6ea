import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { FAULTS, type FaultInput } from '../../local/sandbox/faults.ts';
import { type Sandbox, startSandbox } from '../../local/sandbox/server.ts';
import { until } from '../kit/until.ts';

const payload = (external_id = 'order-1') => ({
  external_id,
  source: 'telegram',
  customer: { name: 'Олена Коваль', phone: '+380671234567', email: 'olena@example.com' },
  delivery: { method: 'nova_poshta', city: 'Київ', address: 'Відділення №1' },
  items: [{ product_id: '123', sku: 'DRESS-RED-116', price: 1200.5, quantity: 1 }],
  payment_method: 'mono',
  status: 'Нові заявки',
});

const lines: string[] = [];
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ log: (line) => lines.push(line) });
});
beforeEach(() => {
  sandbox.reset();
  lines.length = 0;
});
afterAll(() => sandbox.stop());

/** One HTTP request, as a plain client would send it: no retries, redirects not followed. */
async function send(
  method: string,
  path: string,
  {
    body,
    key = 'sandbox-key',
    headers = {},
    timeoutMs = 5_000,
    redirect = 'manual',
  }: {
    body?: unknown;
    key?: string;
    headers?: Record<string, string>;
    timeoutMs?: number;
    redirect?: 'manual' | 'follow';
  } = {},
) {
  const response = await fetch(sandbox.url + path, {
    method,
    redirect,
    signal: AbortSignal.timeout(timeoutMs),
    headers: {
      authorization: `Bearer ${key}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const json: unknown = response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : undefined;
  return { status: response.status, headers: response.headers, text, json };
}

const create = (body: unknown = payload(), options: Parameters<typeof send>[2] = {}) =>
  send('POST', '/api/orders', { ...options, body });
const created = () => sandbox.orders().map(({ body }) => body.external_id);
/** How the last call to the CRM ended, once it has. */
const ending = () => until(() => sandbox.calls().findLast(({ outcome }) => outcome !== 'pending'));

describe('the contract', () => {
  test('creates an order and shows it in every read', async () => {
    const answer = await create(payload(), { headers: { 'idempotency-key': 'abc' } });

    expect(answer.status).toBe(201);
    expect(answer.json).toEqual({ id: 1001, external_id: 'order-1', status: 'Нові заявки' });
    const listed = { id: 1001, ...payload() };
    expect((await send('GET', '/api/orders?external_id=order-1&limit=5')).json).toEqual({ data: [listed] });
    expect((await send('GET', '/api/orders/1001')).json).toEqual(listed);
    expect((await send('GET', '/api/orders/9')).status).toBe(404);
    expect((await send('GET', '/nothing')).status).toBe(404);
  });

  test('keeps what was POSTed, value for value, unknown keys included', async () => {
    const body = { ...payload(), notes: { gift: [true, null, 0.1] } };
    await create(body);

    expect((await send('GET', '/_sandbox/orders')).json).toEqual([
      { id: 1001, received_at: expect.stringMatching(/^\d{4}-.*Z$/), body },
    ]);
    expect((await send('DELETE', '/_sandbox/orders')).status).toBe(204);
    expect(sandbox.orders()).toEqual([]);
  });

  test('does not hide duplicates', async () => {
    await create();
    await create();

    expect(sandbox.orders().map(({ id }) => id)).toEqual([1001, 1002]);
  });

  test('a search matches exactly, and without a filter lists up to the limit', async () => {
    for (const id of ['a', 'a1', 'b']) await create(payload(id));

    const ids = async (query: string) => JSON.stringify((await send('GET', `/api/orders${query}`)).json);
    expect(await ids('?external_id=a')).toContain('"a"');
    expect(await ids('?external_id=a')).not.toContain('"a1"');
    expect((await send('GET', '/api/orders?external_id=none')).json).toEqual({ data: [] });
    expect((await send('GET', '/api/orders?limit=2')).json).toMatchObject({
      data: [{ id: 1001 }, { id: 1002 }],
    });
  });

  test('lists come in each of the known shapes', async () => {
    await create();

    sandbox.setListShape('orders');
    expect((await send('GET', '/api/orders')).json).toMatchObject({ orders: [{ id: 1001 }] });
    await send('PUT', '/_sandbox/list-shape', { body: { shape: 'bare' } });
    expect((await send('GET', '/api/orders')).json).toMatchObject([{ id: 1001 }]);
  });

  test('the search keeps to capitals and pages, unless it is told not to', async () => {
    for (const external_id of ['aB3x', 'Ab3X', 'ab3x']) await create(payload(external_id));
    const found = async (query: string) =>
      z
        .object({ data: z.array(z.object({ external_id: z.string() })) })
        .parse((await send('GET', `/api/orders?${query}`)).json)
        .data.map(({ external_id }) => external_id);
    expect(await found('external_id=aB3x')).toEqual(['aB3x']);
    expect(await found('limit=2')).toEqual(['aB3x', 'Ab3X']);
    expect(await found('limit=2&page=2')).toEqual(['ab3x']);
    expect((await send('PUT', '/_sandbox/search', { body: { case: 'ignored' } })).json).toEqual({
      case: 'ignored',
      pages: 'heeded',
    });
    expect(await found('external_id=aB3x')).toEqual(['aB3x', 'Ab3X', 'ab3x']);
    expect(await found('external_id=aB3x&page=2')).toEqual([]);
    await send('PUT', '/_sandbox/search', { body: { pages: 'ignored' } });
    expect(await found('external_id=aB3x&page=2')).toEqual(['aB3x', 'Ab3X', 'ab3x']);
    expect((await send('PUT', '/_sandbox/search', { body: { pages: 'no' } })).status).toBe(400);
    await send('POST', '/_sandbox/mend');
    expect((await send('GET', '/_sandbox/search')).json).toEqual({ case: 'heeded', pages: 'heeded' });
  });

  test('a wrong key is refused, and a new key takes its place', async () => {
    const refused = await create(payload(), { key: 'old' });
    expect([refused.status, refused.json]).toEqual([401, { message: 'Invalid API key' }]);
    expect((await send('GET', '/api/orders', { key: 'old' })).status).toBe(401);

    await send('PUT', '/_sandbox/api-key', { body: { key: 'new' } });
    expect((await create()).status).toBe(401);
    expect((await create(payload(), { key: 'new' })).status).toBe(201);
    expect(created()).toEqual(['order-1']);
  });

  test('names each wrong field, and echoes the phone as real CRMs do', async () => {
    const { payment_method: _, ...rest } = payload();
    const answer = await create({
      ...rest,
      customer: { name: 'Олена', phone: '0671' },
      items: [{ product_id: '1', sku: '', price: 1, quantity: 1 }],
      status: 'NEW',
    });

    expect(answer.status).toBe(422);
    expect(answer.json).toMatchObject({
      message: 'Validation failed',
      errors: {
        'customer.phone': ['The phone 0671 is invalid'],
        'items.0.sku': ['This field is required'],
        payment_method: ['This field is required'],
        status: [expect.stringContaining('Виставлено рахунок')],
      },
    });
    expect(created()).toEqual([]);
  });

  test('has no SKU that begins with UNKNOWN in its catalogue, and echoes it as real CRMs do', async () => {
    const [item] = payload().items;
    const answer = await create({ ...payload(), items: [item, { ...item, sku: 'UNKNOWN-1' }] });

    expect(answer.status).toBe(422);
    expect(answer.json).toEqual({
      message: 'Validation failed',
      errors: { 'items.1.sku': ['SKU UNKNOWN-1 not found'] },
    });
    expect((await create({ ...payload(), items: [{ ...item, sku: 'A-UNKNOWN' }] })).status).toBe(201);
    expect(created()).toEqual(['order-1']);
  });

  test('refuses what is no order at all', async () => {
    for (const bad of [{}, [], { ...payload(), items: [] }]) expect((await create(bad)).status).toBe(422);
    expect((await create('{"external_id":')).status).toBe(400);
    expect(created()).toEqual([]);
  });
});

describe('answers that stand in for the work: nothing is created', () => {
  test.each<[fault: FaultInput, status: number, text: RegExp]>([
    [{ fault: 'status' }, 500, /Fault: 500/],
    [{ fault: 'status', status: 403 }, 403, /Fault: 403/],
    [{ fault: 'rate_limit' }, 429, /Too many/],
    [{ fault: 'unauthorized' }, 401, /Invalid API key/],
    [{ fault: 'validation' }, 422, /\+380671234567 of Олена Коваль.*customer\.phone/],
    [{ fault: 'validation', status: 400 }, 400, /\+380671234567 of Олена Коваль/],
    [{ fault: 'validation', message: 'Щось пішло не так' }, 422, /^{"message":"Щось пішло не так"}$/],
    [
      { fault: 'validation', errors: { 'items.0.price': ['is too low'] } },
      422,
      /^{"message":"Validation failed","errors":{"items.0.price":\["is too low"\]}}$/,
    ],
    [
      { fault: 'validation', status: 400, message: 'No', errors: { city: ['unknown'] } },
      400,
      /^{"message":"No","errors":{"city":\["unknown"\]}}$/,
    ],
    [{ fault: 'redirect' }, 302, /^$/],
    [{ fault: 'html_ok' }, 200, /<h1>/],
    [{ fault: 'error_ok' }, 200, /{"error":/],
  ])('%o', async (fault, status, text) => {
    sandbox.setFault(fault);

    const answer = await create();
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(text);
    expect(created()).toEqual([]);
    expect((await create()).status).toBe(201);
  });

  test.each([
    [undefined, '1'],
    [-5, '-5'],
    ['Wed, 21 Oct 2026 07:28:00 GMT', 'Wed, 21 Oct 2026 07:28:00 GMT'],
  ])('rate_limit sends Retry-After %s as it is', async (retry_after, sent) => {
    sandbox.setFault({ fault: 'rate_limit', retry_after });

    expect((await create()).headers.get('retry-after')).toBe(sent);
  });

  test('who follows the redirect reads a login page with status 200', async () => {
    sandbox.setFault({ fault: 'redirect' });

    const answer = await create(payload(), { redirect: 'follow' });
    expect(answer.status).toBe(200);
    expect(answer.text).toContain('Вхід');
    expect(sandbox.calls().map(({ path }) => path)).toEqual(['/api/orders', '/login']);
    expect(created()).toEqual([]);
  });

  test('timeout accepts and never answers', async () => {
    sandbox.setFault({ fault: 'timeout' });

    await expect(create(payload(), { timeoutMs: 100 })).rejects.toThrow(/timeout/);
    expect(await ending()).toMatchObject({ fault: 'timeout', outcome: 'cut_off' });
    expect(sandbox.calls()[0]).not.toHaveProperty('status');
    expect(created()).toEqual([]);
  });

  test('reset ends the connection', async () => {
    sandbox.setFault({ fault: 'reset' });

    await expect(create()).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect(created()).toEqual([]);
  });
});

describe('work that is done, though the answer does not say so', () => {
  test('lost_response creates, then closes the connection', async () => {
    sandbox.setFault({ fault: 'lost_response' });

    await expect(create()).rejects.toMatchObject({ cause: { code: 'UND_ERR_SOCKET' } });
    expect(created()).toEqual(['order-1']);
  });

  test('late_commit never answers, and creates after the client has given up', async () => {
    sandbox.setFault({ fault: 'late_commit', latency_ms: 600 });

    await expect(create(payload(), { timeoutMs: 100 })).rejects.toThrow(/timeout/);
    expect(created()).toEqual([]);
    await until(() => created().length > 0);
  });

  test('stalled_body sends the headers and half of the JSON', async () => {
    sandbox.setFault({ fault: 'stalled_body' });

    const response = await fetch(`${sandbox.url}/api/orders`, {
      method: 'POST',
      headers: { authorization: 'Bearer sandbox-key', 'content-type': 'application/json' },
      body: JSON.stringify(payload()),
      signal: AbortSignal.timeout(200),
    });
    expect(response.status).toBe(201);
    const reader = response.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toMatch(/^{"id":1001/);
    await expect(reader?.read()).rejects.toThrow(/timeout/);
    expect(created()).toEqual(['order-1']);
    expect(await ending()).toMatchObject({ status: 201, outcome: 'cut_off' });
  });

  test('huge_body streams 50 MB, and stops when the client goes away', async () => {
    sandbox.setFault({ fault: 'huge_body' });

    const gone = new AbortController();
    const response = await fetch(`${sandbox.url}/api/orders`, {
      method: 'POST',
      headers: { authorization: 'Bearer sandbox-key', 'content-type': 'application/json' },
      body: JSON.stringify(payload()),
      signal: gone.signal,
    });
    expect(response.status).toBe(201);
    gone.abort();
    expect(await ending()).toMatchObject({ status: 201, outcome: 'cut_off' });
    expect(created()).toEqual(['order-1']);

    sandbox.setFault({ fault: 'huge_body' });
    const whole = await create(payload('order-2'));
    expect(whole.text.length).toBeGreaterThan(50 * 1024 * 1024);
    expect(whole.json).toMatchObject({ id: 1002, external_id: 'order-2' });
  });

  test('no_id and wrong_id answer 201 with an order that is not to be trusted', async () => {
    sandbox.setFault({ fault: 'no_id' });
    expect((await create()).json).toEqual({ external_id: 'order-1', status: 'Нові заявки' });
    sandbox.setFault({ fault: 'wrong_id' });
    expect((await create()).json).toMatchObject({ id: 1002, external_id: 'another-order' });
    expect(created()).toEqual(['order-1', 'order-1']);
  });

  test('slow answers properly after the latency', async () => {
    sandbox.setFault({ fault: 'slow', latency_ms: 150 });

    const start = performance.now();
    expect((await create()).status).toBe(201);
    expect(performance.now() - start).toBeGreaterThan(140);
  });

  test('no fault creates what the CRM would refuse', async () => {
    sandbox.setFault({ fault: 'no_id', times: 2 });

    expect((await create(payload(), { key: 'old' })).status).toBe(401);
    expect((await create({})).status).toBe(422);
    expect(created()).toEqual([]);
  });
});

describe('which calls a fault hits', () => {
  test('as many as were asked for, and only for the order that was named', async () => {
    const set = await send('POST', '/_sandbox/faults', {
      body: { fault: 'status', times: 2, external_id: 'order-1', status: 503 },
    });
    expect(set.status).toBe(201);
    expect(set.json).toMatchObject({ fault: 'status', times: 2, remaining: 2, on: 'create' });

    expect((await create(payload('other'))).status).toBe(201);
    expect((await create()).status).toBe(503);
    expect((await send('GET', '/_sandbox/faults')).json).toMatchObject([{ remaining: 1 }]);
    expect((await create()).status).toBe(503);
    expect((await send('GET', '/_sandbox/faults')).json).toEqual([]);
    expect((await create()).status).toBe(201);
  });

  test('creates alone, unless searches are asked for', async () => {
    await create();
    sandbox.setFault({ fault: 'status' });
    expect((await send('GET', '/api/orders')).status).toBe(200);
    sandbox.setFault({ fault: 'lost_response', on: 'search', external_id: 'order-1' });
    await expect(send('GET', '/api/orders?external_id=order-1')).rejects.toThrow();
    sandbox.setFault({ fault: 'wrong_id', on: 'any' });
    expect((await send('GET', '/api/orders/1001')).json).toMatchObject({ external_id: 'another-order' });
  });

  test('a share of the calls, if a rate is given, and the same ones each time', async () => {
    const run = async () => {
      sandbox.reset();
      sandbox.setFault({ fault: 'status', times: 100, rate: 0.5 });
      const statuses: number[] = [];
      for (let call = 0; call < 20; call++) statuses.push((await create()).status);
      return statuses;
    };
    const first = await run();
    expect(new Set(first)).toEqual(new Set([201, 500]));
    expect(await run()).toEqual(first);
  });

  test('none once cleared', async () => {
    sandbox.setFault({ fault: 'reset', times: 5 });
    expect((await send('DELETE', '/_sandbox/faults')).status).toBe(204);
    expect((await create()).status).toBe(201);
  });

  test.each([
    [{ fault: 'gremlin' }, 'fault'],
    [{ fault: 'reset', times: 0 }, 'times'],
    [{ fault: 'reset', time: 3 }, 'time'],
    [{ fault: 'rate_limit', retry_after: 'a\r\nb' }, 'retry_after'],
    [{ fault: 'status', status: 'teapot' }, 'status'],
    [{ fault: 'validation', errors: { phone: 'bad' } }, 'errors.phone'],
    [undefined, 'body'],
  ])('wrong input %o is refused by name', async (body, field) => {
    const answer = await send('POST', '/_sandbox/faults', { body });
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ errors: { [field]: [expect.any(String)] }, allowed_faults: FAULTS });
  });
});

describe('chaos', () => {
  const statuses = async (calls: number) => {
    const seen: number[] = [];
    for (let call = 0; call < calls; call++) seen.push((await create()).status);
    return seen;
  };

  test('hits every Nth call, and draws the same faults for the same seed', async () => {
    const chaos = {
      every: 3,
      seed: 7,
      faults: [...[500, 502, 503].map((status) => ({ fault: 'status', status })), 'rate_limit'],
    };
    expect((await send('PUT', '/_sandbox/chaos', { body: chaos })).status).toBe(200);
    const first = await statuses(24);
    expect(first.filter((_, call) => call % 3 !== 2)).toEqual(Array(16).fill(201));
    expect(first.filter((_, call) => call % 3 === 2).every((status) => status >= 429)).toBe(true);
    expect(new Set(first).size).toBeGreaterThan(2);

    await send('PUT', '/_sandbox/chaos', { body: chaos });
    expect(await statuses(24)).toEqual(first);
    await send('DELETE', '/_sandbox/chaos');
    expect(await statuses(3)).toEqual([201, 201, 201]);
  });

  test('a search draws only what can befall a search', async () => {
    sandbox.setChaos({
      every: 1,
      faults: ['validation', 'no_id', 'wrong_id', { fault: 'status', status: 503 }],
    });
    for (let call = 0; call < 5; call++) expect((await send('GET', '/api/orders')).status).toBe(503);
    sandbox.setChaos({ every: 1, faults: ['no_id'] });
    expect((await send('GET', '/api/orders')).status).toBe(200);
    sandbox.setChaos({ every: 1, faults: ['late_commit'] });
    await expect(send('GET', '/api/orders', { timeoutMs: 100 })).rejects.toThrow(/timeout/);
    sandbox.setChaos(undefined);
    expect((await create()).status).toBe(201);
  });

  test('a fault set by hand goes first', async () => {
    sandbox.setChaos({ every: 1, faults: ['rate_limit'] });
    sandbox.setFault({ fault: 'unauthorized' });
    expect(await statuses(2)).toEqual([401, 429]);
  });

  test('wrong input is refused by name', async () => {
    const answer = await send('PUT', '/_sandbox/chaos', { body: { every: 0, faults: ['gremlin'] } });
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({
      errors: { every: [expect.any(String)], 'faults.0': [expect.any(String)] },
    });
  });
});

describe('the record of calls', () => {
  test('has what an operator needs, and nothing personal', async () => {
    sandbox.setFault({ fault: 'validation', external_id: 'order-2' });
    await create(payload(), { headers: { 'idempotency-key': 'abc' } });
    await create(payload('order-2'));
    await create({ ...payload('order-3'), customer: { name: 'Олена', phone: '0671' } });
    await send('GET', '/api/orders?external_id=order-1&phone=%2B380671234567');

    const { json, text } = await send('GET', '/_sandbox/calls');
    const path = '/api/orders';
    expect(json).toMatchObject([
      { method: 'POST', path, external_id: 'order-1', status: 201, idempotency_key: 'abc' },
      { method: 'POST', path, external_id: 'order-2', status: 422, fault: 'validation' },
      { method: 'POST', path, external_id: 'order-3', status: 422 },
      { method: 'GET', path, external_id: 'order-1', status: 200 },
    ]);
    await until(() => lines.length === 4);
    expect(lines[1]).toBe('POST /api/orders external_id="order-2" fault=validation 422');
    for (const shown of [text, ...lines]) expect(shown).not.toMatch(/Олена|671|sandbox-key/);
  });
});

describe('the end', () => {
  test('reset takes back everything, and ends what is open', async () => {
    sandbox.setFault({ fault: 'late_commit', latency_ms: 50 });
    sandbox.setFault({ fault: 'timeout' });
    sandbox.setApiKey('new');
    const open = Promise.allSettled([create(), create()]);
    await until(() => sandbox.calls().length === 2 && sandbox.calls().every(({ fault }) => fault));
    expect((await send('POST', '/_sandbox/reset')).status).toBe(204);

    expect((await open).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(sandbox.calls()).toEqual([]);
    sandbox.setFault({ fault: 'slow', latency_ms: 100 });
    expect((await create()).json).toMatchObject({ id: 1001 });
    expect(created(), 'no late commit since').toEqual(['order-1']);
  });

  test('stop ends at once, whatever hangs, and nothing happens after it', async () => {
    const other = await startSandbox();
    const post = (external_id: string) =>
      fetch(`${other.url}/api/orders`, {
        method: 'POST',
        headers: { authorization: 'Bearer sandbox-key', 'content-type': 'application/json' },
        body: JSON.stringify(payload(external_id)),
      }).then((response) => response.text());
    const faults = ['timeout', 'stalled_body', 'late_commit', 'slow'] as const;
    for (const fault of faults) other.setFault({ fault, external_id: fault, latency_ms: 60_000 });
    const ends = Promise.allSettled(faults.map(post));
    await until(() => other.calls().filter(({ fault }) => fault).length === faults.length);

    const start = performance.now();
    await other.stop();
    expect(performance.now() - start).toBeLessThan(1_000);
    expect((await ends).map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
    expect(
      other
        .orders()
        .map(({ body }) => body.external_id)
        .sort(),
    ).toEqual(['slow', 'stalled_body']);
  });
});
