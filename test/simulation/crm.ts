import { type Answer, here } from './container.ts';
import { Pauses } from './pauses.ts';
import type { Random } from './random.ts';
import type { Content } from './story.ts';
import type { Surroundings } from './surroundings.ts';

export interface CrmOrder {
  id: string;
  number: string;
  content: Content;
  body: Record<string, unknown>;
  isOurs: boolean;
  createdAt: number;
  foundFrom: number;
  isDeleted: boolean;
}

interface Sent {
  external_id: string;
  items: { sku: string }[];
}

type Served = Answer<Response> | ((signal: AbortSignal | undefined) => Response);

/** What an order says that the CRM refuses in words that nobody has explained. */
export const STRANGE = 'bad and strange';

/**
 * The CRM, as far as fetch can tell: it creates what it is asked to, a second order of the same number included, unless
 * it says of itself that it does not.
 */
export class SimulatedCrm {
  readonly orders: CrmOrder[] = [];
  /** How often it was asked to create an order of this number, refusals for the rate left out. */
  readonly creations = new Map<string, number>();
  /** Numbers that it was asked to create by an invocation that it had just asked to leave it alone. */
  readonly unheeded = new Set<string>();
  key = 'key-1';
  readonly #world: Surroundings;
  readonly #random: Random;
  readonly #pauses = new Pauses();
  readonly #byKey = new Map<string, { body: string; order: CrmOrder | undefined }>();

  constructor(world: Surroundings) {
    this.#world = world;
    this.#random = world.random.fork('crm');
    for (let i = 1; i <= world.shape.crm.crowd; i += 1) {
      this.add(`${i}42${i}`, "somebody else's", { external_id: `${i}42${i}` }, false);
    }
  }

  /** All that there ever were of ours under this number. */
  ours = (number: string): CrmOrder[] =>
    this.orders.filter((order) => order.isOurs && order.number === number);

  byId = (id: unknown): CrmOrder | undefined => this.orders.find((order) => order.id === id);

  /** For people. */
  about(id: unknown): string {
    const order = this.byId(id);
    return order === undefined ? 'which is nothing' : `which is ${order.number} ${order.content}`;
  }

  add(number: string, content: Content, body: Record<string, unknown>, isOurs: boolean): CrmOrder {
    const { time, note } = this.#world;
    const order: CrmOrder = {
      id: `CRM-${this.orders.length + 1}`,
      number,
      content,
      body,
      isOurs,
      createdAt: time.now(),
      foundFrom: time.now(),
      isDeleted: false,
    };
    this.orders.push(order);
    note('CRM', `has ${order.id}: ${number} ${content}${isOurs ? '' : ', an order of somebody else'}`);
    return order;
  }

  fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const container = here();
    const url = new URL(String(input));
    const isCreation = init.method === 'POST';
    const body = typeof init.body === 'string' ? init.body : '';
    const number = isCreation ? (JSON.parse(body) as Sent).external_id : url.searchParams.get('external_id');
    const aborted = new Promise<never>((_, reject) => {
      init.signal?.addEventListener('abort', () => reject(new DOMException('Aborted', 'AbortError')));
    });
    if (isCreation && !this.#pauses.isHeeded(container, number ?? '')) this.unheeded.add(number ?? '');
    const answer = container.call(`${isCreation ? 'POST' : 'GET'} /api/orders ${number}`, () => {
      const served = isCreation ? this.#create(body, new Headers(init.headers)) : this.#search(url);
      return typeof served === 'function' ? { value: served(init.signal ?? undefined) } : served;
    });
    const response = await Promise.race([answer, aborted]);
    // Less than it has asked for: the container's clock may jump.
    if (isCreation && response.status === 429) this.#pauses.told(container, (RETRY_AFTER_SECONDS - 5) * 1000);
    return response;
  };

