import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { TEXTS } from '../lib/explanations/texts.ts';
import { callbackSchema } from '../lib/intake/contract.ts';
import { LOCAL_SIGNING_SECRET } from '../local/local-secrets.ts';
import { type RunningStack, runLocalStack } from '../local/run.ts';
import { PERSONAL, sampleOrder } from './kit/orders.ts';
import { until } from './kit/until.ts';

const json = (body: object | string, method = 'POST') => ({
  method,
  headers: { authorization: 'Bearer local', 'content-type': 'application/json' },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});

/** With a Host of its own, which fetch does not set. */
const statusFor = (url: string, headers: Record<string, string>) =>
  new Promise<number | undefined>((resolve, reject) => {
    get(url, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });

describe('npm start', () => {
  let stack: RunningStack;
  beforeAll(async () => {
    stack = await runLocalStack();
  });
  afterAll(() => stack.stop());

  const inCrm = async () =>
    z
      .array(z.object({ body: z.looseObject({ external_id: z.string() }) }))
      .parse(await (await fetch(`${stack.sandbox}/_sandbox/orders`)).json());

  /** What it has printed since it was up. */
  const story = () => stack.output().split('/manager\n\n').at(-1) ?? '';

  test('idle is silent', () => expect(story()).toBe(''));

  test("the printed curl's order is accepted, arrives in the seed's form, and can be asked for", async () => {
    expect(stack.output()).toContain(`curl -i ${stack.api}/orders -H 'authorization: Bearer local'`);
    const sample = await readFile(new URL('../events/order.json', import.meta.url), 'utf8');
    const response = await fetch(`${stack.api}/orders`, json(sample));
    expect(response.status).toBe(202);
    expect(response.headers.get('location')).toBe('/orders/1042');
    expect(await response.json()).toEqual({
      external_id: '1042',
      state: 'accepted',
      duplicate: false,
      crm_order_id: null,
      error: null,
    });

    const order = await until(async () => (await inCrm()).at(0));
    expect(order.body).toMatchObject({ external_id: '1042', status: 'Нові заявки' });
    await until(async () => {
      const answer = await fetch(`${stack.api}/orders/1042`, { headers: { authorization: 'Bearer local' } });
      return z.object({ state: z.string() }).parse(await answer.json()).state === 'synced';
    });
    await until(() => story().includes('callback '));
    expect(story()).toMatch(
      /^1042 accepted from demo\n1042 synced as 1001, 1 attempt, \d\.\d s\ncallback {6}1042 synced, in the CRM as 1001\n$/,
    );
  });

  test('what is wrong is answered as problem+json, through the real HTTP server', async () => {
    const refused = await fetch(`${stack.api}/orders`, json({ ...sampleOrder('bad-1'), adress: 'x' }));
    expect(refused.status).toBe(400);
    expect(refused.headers.get('content-type')).toContain('application/problem+json');
    expect(await refused.json()).toMatchObject({ errors: [{ pointer: '#/adress', code: 'unknown_field' }] });

    const form = await fetch(`${stack.api}/orders`, {
      method: 'POST',
      headers: { authorization: 'Bearer local' },
      body: new URLSearchParams({ a: '1' }),
    });
    expect(form.status).toBe(415);
    expect((await fetch(`${stack.api}/orders`, json({ source: 'x'.repeat(65_536) }))).status).toBe(413);
    const headers = { authorization: 'Bearer local' };
    expect((await fetch(`${stack.api}/orders/nobody`, { headers })).status).toBe(404);
    const stranger = await fetch(`${stack.api}/orders/1042`);
    expect(stranger.status).toBe(401);
    expect(stranger.headers.get('www-authenticate')).toBe('Bearer realm="orders"');
  });

  test.each([
    ['a text in JSON', 'POST', '/orders', { 'content-type': 'application/json' }, '"{}"', 400],
    ['a list in JSON', 'POST', '/orders', { 'content-type': 'application/json' }, '[]', 400],
    ['no content type', 'POST', '/orders', {}, '{}', 415],
    ['no body', 'POST', '/orders', { 'content-type': 'application/json' }, '', 400],
    ['a slash too many', 'POST', '/orders/', { 'content-type': 'application/json' }, '{}', 404],
    ['two slashes', 'GET', '//orders/1042', {}, '', 404],
    ['capitals', 'GET', '/Orders/1042', {}, '', 404],
    ['HEAD', 'HEAD', '/orders/1042', {}, '', 404],
    ['OPTIONS', 'OPTIONS', '/orders', {}, '', 404],
    ['another method', 'DELETE', '/orders/1042', {}, '', 404],
    ['an escaped path', 'GET', '/%6frders/none', {}, '', 404],
  ])('is answered as on AWS: %s', async (_what, method, path, headers, body, status) => {
    const sent = { authorization: 'Bearer local', ...headers };
    // Bytes have no content type, which fetch would make up for a text.
    const bytes = body === '' ? {} : { body: new TextEncoder().encode(body) };
    const answer = await fetch(`${stack.api}${path}`, { method, headers: sent, ...bytes });
    expect(answer.status).toBe(status);
    const isOurs = answer.headers.get('content-type') === 'application/problem+json';
    expect(isOurs).toBe(status !== 404 || path.endsWith('/none'));
  });

  test('no page of a browser gets at any of its ports, whatever it calls itself', async () => {
    for (const [name, port] of Object.entries(stack.ports)) {
      const url = `http://127.0.0.1:${port}/`;
      const foreign = await fetch(url, {
        method: 'POST',
        headers: { origin: 'https://evil.example' },
        body: '',
      });
      expect({ name, status: foreign.status }).toEqual({ name, status: 403 });
      expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
      expect({ name, status: await statusFor(url, { host: 'evil.example' }) }).toEqual({ name, status: 403 });
    }
  });

  const told = async () =>
    z
      .array(z.object({ is_repeat: z.boolean(), event: callbackSchema }))
      .parse(await (await fetch(`${stack.receiver}/_receiver/events`)).json());
  const sample = async (name: string, changes: object = {}) => ({
    ...JSON.parse(await readFile(new URL(`../events/${name}`, import.meta.url), 'utf8')),
    ...changes,
  });

  test('an order that the CRM refuses is printed with what the bot would send to the customer', async () => {
    expect(stack.output()).toContain('-d @events/order-unknown-sku.json');
    const response = await fetch(`${stack.api}/orders`, json(await sample('order-unknown-sku.json')));
    expect(response.status).toBe(202);
    const line = await until(() => /^callback +1046 .*$/m.exec(stack.output())?.[0], {
      deadlineMs: 15_000,
    });
    expect(line).toBe(`callback      1046 rejected: «${TEXTS.sku_unknown.uk.customer}»`);
    const [received] = (await told()).filter(({ event }) => event.data.external_id === '1046');
    expect(received?.event).toMatchObject({
      type: 'order.rejected',
      data: { error: { explanations: [{ reason: 'sku_unknown', pointers: ['#/items/0/sku'] }] } },
    });
  });

  test('an emoji in a name is no trouble', async () => {
    const { customer } = sampleOrder('emoji-1');
    const order = sampleOrder('emoji-1', { customer: { ...customer, name: 'Олена 🌸' } });
    expect((await fetch(`${stack.api}/orders`, json(order))).status).toBe(202);
    const arrived = await until(async () =>
      (await inCrm()).find(({ body }) => body.external_id === 'emoji-1'),
    );
    expect(arrived.body).toMatchObject({ customer: { name: 'Олена 🌸' } });
  });

  test.concurrent('while the bot is down nothing is lost, and what is told of one order is told in its order', async () => {
    const mode = (settings: object) => fetch(`${stack.receiver}/_receiver/mode`, json(settings, 'PUT'));
    const isDown = () => stack.output().split('refused with 503').length - 1;
    await mode({ status: 503 });
    const bad = await sample('order-unknown-sku.json', { external_id: 'down-1' });
    for (const order of [bad, sampleOrder('down-2'), sampleOrder('down-3')]) {
      expect((await fetch(`${stack.api}/orders`, json(order))).status).toBe(202);
    }
    await until(() => isDown() >= 3);
    // Until it was refused it is on its way, and what corrects it is another order.
    const headers = { authorization: 'Bearer local' };
    await until(async () =>
      /"state":"rejected"/.test(await (await fetch(`${stack.api}/orders/down-1`, { headers })).text()),
    );
    expect((await fetch(`${stack.api}/orders`, json(sampleOrder('down-1')))).status).toBe(202);
    await until(async () => (await inCrm()).some(({ body }) => body.external_id === 'down-1'), {
      deadlineMs: 15_000,
    });
    const ofDown = async () =>
      (await told())
        .filter(({ event }) => event.data.external_id?.startsWith('down-'))
        .map(({ event }) => `${event.data.external_id} ${event.type}`);
    expect(await ofDown()).toEqual([]);

    await mode({});
    const events = await until(
      async () => {
        const all = await ofDown();
        return new Set(all).size === 4 ? all : undefined;
      },
      { deadlineMs: 40_000 },
    );
    expect([...new Set(events)].toSorted()).toEqual([
      'down-1 order.rejected',
      'down-1 order.synced',
      'down-2 order.synced',
      'down-3 order.synced',
    ]);
    expect(events.indexOf('down-1 order.rejected')).toBeLessThan(events.indexOf('down-1 order.synced'));
  });

  test.concurrent('what failed for a cause that passes is sent back by itself, as soon as it has passed', async () => {
    const setting = { fault: 'status', status: 503, external_id: 'back-1', on: 'any', times: 1_000 };
    await fetch(`${stack.sandbox}/_sandbox/faults`, json(setting));
    await fetch(`${stack.api}/orders`, json(sampleOrder('back-1')));
    await until(() => story().includes('back-1 parked, '), { deadlineMs: 30_000 });
    await fetch(`${stack.sandbox}/_sandbox/faults`, { method: 'DELETE' });
    await until(() => /^back-1 sent back from the dead letters\n(.*\n)*back-1 synced as /m.test(story()), {
      deadlineMs: 45_000,
    });
  });

  const serverless = (...args: string[]) =>
    promisify(execFile)(process.execPath, ['node_modules/.bin/serverless', ...args], {
      env: { ...process.env, ...stack.ports, POWERTOOLS_LOG_LEVEL: 'SILENT' },
    });

  test.concurrent('serverless invoke local reaches it, and it and serverless package leave it its bundles', async () => {
    const event = ['--function', 'acceptOrder', '--path', 'events/accept-order.json'];
    const { stdout } = await serverless('invoke', 'local', '--stage', 'local', ...event);
    expect(stdout).toContain('"statusCode": 202');
    await until(async () => (await inCrm()).some(({ body }) => body.external_id === 'event-1'));
    // A function that nobody has asked for before is only loaded now.
    expect((await fetch(`${stack.api}/manager`)).status).toBe(200);
    const folder = await mkdtemp(join(tmpdir(), 'packaged-'));
    await serverless('package', '--stage', 'prod', '--package', folder);
    expect(await readdir(folder)).toContain('acceptOrder.zip');
    await rm(folder, { recursive: true });
    const headers = { authorization: 'Bearer local' };
    expect((await fetch(`${stack.api}/orders/event-1`, { headers })).status).toBe(200);
  }, 180_000);

  test('nothing personal, and no key, is in anything that it prints', async () => {
    await fetch(`${stack.sandbox}/_sandbox/faults`, json({ fault: 'validation', external_id: 'private-1' }));
    await fetch(`${stack.api}/orders`, json(sampleOrder('private-1')));
    await until(() => stack.output().includes('private-1 rejected'));
    for (const value of [
      ...Object.values(PERSONAL),
      '067 123 45 67',
      '671234567',
      'sandbox-key',
      LOCAL_SIGNING_SECRET,
      'Коваленко',
    ]) {
      expect(stack.output()).not.toContain(value);
    }
  });

  test('Ctrl-C stops all of it', async () => {
    expect(await stack.stop()).toBe(0);
    await expect(fetch(stack.api)).rejects.toThrow();
    await expect(fetch(stack.sandbox)).rejects.toThrow();
    await expect(fetch(stack.receiver)).rejects.toThrow();
  });
});
