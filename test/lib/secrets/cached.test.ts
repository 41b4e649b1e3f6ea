import { describe, expect, test } from 'vitest';
import { cached } from '../../../lib/secrets/cached.ts';

const TTL = 300_000;
const RETRY = 60_000;

/** A cache on a clock of its own, whose loads are answered by hand. */
function setUp({ ttlMs = TTL, retryMs = RETRY } = {}) {
  let now = 1_000_000;
  const pending: PromiseWithResolvers<string>[] = [];
  const stale: unknown[] = [];
  let loads = 0;
  const cache = cached<string>({
    load() {
      loads += 1;
      const load = Promise.withResolvers<string>();
      pending.push(load);
      return load.promise;
    },
    ttlMs,
    retryMs,
    now: () => now,
    onStale: (error) => stale.push(error),
  });
  const next = () => {
    const load = pending.shift();
    if (load === undefined) throw new Error('Nothing is being loaded');
    return load;
  };
  return {
    ...cache,
    stale,
    loads: () => loads,
    pass: (ms: number) => {
      now += ms;
    },
    /** Ends the load that is under way, and waits until all who wait for it have been told. */
    async answer(value: string) {
      next().resolve(value);
      await settled();
    },
    async fail(error: Error) {
      next().reject(error);
      await settled();
    },
    /** A cache that has its first value. */
    async warm(value = 'first') {
      const got = cache.get();
      await this.answer(value);
      await got;
    },
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const DOWN = new Error('Secrets Manager is down');

describe('get', () => {
  test('loads once for all who ask during the load', async () => {
    const cache = setUp();
    const asked = Promise.all(Array.from({ length: 10 }, () => cache.get()));
    await cache.answer('first');

    expect(await asked).toEqual(Array(10).fill('first'));
    expect(cache.loads()).toBe(1);
  });

  test('does not ask again before the value has had its time, and then does', async () => {
    const cache = setUp();
    await cache.warm();
    cache.pass(TTL - 1);
    expect(await cache.get()).toBe('first');
    expect(cache.loads()).toBe(1);

    cache.pass(1);
    const asked = cache.get();
    await cache.answer('second');
    expect(await asked).toBe('second');
    expect(await cache.get()).toBe('second');
    expect(cache.loads()).toBe(2);
  });

  test('counts the time of a value from when it came, not from when it was asked for', async () => {
    const cache = setUp();
    const asked = cache.get();
    cache.pass(TTL);
    await cache.answer('first');
    await asked;
    cache.pass(TTL - 1);
    expect(await cache.get()).toBe('first');
    expect(cache.loads()).toBe(1);
  });

  test('does not keep a failure: who asks next, loads', async () => {
    const cache = setUp();
    const all = Promise.allSettled([cache.get(), cache.get()]);
    await cache.fail(DOWN);
    expect(await all).toMatchObject([{ reason: DOWN }, { reason: DOWN }]);
    expect(cache.loads()).toBe(1);

    await cache.warm();
    expect(await cache.get()).toBe('first');
    expect(cache.loads()).toBe(2);
  });

  test('does not keep a load that throws instead of rejecting', async () => {
    let isDown = true;
    const cache = cached({
      load() {
        if (isDown) throw DOWN;
        return Promise.resolve('first');
      },
      ttlMs: TTL,
      retryMs: RETRY,
    });
    await expect(cache.get()).rejects.toBe(DOWN);
    isDown = false;
    expect(await cache.get()).toBe('first');
  });

  test('uses the old value while the source is down, tells of it, and does not hammer it', async () => {
    const cache = setUp();
    await cache.warm();
    cache.pass(TTL);
    const asked = Promise.all([cache.get(), cache.get()]);
    await cache.fail(DOWN);

    expect(await asked).toEqual(['first', 'first']);
    expect(cache.stale).toEqual([DOWN]);
    cache.pass(RETRY - 1);
    expect(await cache.get()).toBe('first');
    expect(cache.loads()).toBe(2);

    cache.pass(1);
    const later = cache.get();
    await cache.answer('second');
    expect(await later).toBe('second');
    expect(cache.loads()).toBe(3);
  });

  test('never leaves the source alone for longer than a value lives', async () => {
    const cache = setUp({ ttlMs: 1_000, retryMs: RETRY });
    await cache.warm();
    cache.pass(1_000);
    const asked = cache.get();
    await cache.fail(DOWN);
    await asked;
    cache.pass(1_000);
    const later = cache.get();
    await cache.answer('second');
    expect(await later).toBe('second');
  });
});

describe('replace', () => {
  test('loads once for five who were refused the same value at once', async () => {
    const cache = setUp();
    await cache.warm();
    const replaced = Promise.all(Array.from({ length: 5 }, () => cache.replace('first')));
    await cache.answer('second');

    expect(await replaced).toEqual(Array(5).fill('second'));
    expect(cache.loads()).toBe(2);
    expect(await cache.get()).toBe('second');
  });

  test('gives who was refused later what has come in the meantime, without a load', async () => {
    const cache = setUp();
    await cache.warm();
    const replaced = cache.replace('first');
    await cache.answer('second');
    await replaced;

    expect(await cache.replace('first')).toBe('second');
    expect(cache.loads()).toBe(2);
  });

  test('forces at most one load a minute', async () => {
    const cache = setUp();
    await cache.warm();
    const replaced = cache.replace('first');
    await cache.answer('second');
    await replaced;

    cache.pass(RETRY - 1);
    expect(await cache.replace('second')).toBe('second');
    expect(cache.loads()).toBe(2);

    cache.pass(1);
    const later = cache.replace('second');
    await cache.answer('third');
    expect(await later).toBe('third');
  });

  test('answers the refused value itself where the source has no other', async () => {
    const cache = setUp();
    await cache.warm();
    const replaced = Promise.all([cache.replace('first'), cache.replace('first')]);
    await cache.answer('first');

    expect(await replaced).toEqual(['first', 'first']);
    expect(await cache.replace('first')).toBe('first');
    expect(cache.loads()).toBe(2);
  });

  test('answers the refused value itself while the source is down', async () => {
    const cache = setUp();
    await cache.warm();
    const replaced = Promise.all([cache.replace('first'), cache.replace('first')]);
    await cache.fail(DOWN);

    expect(await replaced).toEqual(['first', 'first']);
    expect(cache.stale).toEqual([DOWN]);
    expect(cache.loads()).toBe(2);
  });

  test('does not take a load that was under way for an answer: it may have begun before the refusal', async () => {
    const cache = setUp();
    await cache.warm();
    cache.pass(TTL);
    const asked = cache.get();
    await settled();
    const replaced = Promise.all([cache.replace('first'), cache.replace('first')]);
    await settled();
    expect(cache.loads()).toBe(2);

    await cache.answer('first');
    expect(await asked).toBe('first');
    expect(cache.loads()).toBe(3);
    await cache.answer('second');
    expect(await replaced).toEqual(['second', 'second']);
    expect(cache.loads()).toBe(3);
  });

  test('is content with a load that was under way if it brings another value', async () => {
    const cache = setUp();
    await cache.warm();
    cache.pass(TTL);
    const asked = cache.get();
    await settled();
    const replaced = cache.replace('first');
    await cache.answer('second');

    expect(await asked).toBe('second');
    expect(await replaced).toBe('second');
    expect(cache.loads()).toBe(2);
  });
});
