import { describe, expect, test } from 'vitest';
import type { Past } from '../../../../lib/sitniks/likeness.ts';
import { parsedOrder } from '../../../kit/parsed-order.ts';
import { type Answers, FREE, KEY, list, memoryAccount } from './memory-account.ts';

const NOW = Date.parse('2026-01-02T10:00:00Z');
const HOUR_MS = 3_600_000;
const order = parsedOrder('order-1');
const client = { phone: order.customer.phone };

const row = (id: number, hoursAgo: number, changes: object = {}) => ({
  id,
  orderNumber: id + 1000,
  externalId: `other-${id}`,
  createdAt: new Date(NOW - hoursAgo * HOUR_MS).toISOString(),
  ...changes,
});
const MINE = { externalId: 'order-1', client };

interface Shop {
  rows: object[];
  /** How it searches by `externalId`: as it should, or not at all. */
  search: 'heeded' | 'ignored';
  isDown?: 'search' | 'list' | 'second page';
}
const idOf = (one: object) => ('externalId' in one ? one.externalId : undefined);

/** A shop with these orders, newest first. */
function shop({ rows, search, ...changes }: Shop) {
  const state = { rows, ...changes };
  const orders: Answers[string] = ({ url }) => {
    const externalId = url.searchParams.get('externalId');
    const skip = Number(url.searchParams.get('skip') ?? 0);
    const part = skip > 0 ? 'second page' : 'list';
    if (state.isDown === (externalId === null ? part : 'search')) return { status: 503 };
    const found = state.rows.filter(
      (one) => externalId === null || search === 'ignored' || idOf(one) === externalId,
    );
    return list(found.slice(skip, skip + Number(url.searchParams.get('limit'))));
  };
  const account = memoryAccount({ 'GET orders': orders });
  const container = account.client();
  return {
    ...account,
    state,
    find: (past: Past = { since: NOW - HOUR_MS }) => container.find(order, KEY, past),
    /** What was asked since the last time: of a search for whom, of the list from where. */
    news: () =>
      account.requests.splice(0).map(({ url }) => {
        const { externalId, limit, skip } = Object.fromEntries(url.searchParams);
        return externalId === undefined
          ? `${limit} from ${skip}`
          : `${limit} of ${externalId.replace(/^nobody-.*/, 'nobody')}`;
      }),
  };
}
const FOUND = { ok: true, result: 'found', likeness: 'agrees' };
const ABSENT = { ok: true, result: 'absent' };

test('what cannot have been sent is not there, and nobody is asked', async () => {
  const { find, news } = shop({ rows: [row(1, 0, MINE)], search: 'heeded' });
  expect(await find({ since: NOW, isUnsent: true })).toEqual(ABSENT);
  expect(news()).toEqual([]);
});

describe('by a search that has been seen to search', () => {
  test('an order is found by one call, once the search is known', async () => {
    const { find, news } = shop({ rows: [row(2, 0), row(1, 99, MINE)], search: 'heeded' });
    expect(await find()).toMatchObject({ ...FOUND, crmOrderId: '1', crmOrderNumber: '1001' });
    expect(news()).toEqual(['20 of nobody', '100 from 0', '20 of other-2', '20 of order-1']);
    expect(await find()).toMatchObject(FOUND);
    expect(news()).toEqual(['20 of order-1']);
  });

  test('"nothing" is an answer', async () => {
    const { find, news } = shop({ rows: [row(2, 0)], search: 'heeded' });
    expect(await find()).toEqual(ABSENT);
    expect(news()).toEqual(['20 of nobody', '100 from 0', '20 of other-2', '20 of order-1']);
  });

  test('one that fails is told, and nothing else is tried', async () => {
    const { find, news, state } = shop({ rows: [row(2, 0)], search: 'heeded' });
    await find();
    news();
    state.isDown = 'search';
    expect(await find()).toMatchObject({ ok: false, type: 'CONNECTION', mayHaveReachedCrm: false });
    expect(news()).toEqual(['20 of order-1']);
  });

  test('one that shows another, by a number in other letters, proves nothing: the newest are read', async () => {
    const rows = [row(2, 0), row(1, 0, MINE)];
    const account = memoryAccount({
      'GET orders': ({ url }) => {
        const externalId = url.searchParams.get('externalId');
        if (externalId === null) return list(rows);
        if (externalId === 'order-1') return list([row(3, 0, { externalId: 'ORDER-1' })]);
        return list(rows.filter((one) => one.externalId === externalId));
      },
    });
    expect(await account.client().find(order, KEY, { since: NOW })).toMatchObject({
      ...FOUND,
      crmOrderId: '1',
    });
    expect(account.asked().slice(3, 5)).toEqual([
      'GET orders?externalId=order-1&limit=20',
      'GET orders?limit=100&skip=0',
    ]);
  });
});

