import * as z from 'zod';

// Written out here rather than taken from lib/: the sandbox is the other side of the contract, and a
// mistake that both sides share would pass every test.
export const STATUS_TITLES = [
  'Нові заявки',
  'Виставлено рахунок',
  'ОПЛАЧЕНО',
  'Оформлено замовлення',
] as const;

const REQUIRED = 'This field is required';
const text = z.string({ error: REQUIRED }).min(1, REQUIRED);

/** What its catalogue does not hold: every other SKU it has. */
const UNKNOWN_SKU = /^UNKNOWN/;

/**
 * The body of `POST /api/orders` (contract A, the seed). The seed names the phone and the SKU as what
 * Sitniks refuses: a SKU that begins with `UNKNOWN` is not in the catalogue. Keys beyond these are kept as they
 * came: clients in the field send more (B).
 */
export const sandboxPayload = z.looseObject(
  {
    external_id: text,
    source: text,
    customer: z.looseObject(
      {
        name: text,
        phone: z.string({ error: REQUIRED }).regex(/^\+\d{10,15}$/, {
          // Real CRMs echo the value. Whoever relays this text must not let it into a log.
          error: (issue) => `The phone ${issue.input} is invalid`,
        }),
        email: z.string().optional(),
      },
      { error: REQUIRED },
    ),
    delivery: z.looseObject({ method: text, city: text, address: text }, { error: REQUIRED }),
    items: z
      .array(
        z.looseObject({
          product_id: text,
          // Real CRMs echo the value.
          sku: text.refine((sku) => !UNKNOWN_SKU.test(sku), {
            error: (issue) => `SKU ${issue.input} not found`,
          }),
          price: z.number({ error: REQUIRED }).nonnegative(),
          quantity: z.int({ error: REQUIRED }).positive(),
        }),
        { error: REQUIRED },
      )
      .min(1, REQUIRED),
    payment_method: text,
    status: z.enum(STATUS_TITLES, { error: `The status must be one of: ${STATUS_TITLES.join(', ')}` }),
  },
  { error: 'The body must be a JSON object' },
);

const heeded = z.enum(['heeded', 'ignored']);

/** How the search by `external_id` does its work: `PUT /_sandbox/search`, what is left out stays. */
export const searchInput = z.strictObject({
  /** Whether `Ab3X` is another number than `aB3x`. */
  case: heeded.optional(),
  /** Ignored, each page is the first one. */
  pages: heeded.optional(),
});
export type SearchInput = z.input<typeof searchInput>;
export type Search = Required<z.output<typeof searchInput>>;
export const EXACT_SEARCH: Search = { case: 'heeded', pages: 'heeded' };

/** An order as the CRM keeps it. */
export interface SandboxOrder {
  /** Given by the sandbox, from 1001 on. */
  readonly id: number;
  /** ISO 8601, UTC. */
  readonly received_at: string;
  /** What was POSTed, value for value. */
  readonly body: z.infer<typeof sandboxPayload>;
}

/** The CRM's orders, oldest first, in memory. It takes the same `external_id` as often as it is given. */
export function orderStore() {
  let orders: SandboxOrder[] = [];
  let nextId = 1001;
  return {
    add(body: SandboxOrder['body']): SandboxOrder {
      const order = { id: nextId++, received_at: new Date().toISOString(), body };
      orders.push(order);
      return order;
    },
    all: (): readonly SandboxOrder[] => [...orders],
    get: (id: number): SandboxOrder | undefined => orders.find((order) => order.id === id),
    /** `undefined` finds all. `limit` orders of the page, from 1 on. */
    find(externalId: string | undefined, limit: number, page: number, search: Search): SandboxOrder[] {
      const form = (id: string) => (search.case === 'ignored' ? id.toLowerCase() : id);
      const from = search.pages === 'ignored' ? 0 : (page - 1) * limit;
      return orders
        .filter(({ body }) => externalId === undefined || form(body.external_id) === form(externalId))
        .slice(from, from + limit);
    },
    setStatus(order: SandboxOrder, status: (typeof STATUS_TITLES)[number]): SandboxOrder {
      const changed = { ...order, body: { ...order.body, status } };
      orders = orders.map((one) => (one.id === order.id ? changed : one));
      return changed;
    },
    /** As a manager may delete it. */
    remove(id: number): boolean {
      const before = orders.length;
      orders = orders.filter((order) => order.id !== id);
      return orders.length < before;
    },
    /** As a manager may change it: what is given replaces what was there. */
    change(id: number, changes: Record<string, unknown>): SandboxOrder | undefined {
      orders = orders.map((one) =>
        one.id === id ? { ...one, body: sandboxPayload.parse({ ...one.body, ...changes }) } : one,
      );
      return orders.find((order) => order.id === id);
    },
    /** Ids go on from where they were: no CRM gives one twice. */
    clear(): void {
      orders = [];
    },
    /** As after the start: the next id is 1001 again. */
    reset(): void {
      orders = [];
      nextId = 1001;
    },
  };
}

export type OrderStore = ReturnType<typeof orderStore>;
