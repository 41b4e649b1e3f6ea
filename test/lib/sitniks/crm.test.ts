import { describe, expect, test } from 'vitest';
import { type Cached, cached } from '../../../lib/secrets/cached.ts';
import { UnusableSecret } from '../../../lib/secrets/secret.ts';
import { crmWithKey } from '../../../lib/sitniks/crm.ts';
import type { Dialect } from '../../../lib/sitniks/dialect.ts';
import type { CrmFailure, OrderCreated, OrderFound } from '../../../lib/sitniks/result.ts';
import { parsedOrder } from '../../kit/parsed-order.ts';

const order = parsedOrder('1042');
const CREATED: OrderCreated = { ok: true, crmOrderId: '1001' };
const NOT_THERE: OrderFound = { ok: true, result: 'absent' };
const REFUSED: CrmFailure = { ok: false, type: 'AUTHENTICATION', message: 'no', mayHaveReachedCrm: false };

/** A client that takes one key, and notes which it was given. */
function clientThatTakes(goodKey: string, otherwise: CrmFailure = REFUSED) {
  const keys: string[] = [];
  const answer = async <T>(key: string, good: T) => {
    keys.push(key);
    return key === goodKey ? good : otherwise;
  };
  const client: Dialect = {
    create: (_order, key) => answer(key, CREATED),
    find: (_order, key) => answer(key, NOT_THERE),
    setStatus: (_id, status, key) => answer(key, { ok: true, status }),
    book: (_id, _payment, _beside, key) => answer(key, { ok: true }),
  };
  return { client, keys };
}

/** The real cache, whose source gives these keys one after the other, and then the last for ever. */
function source(...values: (string | Error)[]): { key: Cached<string>; loads: () => number } {
  let loads = 0;
  const key = cached<string>({
    async load() {
      const value = values[Math.min(loads, values.length - 1)];
      loads += 1;
      if (typeof value !== 'string') throw value;
      return value;
    },
    ttlMs: 300_000,
    retryMs: 60_000,
    now: () => 0,
  });
  return { key, loads: () => loads };
}

describe.each(['create', 'find'] as const)('%s', (call) => {
  const WELL = call === 'create' ? CREATED : NOT_THERE;

  test('is tried once more with the new key when the old one is refused', async () => {
    const { client, keys } = clientThatTakes('new');
    const { key, loads } = source('old', 'new');

    expect(await crmWithKey(client, key)[call](order)).toEqual(WELL);
    expect(keys).toEqual(['old', 'new']);
    expect(loads()).toBe(2);
  });

  test('is not tried again with a key that has not changed', async () => {
    const { client, keys } = clientThatTakes('another');
    const { key, loads } = source('old', 'old');

    expect(await crmWithKey(client, key)[call](order)).toEqual(REFUSED);
    expect(keys).toEqual(['old']);
    expect(loads()).toBe(2);
  });

  test('is not tried a third time when the new key is refused as well', async () => {
    const { client, keys } = clientThatTakes('another');
    const { key } = source('old', 'new', 'newer');

    expect(await crmWithKey(client, key)[call](order)).toEqual(REFUSED);
    expect(keys).toEqual(['old', 'new']);
  });

  test('five at once that are refused the old key fetch the new one once', async () => {
    const { client, keys } = clientThatTakes('new');
    const { key, loads } = source('old', 'new');
    const crm = crmWithKey(client, key);

    const results = await Promise.all(Array.from({ length: 5 }, () => crm[call](order)));
    expect(results).toEqual(Array(5).fill(WELL));
    expect(keys.toSorted()).toEqual([...Array(5).fill('new'), ...Array(5).fill('old')]);
    expect(loads()).toBe(2);
  });

  test.each(['VALIDATION', 'CONNECTION', 'RATE_LIMIT', 'CONFIGURATION'] as const)(
    'a failure of type %s is not the fault of the key',
    async (type) => {
      const failure: CrmFailure = { ok: false, type, message: '', mayHaveReachedCrm: false };
      const { client, keys } = clientThatTakes('none', failure);
      const { key, loads } = source('old', 'new');

      expect(await crmWithKey(client, key)[call](order)).toEqual(failure);
      expect(keys).toEqual(['old']);
      expect(loads()).toBe(1);
    },
  );

  test('a secret that has to be mended is CONFIGURATION, in its own words, and the CRM is not called', async () => {
    const { client, keys } = clientThatTakes('any');
    const { key } = source(new UnusableSecret('The secret x is empty'));

    expect(await crmWithKey(client, key)[call](order)).toEqual({
      ok: false,
      type: 'CONFIGURATION',
      message: 'The secret x is empty',
      mayHaveReachedCrm: false,
    });
    expect(keys).toEqual([]);
  });

  test('a key that cannot be fetched is CONNECTION, and the words of the error stay out', async () => {
    const { client, keys } = clientThatTakes('any');
    const { key } = source(new Error('connect ECONNREFUSED tell-tale'));

    expect(await crmWithKey(client, key)[call](order)).toEqual({
      ok: false,
      type: 'CONNECTION',
      message: 'The API key cannot be fetched from Secrets Manager',
      mayHaveReachedCrm: false,
    });
    expect(keys).toEqual([]);
  });
});

describe('a status and a payment', () => {
  test('get the key as well, and one more try with a new one', async () => {
    const { client, keys } = clientThatTakes('new');
    const crm = crmWithKey(client, source('old', 'new').key);
    expect(await crm.setStatus('1001', 'PAID')).toEqual({ ok: true, status: 'PAID' });
    expect(keys).toEqual(['old', 'new']);
  });

  test('are told of the order that they are of', async () => {
    const told: unknown[] = [];
    const { client } = clientThatTakes('key');
    const payment = { amount: 250, comment: 'mono' };
    const crm = crmWithKey(
      {
        ...client,
        book: async (...args) => {
          told.push(args);
          return { ok: true };
        },
      },
      source('key').key,
    );
    expect(await crm.book?.('1001', payment, 90)).toEqual({ ok: true });
    expect(told).toEqual([['1001', payment, 90, 'key']]);
  });

  test('a payment cannot be booked where the dialect cannot', () => {
    const { book: _none, ...client } = clientThatTakes('key').client;
    expect(crmWithKey(client, source('key').key)).not.toHaveProperty('book');
  });
});

describe('is ready', () => {
  const { client } = clientThatTakes('any');
  const isReady = (...values: (string | Error)[]) => crmWithKey(client, source(...values).key).isReady();

  test('when there is a key', async () => {
    expect(await isReady('key')).toBe(true);
  });

  test('when there is none for a cause that stays: the orders are to be told why', async () => {
    expect(await isReady(new UnusableSecret('empty'))).toBe(true);
  });

  test('not while there is none for a cause that passes', async () => {
    expect(await isReady(new Error('down'))).toBe(false);
  });

  test('again as soon as the cause has passed', async () => {
    const crm = crmWithKey(client, source(new Error('down'), 'key').key);
    expect(await crm.isReady()).toBe(false);
    expect(await crm.isReady()).toBe(true);
  });
});
