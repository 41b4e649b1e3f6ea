import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { Exchange } from '../../../../lib/http-calls/exchange.ts';
import type { Call } from '../../../../lib/sitniks/open-api/calls.ts';
import { notRead, readList, readPages } from '../../../../lib/sitniks/open-api/lists.ts';
import { KEY } from './memory-account.ts';

const row = z.looseObject({ id: z.string() });
const CALLING = { apiKey: KEY, until: 60_000 };

const answered = (status: number, body?: string): Exchange => ({
  answered: true,
  status,
  headers: new Headers(),
  body,
});
const UNREACHED: Exchange = { answered: false, mayHaveBeenSent: true, reason: 'no answer within 10 s' };

describe('a page of a list', () => {
  const reading = (answer: Exchange) => {
    const call: Call = async () => ({ ok: true, answer });
    return readList(call, 'orders', { limit: 20 }, row, CALLING);
  };

  test.each([
    ['with a count', { count: 7 }, 7],
    ['with none', {}, undefined],
    ['with one that is no number', { count: 'many' }, undefined],
    ['with one that cannot be', { count: -1 }, undefined],
  ])('is read %s', async (_, more, count) => {
    const rows = [{ id: 'a', more: 1 }, { id: 'b' }];
    expect(await reading(answered(200, JSON.stringify({ data: rows, ...more })))).toEqual({
      ok: true,
      rows,
      count,
    });
  });

  test('is asked for where it is, by who may', async () => {
    const asked: unknown[] = [];
    const call: Call = async (...request) => {
      asked.push(request);
      return { ok: true, answer: answered(200, '{"data":[]}') };
    };
    await readList(call, 'orders', { limit: 20 }, row, CALLING);
    expect(asked).toEqual([['orders', { query: { limit: 20 } }, CALLING]]);
  });

  test.each([
    ['has not come whole', undefined],
    ['is no JSON', '<html>'],
    ['is no list', '{"id":"a"}'],
    ['is a list without its wrapping', '[{"id":"a"}]'],
    ['has a row that cannot be read: it could be the one', '{"data":[{"id":"a"},{"name":"b"}]}'],
  ])('that %s says nothing', async (_, body) => {
    expect(await reading(answered(200, body))).toEqual({
      ok: false,
      type: 'CONNECTION',
      message: 'Look-up: Sitniks answered /orders with 200, but not with a list that can be read',
      mayHaveReachedCrm: false,
    });
  });

  test('whose turn it is not is told so', async () => {
    const notYet = { ok: false, type: 'RATE_LIMIT', message: 'later', mayHaveReachedCrm: false } as const;
    expect(await readList(async () => notYet, 'orders', {}, row, CALLING)).toEqual(notYet);
  });

  test.each([
    ['a failure', answered(503, '{"data":[]}'), 'CONNECTION'],
    ['a refusal', answered(403, '{"data":[]}'), 'AUTHENTICATION'],
    ['none', UNREACHED, 'CONNECTION'],
  ])('whose answer is %s is no page', async (_, answer, type) => {
    expect(await reading(answer)).toMatchObject({ ok: false, type, mayHaveReachedCrm: false });
  });
});

describe('what a read that failed is told as', () => {
  const told = (answer: Exchange) => notRead(answer, 'orders');
  const saying = (message: string) => told(answered(400, JSON.stringify({ message })));

  test.each([400, 422])('is a fault of the set-up after %i, not one of the order', (status) => {
    expect(told(answered(status))).toMatchObject({ type: 'CONFIGURATION', mayHaveReachedCrm: false });
  });

  test.each([
    [401, 'AUTHENTICATION'],
    [404, 'CONFIGURATION'],
    [500, 'CONNECTION'],
  ])('is after %i what that means', (status, type) => {
    expect(told(answered(status))).toMatchObject({ type, mayHaveReachedCrm: false });
  });

  test('leaves nothing in doubt where there was no answer, and says why', () => {
    expect(told(UNREACHED)).toEqual({
      ok: false,
      type: 'CONNECTION',
      message: 'Look-up of /orders: The CRM cannot be reached: no answer within 10 s',
      mayHaveReachedCrm: false,
    });
  });

  test.each([undefined, '', '{}'])('has no words where the answer has none: %j', (body) => {
    expect(told(answered(500, body)).message).toBe('Look-up of /orders: The CRM failed (500)');
  });

  test.each(['limit_must_be_valid', 'bad'])('has the code %s in its words', (code) => {
    expect(saying(code).message).toBe(`Look-up of /orders: The CRM refuses the order (400): ${code}`);
  });

  test.each(['no', '+380671234567', 'bad: +380671234567', 'Коваленко', 'Kovalenko bad', 'x'.repeat(81)])(
    'has no words that may be somebody: %s',
    (words) => {
      expect(saying(words).message).toBe('Look-up of /orders: The CRM refuses the order (400)');
    },
  );
});

