import { isFurther, type OrderStatus } from '../../lib/order/order-status.ts';
import { type Answer, here } from './container.ts';
import { Pauses } from './pauses.ts';
import type { Random } from './random.ts';
import type { Content, SearchFault, StatusInCrm } from './story.ts';
import type { Surroundings } from './surroundings.ts';

export interface CrmOrder {
  /** What people call it. */
  id: string;
  number: string;
  content: Content;
  /** As the relay was sent it. */
  body: Record<string, unknown>;
  isOurs: boolean;
  /** Of others' orders nothing is known. */
  status: StatusInCrm | undefined;
  /** A manager has moved it: between our look and our change, say, or where we cannot look. */
  isMovedByHand: boolean;
  /** What was paid, each time (hryvnia). */
  payments: number[];
  createdAt: number;
  foundFrom: number;
  isDeleted: boolean;
}

export type Served = Answer<Response> | ((signal: AbortSignal | undefined) => Response);

/** A request of the CRM, and which order it is about. */
export interface Asked {
  url: URL;
  headers: Headers;
  /** '' where there is none. */
  body: string;
  number: string;
}

/** An order that it is asked to create. */
export interface Creation extends Pick<CrmOrder, 'number' | 'content' | 'body' | 'status'> {
  headers: Headers;
  /** Why it is not created, if it is not. */
  refusal: () => Served | undefined;
  /** It is there. */
  isCreated?: (order: CrmOrder) => void;
}

/** Something that it is asked to do. */
interface Doing {
  /** For people. */
  what: string;
  headers: Headers;
  /** It is not shut out, and counts as asked. */
  isAsked?: () => void;
  refusal: () => Served | undefined;
  /**
   * Does it.
   *
   * @param lagMs so long what it does may not show yet
   * @returns what is answered
   */
  commit: (lagMs: number) => object;
  /** What it is where it is done after the caller has hung up. */
  late: string;
}

/** What an order says that the CRM refuses in words that nobody has explained. */
export const STRANGE = 'bad and strange';

/**
 * The CRM, as far as fetch can tell, whichever of its dialects is spoken: it creates what it is asked to, a second order
 * of the same number included, unless it says of itself that it does not.
 */
export abstract class SimulatedCrm {
  readonly orders: CrmOrder[] = [];
  /** How often it was asked to create an order of this number, refusals for the rate left out. */
  readonly creations = new Map<string, number>();
  /** Numbers that it was asked to create by an invocation that it had just asked to leave it alone. */
  readonly unheeded = new Set<string>();
  /** What was moved back by us, for people. */
  readonly setBack: string[] = [];
  key = 'key-1';
  protected readonly world: Surroundings;
  protected readonly random: Random;
  readonly #pauses = new Pauses();

  constructor(world: Surroundings) {
    this.world = world;
    this.random = world.random.fork('crm');
    for (let i = 1; i <= world.shape.crm.crowd; i += 1) {
      this.add(`${i}42${i}`, "somebody else's", { external_id: `${i}42${i}` }, false);
    }
  }

  /** The number of the order that a request is about. */
  protected abstract numberIn(url: URL, body: string): string;
  protected abstract create(asked: Asked): Served;
  /** A status, or a payment, of an order that is there. */
  protected abstract change(asked: Asked): Served;
  protected abstract read(asked: Asked): Served;
  /** An order as it is given back. */
  protected abstract shown(order: CrmOrder): object;
  /** The same of an order that nobody has asked about. */
  protected abstract readonly anothers: object;
  /** The pause that it asks for, and whether it says how long. */
  protected abstract readonly pause: { seconds: number; isSaid: boolean };

  /** All that there ever were of ours under this number. */
  ours = (number: string): CrmOrder[] =>
    this.orders.filter((order) => order.isOurs && order.number === number);

  byId = (id: unknown): CrmOrder | undefined => this.orders.find((order) => order.id === id);

  /** For people. */
  about(id: unknown): string {
    const order = this.byId(id);
    return order === undefined ? 'which is nothing' : `which is ${order.number} ${order.content}`;
  }

