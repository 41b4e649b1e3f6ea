import { describe, expect, test } from 'vitest';
import { openApiSettings } from '../../../../lib/sitniks/open-api/settings.ts';

const STATUSES = {
  NEW: 'Нові заявки',
  PENDING_PAYMENT: 'Виставлено рахунок',
  PAID: 'ОПЛАЧЕНО',
  PROCESSING: 'Оформлено замовлення',
};
const USUAL = {
  statuses: STATUSES,
  unknownSku: 'refuse',
  lines: 'products',
  delivery: 'npDelivery',
  callsIn10Seconds: 10,
};

test("without settings, the contract's statuses, and the most careful of each", () => {
  expect(openApiSettings.parse({})).toEqual(USUAL);
});

test('one status may be called otherwise, and the others stay', () => {
  expect(openApiSettings.parse({ statuses: { PAID: ' Сплачено ' } })).toEqual({
    ...USUAL,
    statuses: { ...STATUSES, PAID: 'Сплачено' },
  });
});

test('all that can be set', () => {
  const all = {
    statuses: { NEW: 'a', PENDING_PAYMENT: 'b', PAID: 'c', PROCESSING: 'd'.repeat(100) },
    salesChannelId: 31,
    responsibleId: 21,
    warehouseId: 41,
    settlementAccountId: 61,
    novaPoshtaId: 51,
    unknownSku: 'title',
    lines: 'offers',
    delivery: 'delivery',
    callsIn10Seconds: 1000,
  };
  expect(openApiSettings.parse(all)).toEqual(all);
});

describe.each(['salesChannelId', 'responsibleId', 'warehouseId', 'settlementAccountId', 'novaPoshtaId'])(
  '%s',
  (name) => {
    test.each([0, -1, 1.5, '31', null])('is a whole number above zero, and not %j', (id) => {
      expect(openApiSettings.safeParse({ [name]: id }).success).toBe(false);
    });
  },
);

test.each([
  ['a status without a name', { statuses: { PAID: ' ' } }],
  ['a status with a name of 101 letters', { statuses: { PAID: 'd'.repeat(101) } }],
  ['a status that there is not', { statuses: { SENT: 'Відправлено' } }],
  ['another word for what is not known', { unknownSku: 'guess' }],
  ['other lines', { lines: 'items' }],
  ['another delivery', { delivery: 'meest' }],
  ['no call at all', { callsIn10Seconds: 0 }],
  ['too many', { callsIn10Seconds: 1001 }],
  ['half of one', { callsIn10Seconds: 1.5 }],
  ['a setting that there is not', { novaPostaId: 51 }],
])('%s is refused', (_, settings) => {
  expect(openApiSettings.safeParse(settings).success).toBe(false);
});
