import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, describe, expect, test } from 'vitest';
import { startHttpServer } from '../kit/http-server.ts';
import { sampleOrder } from '../kit/orders.ts';
import {
  CLIENTS,
  HAS_CURL,
  HAS_PYTHON,
  importRelay,
  pathOf,
  relayPy,
  run,
  type Sent,
  stopPython,
} from './snippets.ts';

/** What each client sends again and what not, against a server that answers as it is told. */

afterAll(stopPython);

const ACCEPTED = { external_id: 'c-1', state: 'accepted', duplicate: false, crm_order_id: null, error: null };

type Step = (response: ServerResponse) => unknown;
const answer =
  (status: number, headers: Record<string, string> = {}, body: object | string = { status }): Step =>
  (response) =>
    response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body));
const accepted = answer(202, {}, ACCEPTED);
const hangUp: Step = (response) => response.destroy();
const breakOff: Step = (response) => {
  response.writeHead(202, { 'content-length': '1000' }).write('{"external_id":');
  setTimeout(() => response.destroy(), 20);
};
const saysNothing: Step = () => undefined;

/** Takes one step for each request, and the last one for all that follow. */
async function startScript(onTestFinished: (stop: () => Promise<void>) => void, ...steps: Step[]) {
  const requests: { at: number; url: string; headers: NodeJS.Dict<string | string[]>; body: string }[] = [];
  const server = await startHttpServer(async (request, response) => {
    const step = steps[Math.min(requests.length, steps.length - 1)];
    const seen = { at: performance.now(), url: request.url ?? '', headers: request.headers, body: '' };
    requests.push(seen);
    seen.body = await text(request);
    step?.(response);
  });
  onTestFinished(server.stop);
  return { url: server.url, requests };
}

describe.concurrent.each(CLIENTS)('$name', ({ isHere, send }) => {
  const here = test.skipIf(!isHere);

  here('sends it again, as it is, until it is accepted', async ({ onTestFinished }) => {
    const { url, requests } = await startScript(
      onTestFinished,
      hangUp,
      answer(503, { 'retry-after': '1' }),
      answer(429, { 'retry-after': '1' }),
      accepted,
    );
    const order = sampleOrder('c-1');
    expect(await send(order, { url, waitSeconds: 8 })).toEqual({ end: 'accepted', body: ACCEPTED });
    expect(requests.map(({ body }) => JSON.parse(body))).toEqual([order, order, order, order]);
    expect(requests.map(({ url }) => url)).toEqual(Array.from(requests, () => '/orders?wait=8'));
    for (const { headers } of requests) {
      expect(headers).toMatchObject({ authorization: 'Bearer local', 'content-type': 'application/json' });
    }
  });

  here('after a time-out, or an answer that breaks off, too', async ({ onTestFinished }) => {
    const { url, requests } = await startScript(onTestFinished, saysNothing, breakOff, accepted);
    expect(await send(sampleOrder('c-1'), { url, timeoutSeconds: 1 })).toEqual({
      end: 'accepted',
      body: ACCEPTED,
    });
    expect(requests.length).toBeGreaterThanOrEqual(3);
  });

  here('after a yes that is not from the relay, too', async ({ onTestFinished }) => {
    const { url, requests } = await startScript(onTestFinished, answer(200, {}, ''), accepted);
    expect(await send(sampleOrder('c-1'), { url })).toEqual({ end: 'accepted', body: ACCEPTED });
    expect(requests).toHaveLength(2);
  });

  here.for<[what: string, status: number, body: object | string, said?: string]>([
    ['a page', 200, '<html><body>Вхід у мережу</body></html>', '<html>'],
    ['nothing', 200, ''],
    ['nothing, and says so', 204, ''],
    ['a yes', 200, { ok: true }, '"ok"'],
    ['another order', 202, { ...ACCEPTED, external_id: 'another' }, 'another'],
    ['an order whose number begins like it', 202, { ...ACCEPTED, external_id: 'c-10' }, 'c-10'],
    ['the order, given back', 200, sampleOrder('c-1'), 'external_id'],
    ['the order within another', 200, { data: { ...ACCEPTED } }, 'data'],
    ['a list of them', 200, [ACCEPTED], '['],
    ['no state', 201, { external_id: 'c-1', state: null }, 'null'],
    ['a text', 200, '"c-1"', 'c-1'],
    ['null', 200, 'null', 'null'],
    ['what is cut off', 200, '{"external_id":"c-2","state":"acc', 'c-2'],
    ['brackets without end', 200, '['.repeat(100_000), '[['],
    ['bytes that are no text', 200, '\uFFFD\u0000\u0001'],
  ])('takes a %s for no answer of the relay, and says what came', async (row, { onTestFinished }) => {
    const [, status, body, words = ''] = row;
    const { url, requests } = await startScript(onTestFinished, answer(status, {}, body));
    const sent = await send(sampleOrder('c-1'), { url, attempts: 2 });
    expect(sent).toMatchObject({ end: 'not answered', said: expect.stringContaining(String(status)) });
    expect(sent.said).toContain('not from the relay');
    expect(sent.said).toContain(words);
    expect(requests).toHaveLength(2);
  });

  here('not before Retry-After is over', async ({ onTestFinished }) => {
    const { url, requests } = await startScript(
      onTestFinished,
      answer(503, { 'retry-after': '2' }),
      accepted,
    );
    expect(await send(sampleOrder('c-1'), { url })).toMatchObject({ end: 'accepted' });
    const [first, second] = requests;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(1950);
  });

  here('and not at all what asks for an hour', async ({ onTestFinished }) => {
    const { url, requests } = await startScript(
      onTestFinished,
      answer(503, { 'retry-after': '3600' }),
      accepted,
    );
    expect(await send(sampleOrder('c-1'), { url })).toMatchObject({ end: 'not answered' });
    expect(requests).toHaveLength(1);
  });

  here.for([400, 401, 404, 409, 413, 415])(
    'takes %i for a refusal, and sends it once',
    async (status, { onTestFinished }) => {
      const problem = { type: 'urn:sitniks-orders:problem:any', status, explanations: [] };
      const { url, requests } = await startScript(onTestFinished, answer(status, {}, problem), accepted);
      expect(await send(sampleOrder('c-1'), { url })).toEqual<Sent>({ end: 'refused', body: problem });
      expect(requests).toHaveLength(1);
    },
  );

  here('follows no redirect: neither the order nor the token goes elsewhere', async ({ onTestFinished }) => {
    const elsewhere = await startScript(onTestFinished, accepted);
    const { url } = await startScript(onTestFinished, answer(302, { location: elsewhere.url }, {}));
    expect(await send(sampleOrder('c-1'), { url })).toMatchObject({ end: 'refused' });
    expect(elsewhere.requests).toEqual([]);
  });

  here('gives up in the end, and says that nothing is known', async ({ onTestFinished }) => {
    const { url, requests } = await startScript(onTestFinished, answer(500));
    expect(await send(sampleOrder('c-1'), { url, attempts: 2 })).toMatchObject({ end: 'not answered' });
    expect(requests).toHaveLength(2);
  });
});

