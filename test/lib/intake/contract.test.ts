import { expect, test } from 'vitest';
import * as z from 'zod';
import { acceptOrder } from '../../../lib/intake/accept-order.ts';
import { acceptStatus } from '../../../lib/intake/accept-status.ts';
import {
  callbackSchema,
  orderViewSchema,
  postedSchema,
  problemSchema,
  statusAcceptedSchema,
} from '../../../lib/intake/contract.ts';
import { getOrder } from '../../../lib/intake/get-order.ts';
import { OUTCOMES } from '../../../lib/ledger/outcome.ts';
import { apiEvent } from '../../../local/api-event.ts';
import { answered, memoryIntake } from '../../kit/memory-intake.ts';
import { sampleOrder } from '../../kit/orders.ts';

const bodyOf = async (answer: ReturnType<typeof acceptOrder>) => {
  const got = await answered(answer);
  return 'body' in got ? got.body : expect.unreachable(got.message);
};
const PATH = { external_id: '1042' };
const PAID = { status: 'PAID', payment: { amount: 500 } };

/** What the door says of an order that is posted, paid, and asked for. */
async function told() {
  const { deps } = memoryIntake();
  const order = sampleOrder('1042', { customer: { name: 'Олена', phone: '067 123 45 67', email: 'none' } });
  return {
    posted: await bodyOf(acceptOrder(apiEvent('POST', '/orders', order), deps)),
    accepted: await bodyOf(acceptStatus(apiEvent('PUT', '/orders/1042/status', PAID, PATH), deps)),
    view: await bodyOf(getOrder(apiEvent('GET', '/orders/1042', undefined, PATH), deps)),
  };
}

test('what the door says is what the contract promises, to the field', async () => {
  const { posted, accepted, view } = await told();
  expect(postedSchema.parse(posted)).toEqual(posted);
  expect(statusAcceptedSchema.parse(accepted)).toEqual(accepted);
  expect(orderViewSchema.parse(view)).toEqual(view);
  expect(posted).toMatchObject({ omitted: [{ pointer: '#/customer/email' }] });
  expect(accepted).toMatchObject({ payments: [{ amount: 500 }] });
});

/** Something of each, valid, and with all that it can have. */
const CALLBACK = {
  id: 'evt_1',
  type: 'order.synced',
  timestamp: '2026-01-01T10:00:00.000Z',
  data: { external_id: '1042', attempts: 1, crm_order_id: '7', status: 'PAID', amount: 500, error: null },
};
const PROBLEM = {
  type: 'urn:sitniks-orders:problem:invalid_order',
  title: 'The order is not valid',
  status: 400,
  detail: 'Mend it.',
  instance: 'urn:request:1',
  errors: [{ pointer: '#/source', code: 'required', detail: 'source is required.' }],
  state: 'synced',
  explanations: [],
};

test.each<[string, z.ZodType, () => unknown]>([
  ['a post', postedSchema, async () => (await told()).posted],
  ['a status', statusAcceptedSchema, async () => (await told()).accepted],
  ['an order', orderViewSchema, async () => (await told()).view],
  ['a callback', callbackSchema, () => CALLBACK],
  ['a problem', problemSchema, () => PROBLEM],
])(
  'the contract has every field of %s, and no other: a field that slips out is found',
  async (_, schema, make) => {
    const body = z.record(z.string(), z.unknown()).parse(await make());
    expect(schema.safeParse(body).success).toBe(true);
    expect(schema.safeParse({ ...body, content_hash: 'h1' }).success).toBe(false);
    expect(schema.safeParse({}).success).toBe(false);
  },
);

test('a callback is named for what became of the order', () => {
  for (const outcome of OUTCOMES)
    expect(callbackSchema.safeParse({ ...CALLBACK, type: `order.${outcome}` }).success).toBe(true);
  expect(callbackSchema.safeParse({ ...CALLBACK, type: 'synced' }).success).toBe(false);
});