  #create(body: string, headers: Headers): Served {
    const { faults, seen, shape, time } = this.#world;
    const sent = JSON.parse(body) as Sent;
    const { external_id } = sent;
    const content = sent.items[0]?.sku ?? '';
    const fault = faults.active('crm');
    this.#world.note(
      here().name,
      `POST ${external_id} ${content}${fault === undefined ? '' : ` (${fault})`}`,
    );
    if (fault === 'refused') return refusedConnection();
    if (headers.get('authorization') !== `Bearer ${this.key}`) return reply(401, { message: 'Unauthorized' });
    if (fault === 'busy')
      return reply(429, { message: 'Too many requests' }, { 'retry-after': String(RETRY_AFTER_SECONDS) });
    this.creations.set(external_id, (this.creations.get(external_id) ?? 0) + 1);
    if (fault === 'forbidden') return reply(403, { message: 'Forbidden' });
    if (fault === 'reset') return reset();
    if (fault === 'hang') return 'never';
    if (fault === 'failed') return reply(500, { message: 'Internal error' });

    const { isUnique, heedsIdempotencyKey } = shape.crm;
    const key = headers.get('idempotency-key');
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
      return reply(200, this.#shown(before.order));
    }
    const there = this.orders.find((order) => order.number === external_id && !order.isDeleted);
    if (isUnique && there !== undefined) {
      seen('the CRM refused a number that it has');
      return reply(409, { message: 'Order with this external_id already exists' });
    }

    const promised = { body, order: undefined as CrmOrder | undefined };
    if (key !== null) this.#byKey.set(key, promised);
    const lagMs = this.#random.pick([
      0,
      0,
      shape.foundWithinMs,
      this.#random.between(0, shape.foundWithinMs),
    ]);
    const commit = (lateMs: number): CrmOrder => {
      const order = this.add(external_id, content, { ...sent }, true);
      order.foundFrom += lagMs - lateMs;
      if (lagMs - lateMs > 5000) seen('a search showed an order late');
      promised.order = order;
      return order;
    };
    if (fault === 'late' || fault === 'late_reset') {
      if (lagMs > 10_000) seen('the CRM created an order after the caller had hung up');
      time.after(lagMs, () => commit(lagMs));
      return fault === 'late' ? 'never' : reset();
    }
    const order = commit(0);
    switch (fault) {
      case 'lost':
        return reset();
      case 'hang_commit':
        return 'never';
      case 'failed_commit':
        return reply(502, '<html>Bad gateway</html>');
      case 'html':
        return reply(200, '<html>Please log in</html>');
      case 'no_id':
        return reply(201, { ok: true });
      case 'wrong_id':
        return reply(201, { id: 'CRM-0', external_id: 'another' });
      case 'stalled':
        return (signal: AbortSignal | undefined) => stalled(signal);
      case 'slow':
        return { ...reply(201, this.#shown(order)), afterMs: this.#random.between(4000, 9500) };
      case undefined:
        return reply(201, this.#shown(order));
    }
  }

  #search(url: URL): Served {
    const { faults, seen, shape, time } = this.#world;
    const number = url.searchParams.get('external_id') ?? '';
    const fault = faults.active('search');
    if (fault === 'refused') return refusedConnection();
    if (fault === 'hang') return 'never';
    if (fault === 'failed') return reply(503, { message: 'Maintenance' });
    if (fault === 'busy') return reply(429, { message: 'Too many requests' });
    if (fault === 'html') return reply(200, '<html>Please log in</html>');

    const visible = this.orders.filter((order) => !order.isDeleted && order.foundFrom <= time.now());
    if (shape.crm.sort === 'newest') visible.reverse();
    const matching = visible.filter((order) =>
      shape.crm.search === 'contains' ? order.number.includes(number) : order.number === number,
    );
    if (fault === 'head') seen('a search was answered with the head of the whole list');
    const rows = fault === 'head' ? visible : matching;
    const { pages } = shape.crm;
    const from = pages === 'ignored' ? 0 : (Number(url.searchParams.get('page') ?? 1) - 1) * PAGE;
    const data = rows.slice(from, from + PAGE).map((order) => this.#shown(order));
    const found = rows.find((order) => order.number === number);
    if (found !== undefined && !found.isOurs) seen("a look-up found somebody else's order");
    if (rows.length > PAGE) seen('a search had more than a page');
    this.#world.note(
      here().name,
      `GET ${number} (${fault ?? 'answered'}): ${rows.map((order) => `${order.id} ${order.number}`).join(', ') || 'nothing'}`,
    );
    return reply(200, pages === 'uncounted' ? data : { data, total: rows.length });
  }

  #shown({ id, number, body }: CrmOrder): object {
    return this.#world.shape.crm.rows === 'whole' ? { ...body, id } : { id, external_id: number };
  }
}

const RETRY_AFTER_SECONDS = 20;

/** Rows on a page, whatever is asked for. */
const PAGE = 20;

const reply = (status: number, body: object | string, headers: Record<string, string> = {}) => ({
  value: new Response(typeof body === 'string' ? body : JSON.stringify(body), {
    status,
    headers: { 'content-type': typeof body === 'string' ? 'text/html' : 'application/json', ...headers },
  }),
});

const connectionError = (code: string) => ({
  error: new TypeError('fetch failed', { cause: Object.assign(new Error(code), { code }) }),
});
const refusedConnection = () => connectionError('ECONNREFUSED');
const reset = () => connectionError('ECONNRESET');

/** The head of the answer comes, and of its body nothing until the caller hangs up. */
function stalled(signal: AbortSignal | undefined): Response {
  const body = new ReadableStream({
    start(controller) {
      signal?.addEventListener('abort', () => controller.error(new DOMException('Aborted', 'AbortError')));
    },
  });
  return new Response(body, { status: 201, headers: { 'content-type': 'application/json' } });
}