describe.each(CLIENTS.filter(({ name }) => name !== 'order.sh'))('$name', ({ isHere, send }) => {
  test.skipIf(!isHere)('takes a refusal in words that are not the relay’s', async ({ onTestFinished }) => {
    const { url } = await startScript(onTestFinished, answer(403, {}, '<html>Forbidden</html>'));
    expect(await send(sampleOrder('c-1'), { url })).toEqual({ end: 'refused', body: {} });
  });

  test.skipIf(!isHere)('asks for no wait unless it is told to', async ({ onTestFinished }) => {
    const { url, requests } = await startScript(onTestFinished, accepted);
    await send(sampleOrder('c-1'), { url });
    expect(requests.map(({ url }) => url)).toEqual(['/orders']);
  });
});

describe('order.sh', () => {
  const env = { RELAY_URL: 'http://localhost:1', RELAY_TOKEN: 'local' };
  test.skipIf(!HAS_CURL).each([
    ['without a file', [], env, /^Which order\?/],
    ['with two', [pathOf('README.md'), pathOf('README.md')], env, /^Which order\?/],
    ['with one that is not there', ['/no/such/file'], env, /^\/no\/such\/file is no file/],
    ['with a folder', [pathOf('.')], env, /is no file/],
    ['without a relay', [pathOf('README.md')], { ...env, RELAY_URL: '' }, /^Set RELAY_URL/],
    ['without a token', [pathOf('README.md')], { ...env, RELAY_TOKEN: '' }, /^Set RELAY_TOKEN/],
  ])('%s ends with 64, and says what is missing', async (_, args, env, words) => {
    const { code, stdout, stderr } = await run('sh', [pathOf('order.sh'), ...args], { env });
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
    expect(stderr).toMatch(words);
    expect(stderr).toContain('Usage: RELAY_URL=');
  });
});

describe('what the customer is told', () => {
  const explanation = (who: string, customer: string) => ({ who, uk: { customer }, en: { customer: 'x' } });
  const explanations = [
    explanation('customer', 'Телефон?'),
    explanation('customer', 'Місто?'),
    explanation('customer', 'Телефон?'),
    explanation('developer', 'Помилка.'),
  ];
  const cases = [
    ['of a refusal: what they can put right, each thing once', { explanations }, 'uk', 'Телефон?\nМісто?'],
    ['of an order: the same', { error: { type: 'VALIDATION', explanations } }, 'uk', 'Телефон?\nМісто?'],
    ['in English', { explanations }, 'en', 'x'],
    ['where they can do nothing: the first thing', { explanations: explanations.slice(3) }, 'uk', 'Помилка.'],
    ['where nothing is wrong: nothing', { crm_order_id: '1001', error: null }, 'uk', undefined],
    ['by whoever is not the relay: nothing', {}, 'uk', undefined],
    ['whatever its error is', { error: 'Forbidden' }, 'uk', undefined],
  ] as const;

  test.each(cases)('relay.mjs, %s', async (_what, body, language, text) => {
    expect((await importRelay()).customerText(body, language)).toBe(text);
  });

  test.skipIf(!HAS_PYTHON).each(cases)('relay.py, %s', async (_what, body, language, text) => {
    expect(await relayPy().ask({ text_of: body, language })).toEqual({ text: text ?? null });
  });
});