  add(
    number: string,
    content: Content,
    body: Record<string, unknown>,
    isOurs: boolean,
    status?: StatusInCrm,
  ): CrmOrder {
    const { time, note } = this.world;
    const order: CrmOrder = {
      id: `CRM-${this.orders.length + 1}`,
      number,
      content,
      body,
      isOurs,
      status,
      isMovedByHand: false,
      payments: [],
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
    const { method = 'GET' } = init;
    const isChange = method !== 'GET';
    const isCreation = method === 'POST' && !url.pathname.endsWith('/transactions');
    const body = typeof init.body === 'string' ? init.body : '';
    const number = this.numberIn(url, body);
    const aborted = new Promise<never>((_, reject) => {
      init.signal?.addEventListener('abort', () => reject(new DOMException('Aborted', 'AbortError')));
    });
    if (isChange && !this.#pauses.isHeeded(container, `${method} ${number}`)) this.unheeded.add(number);
    const answer = container.call(`${method} ${url.pathname} ${number}`, () => {
      const asked = { url, body, number, headers: new Headers(init.headers) };
      const served = isCreation ? this.create(asked) : isChange ? this.change(asked) : this.read(asked);
      return typeof served === 'function' ? { value: served(init.signal ?? undefined) } : served;
    });
    const response = await Promise.race([answer, aborted]);
    // Less than it has asked for: the container's clock may jump.
    if (isChange && response.status === 429) this.#pauses.told(container, (this.pause.seconds - 5) * 1000);
    return response;
  };

  protected isKeyRight = (headers: Headers): boolean => headers.get('authorization') === `Bearer ${this.key}`;

  protected busy(): Served {
    const { seconds, isSaid } = this.pause;
    return reply(429, { message: 'Too many requests' }, isSaid ? { 'retry-after': String(seconds) } : {});
  }

  /** Creates it, unless that fails; and says so, unless that fails. */
  protected make({ number, content, body, status, headers, refusal, isCreated }: Creation): Served {
    return this.#attempt({
      what: `POST ${number} ${content}`,
      headers,
      isAsked: () => this.creations.set(number, (this.creations.get(number) ?? 0) + 1),
      refusal,
      commit: (lagMs) => {
        const order = this.add(number, content, body, true, status);
        order.foundFrom += lagMs;
        if (lagMs > 5000) this.world.seen('a search showed an order late');
        isCreated?.(order);
        return this.shown(order);
      },
      late: 'created an order',
    });
  }

  /** Sets its status, in the same way; `to` is missing where there is no such status. */
  protected move(order: CrmOrder | undefined, to: OrderStatus | undefined, headers: Headers): Served {
    return this.#attempt({
      what: `sets ${order?.id} to ${to}`,
      headers,
      refusal: () => {
        if (order === undefined || order.isDeleted) return reply(404, { message: 'Not Found' });
        return to === undefined ? reply(422, { message: 'No such status' }) : undefined;
      },
      commit: () => {
        if (order === undefined || to === undefined) return {};
        const { id, number, status: from, isMovedByHand } = order;
        if (!isMovedByHand && from !== undefined && from !== 'own' && isFurther(from, to)) {
          this.setBack.push(`${number}, as ${id}, from ${from} to ${to}`);
        }
        order.status = to;
        this.world.seen('a status followed');
        this.world.note('CRM', `has ${id} as ${to}`);
        return this.shown(order);
      },
      late: 'set a status',
    });
  }

  /** Books a payment, in the same way. */
  protected book(order: CrmOrder | undefined, amount: number, headers: Headers): Served {
    return this.#attempt({
      what: `books ${amount} for ${order?.id}`,
      headers,
      refusal: () =>
        order === undefined || order.isDeleted ? reply(404, { message: 'Not Found' }) : undefined,
      commit: () => {
        order?.payments.push(amount);
        this.world.seen('a payment was booked');
        this.world.note('CRM', `has a payment of ${amount} for ${order?.id}`);
        return { id: 1, amount };
      },
      late: 'booked a payment',
    });
  }

  #attempt({ what, headers, isAsked, refusal, commit, late }: Doing): Served {
    const { faults, seen, shape, time, note } = this.world;
    const fault = faults.active('crm');
    note(here().name, `${what}${fault === undefined ? '' : ` (${fault})`}`);
    if (fault === 'refused') return refusedConnection();
    if (!this.isKeyRight(headers)) return reply(401, { message: 'Unauthorized' });
    if (fault === 'busy') return this.busy();
    isAsked?.();
    if (fault === 'forbidden') return reply(403, { message: 'Forbidden' });
    if (fault === 'reset') return reset();
    if (fault === 'hang') return 'never';
    if (fault === 'failed') return reply(500, { message: 'Internal error' });
    const refused = refusal();
    if (refused !== undefined) return refused;

    const lagMs = this.random.pick([0, 0, shape.foundWithinMs, this.random.between(0, shape.foundWithinMs)]);
    if (fault === 'late' || fault === 'late_reset') {
      if (lagMs > 10_000) seen(`the CRM ${late} after the caller had hung up`);
      time.after(lagMs, () => commit(0));
      return fault === 'late' ? 'never' : reset();
    }
    const done = commit(lagMs);
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
        return reply(201, this.anothers);
      case 'stalled':
        return (signal: AbortSignal | undefined) => stalled(signal);
      case 'slow':
        return { ...reply(201, done), afterMs: this.random.between(4000, 9500) };
      case undefined:
        return reply(201, done);
    }
  }

  /** What can be found by now, as the CRM lists it. */
  protected visible(): CrmOrder[] {
    const { shape, time } = this.world;
    const visible = this.orders.filter((order) => !order.isDeleted && order.foundFrom <= time.now());
    return shape.crm.sort === 'newest' ? visible.reverse() : visible;
  }

  /** How a call that reads fails, if it does. */
  protected notRead(fault: SearchFault | undefined): Served | undefined {
    switch (fault) {
      case 'refused':
        return refusedConnection();
      case 'hang':
        return 'never';
      case 'failed':
        return reply(503, { message: 'Maintenance' });
      case 'busy':
        return reply(429, { message: 'Too many requests' });
      case 'html':
        return reply(200, '<html>Please log in</html>');
      case 'head':
      case undefined:
        return undefined;
    }
  }
}

export const reply = (status: number, body: object | string, headers: Record<string, string> = {}) => ({
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