describe('pages', () => {
  const rowsOf = (...ids: string[]) => ids.map((id) => ({ id }));
  /** A list with so many a page. */
  function book(ids: readonly string[], size: number, changes: { count?: number; isFixed?: boolean } = {}) {
    const skips: number[] = [];
    const readPage = async (skip: number) => {
      skips.push(skip);
      const from = changes.isFixed ? 0 : skip;
      return { ok: true, rows: rowsOf(...ids.slice(from, from + size)), count: changes.count } as const;
    };
    return { readPage, skips };
  }
  const IDS = ['a', 'b', 'c', 'd', 'e'];

  test('are read to the end, each from where the one before has ended', async () => {
    const { readPage, skips } = book(IDS, 2);
    expect(await readPages(readPage)).toEqual({ ok: true, rows: rowsOf(...IDS) });
    expect(skips).toEqual([0, 2, 4, 5]);
  });

  test('are read as far as what is wanted', async () => {
    const { readPage, skips } = book(IDS, 2);
    const read = await readPages(readPage, (rows) => rows.some(({ id }) => id === 'd'));
    expect(read).toEqual({ ok: true, rows: rowsOf('a', 'b', 'c', 'd') });
    expect(skips).toEqual([0, 2]);
  });

  test('have each row once, as it was last, where the list moves', async () => {
    const pages = [
      [{ id: 'a' }, { id: 'b', is: 'old' }],
      [{ id: 'b', is: 'new' }, { id: 'c' }],
    ];
    const readPage = async () => ({ ok: true, rows: pages.shift() ?? [], count: undefined }) as const;
    expect(await readPages<{ id: string; is?: string }>(readPage)).toEqual({
      ok: true,
      rows: [{ id: 'a' }, { id: 'b', is: 'new' }, { id: 'c' }],
    });
  });

  test('of an empty list are none, whatever it counts', async () => {
    expect(await readPages(book([], 2, { count: 7 }).readPage)).toEqual({ ok: true, rows: [] });
  });

  test.each([
    ['that counts no more', { count: 2 }],
    ['that counts fewer', { count: 1 }],
    ['that does not count', {}],
  ])('of a list %s are done where the same come again', async (_, changes) => {
    const { readPage, skips } = book(IDS, 2, { isFixed: true, ...changes });
    expect(await readPages(readPage)).toEqual({ ok: true, rows: rowsOf('a', 'b') });
    expect(skips).toEqual([0, 2]);
  });

  test('of a list that knows of more, and gives the same again, cannot be read', async () => {
    expect(await readPages(book(IDS, 2, { isFixed: true, count: 3 }).readPage)).toEqual({
      ok: false,
      type: 'CONFIGURATION',
      message: "Look-up: a list of Sitniks' gives the same page again",
      mayHaveReachedCrm: false,
    });
  });

  const many = (count: number) => Array.from({ length: count }, (_, i) => `id-${i}`);

  test('are 60 at most', async () => {
    const { readPage, skips } = book(many(60), 1);
    expect(await readPages(readPage)).toEqual({
      ok: false,
      type: 'CONFIGURATION',
      message: "Look-up: a list of Sitniks' does not end within 60 pages",
      mayHaveReachedCrm: false,
    });
    expect(skips).toHaveLength(60);
    expect(await readPages(book(many(59), 1).readPage)).toMatchObject({ ok: true });
  });

  test('end with a fault, which is told as it is', async () => {
    const fault = { ok: false, type: 'CONNECTION', message: 'down', mayHaveReachedCrm: false } as const;
    const { readPage } = book(IDS, 2);
    expect(await readPages(async (skip) => (skip === 0 ? readPage(skip) : fault))).toEqual(fault);
  });
});
