import * as z from 'zod';
import { type Catalogue, catalogue } from './open-api-catalogue.ts';

const heeded = z.enum(['heeded', 'ignored']);

/** Which of the live API's habits the sandbox has: `PUT /_sandbox/open-api`, what is left out stays. */
export const openApiSwitches = z.strictObject({
  /** Of each filter of `GET /orders`: ignored means 200 and the head of the whole list. */
  externalId: z.enum(['heeded', 'ignored', 'any_case']).optional(),
  search: heeded.optional(),
  client_phone: heeded.optional(),
  sort: heeded.optional(),
  /** Of `GET /products/variations`. Heeded, it matches parts, as shops' searches do. */
  sku: heeded.optional(),
  skip: heeded.optional(),
  /** Whether an order is given back with the `externalId` that it was sent with. */
  echo: heeded.optional(),
  list: z.enum(['newest_first', 'oldest_first']).optional(),
  /** Calls in a window, and how long the key is then shut; the live one is said to be 10 in 10 s, then 60 s. */
  throttle: z
    .strictObject({
      calls: z.int().min(1),
      window_ms: z.int().min(1),
      shut_ms: z.int().min(0),
      retry_after: z.boolean().default(false),
    })
    .nullable()
    .optional(),
});
export type OpenApiSwitchesInput = z.input<typeof openApiSwitches>;
type Given = z.output<typeof openApiSwitches>;
export type OpenApiSwitches = { [Name in keyof Given]-?: Exclude<Given[Name], undefined> };

const BY_DEFAULT: OpenApiSwitches = {
  externalId: 'ignored',
  search: 'ignored',
  client_phone: 'ignored',
  sort: 'ignored',
  sku: 'heeded',
  skip: 'heeded',
  echo: 'heeded',
  list: 'newest_first',
  throttle: null,
};

export interface OpenApiOrder {
  /** For calls. */
  readonly id: number;
  /** For people, and another. */
  readonly orderNumber: number;
  /** ISO 8601, UTC. */
  readonly received_at: string;
  readonly statusId: number;
  /** Every status it has had, oldest first. */
  readonly statusIds: readonly number[];
  /** What was POSTed, value for value. */
  readonly body: Record<string, unknown> & { externalId?: string | undefined };
}

export interface Transaction {
  readonly id: number;
  readonly orderId: number;
  readonly settlementAccountId: number;
  readonly amount: number;
  readonly comment?: string | undefined;
}

const FIRST = { id: 500_001, orderNumber: 1041 };

/** What the account holds. It takes the same `externalId` as often as it is given. */
export function openApiState() {
  let orders: OpenApiOrder[] = [];
  let transactions: Transaction[] = [];
  let next = { ...FIRST };
  let switches = { ...BY_DEFAULT };
  let products: Catalogue = catalogue();
  let calls: number[] = [];
  let shutUntil = 0;
  const mend = (): void => {
    switches = { ...BY_DEFAULT };
    calls = [];
    shutUntil = 0;
  };

  return {
    orders: (): readonly OpenApiOrder[] => [...orders],
    transactions: (): readonly Transaction[] => [...transactions],
    get: (id: number): OpenApiOrder | undefined => orders.find((order) => order.id === id),
    products: (): Catalogue => products,
    switches: () => switches,

    add(body: OpenApiOrder['body'], statusId: number): OpenApiOrder {
      const order = { ...next, received_at: new Date().toISOString(), statusId, statusIds: [statusId], body };
      next = { id: next.id + 7, orderNumber: next.orderNumber + 1 };
      orders.push(order);
      return order;
    },
    setStatus(id: number, statusId: number): void {
      orders = orders.map((order) =>
        order.id === id ? { ...order, statusId, statusIds: [...order.statusIds, statusId] } : order,
      );
    },
    pay(payment: Omit<Transaction, 'id'>): Transaction {
      const made = { id: transactions.length + 1, ...payment };
      transactions.push(made);
      return made;
    },

    /** How long the key is shut (ms); 0: this call is counted, and may pass. */
    shutFor(now: number): number {
      const { throttle } = switches;
      if (throttle === null) return 0;
      if (shutUntil > now) return shutUntil - now;
      calls = [...calls.filter((at) => at > now - throttle.window_ms), now];
      if (calls.length <= throttle.calls) return 0;
      shutUntil = now + throttle.shut_ms;
      return throttle.shut_ms;
    },
    turn(changes: z.output<typeof openApiSwitches>): OpenApiSwitches {
      const given = Object.entries(changes).filter(([, value]) => value !== undefined);
      switches = { ...switches, ...Object.fromEntries(given) };
      return switches;
    },
    clear(): void {
      orders = [];
      transactions = [];
    },
    reset(): void {
      orders = [];
      transactions = [];
      next = { ...FIRST };
      products = catalogue();
      mend();
    },
    /** Its habits, and its patience, as at the start. */
    mend,
  };
}
export type OpenApiState = ReturnType<typeof openApiState>;
