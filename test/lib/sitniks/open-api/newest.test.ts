import { describe, expect, test } from 'vitest';
import { type ReadPage, walkNewest } from '../../../../lib/sitniks/open-api/newest.ts';
import { type OrderRow, orderRow } from '../../../../lib/sitniks/open-api/order-row.ts';
import type { CrmFailure } from '../../../../lib/sitniks/result.ts';

const NOW = Date.parse('2026-01-01T10:00:00Z');
const LONG_AGO = 0;
const DOWN: CrmFailure = { ok: false, type: 'CONNECTION', message: 'down', mayHaveReachedCrm: false };

/** So many seconds ago, or at a time that it does not say. */
const row = (id: string, secondsAgo?: number): OrderRow =>
  orderRow.parse({
    id,
    ...(secondsAgo !== undefined && { createdAt: new Date(NOW - secondsAgo * 1000).toISOString() }),
  });
const ago = (seconds: number) => NOW - seconds * 1000;

/**
 * A list of orders: `a` is a second old, `b` two, and so on.
 *
 * @param before what happens to it before a call, by how many calls there were
 */
function listOf(
  ids: string,
  pageSize: number,
  { rows = [...ids].map((id, i) => row(id, i + 1)), before = {}, isFixed = false }: ListChanges = {},
) {
  const calls: number[] = [];
  const state = { rows, isDown: false };
  const readPage: ReadPage = async (skip) => {
    before[calls.length]?.(state);
    if (state.isDown) return DOWN;
    calls.push(skip);
    const from = isFixed ? 0 : skip;
    return { ok: true, rows: state.rows.slice(from, from + pageSize), count: undefined };
  };
  return { readPage, calls, state };
}
interface ListState {
  rows: OrderRow[];
  isDown: boolean;
}
interface ListChanges {
  rows?: OrderRow[];
  before?: Record<number, (state: ListState) => void>;
  /** Whatever is to be skipped, it shows its head. */
  isFixed?: boolean;
}

const breakDown = (list: ListState) => {
  list.isDown = true;
};

const idsOf = ({ rows }: { rows: readonly OrderRow[] }) => rows.map(({ id }) => id).join('');
type Read = Awaited<ReturnType<ReturnType<typeof walkNewest>['readOn']>>;
/** The orders, if none can be missing. */
const wholeOf = (read: Read) => (read.ok && read.isWhole ? idsOf(read) : read);
const read = async (since: number, readPage: ReadPage) => wholeOf(await walkNewest(since).readOn(readPage));

describe('the newest orders', () => {
  test('are read back to one that is too old, where the newest come first', async () => {
    const { readPage, calls } = listOf('abcdefghij', 3);
    expect(await read(ago(4.5), readPage)).toBe('abcde');
    // The second page begins with the last of the first; and then the head again.
    expect(calls).toEqual([0, 2, 0]);
  });

  test('are known by one page, where it goes back far enough', async () => {
    const { readPage, calls } = listOf('abcdefghij', 3);
    expect(await read(ago(2.5), readPage)).toBe('abc');
    expect(calls).toEqual([0]);
  });

  test('are not all there while the last is as old as ours can be', async () => {
    const { readPage } = listOf('abcdefghij', 3);
    expect(await read(ago(3), readPage)).toBe('abcde');
  });

  test.each([
    ['an empty account', '', [0]],
    ['one with one order', 'a', [0, 0, 0]],
    ['one whose orders fill one page', 'abc', [0, 2, 0]],
    ['one with more', 'abcd', [0, 2, 3, 0]],
  ])('of %s are read to its end', async (_, ids, expected) => {
    const { readPage, calls } = listOf(ids, 3);
    expect(await read(LONG_AGO, readPage)).toBe(ids);
    expect(calls).toEqual(expected);
  });

  test.each([
    ['do not come first', [row('a', 9), row('b', 8), row('c', 7), row('d', 6), row('e', 1)]],
    ['come first on one page only', [row('a', 3), row('b', 4), row('c', 1), row('d', 7), row('e', 8)]],
    ['say no time', [row('a'), row('b'), row('c'), row('d'), row('e')]],
    ['say no time on the first page', [row('a'), row('b', 9), row('c', 9), row('d', 10), row('e', 11)]],
    ['say no time after the first', [row('a', 9), row('b'), row('c', 10), row('d', 11), row('e', 12)]],
  ])('are read to the end of a list in which they %s', async (_, rows) => {
    const { readPage } = listOf('', 2, { rows });
    expect(await read(ago(5), readPage)).toBe('abcde');
  });

  test('may be of the same second', async () => {
    const { readPage, calls } = listOf('', 3, { rows: [row('a', 7), row('b', 7), row('c', 8), row('d', 9)] });
    expect(await read(ago(5), readPage)).toBe('abc');
    expect(calls).toEqual([0]);
  });

  test('are not known by a page whose orders are all of the same time: the oldest may come first', async () => {
    const rows = [row('a', 9), row('b', 9), row('c', 9), row('d', 8), row('e', 1)];
    expect(await read(ago(5), listOf('', 2, { rows }).readPage)).toBe('abcde');
    const noPages = listOf('', 2, { rows, isFixed: true });
    expect(await walkNewest(ago(5)).readOn(noPages.readPage)).toMatchObject({ isWhole: false });
  });
});

