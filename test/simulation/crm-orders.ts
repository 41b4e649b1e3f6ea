import { ORDER_STATUSES, type OrderStatus } from '../../lib/order/order-status.ts';
import { STATUS_MAPPING } from '../../lib/sitniks/orders/status.ts';
import { here } from './container.ts';
import { type Asked, type CrmOrder, reply, type Served, SimulatedCrm, STRANGE } from './crm.ts';

interface Sent {
  external_id: string;
  items: { sku: string }[];
  status: string;
}

const statusOf = (title: string): OrderStatus | undefined =>
  ORDER_STATUSES.find((status) => STATUS_MAPPING[status] === title);

/** Rows on a page, whatever is asked for. */
const PAGE = 20;

/** The contract's `/api/orders`. */
export class OrdersCrm extends SimulatedCrm {
  protected readonly anothers = { id: 'CRM-0', external_id: 'another' };
  protected readonly pause = { seconds: 20, isSaid: true };
  readonly #byKey = new Map<string, { body: string; order: CrmOrder | undefined }>();

  protected numberIn(url: URL, body: string): string {
    const asked = this.#orderAt(url);
    if (asked !== undefined) return asked.number;
    return body === '' ? (url.searchParams.get('external_id') ?? '') : (JSON.parse(body) as Sent).external_id;
  }

  /** The one that is asked for by its id. */
  #orderAt = (url: URL): CrmOrder | undefined => this.byId(/\/orders\/([^/]+)$/.exec(url.pathname)?.[1]);

  protected change({ url, body, headers }: Asked): Served {
    return this.move(this.#orderAt(url), statusOf((JSON.parse(body) as Sent).status), headers);
  }

  protected create({ number, body, headers }: Asked): Served {
    const { seen, shape } = this.world;
    const sent = JSON.parse(body) as Sent;
    const content = sent.items[0]?.sku ?? '';
    const key = headers.get('idempotency-key');
    const refusal = (): Served | undefined => {
      const { isUnique, heedsIdempotencyKey } = shape.crm;
      const before = key !== null && heedsIdempotencyKey ? this.#byKey.get(key) : undefined;
      if (before !== undefined && before.body !== body) {
        seen('the CRM refused a key that it had seen with another body');
        return reply(422, { message: 'Idempotency-Key was used with another request' });
      }
      if (content.startsWith('bad')) {
        seen('the CRM refused what an order says');
        if (content === STRANGE) return reply(422, { message: 'The moon is in the wrong house' });
        return reply(422, { message: 'Invalid', errors: { 'customer.phone': ['invalid phone format'] } });
      }
      if (before?.order !== undefined && !before.order.isDeleted) {
        seen('the CRM knew a repeat by its key');
        return reply(200, this.shown(before.order));
      }
      const there = this.orders.find((order) => order.number === number && !order.isDeleted);
      if (isUnique && there !== undefined) {
        seen('the CRM refused a number that it has');
        return reply(409, { message: 'Order with this external_id already exists' });
      }
      if (key !== null) this.#byKey.set(key, { body, order: undefined });
      return undefined;
    };
    return this.make({
      number,
      content,
      body: { ...sent },
      status: statusOf(sent.status),
      headers,
      refusal,
      isCreated: (order) => {
        if (key !== null) this.#byKey.set(key, { body, order });
      },
    });
  }

  protected read({ url, number }: Asked): Served {
    const { faults, seen, shape, note } = this.world;
    const fault = faults.active('search');
    const failed = this.notRead(fault);
    if (failed !== undefined) return failed;
    if (!url.searchParams.has('external_id')) {
      const order = this.#orderAt(url);
      if (!shape.crm.follows?.isAskable || order === undefined || order.isDeleted)
        return reply(404, { message: 'Not Found' });
      return reply(200, this.shown(order));
    }
    const visible = this.visible();
    const matching = visible.filter((order) =>
      shape.crm.search === 'contains' ? order.number.includes(number) : order.number === number,
    );
    const isHead = fault === 'head';
    if (isHead) seen('a search was answered with the head of the whole list');
    const rows = isHead ? visible : matching;
    const { pages } = shape.crm;
    const from = pages === 'ignored' ? 0 : (Number(url.searchParams.get('page') ?? 1) - 1) * PAGE;
    const data = rows.slice(from, from + PAGE).map((order) => this.shown(order));
    const found = rows.find((order) => order.number === number);
    if (found !== undefined && !found.isOurs) seen("a look-up found somebody else's order");
    if (rows.length > PAGE) seen('a search had more than a page');
    note(
      here().name,
      `GET ${number} (${isHead ? 'head' : 'answered'}): ${rows.map((order) => `${order.id} ${order.number}`).join(', ') || 'nothing'}`,
    );
    return reply(200, pages === 'uncounted' ? data : { data, total: rows.length });
  }

  protected shown({ id, number, body, status }: CrmOrder): object {
    if (this.world.shape.crm.rows === 'ids') return { id, external_id: number };
    return {
      ...body,
      ...(status && { status: status === 'own' ? 'Скасовано' : STATUS_MAPPING[status] }),
      id,
    };
  }
}
