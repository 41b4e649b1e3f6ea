import { expect, test } from 'vitest';
import type { ReadPage } from '../../../../lib/sitniks/open-api/newest.ts';
import { type OrderRow, orderRow } from '../../../../lib/sitniks/open-api/order-row.ts';
import { createReader } from '../../../../lib/sitniks/open-api/reader.ts';

const NOW = Date.parse('2026-01-01T10:00:00Z');
const SINCE = NOW - 3_600_000;
const PAGE = 10;

/** An account with so many orders, a second apart. */
function account(count: number, list: 'newest_first' | 'oldest_first' = 'newest_first') {
  const rows: OrderRow[] = [];
  const add = () => {
    const id = rows.length + 1;
    const createdAt = new Date(NOW + id * 1000).toISOString();
    rows.push(orderRow.parse({ id, externalId: `order-${id}`, createdAt }));
  };
  for (let i = 0; i < count; i += 1) add();
  let isDown = false;
  const calls: number[] = [];
  const readPage: ReadPage = async (skip) => {
    if (isDown) return { ok: false, type: 'CONNECTION', message: 'down', mayHaveReachedCrm: false };
    calls.push(skip);
    const listed = list === 'newest_first' ? rows.toReversed() : rows;
    return { ok: true, rows: listed.slice(skip, skip + PAGE), count: rows.length };
  };
  return {
    readPage,
    calls,
    add,
    /** Only so many more pages are to be had. */
    breaksAfter(pages: number): ReadPage {
      let left = pages;
      return async (skip) => {
        isDown = left === 0;
        left -= 1;
        const read = await readPage(skip);
        isDown = false;
        return read;
      };
    },
  };
}

const numbersIn = (read: Awaited<ReturnType<ReturnType<typeof createReader>['read']>>) =>
  read.ok && read.isWhole ? read.rows.map(({ externalId }) => externalId) : [];

test('all who look for an order at the same time are told by one reading', async () => {
  const { readPage, calls } = account(25);
  const reader = createReader();
  const all = await Promise.all(['a', 'b', 'c', 'd'].map((id) => reader.read(id, SINCE, readPage)));
  expect(all.map((read) => numbersIn(read).length)).toEqual([25, 25, 25, 25]);
  // To the end, and for each of them the head again.
  expect(calls).toEqual([0, 9, 18, 24, 0, 0, 0, 0]);
});

test('who comes later waits for a reading that is begun after that', async () => {
  const { readPage, calls } = account(25);
  const reader = createReader();
  const [, late] = await Promise.all([
    reader.read('a', SINCE, readPage),
    readPage(0).then(() => reader.read('b', SINCE, readPage)),
  ]);
  expect(numbersIn(late)).toHaveLength(25);
  expect(calls.filter((skip) => skip === 9)).toHaveLength(2);
});

test('what a fault breaks off goes on where it was, for whoever of them comes next', async () => {
  const { breaksAfter, readPage, calls } = account(25);
  const reader = createReader();
  const broken = breaksAfter(2);
  const both = await Promise.all(['a', 'b'].map((id) => reader.read(id, SINCE, broken)));
  expect(both.map(({ ok }) => ok)).toEqual([false, true]);
  calls.length = 0;
  expect(numbersIn(await reader.read('a', SINCE, readPage))).toHaveLength(25);
  expect(calls).toEqual([0]);
});

test('whoever comes meanwhile brings it to its end first, and so does not undo what was done', async () => {
  const { breaksAfter, readPage, calls } = account(25);
  const reader = createReader();
  expect(await reader.read('a', SINCE, breaksAfter(2))).toMatchObject({ ok: false });
  expect(await reader.read('b', SINCE, breaksAfter(2))).toMatchObject({ ok: false });
  expect(calls).toEqual([0, 9, 18, 24]);
  calls.length = 0;
  expect(numbersIn(await reader.read('b', SINCE, readPage))).toHaveLength(25);
  expect(calls).toEqual([0, 0, 9, 18, 24, 0]);
  expect(numbersIn(await reader.read('a', SINCE, readPage))).toHaveLength(25);
  expect(calls.at(-1)).toBe(0);
  expect(calls).toHaveLength(7);
});

test('an order that is made after all was read, and before the reading is used, is not missed', async () => {
  const { breaksAfter, readPage, add } = account(25);
  const reader = createReader();
  expect(await reader.read('a', SINCE, breaksAfter(4))).toMatchObject({ ok: false });
  add();
  expect(numbersIn(await reader.read('a', SINCE, readPage))).toContain('order-26');
});