describe('while it is read', () => {
  const insert =
    (id: string, at: number, secondsAgo: number) =>
    ({ rows }: ListState) => {
      rows.splice(at, 0, row(id, secondsAgo));
    };
  const remove = (id: string) => (state: ListState) => {
    state.rows = state.rows.filter((one) => one.id !== id);
  };

  test('an order that comes in above is not missed, and stands first', async () => {
    const { readPage } = listOf('abcdef', 3, { before: { 2: insert('x', 0, 0) } });
    expect(await read(LONG_AGO, readPage)).toBe('xabcdef');
  });

  test('nor one that comes in when all but the head has been read', async () => {
    const { readPage } = listOf('abcdef', 3, { before: { 4: insert('x', 0, 0) } });
    expect(await read(LONG_AGO, readPage)).toBe('xabcdef');
  });

  test('so many may come in that its last page is longer than one order', async () => {
    const { readPage, calls } = listOf('abcdef', 3, {
      before: {
        3: (state) => {
          insert('x', 0, 0)(state);
          insert('y', 0, 0)(state);
        },
      },
    });
    expect(await read(LONG_AGO, readPage)).toBe('yxabcdef');
    expect(calls).toEqual([0, 2, 4, 5, 0]);
  });

  test('an order that was taken away pulls none over to where nobody looks', async () => {
    const { readPage, calls } = listOf('abcdefgh', 3, { before: { 1: remove('b') } });
    expect(await read(LONG_AGO, readPage)).toBe('acdefgh');
    expect(calls.slice(0, 3)).toEqual([0, 2, 0]);
  });

  test('what has changed is read as it is now', async () => {
    const { readPage } = listOf('abcdef', 3, {
      before: {
        4: ({ rows }) => {
          rows[1] = orderRow.parse({ id: 'b', externalId: 'order-1' });
        },
      },
    });
    const now = await walkNewest(LONG_AGO).readOn(readPage);
    expect(now.ok && now.rows.filter(({ externalId }) => externalId === 'order-1')).toHaveLength(1);
    expect(wholeOf(now)).toBe('abcdef');
  });

  test('it may be begun again three times; then it is said that it does not hold still', async () => {
    const moves = (times: number) => {
      let left = times;
      const { readPage, state } = listOf('abcdefghijklmnopqrst', 3);
      const moving: ReadPage = async (skip) => {
        // Whatever it is that joins two pages goes.
        if (skip > 0 && left > 0) {
          left -= 1;
          state.rows = state.rows.slice(1);
        }
        return readPage(skip);
      };
      return moving;
    };
    expect(await read(LONG_AGO, moves(3))).toBe('defghijklmnopqrst');
    expect(await read(LONG_AGO, moves(4))).toMatchObject({
      ok: true,
      isWhole: false,
      why: 'its list of orders does not hold still, or has no pages',
    });
  });

  test('more than fit on a page may come in above: it says so, and is read anew', async () => {
    const { readPage, calls } = listOf('abcdef', 3, {
      before: { 4: (state) => state.rows.unshift(...[...'wxyz'].map((id) => row(id, 0))) },
    });
    const walk = walkNewest(LONG_AGO);
    expect(await walk.readOn(readPage)).toEqual({
      ok: false,
      type: 'RATE_LIMIT',
      message: 'Look-up: so many orders come in that the list has moved on',
      mayHaveReachedCrm: false,
    });
    expect(wholeOf(await walk.readOn(readPage))).toBe('wxyzabcdef');
    expect(calls).toEqual([0, 2, 4, 5, 0, 0, 2, 4, 6, 8, 9, 0]);
  });
});

