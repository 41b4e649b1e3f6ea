import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { createSitniksClient } from '../../../../lib/sitniks/orders/client.ts';
import { readPage, readSearch } from '../../../../lib/sitniks/orders/search.ts';
import { startHttpServer } from '../../../kit/http-server.ts';
import { parsedOrder } from '../../../kit/parsed-order.ts';

const order = parsedOrder('1042');
const OTHERS = Array.from({ length: 45 }, (_, i) => ({ id: i + 1, external_id: `1042${i}` }));
const OURS = { id: 900, external_id: '1042' };

/** What the look-up makes of a CRM that answers each page so. */
async function lookUp(answer: (page: number, request: IncomingMessage) => unknown) {
  let calls = 0;
  const { url, stop } = await startHttpServer((request, response) => {
    calls += 1;
    const page = Number(new URL(request.url ?? '', 'http://crm').searchParams.get('page') ?? 1);
    response.end(JSON.stringify(answer(page, request)));
  });
  const found = await createSitniksClient({ baseUrl: url, timeoutMs: 2000 }).find(order, 'key');
  await stop();
  return { found, calls };
}
const pagesOf =
  (rows: readonly object[], more: object = {}) =>
  (page: number) => ({
    data: rows.slice((page - 1) * 20, page * 20),
    ...more,
  });

const page = (rows: readonly object[]) => {
  const read = readPage({ data: rows });
  if (read === undefined) throw new Error('It is no page');
  return read;
};

describe('"not there" is believed only where the answer proves it', () => {
  test('an empty list, in one call', async () => {
    expect(await lookUp(() => ({ data: [] }))).toEqual({ found: { ok: true, result: 'absent' }, calls: 1 });
  });

  test('of a search that matches parts of a number, when all its pages have been read', async () => {
    expect(await lookUp(pagesOf(OTHERS, { total: 45 }))).toEqual({
      found: { ok: true, result: 'absent' },
      calls: 3,
    });
    expect(await lookUp(pagesOf(OTHERS))).toEqual({ found: { ok: true, result: 'absent' }, calls: 4 });
  });

  test.each(['Ab3X', 'AB3X', ' aB3x', 'aB3x ', 'aВ3x', 'aB3x1'])(
    'of a search that gives %j for "aB3x": it is another order',
    (external_id) => {
      const rows = [{ id: 7, external_id }];
      expect(readSearch([{ ...page(rows), total: 1 }], { ...order, external_id: 'aB3x' }, 50)).toEqual({
        result: 'absent',
      });
      // And where the CRM does not say that this is all, it is looked for on.
      expect(readSearch([page(rows)], { ...order, external_id: 'aB3x' }, 50)).toEqual({ result: 'next' });
    },
  );

  test.each<[what: string, rows: object[]]>([
    ['one', [{ id: 7, external_id: 'A-1042' }]],
    ['nine, without ids', Array.from({ length: 9 }, (_, i) => ({ external_id: `1042${i}` }))],
  ])('of a search that knows no pages, and gives all it has again: %s', async (_what, rows) => {
    expect(await lookUp(() => ({ data: rows }))).toEqual({ found: { ok: true, result: 'absent' }, calls: 2 });
    expect(await lookUp(() => ({ data: rows, total: rows.length + 1 }))).toMatchObject({
      found: { result: 'unproven' },
    });
  });

  test('ours on the last page is found', async () => {
    const { found } = await lookUp(pagesOf([...OTHERS, OURS]));
    expect(found).toMatchObject({ result: 'found', crmOrderId: '900' });
  });

  test.each<[what: string, answer: (page: number) => unknown]>([
    ['gives 20 rows again and again', () => ({ data: OTHERS.slice(0, 20) })],
    ['gives as many as may be a page again and again', () => ({ data: OTHERS.slice(0, 10) })],
    ['gives few, and others of them again', (page) => ({ data: OTHERS.slice(page - 1, page + 3) })],
    [
      'says that there are more than it gives',
      (page) => ({ data: page === 1 ? OTHERS.slice(0, 20) : [], total: 45 }),
    ],
    ['gives none of those that it counts', () => ({ data: [], total: 3 })],
    ['counts its own page', () => ({ data: OTHERS.slice(0, 20), count: 20 })],
    [
      'gives an error for the next page',
      (page) => (page === 1 ? { data: OTHERS.slice(0, 20) } : { error: 'no' }),
    ],
    ['has pages without end', (page) => ({ data: [{ id: page, external_id: `1042${page}` }] })],
  ])('nothing is proven by a search that %s', async (_, answer) => {
    const { found, calls } = await lookUp(answer);
    expect(found).toMatchObject({ ok: true, result: 'unproven' });
    expect(calls).toBeLessThanOrEqual(5);
  });
});

