import type * as z from 'zod';
import { explain } from '../../../lib/explanations/explain.ts';
import type { Explanation } from '../../../lib/explanations/explanation.ts';
import type { ReasonCode } from '../../../lib/explanations/reasons.ts';
import type { ProblemBody } from '../../../lib/intake/contract.ts';
import { PROBLEMS, type ProblemCode } from '../../../lib/intake/http.ts';
import type { orderSchema } from '../../../lib/order/order.ts';

/**
 * A request and its answer. `test/openapi.test.ts` sends the one and expects the other, to the letter but for times,
 * ids of requests and events, and the CRM's numbers.
 */
export interface HttpExample {
  /** Of both in the document, which is how a reader (and some tools) know that they belong together. */
  name: string;
  /** Under which circumstances. */
  summary: string;
  request: {
    external_id?: string;
    query?: Readonly<Record<string, string>>;
    /** Beside a known token and `content-type: application/json`; an empty one is left out. */
    headers?: Readonly<Record<string, string>>;
    body?: object | string;
  };
  status: number;
  /** All of them but `content-type`. */
  headers: Readonly<Record<string, string>>;
  body: object;
}

export type OrderSent = z.input<typeof orderSchema>;

export const DRESS = { product_id: '123', sku: 'DRESS-RED-116', price: 1200, quantity: 1 };

/** The order of `events/order.json`, under a number of its own. */
export const orderOf = (external_id: string, changes: Partial<OrderSent> = {}): OrderSent => ({
  external_id,
  source: 'telegram',
  customer: { name: 'Олена Коваленко', phone: '067 123 45 67', email: 'olena@example.com' },
  delivery: { method: 'nova_poshta', city: 'Київ', address: 'Відділення №1' },
  items: [DRESS],
  payment_method: 'mono',
  status: 'NEW',
  ...changes,
});

/** The words are the relay's; which reasons, where and in which order is for the example to say. */
export function explained(code: ReasonCode, ...pointers: string[]): Explanation {
  const [explanation] = explain([{ code }]);
  if (explanation === undefined) throw new Error(`Nothing explains ${code}`);
  return { ...explanation, pointers };
}

/** What the CRM says of a SKU that its catalogue does not hold. */
export const SKU_UNKNOWN = {
  type: 'VALIDATION',
  message: 'The CRM refuses the order (422): Validation failed: items.0.sku: SKU UNKNOWN-116 not found',
  explanations: [explained('sku_unknown', '#/items/0/sku')],
};

export const KEY_REFUSED = {
  type: 'AUTHENTICATION',
  message: 'The way into the CRM has to be mended. The order is kept, and sent then.',
  explanations: [explained('key_refused')],
};

/** A problem+json as {@link PROBLEMS} has it. */
export const problem = (
  code: ProblemCode,
  status: number,
  { detail, explanations, ...members }: Pick<ProblemBody, 'detail' | 'explanations' | 'errors' | 'state'>,
): ProblemBody => ({
  type: `urn:sitniks-orders:problem:${code}`,
  title: PROBLEMS[code].title,
  status,
  detail,
  instance: 'urn:request:659eeb3b-6846-4678-84fe-4bc2bad84f51',
  ...members,
  explanations,
});

/** How the token is asked for (RFC 6750). */
export const ASKS_FOR_TOKEN = 'Bearer realm="orders"';
