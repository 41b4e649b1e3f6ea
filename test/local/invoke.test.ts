import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from 'aws-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { invokeFunction, invokeHandler } from '../../local/invoke.ts';
import { until } from '../kit/until.ts';

/** A port that was free a moment ago. Told to take any, serverless-offline would not say which it took. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = z.object({ port: z.number() }).parse(server.address());
  await new Promise((closed) => server.close(closed));
  return port;
}

describe.concurrent("over serverless-offline's own Invoke API", () => {
  /** What this needs of serverless-offline, which has no types. */
  interface Lambda {
    create(functions: Array<{ functionKey: string; functionDefinition: object }>): void;
    start(): Promise<void>;
    stop(timeoutMs: number): Promise<void>;
    cleanup(): Promise<void>;
  }
  const lambdaModule = z.object({
    default: z.custom<new (serverless: object, options: object) => Lambda>(
      (value) => typeof value === 'function',
    ),
  });

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
  let folder: string;
  let lambda: Lambda;
  let url: string;
  const invoke = (functionName: string, event: unknown = {}, timeoutMs = 10_000) =>
    invokeFunction({ url, functionName: `orders-local-${functionName}`, timeoutMs })(event);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'invoke-'));
    const source = Object.entries(handlers).map(([name, code]) => `export const ${name} = ${code};`);
    await writeFile(join(folder, 'handlers.mjs'), source.join('\n'));

    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const name = 'serverless-offline/lambda';
    const { default: ServerlessOffline } = lambdaModule.parse(await import(name));
    const service = {
      service: 'orders',
      provider: { region: 'eu-central-1', runtime: 'nodejs24.x', timeout: 5 },
    };
    lambda = new ServerlessOffline(
      { service, config: { servicePath: folder }, serviceDir: folder },
      { host: '127.0.0.1', lambdaPort: port, terminateIdleLambdaTime: 60 },
    );
    lambda.create(
      Object.keys(handlers).map((key) => ({
        functionKey: key,
        functionDefinition: {
          name: `orders-local-${key}`,
          handler: `handlers.${key}`,
          ...(key === 'hangs' && { timeout: 0.5 }),
        },
      })),
    );
    await lambda.start();
  });
  afterAll(async () => {
    await lambda.stop(100);
    await lambda.cleanup();
    await rm(folder, { recursive: true });
  });

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
    const url = `http://127.0.0.1:${await freePort()}`;
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
