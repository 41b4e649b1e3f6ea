import * as z from 'zod';
import { type Call, createCall } from '../../lib/sitniks/open-api/calls.ts';
import { readList, readPages } from '../../lib/sitniks/open-api/lists.ts';
import { createPace, paceOf } from '../../lib/sitniks/open-api/pace.ts';
import { crmId } from '../../lib/sitniks/statuses.ts';
import type { Relay } from './connect.ts';
import { Refusal } from './failure.ts';
import { apiKeyOf } from './look-up.ts';

const TIMEOUT_MS = 15_000;
/** What the relay's containers may want meanwhile is left to them. */
const CALLS_IN_10_SECONDS = 8;
const A_FEW = 10;

/** Calls the live Open API as a person's tool does: slowly, and for reading only. */
export async function accountOf(relay: Relay): Promise<{ call: Call; apiKey: string }> {
  const apiKey = await apiKeyOf(relay).get();
  const pace = createPace(paceOf(CALLS_IN_10_SECONDS, 1));
  return { call: createCall({ baseUrl: relay.sitniksBaseUrl, timeoutMs: TIMEOUT_MS, pace }), apiKey };
}

export const patiently = (apiKey: string) => ({ apiKey, until: Date.now() + 60_000 });

const named = z
  .looseObject({
    id: crmId,
    title: z.string().nullish().catch(undefined),
    name: z.string().nullish().catch(undefined),
    user: z.looseObject({ fullname: z.string().nullish() }).nullish().catch(undefined),
  })
  .transform(({ id, title, name, user }) => ({ id, title: title ?? name ?? user?.fullname ?? '' }));
export type Named = z.output<typeof named>;

/** One of the account's lists, all pages. @throws {Refusal} where it cannot be read. */
export async function listed(call: Call, apiKey: string, path: string): Promise<readonly Named[]> {
  const read = await readPages(
    (skip) => readList(call, path, { limit: 100, skip }, named, patiently(apiKey)),
    // So few are on one page, however short a page is.
    (rows) => rows.length < A_FEW,
  );
  if (!read.ok) throw new Refusal(read.message);
  return read.rows;
}
