import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { closedPort } from '../kit/http-server.ts';
import { until } from '../kit/until.ts';
import { callback, explanation, inCrm, rejected, type Signed, secondsAgo, secret, signed } from './signed.ts';
import {
  HAS_OPENSSL,
  HAS_PYTHON,
  importRelay,
  pathOf,
  relayPy,
  run,
  stopPython,
  withFile,
} from './snippets.ts';

/** What each client takes for signed and what not, of callbacks that the standard's own package has signed. */

const BODY = JSON.stringify({ id: 'evt_1', data: { external_id: '1042', name: 'Дар’я 😀' } });
const NEW = secret(1);
const OLD = secret(2);

afterAll(stopPython);

interface Verifier {
  name: string;
  isHere: boolean;
  /** Whether it is signed, by one of these secrets. */
  verify(callback: Signed, secrets: string[]): Promise<boolean>;
}

const verifiers: Verifier[] = [
  {
    name: 'relay.mjs',
    isHere: true,
    async verify({ body, headers }, secrets) {
      const { verifyCallback } = await importRelay();
      const event = verifyCallback(Buffer.from(body), headers, secrets);
      if (event !== undefined) expect(event).toEqual(JSON.parse(body));
      return event !== undefined;
    },
  },
  {
    name: 'relay.py',
    isHere: HAS_PYTHON,
    async verify({ body, headers }, secrets) {
      const answer = await relayPy().ask({ body, headers, secrets, now: null });
      const isSigned = !('event' in answer && answer.event === null);
      if (isSigned) expect(answer).toEqual({ event: JSON.parse(body) });
      return isSigned;
    },
  },
  {
    name: 'verify-callback.sh',
    isHere: HAS_OPENSSL,
    // It takes one secret: by hand one sees which.
    async verify({ body, headers }, secrets) {
      const of = (name: string) => headers[`webhook-${name}`] ?? '';
      for (const CALLBACK_SECRET of secrets) {
        const { code } = await withFile(body, (path) =>
          run('sh', [pathOf('verify-callback.sh'), path, of('id'), of('timestamp'), of('signature')], {
            env: { CALLBACK_SECRET },
          }),
        );
        if (code === 0) return true;
        expect(code).toBe(1);
      }
      return false;
    },
  },
];

const good = signed(BODY);
const withHeader = (name: string, value: string): Signed => ({
  ...good,
  headers: { ...good.headers, [name]: value },
});
const withoutHeader = (name: string): Signed => {
  const { [name]: _, ...headers } = good.headers;
  return { ...good, headers };
};
const signature = good.headers['webhook-signature'] ?? '';

describe.concurrent.each(verifiers)('$name', ({ isHere, verify }) => {
  const here = test.skipIf(!isHere);

  here.each([
    ['as the relay signs', good, [NEW]],
    [
      'while the relay signs with both secrets, for who has the new one',
      signed(BODY, { by: [NEW, OLD] }),
      [NEW],
    ],
    ['and for who still has the old one', signed(BODY, { by: [NEW, OLD] }), [OLD]],
    ['for who has both, before the relay has the new one', signed(BODY, { by: [OLD] }), [NEW, OLD]],
    ['beside signatures of other kinds', withHeader('webhook-signature', `v1a,abc v1 x ${signature}`), [NEW]],
    ['nearly 5 minutes ago', signed(BODY, { agoSeconds: 290 }), [NEW]],
    ['by a clock that is ahead', signed(BODY, { agoSeconds: -290 }), [NEW]],
  ])('takes for signed: %s', async (_what, callback, secrets) => {
    expect(await verify(callback, secrets)).toBe(true);
  });

  here.each<[string, Signed, string[]]>([
    ['with another secret', good, [OLD]],
    ['a body that was changed', { ...good, body: BODY.replace('1042', '1043') }, [NEW]],
    ['a body that was written anew', { ...good, body: JSON.stringify(JSON.parse(BODY), null, 1) }, [NEW]],
    ['another id', withHeader('webhook-id', 'evt_2'), [NEW]],
    ['more than 5 minutes ago', signed(BODY, { agoSeconds: 310 }), [NEW]],
    ['more than 5 minutes ahead', signed(BODY, { agoSeconds: -310 }), [NEW]],
    [
      'a time that was changed',
      withHeader('webhook-timestamp', String(Math.floor(Date.now() / 1000) + 5)),
      [NEW],
    ],
    ['a time that is none', withHeader('webhook-timestamp', 'x[$(id)]'), [NEW]],
    ['a time in octal', withHeader('webhook-timestamp', '0899999999'), [NEW]],
    ['an empty signature', withHeader('webhook-signature', 'v1,'), [NEW]],
    ['another version', withHeader('webhook-signature', signature.replace('v1', 'v2')), [NEW]],
    ['a signature that is cut', withHeader('webhook-signature', signature.slice(0, -8)), [NEW]],
    ['a signature of no text', withHeader('webhook-signature', 'v1,éя*'), [NEW]],
    ['without an id', withoutHeader('webhook-id'), [NEW]],
    ['without a time', withoutHeader('webhook-timestamp'), [NEW]],
    ['without a signature', withoutHeader('webhook-signature'), [NEW]],
    ['for who has no secret', good, []],
  ])('not: %s', async (_what, callback, secrets) => {
    expect(await verify(callback, secrets)).toBe(false);
  });
});

