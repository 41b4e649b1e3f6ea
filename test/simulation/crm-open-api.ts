import * as z from 'zod';
import { ORDER_STATUSES, type OrderStatus } from '../../lib/order/order-status.ts';
import { here } from './container.ts';
import { type Asked, type CrmOrder, reply, type Served, SimulatedCrm } from './crm.ts';
import type { OpenApiHabits, StatusInCrm } from './story.ts';
import type { Surroundings } from './surroundings.ts';

const sent = z.object({
  externalId: z.string(),
  client: z.object({ phone: z.string() }),
  statusId: z.number(),
  products: z.array(z.object({ productVariationId: z.number(), price: z.number(), quantity: z.number() })),
});
/** An order as the relay has it. Others' may say less. */
const said = z.object({
  customer: z.object({ phone: z.string() }).optional(),
  items: z.array(z.object({ sku: z.string(), price: z.number(), quantity: z.number() })).optional(),
});

const STATUSES = ['Скасовано', 'Нові заявки ', 'Виставлено рахунок', 'ОПЛАЧЕНО', 'Оформлено замовлення'];
/** The first of them is the shop's own. */
const statusOf = (statusId: number): OrderStatus | undefined => ORDER_STATUSES[statusId - 2];
const idOf = (status: StatusInCrm): number => (status === 'own' ? 1 : ORDER_STATUSES.indexOf(status) + 2);

const status = z.object({ statusId: z.number() });
const transaction = z.object({ orderId: z.number(), amount: z.number() });
const FIRST_ID = 500_000;
const ID_STEP = 7;
const WINDOW_MS = 10_000;
const SHUT_MS = 60_000;

/**
 * The live Open API, with the habits of one account: no number is unique, filters may be ignored, lists have pages, and
 * a key that is used too often is shut.
 */
export class OpenApiCrm extends SimulatedCrm {
  protected readonly anothers = { id: 1, orderNumber: 'CRM-0', externalId: 'another' };
  protected readonly pause = { seconds: SHUT_MS / 1000, isSaid: false };
  readonly #habits: OpenApiHabits;
  readonly #skus: string[] = [];
  #calls: number[] = [];
  #shutUntil = 0;

  constructor(world: Surroundings, habits: OpenApiHabits) {
    super(world);
    this.#habits = habits;
  }

  protected numberIn(url: URL, body: string): string {
    const asked = this.#orderAt(url, body);
    if (asked !== undefined) return asked.number;
    if (/\/orders\/\d+/.test(url.pathname)) return '';
    return body === '' ? (url.searchParams.get('externalId') ?? '') : sent.parse(JSON.parse(body)).externalId;
  }