describe('what is found', () => {
  const find = (...rows: object[]) =>
    readSearch([readPage({ data: rows }) ?? { rows: [], total: 0 }], order, 50);
  const { customer, items } = order;

  test('is compared with the order by what there is: of two, the one that agrees is taken', () => {
    const other = { ...OURS, id: 1, customer: { phone: '+380501112233' } };
    expect(find(other)).toMatchObject({ crmOrderId: '1', likeness: 'contradicts' });
    expect(find(other, OURS)).toMatchObject({ crmOrderId: '900', likeness: 'nothing_to_compare' });
    expect(find(other, OURS, { ...OURS, id: 2, customer, items })).toMatchObject({
      crmOrderId: '2',
      likeness: 'agrees',
    });
  });

  test('may say its numbers as texts, and anything else in a form that nobody knows', () => {
    const texts = items.map((item) => ({
      ...item,
      price: item.price.toFixed(2),
      quantity: String(item.quantity),
    }));
    expect(find({ ...OURS, items: texts })).toMatchObject({ likeness: 'agrees' });
    expect(find({ ...OURS, items: 'three', customer: 7 })).toMatchObject({ likeness: 'nothing_to_compare' });
  });

  test('and has no id of its own proves nothing', () => {
    expect(find({ external_id: '1042' })).toEqual({ result: 'nameless' });
  });

  test('under one number several times says how many there are, each counted once', () => {
    expect(find(OURS, { ...OURS, id: 901 }, OURS)).toMatchObject({ crmOrderId: '900', times: 2 });
    expect(find(OURS, OURS)).not.toHaveProperty('times');
  });
});

describe('a page', () => {
  test('may be a bare list, or have its number of all under either name', () => {
    expect(readPage([OURS])).toMatchObject({ rows: [{ crmOrderId: '900' }], total: undefined });
    expect(readPage({ orders: [OURS], total: 3 })).toMatchObject({ rows: [{ crmOrderId: '900' }], total: 3 });
    expect(readPage({ data: [], meta: { total: 4 } })).toEqual({ rows: [], total: 4 });
    expect(readPage({ data: [], meta: 'none', total: 'many' })).toEqual({ rows: [], total: undefined });
  });

  test.each([undefined, null, 'text', {}, { data: [7] }])('is not %j', (body) => {
    expect(readPage(body)).toBeUndefined();
  });

  test('that is as long as was asked for may not be the last, even if it has all that the CRM counts', () => {
    const full = { ...page(OTHERS.slice(0, 20)), total: 20 };
    expect(readSearch([full], order, 20)).toEqual({ result: 'next' });
    expect(readSearch([full], order, 21)).toEqual({ result: 'absent' });
  });

  test('is asked for where none has been read', () => {
    expect(readSearch([], order, 50)).toEqual({ result: 'next' });
  });

  test('that is empty, of more than were given, proves nothing, and says why', () => {
    expect(readSearch([{ ...page([]), total: 3 }], order, 50)).toEqual({
      result: 'unproven',
      why: 'it says that there are more than it gives',
    });
  });
});