describe('a secret that is empty or cut', () => {
  // With an empty key anybody can sign: node:crypto and hmac take it without a word.
  const wrong = ['', 'whsec_', 'whsec_AAAA', NEW.slice(0, 20), NEW.slice(0, -1), `${NEW.slice(0, -6)}*`];

  test.each(wrong)('stops relay.mjs: %j', async (one) => {
    const { verifyCallback } = await importRelay();
    expect(() => verifyCallback(Buffer.from(BODY), good.headers, [NEW, one])).toThrow(/whsec_/);
  });

  test.skipIf(!HAS_PYTHON).each(wrong)('stops relay.py: %j', async (one) => {
    const { body, headers } = good;
    await expect(relayPy().ask({ body, headers, secrets: [NEW, one], now: null })).rejects.toThrow('Error');
  });
});

describe('verify-callback.sh', () => {
  /** As anybody can sign who knows that the key is empty. */
  const byNobody = createHmac('sha256', '').update('evt_1.1.{}').digest('base64');

  test.skipIf(!HAS_OPENSSL).each(['', 'whsec_', 'whsec_AAAA', NEW.slice(0, -1), NEW.replace('whsec_', '')])(
    'checks nothing with a secret that is empty or cut: %j',
    async (CALLBACK_SECRET) => {
      const now = String(Math.floor(Date.now() / 1000));
      for (const signatures of ['v1,', `v1,${byNobody}`, signature]) {
        const { code, stdout } = await withFile('{}', (path) =>
          run('sh', [pathOf('verify-callback.sh'), path, 'evt_1', now, signatures], {
            env: { CALLBACK_SECRET },
          }),
        );
        expect({ code, stdout }).toEqual({ code: 64, stdout: '' });
      }
    },
  );
});

describe('the example of the Standard Webhooks specification', () => {
  const example: Signed = {
    body: '{"test": 2432232314}',
    headers: {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    },
  };
  const secrets = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'];
  const now = 1_614_265_330;

  test('is signed for relay.mjs', async () => {
    const { verifyCallback } = await importRelay();
    expect(verifyCallback(Buffer.from(example.body), example.headers, secrets, now * 1000)).toEqual({
      test: 2432232314,
    });
    const written = Buffer.from(JSON.stringify(JSON.parse(example.body)));
    expect(verifyCallback(written, example.headers, secrets, now * 1000)).toBeUndefined();
  });

  test.skipIf(!HAS_PYTHON)('is signed for relay.py', async () => {
    const { body, headers } = example;
    expect(await relayPy().ask({ body, headers, secrets, now })).toEqual({ event: { test: 2432232314 } });
    const written = JSON.stringify(JSON.parse(body));
    expect(await relayPy().ask({ body: written, headers, secrets, now })).toEqual({ event: null });
  });
});

