/** Tell-tale values: wherever one of them turns up outside an order's own body, something has leaked. */
export const PERSONAL = {
  name: 'Олена Коваленко',
  phone: '+380671234567',
  email: 'olena.kovalenko@example.com',
  address: 'Вулиця Таємна 17',
} as const;

/** An order as a bot would post it, valid unless told otherwise. */
export function sampleOrder(external_id: string, changes: object = {}) {
  return {
    external_id,
    source: 'telegram',
    customer: { name: PERSONAL.name, phone: '067 123 45 67', email: PERSONAL.email },
    delivery: { method: 'nova_poshta', city: 'Київ', address: PERSONAL.address },
    items: [{ product_id: '123', sku: 'DRESS-RED-116', price: 1200, quantity: 1 }],
    payment_method: 'mono',
    status: 'NEW',
    ...changes,
  };
}
