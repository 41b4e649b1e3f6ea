import { InvalidArgumentError } from 'commander';

/** What the demonstrations share: an option's number, an order, and the way to send it. */

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