test('the time can be given, for tests of your own', async () => {
  const { verifyCallback } = await importRelay();
  const later = Date.now() + 3_600_000;
  expect(verifyCallback(Buffer.from(BODY), good.headers, [NEW], later)).toBeUndefined();
  if (HAS_PYTHON) {
    const { body, headers } = good;
    expect(await relayPy().ask({ body, headers, secrets: [NEW], now: later / 1000 })).toEqual({
      event: null,
    });
  }
});

describe('callback-server.mjs', () => {
  let url: string;
  let stop: () => Promise<unknown>;
  let printed = '';
  beforeAll(async () => {
    const port = await closedPort();
    const child = spawn(process.execPath, [pathOf('callback-server.mjs')], {
      env: { PORT: String(port), CALLBACK_SECRETS: `${NEW} ${OLD}` },
    });
    child.stdout.on('data', (data) => {
      printed += data;
    });
    stop = () => {
      child.kill();
      return once(child, 'close');
    };
    url = `http://127.0.0.1:${port}/callbacks`;
    await until(() => printed.includes('Listening'));
    printed = '';
  });
  afterAll(() => stop());

  const post = async ({ body, headers }: Signed, to = url) =>
    (await fetch(to, { method: 'POST', body, headers })).status;

  test('prints what the customer is to be told, once for each event', async () => {
    const refused = { external_id: '1042', ...rejected(explanation('Надішліть номер ще раз.')) };
    const event = callback('evt_a', 'order.rejected', refused);
    expect(await Promise.all([post(event), post(event)])).toEqual([204, 204]);
    expect(await post(callback('evt_a', 'order.rejected', refused, { by: [OLD] }))).toBe(204);
    expect(await post(callback('evt_b', 'order.synced', { external_id: '1042', ...inCrm('7001') }))).toBe(
      204,
    );
    await until(() => printed.includes('7001'));
    expect(printed).toBe('1042 order.rejected: Надішліть номер ще раз.\n1042 order.synced: 7001\n');
  });

  test('prints no rejection that comes after what has happened since', async () => {
    printed = '';
    const refused = { external_id: '1043', ...rejected(explanation('Надішліть номер ще раз.')) };
    expect(await post(callback('evt_e', 'order.synced', { external_id: '1043', ...inCrm('7002') }))).toBe(
      204,
    );
    const late = callback('evt_f', 'order.rejected', refused, { happened: secondsAgo(20) });
    expect(await post(late)).toBe(204);
    expect(await post(callback('evt_g', 'order.parked', { ...refused, external_id: null }))).toBe(204);
    await until(() => printed.includes('null'));
    expect(printed).toBe('1043 order.synced: 7002\nnull order.parked: Надішліть номер ще раз.\n');
  });

  test('answers 401 to whoever has not signed, and 404 elsewhere', async () => {
    const event = callback('evt_c', 'order.synced', { external_id: '1', ...inCrm('1') }, { by: [secret(3)] });
    expect(await post(event)).toBe(401);
    expect(await post({ body: '{}', headers: {} })).toBe(401);
    expect(await post(event, new URL('/', url).href)).toBe(404);
    expect((await fetch(url)).status).toBe(404);
  });

  test('reads no more than a callback can have', async () => {
    const huge = post({ body: 'x'.repeat(1_500_000), headers: {} });
    await expect(huge.catch(() => 'broken off')).resolves.toSatisfy(
      (end) => end === 500 || end === 'broken off',
    );
    expect(await post(callback('evt_d', 'order.synced', { external_id: '1', ...inCrm('1') }))).toBe(204);
  });

  test('does not start without a secret', async () => {
    const { code, stderr } = await run(process.execPath, [pathOf('callback-server.mjs')], {
      env: { CALLBACK_SECRETS: '' },
    });
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('Set CALLBACK_SECRETS') });
  });
});