test('a list that has no pages shows its head again, and proves nothing but what it shows', async () => {
  const { readPage, calls } = listOf('abcdef', 3, { isFixed: true });
  const shown = await walkNewest(LONG_AGO).readOn(readPage);
  expect(shown).toMatchObject({ ok: true, isWhole: false, why: expect.stringContaining('has no pages') });
  expect(shown.ok && idsOf(shown)).toBe('abc');
  expect(calls).toEqual([0, 2, 0, 2, 0, 2, 0, 2]);
});

describe('a long list', () => {
  const many = (count: number) => Array.from({ length: count }, (_, i) => row(`id-${i}`, i + 1));

  test('is read no further than 60 pages, and what was read is given', async () => {
    const { readPage, calls } = listOf('', 2, { rows: many(100) });
    const part = await walkNewest(LONG_AGO).readOn(readPage);
    expect(part).toMatchObject({
      ok: true,
      isWhole: false,
      why: 'it has more than 61 orders to be looked through',
    });
    expect(part.ok && part.rows).toHaveLength(61);
    expect(calls).toHaveLength(60);
  });

  test('is whole where the sixtieth page is its last', async () => {
    const { readPage } = listOf('', 2, { rows: many(60) });
    expect(await walkNewest(LONG_AGO).readOn(readPage)).toMatchObject({ ok: true, isWhole: true });
  });
});

describe('where it is broken off', () => {
  test('it goes on', async () => {
    const { readPage, calls } = listOf('abcdef', 3, {
      before: { 2: breakDown },
    });
    const walk = walkNewest(LONG_AGO);
    expect(await walk.readOn(readPage)).toEqual(DOWN);
    const isUp = listOf('abcdef', 3);
    expect(wholeOf(await walk.readOn(isUp.readPage))).toBe('abcdef');
    expect(calls).toEqual([0, 2]);
    expect(isUp.calls).toEqual([4, 5, 0]);
  });

  test('after the first page, which would have been enough, the head is read again', async () => {
    const { readPage, calls } = listOf('abcdef', 3);
    const walk = walkNewest(ago(2.5));
    expect(wholeOf(await walk.readOn(readPage))).toBe('abc');
    expect(wholeOf(await walk.readOn(readPage))).toBe('abc');
    expect(calls).toEqual([0, 0]);
  });

  test('at the head, the head alone is read', async () => {
    const { readPage } = listOf('abcdef', 3, { before: { 4: breakDown } });
    const walk = walkNewest(LONG_AGO);
    expect(await walk.readOn(readPage)).toEqual(DOWN);
    const isUp = listOf('abcdef', 3);
    expect(wholeOf(await walk.readOn(isUp.readPage))).toBe('abcdef');
    expect(isUp.calls).toEqual([0]);
  });

  test.each([
    ['the oldest come first', [row('a', 9), row('b', 8), row('c', 7)]],
    ['no time is said', [row('a'), row('b'), row('c')]],
  ])('it is begun anew where %s', async (_, rows) => {
    const { readPage } = listOf('', 2, { rows, before: { 2: breakDown } });
    const walk = walkNewest(LONG_AGO);
    expect(await walk.readOn(readPage)).toEqual(DOWN);
    const isUp = listOf('', 2, { rows });
    expect(wholeOf(await walk.readOn(isUp.readPage))).toBe('abc');
    expect(isUp.calls).toEqual([0, 1, 2, 0]);
  });
});
