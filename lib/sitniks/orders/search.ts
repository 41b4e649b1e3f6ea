import * as z from 'zod/mini';
import { BEST_LIKENESS_FIRST, likenessOf, type Sought } from '../likeness.ts';
import type { LookUp } from '../result.ts';
import { crmId, numeric, orNothing, textual } from '../statuses.ts';
import { contentsOf } from './contents.ts';

const orMissing = <T extends z.core.SomeType>(schema: T) => z.catch(z.optional(schema), undefined);

/** A list as a search answers it: bare, or under a name, perhaps with the number of all that match. */
const page = z.union([
  z.pipe(
    z.array(z.unknown()),
    z.transform((rows) => ({ rows, total: undefined })),
  ),
  z.pipe(
    z.looseObject({
      data: z.optional(z.array(z.unknown())),
      orders: z.optional(z.array(z.unknown())),
      // `count` is not among them: it may be that of the page.
      total: orMissing(z.number()),
      meta: orMissing(z.looseObject({ total: z.optional(z.number()) })),
    }),
    z.transform(({ data, orders, total, meta }) => ({ rows: data ?? orders, total: total ?? meta?.total })),
  ),
]);

const number = orMissing(numeric);
const text = orMissing(textual);
const person = orMissing(z.looseObject({ phone: text }));
const lines = orMissing(z.array(z.looseObject({ sku: text, quantity: number, price: number })));

const row = z.pipe(
  z.looseObject({
    id: orNothing(crmId),
    order_id: orNothing(crmId),
    external_id: orNothing(textual),
    customer: person,
    client: person,
    items: lines,
    products: lines,
  }),
  z.transform((given) => {
    const { id, order_id, external_id, customer, client, items, products } = given;
    const facts = { phone: customer?.phone ?? client?.phone, lines: items ?? products };
    return { crmOrderId: id ?? order_id, external_id, facts, given };
  }),
);

export type Row = z.output<typeof row>;

export interface Page {
  rows: readonly Row[];
  /** Of all that match, where the CRM says so. */
  total: number | undefined;
}

/** `undefined` where it is no list of orders. */
export function readPage(body: unknown): Page | undefined {
  const parsed = page.safeParse(body).data;
  const rows = z.array(row).safeParse(parsed?.rows).data;
  return parsed === undefined || rows === undefined ? undefined : { rows, total: parsed.total };
}

/** No search gives fewer rows to a page if it has more. */
const SHORTEST_PAGE = 10;

const areSame = (pages: readonly Page[]): boolean =>
  new Set(pages.map(({ rows }) => JSON.stringify(rows.map(({ given }) => given)))).size === 1;

/** As `LookUp`; or `next`: the next page may have it. */
export type Reading = LookUp | { result: 'next' } | { result: 'nameless' };

/**
 * What the pages read so far say. Only an exact match counts, because a search may match parts of a number, or ignore
 * what it is asked for. "Not there" is believed of a list that is empty, or of one that is known to be whole: counted, at
 * its end, or so short that it would have room for more, and the same on its next page.
 *
 * @param asked how many rows of a page were asked for
 */
export function readSearch(pages: readonly Page[], order: Sought, asked: number): Reading {
  const rows = pages.flatMap((page) => page.rows);
  const ours = rows.filter(({ external_id }) => external_id === order.external_id);
  if (ours.length > 0) {
    const found = ours
      .flatMap(({ crmOrderId, facts, given }) =>
        crmOrderId === undefined
          ? []
          : { crmOrderId, likeness: likenessOf(order, facts), ...contentsOf(given) },
      )
      .sort((a, b) => BEST_LIKENESS_FIRST.indexOf(a.likeness) - BEST_LIKENESS_FIRST.indexOf(b.likeness))[0];
    const times = new Set(ours.map(({ crmOrderId }) => crmOrderId)).size;
    return found === undefined
      ? { result: 'nameless' }
      : { result: 'found', ...found, ...(times > 1 && { times }) };
  }

  const last = pages.at(-1);
  if (last === undefined) return { result: 'next' };
  // A search that knows no pages gives all it has again and again.
  const isAllThereIs = pages.length > 1 && rows.length < pages.length * SHORTEST_PAGE && areSame(pages);
  if (isAllThereIs && (last.total ?? last.rows.length) === last.rows.length) return { result: 'absent' };
  const isRepeated = new Set(rows.map(({ crmOrderId }, i) => crmOrderId ?? i)).size < rows.length;
  if (isRepeated) return { result: 'unproven', why: 'it gives the same orders again on its next page' };
  const isWhole = last.rows.length < asked && last.total === rows.length;
  const isAtEnd = last.rows.length === 0 && (last.total ?? rows.length) === rows.length;
  if (isWhole || isAtEnd) return { result: 'absent' };
  if (last.rows.length === 0) return { result: 'unproven', why: 'it says that there are more than it gives' };
  return { result: 'next' };
}
