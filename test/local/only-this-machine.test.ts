import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { refusal, serveOnlyThisMachine } from '../../local/only-this-machine.ts';
import { type HttpServer, startHttpServer } from '../kit/http-server.ts';

const HOST = 'localhost:4010';

test.each([
  ['a program', { host: HOST }],
  ['by address', { host: '127.0.0.1:4010' }],
  ['by another address of the loopback', { host: '127.0.0.53' }],
  ['by IPv6', { host: '[::1]:4010' }],
  ['HTTP/1.0, which has no host', {}],
  ['its own page', { host: HOST, origin: `http://${HOST}`, 'sec-fetch-site': 'same-origin' }],
  [
    'a page typed into the address bar',
    { host: HOST, 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' },
  ],
  ['a link that is followed', { host: HOST, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }],
])('is answered: %s', (_what, headers) => {
  expect(refusal(headers)).toBeUndefined();
});

test.each([
  ['another name that points here', { host: 'evil.example' }],
  ['another name with our port', { host: 'evil.example:4010' }],
  ['a name that begins like ours', { host: 'localhost.evil.example' }],
  ['a name that begins like our address', { host: '127.0.0.1.evil.example:4010' }],
  ['a name with a user before it', { host: 'localhost@evil.example' }],
  ['another machine of the network', { host: '192.168.0.7:4010' }],
  ['every address', { host: '0.0.0.0:4010' }],
  ['no name at all', { host: '' }],
  ['another page', { host: HOST, origin: 'https://evil.example' }],
  ['a page of another port', { host: HOST, origin: 'http://localhost:9999' }],
  ['a page by our other name', { host: HOST, origin: 'http://127.0.0.1:4010' }],
  ['a page from a file, or a frame', { host: HOST, origin: 'null' }],
  ['a form that is sent here', { host: HOST, origin: 'https://evil.example', 'sec-fetch-mode': 'navigate' }],
  ['an image of another page', { host: HOST, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }],
  ['a script of another port', { host: HOST, 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' }],
])('is refused: %s', (_what, headers) => {
  expect(refusal(headers)).toMatch(/^The local stack answers /);
});

describe('a server of this process', () => {
  let server: HttpServer;
  let takeBack: () => void;
  let served = 0;
  beforeAll(async () => {
    takeBack = serveOnlyThisMachine();
    server = await startHttpServer((_request, response) => {
      served += 1;
      response.end('secrets');
    });
  });
  afterAll(async () => {
    takeBack();
    await server.stop();
  });

  const get = (headers: Record<string, string>) =>
    new Promise<{ status: number | undefined; headers: object }>((resolve, reject) => {
      request(server.url, { headers }, (response) => {
        response.resume();
        resolve({ status: response.statusCode, headers: response.headers });
      })
        .on('error', reject)
        .end();
    });

  test('never hears of a request that is refused', async () => {
    expect((await get({ host: 'evil.example' })).status).toBe(403);
    const { status, headers } = await get({ origin: 'https://evil.example' });
    expect(status).toBe(403);
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(served).toBe(0);
    expect((await get({})).status).toBe(200);
    expect(served).toBe(1);
  });
});