  /** The one that is asked for, or changed, by its id. */
  #orderAt(url: URL, body: string): CrmOrder | undefined {
    const id = url.pathname.endsWith('/transactions')
      ? transaction.parse(JSON.parse(body)).orderId
      : Number(/\/orders\/(\d+)/.exec(url.pathname)?.[1]);
    return this.orders[(id - FIRST_ID) / ID_STEP];
  }

  protected change({ url, body, headers }: Asked): Served {
    if (this.#isShut()) return this.busy();
    const order = this.#orderAt(url, body);
    return url.pathname.endsWith('/transactions')
      ? this.book(order, transaction.parse(JSON.parse(body)).amount, headers)
      : this.move(order, statusOf(status.parse(JSON.parse(body)).statusId), headers);
  }

  protected create({ number, body, headers }: Asked): Served {
    if (this.#isShut()) return this.busy();
    const { client, statusId, products } = sent.parse(JSON.parse(body));
    const items = products.map(({ productVariationId, price, quantity }) => ({
      sku: this.#skus[productVariationId - 1] ?? '',
      price,
      quantity,
    }));
    const content = items[0]?.sku ?? '';
    const refusal = (): Served | undefined => {
      if (STATUSES[statusId - 1] === undefined || content === '') return refused('status_must_be_valid');
      if (!content.startsWith('bad')) return undefined;
      this.world.seen('the CRM refused what an order says');
      return refused(['client.phone must be a valid phone number']);
    };
    const order = { external_id: number, customer: { phone: client.phone }, items };
    return this.make({ number, content, body: order, status: statusOf(statusId), headers, refusal });
  }

  protected read({ url, number, headers }: Asked): Served {
    const { faults, seen, note } = this.world;
    const fault = faults.active('search');
    if (fault !== 'refused' && this.#isShut()) return this.busy();
    const failed = this.notRead(fault);
    if (failed !== undefined) return failed;
    if (!this.isKeyRight(headers)) return reply(401, { statusCode: 401, message: 'Unauthorized' });

    const isHeeded = this.#habits.filters === 'heeded' && fault !== 'head';
    switch (url.pathname) {
      case '/open-api/orders/statuses':
        return this.#page(
          url,
          STATUSES.map((title, i) => ({ id: i + 1, title })),
        );
      case '/open-api/products/variations': {
        const sku = url.searchParams.get('sku') ?? '';
        for (const one of [`${sku}-XL`, sku]) if (!this.#skus.includes(one)) this.#skus.push(one);
        const all = this.#skus.map((one, i) => ({ id: i + 1, sku: one, isActive: true }));
        return this.#page(url, isHeeded ? all.filter((one) => one.sku.includes(sku)) : all);
      }
      default: {
        if (/\/orders\/\d+$/.test(url.pathname)) {
          const order = this.#orderAt(url, '');
          return order === undefined || order.isDeleted
            ? reply(404, { statusCode: 404, message: 'Not Found' })
            : reply(200, this.shown(order));
        }
        const rows = this.visible().filter((order) => !isHeeded || number === '' || order.number === number);
        if (number !== '' && !isHeeded) seen('a filter was ignored');
        if (rows.length > this.#habits.mostRows) seen('the list of orders had more than a page');
        note(
          here().name,
          `GET orders${number === '' ? '' : ' by number'} from ${url.searchParams.get('skip') ?? 0} (${fault ?? 'answered'}) of ${rows.map((order) => `${order.id} ${order.number}`).join(', ') || 'nothing'}`,
        );
        return this.#page(
          url,
          rows.map((order) => this.shown(order)),
        );
      }
    }
  }

  /** The calls that a key may make are counted, whatever they are. */
  #isShut(): boolean {
    const now = this.world.time.now();
    if (this.#shutUntil > now) return true;
    this.#calls = [...this.#calls.filter((at) => at > now - WINDOW_MS), now];
    if (this.#calls.length <= this.#habits.calls) return false;
    this.world.seen('the key was shut');
    this.#shutUntil = now + SHUT_MS;
    return true;
  }

  #page(url: URL, rows: readonly object[]): Served {
    const asked = (name: string, fallback: number) => Number(url.searchParams.get(name) ?? fallback);
    const { pages } = this.world.shape.crm;
    const from = pages === 'ignored' ? 0 : asked('skip', 0);
    const data = rows.slice(from, from + Math.min(asked('limit', 20), this.#habits.mostRows));
    return reply(200, pages === 'uncounted' ? { data } : { data, count: rows.length });
  }

  protected shown(order: CrmOrder): object {
    const { customer, items = [] } = said.parse(order.body);
    const isWhole = this.world.shape.crm.rows === 'whole';
    return {
      id: FIRST_ID + ID_STEP * this.orders.indexOf(order),
      orderNumber: order.id,
      ...(this.#habits.echo && { externalId: order.number }),
      createdAt: new Date(order.createdAt).toISOString(),
      ...(isWhole && {
        ...(order.status && { status: { id: idOf(order.status), title: STATUSES[idOf(order.status) - 1] } }),
        totalPrice: items.reduce((sum, { price, quantity }) => sum + price * quantity, 0),
        client: { phone: customer?.phone },
        products: items.map(({ sku, ...line }) => ({ productVariation: { sku }, ...line })),
      }),
    };
  }
}

const refused = (message: string | string[]): Served =>
  reply(400, { statusCode: 400, message, error: 'Bad Request' });
