import type { Order, OrderStatus } from '../order/order.ts';
import type { Payment } from '../order/payment.ts';
import type { Cached } from '../secrets/cached.ts';
import { UnusableSecret } from '../secrets/secret.ts';
import type { Dialect } from './dialect.ts';
import type { Past, Sought } from './likeness.ts';
import type {
  CRMResponse,
  CrmFailure,
  OrderCreated,
  OrderFound,
  PaymentBooked,
  StatusSet,
} from './result.ts';

/** The CRM as the relay sees it: the key is not the caller's concern. */
export interface Crm {
  /** False while no key is to be had for a cause that passes: then nothing need be begun. */
  isReady(): Promise<boolean>;
  create(order: Order): Promise<OrderCreated>;
  find(order: Sought, past?: Past): Promise<OrderFound>;
  setStatus(crmOrderId: string, status: OrderStatus): Promise<StatusSet>;
  /**
   * Only where the dialect can book a payment.
   *
   * @param paidBeside what else of this order is, or may be, booked (hryvnia)
   */
  book?: Book;
}

export type Book = (crmOrderId: string, payment: Payment, paidBeside: number) => Promise<PaymentBooked>;

/** Gives the client its key, and one more try with a new one where the CRM refuses it. */
export function crmWithKey(client: Dialect, apiKey: Cached<string>): Crm {
  async function call<T>(send: (key: string) => Promise<CRMResponse<T>>): Promise<CRMResponse<T>> {
    let key: string;
    try {
      key = await apiKey.get();
    } catch (error) {
      return withoutKey(error);
    }
    const result = await send(key);
    if (result.ok || result.type !== 'AUTHENTICATION') return result;
    const newKey = await apiKey.replace(key);
    return newKey === key ? result : send(newKey);
  }

  const { book } = client;
  return {
    isReady: () =>
      apiKey.get().then(
        () => true,
        (error) => error instanceof UnusableSecret,
      ),
    create: (order) => call((key) => client.create(order, key)),
    find: (order, past) => call((key) => client.find(order, key, past)),
    setStatus: (crmOrderId, status) => call((key) => client.setStatus(crmOrderId, status, key)),
    ...(book && {
      book: (crmOrderId, payment, paidBeside) => call((key) => book(crmOrderId, payment, paidBeside, key)),
    }),
  };
}

function withoutKey(error: unknown): CrmFailure {
  const isSetting = error instanceof UnusableSecret;
  return {
    ok: false,
    type: isSetting ? 'CONFIGURATION' : 'CONNECTION',
    message: isSetting ? error.message : 'The API key cannot be fetched from Secrets Manager',
    mayHaveReachedCrm: false,
  };
}
