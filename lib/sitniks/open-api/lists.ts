import * as z from 'zod/mini';
import type { Exchange } from '../../http-calls/exchange.ts';
import { parseJson } from '../../order/parse-json.ts';
import { readErrorAnswer } from '../error-text.ts';
import type { CRMResponse, CrmFailure } from '../result.ts';
import { failureOf, isSuccess } from '../statuses.ts';
import type { Call, Calling } from './calls.ts';

export interface List<T> {
  rows: readonly T[];
  /** Of all that there are, on every page, where it says so. */
  count: number | undefined;
}

const list = z.looseObject({
  data: z.array(z.unknown()),
  count: z.catch(z.optional(z.int().check(z.nonnegative())), undefined),
});

/** One page of a list. A row that is not as `row` wants it makes the page unreadable: it could be the one. */
export async function readList<T>(
  call: Call,
  path: string,
  query: Record<string, string | number>,
  row: z.ZodMiniType<T>,
  calling: Calling,
): Promise<CRMResponse<List<T>>> {
  const called = await call(path, { query }, calling);
  if (!called.ok) return called;
  const { answer } = called;
  if (!answer.answered || !isSuccess(answer.status)) return notRead(answer, path);
  const page = list.safeParse(parseJson(answer.body ?? ''));
  const rows = page.success ? z.array(row).safeParse(page.data.data) : undefined;
  return page.success && rows?.success
    ? { ok: true, rows: rows.data, count: page.data.count }
    : unreadable(answer.status, path, 'a list');
}

/** A success that does not show what was asked for, such as a page of somebody's in between: it may be shown next time. */
export const unreadable = (status: number, path: string, wanted: string): CrmFailure => ({
  ok: false,
  type: 'CONNECTION',
  message: `Look-up: Sitniks answered /${path} with ${status}, but not with ${wanted} that can be read`,
  mayHaveReachedCrm: false,
});

/** A read changes nothing, so it leaves nothing in doubt; and the order's content plays no part in it. */
export function notRead(answer: Exchange, path: string): CrmFailure {
  const { message: words } = (answer.answered && readErrorAnswer(answer.body)) || {};
  const code = words !== undefined && /^[a-z_]{3,80}$/.test(words) ? words : '';
  const failed = failureOf(answer, code);
  return {
    ...failed,
    type: failed.type === 'VALIDATION' ? 'CONFIGURATION' : failed.type,
    message: `Look-up of /${path}: ${failed.message}`,
    mayHaveReachedCrm: false,
  };
}

/** More is no list to be read in passing. */
const MOST_PAGES = 60;

/** All pages of a list, one after the other, until `found` is content or there are no more. */
export async function readPages<T extends { id: string }>(
  readPage: (skip: number) => Promise<CRMResponse<List<T>>>,
  found: (rows: readonly T[]) => boolean = () => false,
): Promise<CRMResponse<{ rows: readonly T[] }>> {
  const byId = new Map<string, T>();
  for (let pages = 0; pages < MOST_PAGES; pages += 1) {
    const page = await readPage(byId.size);
    if (!page.ok) return page;
    const before = byId.size;
    for (const row of page.rows) byId.set(row.id, row);
    if (found(page.rows)) return { ok: true, rows: [...byId.values()] };
    if (byId.size > before) continue;
    // No more rows; but a list that knows of more has not heeded `skip`.
    return page.rows.length > 0 && (page.count ?? 0) > byId.size
      ? endless('gives the same page again')
      : { ok: true, rows: [...byId.values()] };
  }
  return endless(`does not end within ${MOST_PAGES} pages`);
}

const endless = (what: string): CrmFailure => ({
  ok: false,
  type: 'CONFIGURATION',
  message: `Look-up: a list of Sitniks' ${what}`,
  mayHaveReachedCrm: false,
});
