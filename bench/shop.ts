import { InvalidArgumentError, Option } from 'commander';
import * as z from 'zod';

/** What the demonstrations share: their options, an order, the way to send it, and where it is to arrive. */

export const dialect = () =>
  new Option('--dialect <name>', 'which API of the CRM is spoken')
    .choices(['orders', 'open-api'])
    .env('SITNIKS_DIALECT')
    .default('orders');

export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('a whole number, please');
  return Number(text);
}

/** Sends JSON as the local caller `demo`. @returns the status. */
export async function send(method: string, url: string, body: object): Promise<number> {
  const response = await fetch(url, {
    method,
    headers: { authorization: 'Bearer local', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  await response.text();
  return response.status;
}

export const order = (external_id: string) => ({
  external_id,
  source: 'telegram',
  customer: { name: 'User Name', phone: '+380671234567' },
  delivery: { method: 'nova_poshta', city: 'Kyiv', address: 'Branch #1' },
  items: [{ product_id: '123', sku: 'DRESS-RED-116', price: 1200, quantity: 1 }],
  payment_method: 'mono',
});

/** What the sandbox CRM has, in either dialect. */
const sandboxOrders = z.array(
  z.pipe(
    z.object({
      received_at: z.iso.datetime(),
      body: z.union([z.object({ external_id: z.string() }), z.object({ externalId: z.string() })]),
    }),
    z.transform(({ received_at, body }) => ({
      id: 'externalId' in body ? body.externalId : body.external_id,
      at: Date.parse(received_at),
    })),
  ),
);

/** The orders in the sandbox CRM, and when each came there. */
export const arrivals = async (sandbox: string) =>
  sandboxOrders.parse(await (await fetch(`${sandbox}/_sandbox/orders`)).json());
