import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { invokeFunction, invokeHandler } from '../../local/invoke.ts';
import { closedPort } from '../kit/http-server.ts';
import { type OfflineLambda, startOfflineLambda } from '../kit/offline-lambda.ts';
import { until } from '../kit/until.ts';

describe.concurrent("over serverless-offline's own Invoke API", () => {
  const handlers = {
    echo: 'async (event) => event',
    nothing: 'async () => {}',
    nullish: 'async () => null',
    text: "async () => 'done'",
    throws: "async () => { throw new TypeError('no such street: ' + 'Kyiv') }",
    throwsText: "async () => { throw 'text' }",
    hangs: 'async () => new Promise(() => {})',
    remaining: 'async (_, context) => context.getRemainingTimeInMillis()',
  };
  let lambda: OfflineLambda;
  const invoke = (functionName: string, event: unknown = {}, timeoutMs = 10_000) =>
    invokeFunction({ url: lambda.url, functionName: lambda.nameOf(functionName), timeoutMs })(event);

  beforeAll(async () => {
    lambda = await startOfflineLambda(handlers, { hangs: 0.5 });
  });
  afterAll(() => lambda.stop());

  it('what is returned comes back as JSON text', async () => {
    const event = { Records: [{ body: '{"phone":"+38 «050»"}' }] };
    expect(await invoke('echo', event)).toEqual({ outcome: 'returned', payload: JSON.stringify(event) });
    expect(await invoke('text')).toEqual({ outcome: 'returned', payload: '"done"' });
  });

  it.for(['nothing', 'nullish'])('%s that is returned comes back as an empty payload', async (name) => {
    expect(await invoke(name)).toEqual({ outcome: 'returned', payload: '' });
  });

  it('a throw is a failure, though the status is 200', async () => {
    expect(await invoke('throws')).toEqual({
      outcome: 'failed',
      error: 'threw',
      detail: 'Error: no such street: Kyiv',
    });
  });

  it("a throw of what is no Error is taken for a returned value: serverless-offline's own mistake", async () => {
    expect(await invoke('throwsText')).toEqual({ outcome: 'returned', payload: '"text"' });
  });

  it('a time-out of the function is a failure, and the function can be invoked again', async () => {
    expect(await invoke('hangs')).toEqual({ outcome: 'failed', error: 'timed out' });
    expect(await invoke('hangs')).toEqual({ outcome: 'failed', error: 'timed out' });
  });

  it('an answer that does not come in time is a failure', async () => {
    expect(await invoke('hangs', {}, 100)).toEqual({ outcome: 'failed', error: 'timed out' });
  });

  it('a function that does not exist is a failure', async () => {
    expect(await invoke('misspelt')).toEqual({
      outcome: 'failed',
      error: '404 ResourceNotFoundException',
      detail: 'Function not found: orders-local-misspelt',
    });
  });

  it('the function is told how much time it has', async () => {
    const invocation = await invoke('remaining');
    const remaining = invocation.outcome === 'returned' ? Number(invocation.payload) : Number.NaN;
    expect(remaining).toBeGreaterThan(2_000);
    expect(remaining).toBeLessThanOrEqual(5_000);
  });

  it('an API that cannot be reached rejects, naming its address and not the event', async () => {
    const url = `http://127.0.0.1:${await closedPort()}`;
    const invoking = invokeFunction({ url, functionName: 'f', timeoutMs: 1_000 })({ phone: '+380501234567' });
    const error = await invoking.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      message: `The Invoke API at ${url} does not answer`,
      cause: { cause: { code: 'ECONNREFUSED' } },
    });
  });
});

describe.concurrent('in this process', () => {
  it.for<[result: unknown, payload: string]>([
    [undefined, 'null'],
    [null, 'null'],
    [{ batchItemFailures: [{ itemIdentifier: 'm-1' }] }, '{"batchItemFailures":[{"itemIdentifier":"m-1"}]}'],
    ['done', '"done"'],
    [{ at: new Date(0), gone: undefined }, '{"at":"1970-01-01T00:00:00.000Z"}'],
  ])('%j is returned as %s', async ([result, payload]) => {
    expect(await invokeHandler(async () => result)({})).toEqual({ outcome: 'returned', payload });
  });

  it('a throw, now or later, is a failure', async () => {
    const failure = { outcome: 'failed', error: 'threw', detail: 'TypeError: no' };
    expect(
      await invokeHandler(() => {
        throw new TypeError('no');
      })({}),
    ).toEqual(failure);
    expect(await invokeHandler(() => Promise.reject(new TypeError('no')))({})).toEqual(failure);
    expect(await invokeHandler(() => Promise.reject('text'))({})).toMatchObject({ detail: 'text' });
  });

  it('a result that has no JSON is a failure', async () => {
    expect(await invokeHandler(async () => ({ big: 1n }))({})).toMatchObject({
      outcome: 'failed',
      error: 'threw',
    });
  });

  it('a handler that is not done in time is a failure, whatever it does later', async () => {
    const late = Promise.withResolvers<never>();
    expect(await invokeHandler(() => late.promise, { timeoutMs: 50 })({})).toEqual({
      outcome: 'failed',
      error: 'timed out',
    });
    late.reject(new Error('too late to be heard'));
  });

  it('the context is new for each invocation and its clock runs down', async () => {
    const contexts: Context[] = [];
    const invoke = invokeHandler(
      async (_event: object, context) => {
        contexts.push(context);
      },
      { functionName: 'syncOrders', timeoutMs: 3_000 },
    );
    await invoke({});
    await invoke({});
    const [first, second] = contexts;
    expect(first).toMatchObject({
      functionName: 'syncOrders',
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(second?.awsRequestId).not.toBe(first?.awsRequestId);

    const before = first?.getRemainingTimeInMillis() ?? Number.NaN;
    expect(before).toBeLessThanOrEqual(3_000);
    expect(before).toBeGreaterThan(2_000);
    await until(() => (first?.getRemainingTimeInMillis() ?? Number.NaN) <= before - 20);
  });

  it('the handler has a copy of the event', async () => {
    const event = { Records: ['a'] };
    await invokeHandler(async (given: typeof event) => given.Records.pop())(event);
    expect(event).toEqual({ Records: ['a'] });
  });
});
