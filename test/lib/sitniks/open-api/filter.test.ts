import { expect, test } from 'vitest';
import { createFilterCheck, type Search } from '../../../../lib/sitniks/open-api/filter.ts';
import { orderRow } from '../../../../lib/sitniks/open-api/order-row.ts';
import type { CrmFailure } from '../../../../lib/sitniks/result.ts';

const DOWN: CrmFailure = { ok: false, type: 'CONNECTION', message: 'down', mayHaveReachedCrm: false };
const rowsOf = (...externalIds: (string | undefined)[]) => ({
  ok: true as const,
  rows: externalIds.map((externalId, i) => orderRow.parse({ id: i + 1, externalId })),
  count: undefined,
});
type Found = Awaited<ReturnType<Search>>;

/** An account whose newest orders have these numbers, and what it says to a search: for nobody's number, or somebody's. */
function account(newest: Found, nobodys: Found, somebodys: Found = rowsOf()) {
  const check = createFilterCheck();
  const searched: string[] = [];
  let heads = 0;
  return {
    check: () =>
      check(
        async (externalId) => {
          searched.push(externalId);
          return externalId.startsWith('nobody-') ? nobodys : somebodys;
        },
        async () => {
          heads += 1;
          return newest;
        },
      ),
    searched,
    heads: () => heads,
  };
}

test('a search is believed that finds nothing for nobody, and somebody for his number', async () => {
  const { check, searched } = account(
    rowsOf(undefined, '', 'order-7', 'order-6'),
    rowsOf(),
    rowsOf('order-7'),
  );
  expect(await check()).toEqual({ ok: true, isHeeded: true, isKnown: true });
  expect(searched).toEqual([expect.stringMatching(/^nobody-[\da-f-]{36}$/), 'order-7']);
});

test.each([
  ['finds orders for a number that nobody has', rowsOf('order-7'), rowsOf('order-7')],
  ['finds nobody by his number', rowsOf(), rowsOf()],
  ['finds another by it', rowsOf(), rowsOf('order-6')],
  ['finds others besides', rowsOf(), rowsOf('order-7', 'order-6')],
])('one is not that %s', async (_, nobodys, somebodys) => {
  expect(await account(rowsOf('order-7'), nobodys, somebodys).check()).toEqual({
    ok: true,
    isHeeded: false,
    isKnown: true,
  });
});

test.each([
  ['that is empty', rowsOf()],
  ['whose orders have no number', rowsOf(undefined, '')],
])('nothing is known of it in an account %s, and nobody is asked for', async (_, newest) => {
  const { check, searched } = account(newest, rowsOf());
  expect(await check()).toEqual({ ok: true, isHeeded: false, isKnown: false });
  expect(searched).toHaveLength(1);
});

test('it is tried once, where something is known then', async () => {
  const { check, searched, heads } = account(rowsOf('order-7'), rowsOf(), rowsOf('order-7'));
  await Promise.all([check(), check()]);
  await check();
  expect([searched.length, heads()]).toEqual([2, 1]);
});

test('one that ignores its filter is not tried again either', async () => {
  const { check, searched, heads } = account(rowsOf('order-7'), rowsOf('order-7'));
  await check();
  await check();
  expect([searched.length, heads()]).toEqual([1, 0]);
});

test.each([
  ['nothing was known', rowsOf(), rowsOf(), rowsOf(), 2],
  ['the search for nobody failed', rowsOf('order-7'), DOWN, rowsOf(), 2],
  ['the newest could not be read', DOWN, rowsOf(), rowsOf(), 2],
  ['the search for somebody failed', rowsOf('order-7'), rowsOf(), DOWN, 4],
])('it is tried again where %s', async (_, newest, nobodys, somebodys, searches) => {
  const { check, searched } = account(newest, nobodys, somebodys);
  const first = await check();
  if ([newest, nobodys, somebodys].includes(DOWN)) expect(first).toEqual(DOWN);
  await check();
  expect(searched).toHaveLength(searches);
});
