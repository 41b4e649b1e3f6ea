/** `npm run order`, `where` and `sandbox`, each in a process of its own, where something is not as it should be. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { pretty } from '../../bin/pretty.ts';
import { BARE_ENVIRONMENT } from '../kit/bare-environment.ts';
import { closedPort, type HttpServer, startHttpServer } from '../kit/http-server.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

function run(args: string[], env: Record<string, string> = {}) {
  return new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    const options = { cwd: ROOT, env: { ...BARE_ENVIRONMENT, ...env } };
    execFile(process.execPath, args, options, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });
}

let relay: HttpServer;
const seen: { url: string; authorization: string | undefined }[] = [];
beforeAll(async () => {
  relay = await startHttpServer((request, response) => {
    seen.push({ url: request.url ?? '', authorization: request.headers.authorization });
    response.writeHead(502, { 'content-type': 'text/html' }).end('<h1>Bad gateway</h1>');
  });
});
afterAll(() => relay.stop());

test('where nobody answers, each says so in a line, and how to mend it', async () => {
  const port = String(await closedPort());
  const [order, where, sandbox, elsewhere] = await Promise.all([
    run(['bin/order.ts', 'events/order.json'], { API_PORT: port }),
    run(['bin/where.ts', '1042'], { API_PORT: port }),
    run(['bin/sandbox.ts', 'orders'], { SANDBOX_PORT: port }),
    run(['bin/where.ts', '1042'], { RELAY_URL: `http://localhost:${port}` }),
  ]);
  const stderr = `Nobody answers at http://localhost:${port}: run npm start in another terminal\n`;
  expect([order, where, sandbox]).toEqual(Array(3).fill({ code: 1, stdout: '', stderr }));
  expect(elsewhere).toMatchObject({ code: 1, stderr: expect.stringContaining('is RELAY_URL right?') });
});

test('what is no answer of a relay is shown as it came, with exit code 1', async () => {
  const env = { RELAY_URL: `${relay.url}/stage/`, RELAY_TOKEN: 'mine' };
  const { code, stdout } = await run(['bin/where.ts', 'a.b'], env);
  expect({ code, stdout }).toEqual({ code: 1, stdout: 'HTTP 502 Bad Gateway\n<h1>Bad gateway</h1>\n' });
  expect(seen).toEqual([{ url: '/stage/orders/a.b', authorization: 'Bearer mine' }]);
});

describe('wrong usage is said in a line, and nothing is sent:', () => {
  test.each([
    [['bin/order.ts'], /missing required argument 'file'/],
    [['bin/order.ts', '/no/such/file'], /\/no\/such\/file cannot be read \(ENOENT\)/],
    [['bin/order.ts', 'events/poison-not-json.txt', '--as', '7'], /--as needs a file that is JSON/],
    [['bin/where.ts'], /missing required argument 'external_id'/],
    [['bin/sandbox.ts', 'break', 'nonsense'], /Allowed choices are status, rate_limit/],
    [['bin/sandbox.ts', 'break', 'reset', '--times', '0'], /whole number of at least 1/],
    [
      ['bin/sandbox.ts', 'nonsense', '--help'],
      /unknown command 'nonsense': there are orders, calls, break, mend/,
    ],
  ])('%j', async (args, words) => {
    const before = seen.length;
    const { code, stderr } = await run(args, { RELAY_URL: relay.url });
    expect(code).toBe(1);
    expect(stderr).toMatch(words);
    expect(seen).toHaveLength(before);
  });
});

test('JSON is shown in lines that a person reads, and stays what it is', () => {
  const value = {
    a: 'x'.repeat(60),
    b: [
      { c: 1, d: '{"e": 2}\n' },
      { c: null, d: 'y'.repeat(50) },
    ],
    f: {},
  };
  const text = pretty(value);
  expect(JSON.parse(text)).toEqual(value);
  expect(text.split('\n').slice(2, 4)).toEqual(['  "b": [', '    { "c": 1, "d": "{\\"e\\": 2}\\n" },']);
});
