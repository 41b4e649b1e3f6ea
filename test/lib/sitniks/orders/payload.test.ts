import { describe, expect, test } from 'vitest';
import { ORDER_STATUSES, orderSchema } from '../../../../lib/order/order.ts';
import { buildOrderPayload } from '../../../../lib/sitniks/orders/payload.ts';
import { STATUS_MAPPING } from '../../../../lib/sitniks/orders/status.ts';
import { parsedOrder } from '../../../kit/parsed-order.ts';

/** The seed's example, to the letter but for what it leaves open: phone and e-mail. */
const SEED = `{
  "external_id": "session_uuid",
  "source": "telegram",
  "customer": {
    "name": "User Name",
    "phone": "+380671234567",
    "email": "user@example.com"
  },
  "delivery": {
    "method": "nova_poshta",
    "city": "Kyiv",
    "address": "Branch #1"
  },
  "items": [
    {
      "product_id": "123",
      "sku": "DRESS-RED-116",
      "price": 1200,
      "quantity": 1
    }
  ],
  "payment_method": "mono",
  "status": "Нові заявки"
}`;

const seedOrder = (changes: object = {}) =>
  orderSchema.parse({ ...JSON.parse(SEED), status: 'NEW', ...changes });

describe('the payload', () => {
  test("is the seed's JSON, key for key and in its order", () => {
    expect(JSON.stringify(buildOrderPayload(seedOrder()), null, 2)).toBe(SEED);
  });

  test('is the same in whatever order the keys came', () => {
    const reversed = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(reversed)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .reverse()
                .map(([key, child]: [string, unknown]) => [key, reversed(child)]),
            )
          : value;
    const order = orderSchema.parse(reversed({ ...JSON.parse(SEED), status: 'NEW' }));
    expect(JSON.stringify(buildOrderPayload(order), null, 2)).toBe(SEED);
  });

  test('leaves out no field that an order can have', () => {
    const { customer, delivery, items } = orderSchema.shape;
    const payload = buildOrderPayload(seedOrder());
    expect(Object.keys(payload)).toEqual(Object.keys(orderSchema.shape));
    expect(Object.keys(payload.customer)).toEqual(Object.keys(customer.shape));
    expect(Object.keys(payload.delivery)).toEqual(Object.keys(delivery.shape));
    expect(Object.keys(payload.items[0] ?? {})).toEqual(Object.keys(items.def.element.shape));
  });

  test('has no e-mail where the order has none, not even null', () => {
    const order = seedOrder({ customer: { name: 'User Name', phone: '067 123 45 67' } });
    expect(JSON.stringify(buildOrderPayload(order).customer)).toBe(
      '{"name":"User Name","phone":"+380671234567"}',
    );
  });

  test.each(['nova_poshta', 'np_courier', 'nova_poshta_postomat', 'самовивіз'])(
    'has a delivery by %s as it came, a phone from abroad, and a name of three letters',
    (method) => {
      const delivery = { method, city: 'Київ', address: 'Поштомат №26' };
      const order = seedOrder({ delivery, customer: { name: 'Лія', phone: '+48 22 123 45 67' } });
      expect(buildOrderPayload(order)).toMatchObject({
        delivery,
        customer: { name: 'Лія', phone: '+48221234567' },
      });
    },
  );

  test('has every item, as it came, and prices to the kopiyka', () => {
    const items = [
      { product_id: 7, sku: 'A', price: 0, quantity: 2 },
      { product_id: '8', sku: 'B', price: 1200.05, quantity: 10_000 },
    ];
    expect(JSON.stringify(buildOrderPayload(seedOrder({ items })).items)).toBe(
      '[{"product_id":"7","sku":"A","price":0,"quantity":2},{"product_id":"8","sku":"B","price":1200.05,"quantity":10000}]',
    );
  });

  test('leaves the order as it is', () => {
    const order = parsedOrder('1');
    const before = structuredClone(order);
    buildOrderPayload(order);
    expect(order).toEqual(before);
  });
});

describe('the status', () => {
  test.each([
    ['NEW', 'Нові заявки'],
    ['PENDING_PAYMENT', 'Виставлено рахунок'],
    ['PAID', 'ОПЛАЧЕНО'],
    ['PROCESSING', 'Оформлено замовлення'],
  ] as const)('%s is "%s" to Sitniks', (status, title) => {
    expect(STATUS_MAPPING[status]).toBe(title);
    expect(buildOrderPayload(seedOrder({ status })).status).toBe(title);
  });

  test('has four values, and a title for each, in composed Ukrainian letters', () => {
    expect(Object.keys(STATUS_MAPPING)).toEqual([...ORDER_STATUSES]);
    for (const title of Object.values(STATUS_MAPPING)) {
      expect(title).toBe(title.normalize('NFC'));
      // No Latin look-alike among them: an i that is not an і would be another status.
      expect(title).toMatch(/^[А-ЩЬЮЯЄІЇҐа-щьюяєіїґ ]+$/);
    }
  });
});
