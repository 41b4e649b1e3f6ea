/**
 * Two ways to invoke a function as Lambda would: over serverless-offline's Invoke API, and in this process.
 */
import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { parseJson } from '../lib/order/parse-json.ts';
import type { Invocation } from './batch-response.ts';

/** What serverless-offline 14 answers for a function that threw, with status 200. */
const functionError = z.object({ errorType: z.string(), errorMessage: z.string() });
/** What it answers, with status 404 or 400, when it did not run the function. */
const refusal = z.object({ Message: z.string() });
/** How it says that a function ran out of time: otherwise it looks like any error that is thrown. */
const OFFLINE_TIMEOUT = '[504] - Lambda timeout.';

/**
 * Invokes a function by the Invoke API, synchronously:
 * https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 *
 * serverless-offline sends an empty body for a handler that returned nothing, `null` or `''`, and takes what
 * is thrown without being an Error (`throw 'text'`) for what was returned.
 *
 * @param options.url base of the API, such as `http://localhost:3002`
 * @param options.functionName deployed name, such as `sitniks-orders-local-syncOrders`
 * @param options.timeoutMs how long to wait for the answer, in milliseconds. serverless-offline enforces the
 *   function's own time-out: this is the net below it and should be longer.
 * @returns invokes with one event. It resolves to `failed` when the function threw, timed out or is unknown,
 *   and rejects with an Error (`cause`: the network's) when the API cannot be reached.
 */
export function invokeFunction(options: {
  url: string;
  functionName: string;
  timeoutMs: number;
}): (event: unknown) => Promise<Invocation> {
  const { functionName, timeoutMs } = options;
  const url = new URL(`/2015-03-31/functions/${encodeURIComponent(functionName)}/invocations`, options.url);

  return async (event) => {
    // Not AbortSignal.timeout, which garbage collection can silence (nodejs/node 57736).
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), timeoutMs);
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-amz-invocation-type': 'RequestResponse' },
        body: JSON.stringify(event),
        signal: deadline.signal,
      });
      return invocationOf(response, await response.text());
    } catch (cause) {
      if (deadline.signal.aborted) return { outcome: 'failed', error: 'timed out' };
      throw new Error(`The Invoke API at ${url.origin} does not answer`, { cause });
    } finally {
      clearTimeout(timer);
    }
  };
}

function invocationOf(response: Response, text: string): Invocation {
  if (!response.ok) {
    const error = `${response.status} ${response.headers.get('x-amzn-errortype') ?? ''}`.trim();
    const said = refusal.safeParse(parseJson(text));
    return { outcome: 'failed', error, ...(said.success && { detail: said.data.Message }) };
  }
  if (!response.headers.has('x-amz-function-error')) return { outcome: 'returned', payload: text };

  const said = functionError.safeParse(parseJson(text));
  if (!said.success) return { outcome: 'failed', error: 'threw' };
  const { errorType, errorMessage } = said.data;
  if (errorMessage === OFFLINE_TIMEOUT) return { outcome: 'failed', error: 'timed out' };
  return { outcome: 'failed', error: 'threw', detail: `${errorType}: ${errorMessage}` };
}

/**
 * Invokes an exported handler in this process, for tests: on a copy of the event, with a context and a
 * time-out, and what it returns made JSON as the Node.js runtime does.
 *
 * Unlike Lambda it cannot freeze or kill a handler that has timed out: what that still does, it does.
 *
 * @param handler async, as the nodejs24 runtime wants it: one with a callback is never answered
 * @param options.functionName name in the context (`function` unless told)
 * @param options.timeoutMs the function's time-out, in milliseconds (60,000 unless told)
 * @returns invokes with one event; it never rejects. A throw is `failed` with `Name: message` as its `detail`.
 */
export function invokeHandler<TEvent>(
  handler: (event: TEvent, context: Context) => Promise<unknown>,
  options: { functionName?: string; timeoutMs?: number } = {},
): (event: TEvent) => Promise<Invocation> {
  const { functionName = 'function', timeoutMs = 60_000 } = options;

  return async (event) => {
    const timeout = Promise.withResolvers<Invocation>();
    const timer = setTimeout(() => timeout.resolve({ outcome: 'failed', error: 'timed out' }), timeoutMs);
    try {
      return await Promise.race([
        run(handler, structuredClone(event), contextOf(functionName, timeoutMs)),
        timeout.promise,
      ]);
    } finally {
      clearTimeout(timer);
    }
  };
}

async function run<TEvent>(
  handler: (event: TEvent, context: Context) => Promise<unknown>,
  event: TEvent,
  context: Context,
): Promise<Invocation> {
  try {
    const result = await handler(event, context);
    // JSON has no undefined, so a handler that returns nothing answers null.
    return { outcome: 'returned', payload: JSON.stringify(result) ?? 'null' };
  } catch (error) {
    const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { outcome: 'failed', error: 'threw', detail };
  }
}

/** A new context, its clock running from now: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html */
function contextOf(functionName: string, timeoutMs: number): Context {
  const ends = Date.now() + timeoutMs;
  const gone = (): never => {
    throw new Error('nodejs24.x has no done, fail and succeed: return, or throw');
  };
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:eu-central-1:000000000000:function:${functionName}`,
    memoryLimitInMB: '256',
    awsRequestId: randomUUID(),
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => ends - Date.now(),
    done: gone,
    fail: gone,
    succeed: gone,
  };
}