describe('by the newest orders', () => {
  test('an order is found where the search is ignored', async () => {
    const { find, news } = shop({ rows: [row(2, 0), row(1, 1, MINE), row(0, 26)], search: 'ignored' });
    expect(await find()).toMatchObject({ ...FOUND, crmOrderId: '1' });
    expect(news()).toEqual(['20 of nobody', '100 from 0']);
  });

  test('it is looked for a day further back than it can have been sent', async () => {
    const many = (hoursAgo: number) =>
      Array.from({ length: 100 }, (_, i) =>
        row(i + 10, hoursAgo - (99 - i) / 3600, { externalId: `other-${i}` }),
      );
    const back = async (hoursAgo: number) => {
      const { find, news } = shop({ rows: [...many(hoursAgo), row(1, 99, MINE)], search: 'ignored' });
      return [await find(), news().length] as const;
    };
    expect(await back(25.1)).toEqual([ABSENT, 2]);
    expect(await back(25)).toMatchObject([FOUND, 4]);
  });

  test('one without a number may be it, if it was made since then', async () => {
    const since = (hoursAgo: number) =>
      shop({ rows: [row(1, hoursAgo, { externalId: null, client })], search: 'ignored' }).find();
    expect(await since(25)).toMatchObject({ result: 'unproven', candidates: ['1001'] });
    expect(await since(25.1)).toEqual(ABSENT);
  });

  test('however old it is, where nothing is known of its past', async () => {
    const { client: container } = memoryAccount({
      'GET orders': list([row(1, 30_000, { externalId: null, client })]),
    });
    expect(await container().find(order, KEY)).toMatchObject({ result: 'unproven', candidates: ['1001'] });
  });

  test('one that is not like it may be it, if it was otherwise once', async () => {
    const stranger = { externalId: null, client: { phone: '+380991112233' } };
    const { find } = shop({ rows: [row(1, 0, stranger)], search: 'ignored' });
    expect(await find({ since: NOW, wasOtherwise: true })).toMatchObject({ result: 'unproven' });
    expect(await find({ since: NOW })).toEqual(ABSENT);
  });

  test.each(['search', 'list'] as const)('nothing is said where the %s fails', async (isDown) => {
    const { find } = shop({ rows: [row(1, 0, MINE)], search: 'heeded', isDown });
    expect(await find()).toMatchObject({ ok: false, type: 'CONNECTION', mayHaveReachedCrm: false });
  });
});

test('what was broken off goes on at once, and the search is not tried again in between', async () => {
  const rows = Array.from({ length: 150 }, (_, i) => row(i + 1, 0, { externalId: null }));
  const { find, news, state } = shop({
    rows: [...rows, row(999, 0, { ...MINE, externalId: null })],
    search: 'heeded',
    isDown: 'second page',
  });
  expect(await find()).toMatchObject({ ok: false, type: 'CONNECTION' });
  // Whether it searches cannot be known where no order has a number.
  expect(news()).toEqual(['20 of nobody', '100 from 0', '100 from 0', '100 from 99']);
  state.rows = state.rows.map((one, i) => (i === 150 ? { ...one, ...MINE } : one));
  delete state.isDown;
  expect(await find()).toMatchObject({ ...FOUND, crmOrderId: '999' });
  expect(news()).toEqual(['100 from 99', '100 from 150', '100 from 0']);
  // And what has been read is done with: the next begins anew.
  await find();
  expect(news()[0]).toBe('20 of nobody');
});

test('whose turn does not come any more is told so', async () => {
  const { client: container, requests } = memoryAccount();
  const pace = { ...FREE, turn: async () => 9_000 };
  expect(await container({}, { pace }).find(order, KEY)).toMatchObject({
    ok: false,
    type: 'RATE_LIMIT',
    retryAfterMs: 9_000,
  });
  expect(requests).toEqual([]);
});
