import type { Order, OrderStatus } from '../../lib/order/order.ts';
import type { Crm } from '../../lib/sitniks/crm.ts';
import type {
  CrmErrorType,
  CrmFailure,
  OrderCreated,
  OrderFound,
  PaymentBooked,
  StatusSet,
} from '../../lib/sitniks/result.ts';

/** What can go wrong with one call, creation or look-up. */
export const crmFaults = [
  'lost_response',
  'timeout',
  'late_commit',
  'refused_connection',
  'rate_limit',
  'validation',
  'authentication',
  'none',
] as const;
export type CrmModelFault = (typeof crmFaults)[number];

/** A late commit comes within the first backoff: what comes later than that no client could see in time. */
const LATE_MS = 25_000;

/** The CRM as it matters to the promises: it makes a second order when it is asked to. */
export class CrmModel implements Crm {
  /** Drawn by the next calls, in order. */
  faults: CrmModelFault[] = [];
  #orders: { external_id: string; payment_method: string; at: number }[] = [];
  #creations = new Map<string, number>();

  isReady = async () => true;

  async create(order: Order): Promise<OrderCreated> {
    const { external_id } = order;
    const fault = this.faults.shift() ?? 'none';
    if (fault !== 'rate_limit') this.#creations.set(external_id, this.creations(external_id) + 1);
    switch (fault) {
      case 'none':
        return { ok: true, crmOrderId: this.#commit(order, 0) };
      case 'lost_response':
        this.#commit(order, 0);
        return failed('CONNECTION', true);
      case 'late_commit':
        this.#commit(order, LATE_MS);
        return failed('CONNECTION', true);
      case 'timeout':
        return failed('CONNECTION', true);
      case 'refused_connection':
        return failed('CONNECTION', false);
      case 'rate_limit':
        return failed('RATE_LIMIT', false);
      case 'validation':
        return failed('VALIDATION', false);
      case 'authentication':
        return failed('AUTHENTICATION', false);
    }
  }

  async book(): Promise<PaymentBooked> {
    return { ok: true };
  }

  async setStatus(_crmOrderId: string, status: OrderStatus): Promise<StatusSet> {
    return { ok: true, status };
  }

  async find(order: Order): Promise<OrderFound> {
    const fault = this.faults.shift() ?? 'none';
    switch (fault) {
      case 'none':
      case 'validation':
      case 'late_commit':
        return this.count(order.external_id) > 0
          ? { ok: true, result: 'found', crmOrderId: order.external_id, likeness: 'nothing_to_compare' }
          : { ok: true, result: 'absent' };
      case 'lost_response':
      case 'timeout':
      case 'refused_connection':
        return failed('CONNECTION', false);
      case 'rate_limit':
        return failed('RATE_LIMIT', false);
      case 'authentication':
        return failed('AUTHENTICATION', false);
    }
  }

  /** Orders that it shows under this id now. */
  count(externalId: string): number {
    return this.#orders.filter(({ external_id, at }) => external_id === externalId && at <= Date.now())
      .length;
  }

  has(externalId: string, paymentMethod: string): boolean {
    return this.#orders.some(
      ({ external_id, payment_method, at }) =>
        external_id === externalId && payment_method === paymentMethod && at <= Date.now(),
    );
  }

  /** As if it had never come. */
  forget(externalId: string): void {
    this.#orders = this.#orders.filter(({ external_id }) => external_id !== externalId);
  }

  /** How often it was asked to create this order, refusals for the rate left out. */
  creations(externalId: string): number {
    return this.#creations.get(externalId) ?? 0;
  }

  #commit({ external_id, payment_method }: Order, delayMs: number): string {
    this.#orders.push({ external_id, payment_method, at: Date.now() + delayMs });
    return external_id;
  }
}

const failed = (type: CrmErrorType, mayHaveReachedCrm: boolean): CrmFailure => ({
  ok: false,
  type,
  message: 'Model fault',
  mayHaveReachedCrm,
});
