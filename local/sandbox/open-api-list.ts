import * as z from 'zod';
import { ACCOUNT } from './open-api-catalogue.ts';
import type { OpenApiOrder, OpenApiState, OpenApiSwitches } from './open-api-state.ts';

const filters = z.object({
  externalId: z.string().optional(),
  search: z.string().optional(),
  client_phone: z.string().optional(),
  sort: z.string().optional(),
  createdAtFrom: z.string().optional(),
  createdAtTo: z.string().optional(),
});

/** An order as it is given back. */
export function viewOf(
  { id, orderNumber, received_at, statusId, body }: OpenApiOrder,
  { echo }: Pick<OpenApiSwitches, 'echo'>,
) {
  const { externalId, ...rest } = body;
  const { type: _, ...status } = ACCOUNT.statuses.find((one) => one.id === statusId) ?? ACCOUNT.statuses[0];
  return {
    ...rest,
    id,
    orderNumber,
    ...(echo === 'heeded' && { externalId }),
    status,
    totalPrice: totalOf(body),
    createdAt: received_at,
  };
}

const priced = z.array(z.object({ price: z.number().default(0), quantity: z.number().default(1) })).catch([]);

const totalOf = (body: OpenApiOrder['body']): number =>
  priced
    .parse(body['products'] ?? body['offers'])
    .reduce((sum, { price, quantity }) => sum + Math.round(price * 100) * quantity, 0) / 100;

/** The list as it stands, filtered by what is heeded. */
export function listOrders(openApi: OpenApiState, query: unknown) {
  const switches = openApi.switches();
  const asked = filters.parse(query);
  const form = (id: string | undefined) => (switches.externalId === 'any_case' ? id?.toLowerCase() : id);
  const heeds = (name: 'search' | 'client_phone' | 'sort') =>
    switches[name] === 'heeded' && asked[name] !== undefined;
  const isAscending = heeds('sort') ? asked.sort === 'createdAt' : switches.list === 'oldest_first';
  const rows = openApi
    .orders()
    .filter(
      ({ body }) =>
        switches.externalId === 'ignored' ||
        asked.externalId === undefined ||
        form(body.externalId) === form(asked.externalId),
    )
    .filter((order) => !heeds('search') || JSON.stringify(order.body).includes(asked.search ?? ''))
    .filter(
      ({ body }) =>
        !heeds('client_phone') || JSON.stringify(body['client']).includes(asked.client_phone ?? ''),
    )
    .filter(({ received_at }) => received_at >= wallClock(asked.createdAtFrom, ''))
    .filter(({ received_at }) => received_at <= wallClock(asked.createdAtTo, '~'))
    .map((order) => viewOf(order, switches));
  return isAscending ? rows : rows.toReversed();
}

/** A time as it is written, without its time zone: what `+03:00` says is not heeded. */
const wallClock = (time: string | undefined, none: string): string =>
  time === undefined ? none : time.replace(/(?:Z|[+-]\d\d:?\d\d)$/, '');
