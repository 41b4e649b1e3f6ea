import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { Caller, Callers } from '../callers/callers.ts';
import { type Log, nameOf } from '../lambda/observability.ts';
import { UnusableSecret } from '../secrets/secret.ts';
import { CHALLENGE, Problem } from './http.ts';

type ApiMiddleware = MiddlewareObj<APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2>;

export interface Authentication {
  /** Lets nobody past who has no token, before anything of the body is read. Throws a {@link Problem}: 401, 503. */
  middleware: ApiMiddleware & Required<Pick<ApiMiddleware, 'before'>>;
  /** Who has sent the request of this invocation. Throws where nobody has checked: no handler runs without. */
  callerOf(context: object): Caller;
  /** The same caller as the secret has it now; `undefined` where nothing newer is to be had. Never throws. */
  newerCallerOf(context: object): Promise<Caller | undefined>;
}

/** Who may call the API: bearer tokens (RFC 6750). */
export function authenticate(callers: Callers, log: Log): Authentication {
  const checked = new WeakMap<object, { caller: Caller; token: string }>();
  const checkedFor = (context: object) => {
    const found = checked.get(context);
    if (found === undefined) throw new Error('No caller was checked for this invocation');
    return found;
  };
  return {
    middleware: {
      async before({ event, context }) {
        const token = tokenOf(event.headers['authorization']);
        if (token === undefined) {
          throw new Problem('unauthorized', {
            detail: 'Send the header authorization: Bearer <token>.',
            headers: { 'www-authenticate': CHALLENGE },
          });
        }
        const caller = await callers.find(token).catch((error) => {
          log.error('Tokens not to be had: nobody can be let in', {
            request_id: context.awsRequestId,
            error_name: nameOf(error),
            // Our own words, with the secret's name and nothing of what it holds.
            problems: error instanceof UnusableSecret ? error.message : undefined,
          });
          throw new Problem(
            'temporarily_unavailable',
            {
              detail: 'Tokens cannot be checked just now. Send it again.',
              headers: { 'retry-after': '5' },
              ...(event.requestContext.http.method === 'GET' && { reasons: [{ code: 'internal_error' }] }),
            },
            { cause: error },
          );
        });
        if (caller === undefined) {
          throw new Problem('unauthorized', {
            detail: 'This token is not known here.',
            headers: { 'www-authenticate': `${CHALLENGE}, error="invalid_token"` },
          });
        }
        checked.set(context, { caller, token });
      },
    },
    callerOf: (context) => checkedFor(context).caller,
    newerCallerOf: (context) => callers.findNewer(checkedFor(context).token).catch(() => undefined),
  };
}

/** Undefined: no bearer token was sent. What is not in form is a token that nobody has. */
function tokenOf(authorization: string | undefined): string | undefined {
  return /^bearer (.*)$/i.exec(authorization ?? '')?.[1]?.trim();
}
