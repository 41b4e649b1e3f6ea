import { request } from 'node:http';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { surviveCrashes } from '../../local/function-threads.ts';
import { routesOf } from '../../local/http-api/routes.ts';
import { type HttpApi, startHttpApi } from '../../local/http-api/server.ts';
import { invokeFunction } from '../../local/invoke.ts';
import { readServiceFile } from '../../local/service-file.ts';
import { closedPort } from '../kit/http-server.ts';
import { type OfflineLambda, startOfflineLambda } from '../kit/offline-lambda.ts';

/** With a path and headers that fetch would mend. */
const send = (
  port: number,
  method: string,
  path: string,
  headers: Record<string, string | string[]> = {},
  body = '',
) =>
  new Promise<{ status: number; headers: Record<string, unknown>; text: string }>((resolve, reject) => {
    request({ host: '127.0.0.1', port, method, path, headers }, async (response) => {
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
    })
      .on('error', reject)
      .end(body);
  });

describe('a request', () => {
  let api: HttpApi;
  let events: { functionName: string; event: APIGatewayProxyEventV2 }[] = [];
  beforeAll(async () => {
    const { functions } = z
      .object({ functions: z.record(z.string(), z.object({ events: z.array(z.unknown()) })) })
      .parse(await readServiceFile());
    api = await startHttpApi({
      port: 0,
      routes: routesOf(
        Object.fromEntries(Object.entries(functions).map(([name, { events }]) => [name, { name, events }])),
      ),
      invoke: async (functionName, event) => {
        events.push({ functionName, event: event as APIGatewayProxyEventV2 });
        return { outcome: 'returned', payload: '{"statusCode":202,"body":"told"}' };
      },
      log: () => undefined,
    });
  });
  afterAll(() => api.stop());
  const told = async (
    ...[method, path, headers, body]: [string, string, Record<string, string | string[]>?, string?]
  ) => {
    events = [];
    const answer = await send(api.port, method, path, headers, body);
    return { ...answer, ...events[0] };
  };

  test.each([
    ['POST', '/orders', 'acceptOrder', undefined],
    ['POST', '/orders?wait=8', 'acceptOrder', undefined],
    ['GET', '/orders/1042', 'getOrder', { external_id: '1042' }],
    ['GET', '/orders/a%3Ab', 'getOrder', { external_id: 'a:b' }],
    ['GET', '/orders/a%2Fb', 'getOrder', { external_id: 'a/b' }],
    ['GET', '/orders/%D0%96', 'getOrder', { external_id: 'Ж' }],
    ['POST', '/%6Frders', 'acceptOrder', undefined],
    ['GET', '/manager/api/orders/1/draft', 'managerPage', { external_id: '1' }],
    ['GET', '/manager/app.js', 'managerPage', { file: 'app.js' }],
  ])('%s %s is for %s', async (method, path, functionName, pathParameters) => {
    const { status, event, ...rest } = await told(method, path);
    expect({ status, functionName: rest.functionName }).toEqual({ status: 202, functionName });
    expect(event?.pathParameters).toEqual(pathParameters);
    expect(event?.rawPath).toBe(decodeURIComponent(path.split('?')[0] ?? ''));
  });

  test.each([
    ['POST', '/orders/'],
    ['POST', '//orders'],
    ['POST', '/Orders'],
    ['POST', '/orders/1042'],
    ['POST', '/'],
    ['GET', '/orders'],
    ['GET', '/orders/'],
    ['GET', '/orders/1042/'],
    ['GET', '/orders//1042'],
    ['GET', '/ORDERS/1042'],
    ['HEAD', '/orders/1042'],
    ['OPTIONS', '/orders'],
    ['PUT', '/orders/1042'],
    ['DELETE', '/orders/1042'],
    ['PROPFIND', '/orders'],
  ])('%s %s is for nobody', async (method, path) => {
    const { status, text, event } = await told(method, path);
    expect({ status, event }).toEqual({ status: 404, event: undefined });
    expect(text).toBe(method === 'HEAD' ? '' : '{"message":"Not Found"}');
  });

  test('a path that cannot be decoded is a bad request', async () => {
    expect(await told('GET', '/orders/%zz')).toMatchObject({
      status: 400,
      text: '{"message":"Bad Request"}',
    });
  });

  test.each([
    ['an object', 'application/json', '{"a":1}', false],
    ['a text in JSON, which stays JSON', 'application/json', '"a"', false],
    ['a number in JSON', 'application/json; charset=utf-8', '1', false],
    ['what is no JSON', 'application/json', '{', false],
    ['a form', 'application/x-www-form-urlencoded', 'a=1', true],
    ['plain text', 'text/plain', 'a', false],
    ['Cyrillic', 'application/json', '"Олена"', false],
  ])('a body comes as it was sent, to the byte: %s', async (_what, type, body, isBase64Encoded) => {
    const { event } = await told('POST', '/orders', { 'content-type': type }, body);
    expect(event?.isBase64Encoded).toBe(isBase64Encoded);
    expect(Buffer.from(event?.body ?? '', isBase64Encoded ? 'base64' : 'utf8').toString('utf8')).toBe(body);
  });

  test('no content type is made up, and no body', async () => {
    const { event } = await told('POST', '/orders', {}, '{"a":1}');
    expect(event?.headers['content-type']).toBeUndefined();
    expect((await told('POST', '/orders')).event).not.toHaveProperty('body');
  });

  test('headers come in small letters, what comes twice with a comma, cookies by themselves', async () => {
    const { event } = await told('GET', '/orders/1?a=1&a=2&b=%D0%96+x', {
      Authorization: ['Bearer a', 'Bearer b'],
      Cookie: 'one=1; two=2',
      Connection: 'close',
    });
    expect(event?.headers).toMatchObject({ authorization: 'Bearer a,Bearer b', 'x-forwarded-proto': 'http' });
    expect(event?.headers).not.toHaveProperty('cookie');
    expect(event?.headers).not.toHaveProperty('connection');
    expect(event?.cookies).toEqual(['one=1', 'two=2']);
    expect(event?.queryStringParameters).toEqual({ a: '1,2', b: 'Ж x' });
    expect(event?.rawQueryString).toBe('a=1&a=2&b=%D0%96+x');
  });

  test('headers of 16 KiB are too many, which on AWS 10 KiB are', async () => {
    expect((await told('GET', '/orders/1', { 'x-long': 'x'.repeat(12_000) })).status).toBe(202);
    expect((await told('GET', '/orders/1', { 'x-long': 'x'.repeat(17_000) })).status).toBe(431);
  });

  test('a body of more than 10 MB, or too large for Lambda, is not handed on', async () => {
    for (const size of [7, 11]) {
      const body = 'x'.repeat(size * 1024 * 1024);
      const { status, text, event } = await told('POST', '/orders', { 'content-type': 'text/plain' }, body);
      expect({ status, text }).toEqual({ status: 413, text: '{"message":"Request Entity Too Large"}' });
      expect(event).toBeUndefined();
    }
  });
});