test('nor one that is made after a first page that was enough, by whom the same reading tells next', async () => {
  const { readPage, add, calls } = account(25);
  const reader = createReader();
  const andOneMore: ReadPage = async (skip) => {
    const page = await readPage(skip);
    add();
    return page;
  };
  const late = NOW + 20_500;
  const [, next] = await Promise.all(['a', 'b'].map((id) => reader.read(id, late, andOneMore)));
  expect(next && numbersIn(next)).toContain('order-26');
  expect(calls).toEqual([0, 0]);
});

test('nor where the oldest come first: such a list is read anew', async () => {
  const { breaksAfter, readPage, add, calls } = account(25, 'oldest_first');
  const reader = createReader();
  expect(await reader.read('a', SINCE, breaksAfter(4))).toMatchObject({ ok: false });
  add();
  calls.length = 0;
  expect(numbersIn(await reader.read('a', SINCE, readPage))).toContain('order-26');
  expect(calls).toEqual([0, 9, 18, 25, 0]);
});

test('nor where so many come in that the head has moved on: then it is read anew', async () => {
  const { breaksAfter, readPage, add } = account(25);
  const reader = createReader();
  expect(await reader.read('a', SINCE, breaksAfter(4))).toMatchObject({ ok: false });
  for (let i = 0; i < 12; i += 1) add();
  expect(await reader.read('a', SINCE, readPage)).toMatchObject({ ok: false, type: 'RATE_LIMIT' });
  expect(numbersIn(await reader.read('a', SINCE, readPage))).toHaveLength(37);
});

test('an older order has no part in a reading that does not go back far enough', async () => {
  const { breaksAfter, readPage } = account(25);
  const reader = createReader();
  const late = NOW + 20_500;
  expect(await reader.read('a', late, breaksAfter(0))).toMatchObject({ ok: false });
  expect(numbersIn(await reader.read('a', SINCE, readPage))).toHaveLength(25);
});

test('one reading goes back far enough for all who wait for it', async () => {
  const { readPage, calls } = account(25);
  const reader = createReader();
  const [, older] = await Promise.all([
    reader.read('a', NOW + 20_500, readPage),
    reader.read('b', SINCE, readPage),
  ]);
  expect(older && numbersIn(older)).toHaveLength(25);
  expect(calls).toEqual([0, 9, 18, 24, 0, 0]);
});

test('an order has its part in a reading until it is told', async () => {
  const { breaksAfter, readPage } = account(25);
  const reader = createReader();
  expect(reader.isReading('a')).toBe(false);
  await reader.read('a', SINCE, breaksAfter(2));
  expect([reader.isReading('a'), reader.isReading('b')]).toEqual([true, false]);
  await reader.read('a', SINCE, readPage);
  expect(reader.isReading('a')).toBe(false);
});

test('so many have a part in one as a hundred: then the one that was first has to begin again', async () => {
  const { readPage } = account(25);
  const reader = createReader();
  const down: ReadPage = async () => ({
    ok: false,
    type: 'CONNECTION',
    message: 'down',
    mayHaveReachedCrm: false,
  });
  const ids = Array.from({ length: 101 }, (_, i) => `order-${i}`);
  const remembered = () => ids.filter((id) => reader.isReading(id));
  for (const id of ids.slice(0, 100)) await reader.read(id, SINCE, down);
  expect(remembered()).toEqual(ids.slice(0, 100));
  await reader.read('order-100', SINCE, down);
  expect(remembered()).toEqual(ids.slice(1));
  expect(numbersIn(await reader.read('order-0', SINCE, readPage))).toHaveLength(25);
});

test('who is told by a reading that was done before takes nothing from one that was broken off since', async () => {
  const { breaksAfter, readPage, calls } = account(25);
  const reader = createReader();
  await Promise.all(['a', 'b'].map((id) => reader.read(id, SINCE, breaksAfter(0))));
  const read = async (id: string, page: ReadPage) => {
    calls.length = 0;
    return [(await reader.read(id, SINCE, page)).ok, ...calls];
  };
  expect(await read('a', readPage)).toEqual([true, 0, 9, 18, 24, 0]);
  expect(await read('c', breaksAfter(2))).toEqual([false, 0, 9]);
  expect(await read('b', readPage)).toEqual([true, 0]);
  expect(await read('d', readPage)).toEqual([true, 18, 24, 0, 0, 9, 18, 24, 0]);
});
