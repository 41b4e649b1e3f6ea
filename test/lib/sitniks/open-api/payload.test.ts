import { describe, expect, test } from 'vitest';
import { readOrder } from '../../../../lib/order/order.ts';
import { buildOpenApiPayload, wireId } from '../../../../lib/sitniks/open-api/payload.ts';
import { openApiSettings } from '../../../../lib/sitniks/open-api/settings.ts';
import { sampleOrder } from '../../../kit/orders.ts';

const RESOLVED = {
  statusId: '11',
  variationIds: new Map([
    ['DRESS-RED-116', '9001'],
    ['BELT', '9002'],
  ]),
};

type Payload = ReturnType<typeof buildOpenApiPayload>;

/** What is sent for an order as a bot posts it. */
function sent(changes: object, settings: object = {}): Payload {
  const reading = readOrder(JSON.stringify(sampleOrder('1042', changes)));
  if (!reading.ok) throw new Error(JSON.stringify(reading.errors));
  return JSON.parse(
    JSON.stringify(buildOpenApiPayload(reading.order, openApiSettings.parse(settings), RESOLVED)),
  );
}

test('an order, whole', () => {
  const { customer } = sampleOrder('1042');
  expect(sent({})).toEqual({
    externalId: '1042',
    client: { fullname: customer.name, phone: '+380671234567', email: customer.email },
    statusId: 11,
    managerComment: 'Доставка: nova_poshta, Київ, Вулиця Таємна 17. Оплата: mono. Джерело: telegram',
    products: [
      { productVariationId: 9001, isUpsale: false, title: 'DRESS-RED-116', price: 1200, quantity: 1 },
    ],
  });
});

test.each([
  ['11', 11],
  ['0', 0],
  ['999999999999999', 999_999_999_999_999],
  // What no number is to the digit goes as the text that came.
  ['007', '007'],
  ['9007199254740993', '9007199254740993'],
  ['1e3', '1e3'],
  ['-1', '-1'],
  ['a-7', 'a-7'],
])('the id %j is sent as %j', (id, wire) => {
  expect(wireId(id)).toBe(wire);
});

test('no e-mail is none, not an empty one', () => {
  const { client } = sent({ customer: { name: 'Ян Лі', phone: '+48 22 123 45 67' } });
  expect(client).toEqual({ fullname: 'Ян Лі', phone: '+48221234567' });
});

test('several lines with kopiykas are what they are, and their sum is what a parcel is worth', () => {
  const items = [
    { product_id: '1', sku: 'DRESS-RED-116', price: 0.1, quantity: 3 },
    { product_id: '2', sku: 'BELT', price: 199.99, quantity: 2 },
  ];
  expect(sent({ items }, { novaPoshtaId: 51 })).toMatchObject({
    products: [
      { productVariationId: 9001, price: 0.1, quantity: 3 },
      { productVariationId: 9002, price: 199.99, quantity: 2 },
    ],
    npDelivery: { price: 400.28, seatsAmount: 1 },
  });
});

test('offers, where the shop has them', () => {
  const body = sent({}, { lines: 'offers', warehouseId: 41 });
  expect(body).not.toHaveProperty('products');
  const line = { isUpsale: false, title: 'DRESS-RED-116', price: 1200, quantity: 1, warehouseId: 41 };
  expect(body).toMatchObject({ offers: [{ itemId: 9001, itemType: 'variation', ...line }] });
  expect(body).not.toHaveProperty('offers.0.productVariationId');
});

test.each(['products', 'offers'])(
  'what the catalogue does not have is among the %s by its title alone',
  (lines) => {
    const items = [{ product_id: '1', sku: 'UNKNOWN', price: 9.5, quantity: 2 }];
    expect(sent({ items }, { lines })).toHaveProperty(lines, [
      { isUpsale: false, title: 'UNKNOWN', price: 9.5, quantity: 2 },
    ]);
  },
);

describe('a delivery', () => {
  const by = (method: string, settings: object = { novaPoshtaId: 51 }) =>
    sent({ delivery: { method, city: 'Львів', address: 'Відділення 3' } }, settings);

  test.each([
    ['nova_poshta', 'WarehouseWarehouse', 'department'],
    ['Нова пошта', 'WarehouseWarehouse', 'department'],
    ['np_courier', 'WarehouseDoors', 'street'],
    ["Кур'єр Нової пошти", 'WarehouseDoors', 'street'],
    ['nova_poshta_postomat', 'WarehousePostomat', 'department'],
    ['поштомат НП', 'WarehousePostomat', 'department'],
    ['НП: почтомат', 'WarehousePostomat', 'department'],
    ['np-parcel_locker', 'WarehousePostomat', 'department'],
    ['NP', 'WarehouseWarehouse', 'department'],
    ['newpost', 'WarehouseWarehouse', 'department'],
    ['NovaPoshta', 'WarehouseWarehouse', 'department'],
    ['НоваПошта', 'WarehouseWarehouse', 'department'],
    ['Новою Поштою', 'WarehouseWarehouse', 'department'],
    ['Нова пошта, адресна', 'WarehouseDoors', 'street'],
    ['nova-poshta to door', 'WarehouseDoors', 'street'],
    ['НП курєром', 'WarehouseDoors', 'street'],
  ])('by %s goes as %s', (method, serviceType, place) => {
    const body = by(method);
    expect(body).toMatchObject({
      npDelivery: { integrationNovaposhtaId: 51, serviceType, city: 'Львів', [place]: 'Відділення 3' },
    });
    expect(body.managerComment).toBe('Оплата: mono. Джерело: telegram');
  });

  test.each(['ukrposhta', 'Укрпошта', 'meest', 'pickup', 'самовивіз', 'courier', 'input', 'онп'])(
    'by %s is told to the manager',
    (method) => {
      const body = by(method);
      expect(body).not.toHaveProperty('npDelivery');
      expect(body.managerComment).toContain(`Доставка: ${method}, Львів, Відділення 3`);
    },
  );

  test('has the other form where the shop has it', () => {
    expect(by('nova_poshta', { novaPoshtaId: 51, delivery: 'delivery' })).toMatchObject({
      delivery: { type: 'newpost', integrationDeliveryId: 51, department: 'Відділення 3', seatsAmount: 1 },
    });
  });
});

test("the shop's own ids are on it, where they are set, and a status is what the account calls it", () => {
  expect(sent({}, { salesChannelId: 31, responsibleId: 21 })).toMatchObject({
    salesChannelId: 31,
    responsibleId: 21,
  });
  for (const name of ['salesChannelId', 'responsibleId']) expect(sent({})).not.toHaveProperty(name);
});
