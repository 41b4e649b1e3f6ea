import middy from '@middy/core';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, test } from 'vitest';
import type { Callers } from '../../../lib/callers/callers.ts';
import { authenticate } from '../../../lib/intake/authenticate.ts';
import { Problem } from '../../../lib/intake/http.ts';
import { UnusableSecret } from '../../../lib/secrets/secret.ts';
import { apiEvent } from '../../../local/api-event.ts';
import { invokeHandler } from '../../../local/invoke.ts';
import { recordingLog } from '../../kit/recording-log.ts';

const BOT = { name: 'bot', signingSecrets: [] };
const NEWER = { name: 'bot', signingSecrets: ['whsec_new'] };

/** An API at which one caller is known, by one token. */
function api(changes: Partial<Callers> = {}) {
  const { log, lines } = recordingLog();
  const asked: string[] = [];
  const callers: Callers = {
    async find(token) {
      asked.push(token);
      return token === 't-1' ? BOT : undefined;
    },
    findNewer: async (token) => (token === 't-1' ? NEWER : undefined),
    ...changes,
  };
  const authentication = authenticate(callers, log);
  /** Who got in, and who that is by now; or why nobody did. */
  async function ask(authorization: string | undefined, method: 'GET' | 'POST' = 'POST') {
    let seen: unknown = 'The handler was not reached';
    const handler = middy<APIGatewayProxyEventV2>()
      .use(authentication.middleware)
      .use({
        onError: (request) => {
          seen = request.error;
          request.response = {};
        },
      })
      .handler(async (_event, context) => {
        seen = [authentication.callerOf(context), await authentication.newerCallerOf(context)];
        return {};
      });
    const event = apiEvent(method, '/orders', undefined, {}, { authorization: authorization ?? '' });
    await invokeHandler<APIGatewayProxyEventV2>((given, context) => handler(given, context))(event);
    return seen;
  }
  return { ask, asked, lines, authentication };
}

describe('a caller', () => {
  test.each(['Bearer t-1', 'bearer t-1', 'BEARER   t-1', 'Bearer t-1  '])(
    'is let in by a token that is known, and is known by it from then on: %j',
    async (authorization) => {
      const { ask, lines } = api();
      expect(await ask(authorization)).toEqual([BOT, NEWER]);
      expect(lines).toEqual([]);
    },
  );

  test('has nothing newer while that cannot be read', async () => {
    const { ask } = api({ findNewer: () => Promise.reject(new Error('down')) });
    expect(await ask('Bearer t-1')).toEqual([BOT, undefined]);
  });

  test('is none of an invocation that nobody has checked', () => {
    const { authentication } = api();
    expect(() => authentication.callerOf({})).toThrow('No caller was checked');
    expect(() => authentication.newerCallerOf({})).toThrow('No caller was checked');
  });
});

describe('whoever has no token that is known', () => {
  test.each([
    undefined,
    'Basic dXNlcjpwdw==',
    't-1',
    'Bearer',
    'Bearert-1',
    'x bearer t-1',
    'Bearer\tt-1',
    'Bearer t-1\nt-2',
  ])('is told how to send one, and nothing is looked up: %s', async (authorization) => {
    const { ask, asked } = api();
    const problem = await ask(authorization);
    expect(problem).toBeInstanceOf(Problem);
    expect(problem).toMatchObject({
      code: 'unauthorized',
      details: {
        detail: 'Send the header authorization: Bearer <token>.',
        headers: { 'www-authenticate': 'Bearer realm="orders"' },
      },
    });
    expect(asked).toEqual([]);
  });

  test.each(['Bearer t-2', 'Bearer ', 'Bearer t-1 t-1'])('is kept out: %j', async (authorization) => {
    const { ask } = api();
    expect(await ask(authorization)).toMatchObject({
      code: 'unauthorized',
      details: {
        detail: 'This token is not known here.',
        headers: { 'www-authenticate': 'Bearer realm="orders", error="invalid_token"' },
      },
    });
  });
});

describe('while tokens cannot be read', () => {
  test.each([
    ['POST', undefined],
    // What was asked for is not an order, so "not accepted" would be no answer.
    ['GET', [{ code: 'internal_error' }]],
  ] as const)('nobody is let in, and all are told when to come back: %s', async (method, reasons) => {
    const down = new TypeError('tell-tale');
    const { ask, lines } = api({ find: () => Promise.reject(down) });
    const problem = await ask('Bearer t-1', method);
    expect(problem).toMatchObject({
      code: 'temporarily_unavailable',
      details: {
        detail: 'Tokens cannot be checked just now. Send it again.',
        headers: { 'retry-after': '5' },
      },
      cause: down,
    });
    expect(problem instanceof Problem && problem.details.reasons).toEqual(reasons);
    expect(lines).toEqual([
      {
        level: 'error',
        message: 'Tokens not to be had: nobody can be let in',
        request_id: expect.stringMatching(/^[\da-f-]{36}$/),
        error_name: 'TypeError',
        problems: undefined,
      },
    ]);
  });

  test('the log says what is wrong with the secret, where that has to be mended', async () => {
    const { ask, lines } = api({ find: () => Promise.reject(new UnusableSecret('It is no JSON')) });
    await ask('Bearer t-1');
    expect(lines).toMatchObject([{ error_name: 'UnusableSecret', problems: 'It is no JSON' }]);
  });
});
