import { afterAll, beforeAll, expect, test } from 'vitest';
import { type HttpServer, startHttpServer } from './kit/http-server.ts';
import { sampleOrder } from './kit/orders.ts';
import { type Relay, startRelay } from './kit/relay.ts';
import { until } from './kit/until.ts';

/** What a CRM really answers, from the answer all the way to GET and the callback. */

let crm: HttpServer;
let relay: Relay;
let answer = '';
let posts = 0;
beforeAll(async () => {
  crm = await startHttpServer((request, response) => {
    if (request.method === 'POST') posts += 1;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(request.method === 'POST' ? answer : '{"data":[]}');
  });
  relay = await startRelay({ settings: { SITNIKS_BASE_URL: crm.url } });
});
afterAll(async () => {
  await relay.stop();
  await crm.stop();
});

test.each([
  ['a byte order mark', '\uFEFF{"id":7}', '7'],
  ['a number that no number could hold', '{"id":9007199254740993}', '9007199254740993'],
  ['both', '\uFEFF {"id": 9007199254740993 }', '9007199254740993'],
  ['one that ends in zeros', '{"id":90071992547409930000}', '90071992547409930000'],
  ['a text with leading zeros', '{"id":"007"}', '007'],
  ['a byte order mark and a line', '\uFEFF\r\n{"id":8}\r\n', '8'],
  ['a byte order mark and an echo', '\uFEFF{"id":9,"external_id":null}', '9'],
  ['an exponent', '{"id":9.007199254740993e15}', '9.007199254740993e15'],
  ['a number as a text', '{"id":"9007199254740993"}', '9007199254740993'],
  ['a number that a bigint could hold', '{"id":18446744073709551615}', '18446744073709551615'],
  ['the other name of an id', '{"order_id":9007199254740995}', '9007199254740995'],
])('%s in an answer: created once, and told to the digit', async (what, body, crm_order_id) => {
  answer = body;
  const before = posts;
  const id = `odd-${what.replaceAll(' ', '-')}`;
  expect((await relay.post(sampleOrder(id))).statusCode).toBe(202);
  const told = await until(() => relay.outcomes().find(({ data }) => data.external_id === id), {
    deadlineMs: 15_000,
  });
  expect(told).toMatchObject({ type: 'order.synced', data: { crm_order_id } });
  expect((await relay.get(id)).body).toMatchObject({ state: 'synced', crm_order_id });
  expect(posts - before).toBe(1);
});