describe('a function', () => {
  const handlers = {
    unloadable: "async () => {}; import { none } from './not-there.mjs'",
    brokenAtStart: "async () => {}; throw new Error('Олена')",
    noHandler: "'text'",
    throws: "async () => { throw new Error('Олена') }",
    crashes: "() => { setTimeout(() => { throw new Error('Олена') }); return new Promise(() => {}) }",
    exits: '() => { setTimeout(() => process.exit(3)); return new Promise(() => {}) }',
    hangs: '() => new Promise(() => {})',
    noText: "async () => ({ statusCode: 200, body: { name: 'Олена' } })",
    noStatus: "async () => ({ statusCode: 'Олена', body: '' })",
    noSuchStatus: 'async () => ({ statusCode: 999 })',
    noHeaders: "async () => ({ statusCode: 200, headers: 'Олена' })",
    unsendable: "async () => ({ statusCode: 200, body: () => 'Олена' })",
    plain: "async () => ({ hello: 'Олена' })",
    nothing: 'async () => {}',
    whole: `async () => ({ statusCode: 201, headers: { 'X-One': 1, 'content-length': 5 }, cookies: ['a=1', 'b=2'],
      body: Buffer.from('Олена').toString('base64'), isBase64Encoded: true })`,
  };
  const INTERNAL = { status: 500, text: '{"message":"Internal Server Error"}' };
  let lambda: OfflineLambda;
  let api: HttpApi;
  let takeBack: () => void;
  const lines: string[] = [];
  beforeAll(async () => {
    takeBack = surviveCrashes((line) => void lines.push(line));
    lambda = await startOfflineLambda(handlers, { crashes: 1, exits: 1, hangs: 1, unsendable: 1 });
    api = await startHttpApi({
      port: 0,
      routes: Object.keys(handlers).map((key) => ({ key: `GET /${key}`, functionName: lambda.nameOf(key) })),
      invoke: (functionName, event) =>
        invokeFunction({ url: lambda.url, functionName, timeoutMs: 10_000 })(event),
      log: (line) => void lines.push(line),
    });
  });
  afterAll(async () => {
    await api.stop();
    await lambda.stop();
    takeBack();
  });

  test.concurrent.each([
    'unloadable',
    'brokenAtStart',
    'noHandler',
    'throws',
    'crashes',
    'exits',
    'hangs',
    'noText',
    'noStatus',
    'noSuchStatus',
    'noHeaders',
    'unsendable',
  ])(
    'that gives no answer (%s) is an internal error, of which nothing is told, and can be asked again',
    async (key) => {
      for (const _time of [1, 2]) {
        const { status, text, headers } = await send(api.port, 'GET', `/${key}`);
        expect({ status, text }).toEqual(INTERNAL);
        expect(headers).toMatchObject({
          'content-type': 'application/json',
          'apigw-requestid': expect.any(String),
        });
      }
      expect(lines.some((line) => line.startsWith(`${lambda.nameOf(key)}  answered 500: `))).toBe(true);
      expect(lines.join()).not.toContain('Олена');
    },
  );

  test('that says no status answers 200 with whatever it says (payload format 2.0)', async () => {
    expect(await send(api.port, 'GET', '/plain')).toMatchObject({ status: 200, text: '{"hello":"Олена"}' });
    expect(await send(api.port, 'GET', '/nothing')).toMatchObject({ status: 200, text: 'null' });
  });

  test('is answered with what it says, bytes and cookies too', async () => {
    const { status, headers, text } = await send(api.port, 'GET', '/whole');
    expect({ status, text }).toEqual({ status: 201, text: 'Олена' });
    expect(headers).toMatchObject({
      'x-one': '1',
      'content-type': 'text/plain; charset=utf-8',
      'set-cookie': ['a=1', 'b=2'],
    });
  });

  test('that nobody runs is not available', async () => {
    const port = await closedPort();
    const alone = await startHttpApi({
      port: 0,
      routes: [{ key: 'GET /a', functionName: 'a' }],
      invoke: invokeFunction({ url: `http://127.0.0.1:${port}`, functionName: 'a', timeoutMs: 1000 }),
      log: () => undefined,
    });
    expect(await send(alone.port, 'GET', '/a')).toMatchObject({
      status: 503,
      text: '{"message":"Service Unavailable"}',
    });
    await alone.stop();
  });
});
