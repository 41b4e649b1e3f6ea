import type { Command } from 'commander';
import { ORDER_STATUSES, type OrderStatus } from '../../lib/order/order.ts';
import { openApiSettings } from '../../lib/sitniks/open-api/settings.ts';
import { sameTitle } from '../../lib/sitniks/open-api/status-ids.ts';
import { accountOf, listed, type Named } from './account.ts';
import { printable, table } from './output.ts';
import { against, type Session } from './session.ts';

/** What of an account has ids: the setting, where the list is, and what a person calls it. */
const LISTS = {
  salesChannelId: ['sales-channels', 'Sales channels'],
  responsibleId: ['managers', 'Managers'],
  warehouseId: ['warehouses', 'Warehouses'],
  novaPoshtaId: ['integrations/nova-poshta/api-keys', 'Nova Poshta keys'],
  settlementAccountId: ['settlement-accounts', 'Settlement accounts'],
} as const;
/** Where there is only one, it is the one; who is responsible, and where money is booked, a person decides. */
const ONLY_ONE = ['salesChannelId', 'warehouseId', 'novaPoshtaId'] as const;

export function setupCommand(program: Command): void {
  program
    .command('setup')
    .description(
      "list what the account of Sitniks' live Open API has, and print the parameters for it; reads only",
    )
    .action((_options: object, command: Command) => against(command, setup));
}

async function setup({ relay, out }: Session): Promise<boolean> {
  const { call, apiKey } = await accountOf(relay);
  const statuses = await listed(call, apiKey, 'orders/statuses');
  const lists: Record<string, readonly Named[]> = {};
  for (const [setting, [path, title]] of Object.entries(LISTS)) {
    lists[setting] = await listed(call, apiKey, path).catch((error: Error) => {
      out.note(`${title} cannot be listed: ${error.message}`);
      return [];
    });
  }
  const mapping = ORDER_STATUSES.map((status) => ({ status, ...proposedFor(status, statuses) }));
  const only = ONLY_ONE.flatMap((setting) => {
    const [one, ...others] = lists[setting] ?? [];
    return one !== undefined && others.length === 0 ? [[setting, Number(one.id)] as const] : [];
  });
  const changed = mapping.flatMap(({ status, title, isDefault }) =>
    title !== undefined && !isDefault ? [[status, title] as const] : [],
  );
  const settings = {
    ...(changed.length > 0 && { statuses: Object.fromEntries(changed) }),
    ...Object.fromEntries(only),
  };
  const missing = mapping.filter(({ title }) => title === undefined);

  out.result(
    { ok: missing.length === 0, statuses, ...lists, mapping, settings },
    [
      table(
        ['What', 'Id', 'Name'],
        [
          ...statuses.map(({ id, title }) => ['Status', id, printable(title)]),
          ...Object.entries(LISTS).flatMap(([setting, [, what]]) =>
            (lists[setting] ?? []).map(({ id, title }) => [`${what} (${setting})`, id, printable(title)]),
          ),
        ],
      ),
      ...mapping.map(({ status, title, note }) => `${status.padEnd(16)}${title ?? '?'}${note}`),
      '',
      'For infrastructure/params.yml:',
      '  sitniksDialect: open-api',
      '  syncConcurrency: 2',
      `  sitniksOpenApi: '${JSON.stringify(settings)}'`,
    ].join('\n'),
  );
  return missing.length === 0;
}

const DEFAULTS = openApiSettings.parse({}).statuses;

function proposedFor(
  status: OrderStatus,
  statuses: readonly Named[],
): { title: string | undefined; isDefault: boolean; note: string } {
  const wanted = DEFAULTS[status];
  const same = statuses.find(({ title }) => sameTitle(title, wanted));
  if (same !== undefined) return { title: wanted, isDefault: true, note: '' };
  const near = statuses.find(({ title }) => isNear(title, wanted));
  return near === undefined
    ? { title: undefined, isDefault: false, note: `  no status is like «${wanted}»: choose one of the list` }
    : { title: near.title.trim(), isDefault: false, note: `  instead of «${wanted}»: is it the same?` };
}

/** Another way to write it: capitals, spaces and signs aside, and at most two letters apart. */
function isNear(a: string, b: string): boolean {
  const letters = (text: string) => [
    ...text
      .normalize()
      .toLowerCase()
      .replace(/[^\p{L}\d]/gu, ''),
  ];
  return distance(letters(a), letters(b)) <= 2;
}

/** Levenshtein's. */
function distance(a: readonly string[], b: readonly string[]): number {
  let row = b.map((_, j) => j + 1);
  row.unshift(0);
  for (const [i, letter] of a.entries()) {
    const next = [i + 1];
    for (const [j, other] of b.entries()) {
      next.push(
        Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)),
      );
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
