import { randomUUID } from 'node:crypto';
import { readList } from '../../lib/sitniks/open-api/lists.ts';
import { orderRow } from '../../lib/sitniks/open-api/order-row.ts';
import { accountOf, listed, patiently } from './account.ts';
import { type Check, fine, wrong } from './check.ts';
import type { Relay } from './connect.ts';
import { pasteFor } from './paste.ts';

/**
 * What nobody here could see of the live Open API, seen on this account, by reading only. A line each: what was found
 * about a fact that docs/sitniks.md calls likely (M) or possible (L).
 */
export async function liveChecks(relay: Relay): Promise<Check[]> {
  const { call, apiKey } = await accountOf(relay);
  const orders = (query: Record<string, string | number>) =>
    readList(call, 'orders', query, orderRow, patiently(apiKey));
  const head = await orders({ limit: 20, skip: 0 });
  if (!head.ok)
    return [
      {
        name: 'live: orders',
        ...wrong(head.message, 'see key, and sitniksBaseUrl', pasteFor(relay).ask(relay.sitniksBaseUrl)),
      },
    ];
  const { rows } = head;
  const fact = (name: string, detail: string): Check => ({ name: `live: ${name}`, ...fine(detail) });
  const numbered = rows.filter(({ externalId }) => (externalId ?? '') !== '');
  const times = rows.map(({ createdAt }) => createdAt ?? Number.NaN);
  const isNewestFirst = times.every((at, i) => i === 0 || at <= (times[i - 1] ?? at));

  const nobodys = await orders({ externalId: `nobody-${randomUUID()}`, limit: 20 });
  const next = await orders({ limit: 20, skip: Math.max(0, rows.length - 1) });
  const isSkipHeeded = next.ok && next.rows[0]?.id === rows.at(-1)?.id;
  const accounts = await listed(call, apiKey, 'settlement-accounts').then(
    ({ length }) => `seen: ${length}`,
    () => 'not seen: it cannot be listed',
  );
  return [
    fact(
      'orders',
      `seen (H): a list with data${head.count === undefined ? ', without count' : ' and count'}`,
    ),
    fact(
      'order of time',
      rows.length < 2
        ? 'too few orders to tell'
        : isNewestFirst
          ? 'seen: newest first'
          : 'not so: the whole list is read where an order is in doubt',
    ),
    fact('externalId', numbered.length > 0 ? 'seen: it comes back' : 'no order has one yet'),
    fact(
      'filter (L)',
      nobodys.ok && nobodys.rows.length === 0
        ? 'a number of nobody\u2019s finds nothing'
        : 'ignored: orders in doubt are looked for in the newest',
    ),
    rows.length < 2 || isSkipHeeded
      ? fact('skip', rows.length < 2 ? 'too few orders to tell' : 'seen: it is heeded')
      : {
          name: 'live: skip',
          ...wrong(
            'not heeded: an order in doubt can only be settled by a person',
            'none on this side: see which wait for one',
            pasteFor(relay).orders('list --reason unproven'),
          ),
        },
    fact('settlement (L)', accounts),
  ];
}
