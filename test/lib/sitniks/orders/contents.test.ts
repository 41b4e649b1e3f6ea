import { describe, expect, test } from 'vitest';
import { contentHash, contentOf } from '../../../../lib/order/content-hash.ts';
import { ORDER_STATUSES } from '../../../../lib/order/order.ts';
import { contentsOf } from '../../../../lib/sitniks/orders/contents.ts';
import { buildOrderPayload } from '../../../../lib/sitniks/orders/payload.ts';
import { parsedOrder } from '../../../kit/parsed-order.ts';

const order = parsedOrder('1042');
/** As it comes back: what was sent, and what the CRM has put beside it. */
const given = {
  id: 7,
  manager: 'x',
  ...buildOrderPayload(order),
  items: order.items.map((item) => ({ ...item, title: 'Сукня' })),
};

describe('what an order of the CRM’s says', () => {
  test.each(ORDER_STATUSES)('is what was sent with the status %s, whichever it has by now', (status) => {
    const sent = contentOf({ ...order, status });
    const { contents } = contentsOf({ ...given, status: 'Відправлено' });
    expect(contents).toContain(sent.content_hash);
    // A record from before the status could follow knows it by this one.
    expect(contents).toContain(sent.former_hash ?? sent.content_hash);
  });

  test('is named once for each of them', () => {
    const { contents = [] } = contentsOf(given);
    expect(new Set(contents).size).toBe(ORDER_STATUSES.length);
    expect(contents).toHaveLength(ORDER_STATUSES.length);
  });

  test.each([{}, { email: null }])('is the same without an e-mail, where none was sent: %j', (email) => {
    const { email: _none, ...customer } = order.customer;
    const { contents } = contentsOf({ ...given, customer: { ...customer, ...email } });
    expect(contents).toContain(contentHash({ ...order, customer }));
  });

  test.each<[what: string, row: object]>([
    ['another price', { items: [{ ...order.items[0], price: 1 }] }],
    ['another name', { customer: { ...order.customer, name: 'Ганна' } }],
    ['another way to pay', { payment_method: 'cash' }],
    ['another source', { source: 'site' }],
    ['another branch', { delivery: { ...order.delivery, address: 'Відділення 2' } }],
  ])('is something else with %s', (_what, changes) => {
    const { contents } = contentsOf({ ...given, ...changes });
    expect(contents).toHaveLength(ORDER_STATUSES.length);
    expect(contents).not.toContain(contentHash(order));
  });
});

test.each<[what: string, row: unknown]>([
  ['gives back no lines', { ...given, items: undefined }],
  ['gives back no customer', { ...given, customer: null }],
  ['masks the phone', { ...given, customer: { ...order.customer, phone: '+380*****4567' } }],
  ['does not say how it is paid', { ...given, payment_method: undefined }],
  ['gives back no object', 'text'],
])('a CRM that %s leaves nothing to compare', (_what, row) => {
  expect(contentsOf(row)).toEqual({});
});
