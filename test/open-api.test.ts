import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { stageOutputs, startCloudFormation, startWarmShell, type WarmShell } from './bin/orders/cli.ts';
import { tendOnce } from './kit/dlq.ts';
import type { HttpServer } from './kit/http-server.ts';
import { sampleOrder } from './kit/orders.ts';
import { type Relay, startRelay } from './kit/relay.ts';
import { until } from './kit/until.ts';

let relay: Relay;
let cloudFormation: HttpServer;
let shell: WarmShell;
let dialect = 'open-api';
beforeAll(async () => {
  shell = startWarmShell();
  relay = await startRelay({
    settings: {
      SITNIKS_DIALECT: 'open-api',
      SITNIKS_OPEN_API: '{"callsIn10Seconds":1000,"settlementAccountId":61}',
      SITNIKS_CONTAINERS: '1',
      MAX_RETRIES: '2',
    },
  });
  const { stack } = relay;
  cloudFormation = await startCloudFormation('sitniks-orders-test', () => ({
    ...stageOutputs(stack),
    SitniksDialect: dialect,
  }));
}, 180_000);
afterAll(async () => {
  shell.stop();
  await cloudFormation.stop();
  await relay.stop();
});

const orders = async (...args: string[]) => {
  const env = { ...relay.stack.environment, AWS_ENDPOINT_URL_CLOUDFORMATION: cloudFormation.url };
  return shell.orders([...args, '--stage', 'test'], env);
};
const viewSchema = z.object({ state: z.string(), crm_order_id: z.string().nullable() });
const view = async (id: string) => viewSchema.parse((await relay.get(id)).body);
const ended = (id: string, state: string) =>
  until(async () => (await view(id)).state === state, { deadlineMs: 30_000 });
/** With a phone of its own, so that no other is like it. */
const orderOf = (id: string, phone: number) =>
  sampleOrder(id, { customer: { name: 'Ірина Бойко', phone: `+38063${phone}` } });

test('every order is in the CRM once, though answers are lost and filters are ignored', async () => {
  const { sandbox } = relay.stack;
  sandbox.setChaos({
    every: 4,
    faults: ['lost_response', 'reset', 'bad_gateway', 'empty_ok', 'no_id'],
    seed: 5,
  });
  const ids = Array.from({ length: 10 }, (_, i) => `soak-${i}`);
  await Promise.all(ids.map((id, i) => relay.post(orderOf(id, 1_000_000 + i))));
  await relay.drained(60_000);
  sandbox.setChaos(undefined);
  const states = await Promise.all(
    ids.map(async (id) => [id, (await view(id)).state, relay.inCrm(id)] as const),
  );
  // Whatever was given up is on the dead-letter queue, and in the CRM at most once.
  expect(states.filter(([, , count]) => count > 1)).toEqual([]);
  expect(states.filter(([, state, count]) => state === 'synced' && count !== 1)).toEqual([]);
  expect(states.filter(([, state]) => !['synced', 'parked'].includes(state))).toEqual([]);
  const synced = states.filter(([, state]) => state === 'synced');
  expect(synced.length + (await relay.takeDeadLetters()).length).toBe(ids.length);
  expect(synced.length).toBeGreaterThan(ids.length / 2);
}, 180_000);

test('people are told the number that they see in Sitniks', async () => {
  await relay.post(orderOf('number', 2_000_000));
  await ended('number', 'synced');
  const order = relay.stack.sandbox.openApiOrders().find(({ body }) => body.externalId === 'number');
  expect((await view('number')).crm_order_id).toBe(String(order?.orderNumber));
});

/** Orders come back without their number, so that nobody but a person can say which is ours. */
async function parkUnclear(id: string, phone: number): Promise<string> {
  const { sandbox } = relay.stack;
  sandbox.setOpenApi({ echo: 'ignored' });
  sandbox.setFault({ fault: 'lost_response', external_id: id });
  await relay.post(orderOf(id, phone));
  await ended(id, 'parked');
  const { body } = await relay.get(id);
  return JSON.stringify(body);
}

test('an order that may be there is not created again, and a person is told which it could be', async () => {
  const said = await parkUnclear('unclear', 3_000_000);
  const order = relay.stack.sandbox.openApiOrders().find(({ body }) => body.externalId === 'unclear');
  expect(said).toContain(`look at ${order?.orderNumber}`);
  expect(relay.inCrm('unclear')).toBe(1);

  expect(await orders('settle', 'unclear')).toMatchObject({ code: 2 });
  const number = String(order?.orderNumber);
  expect(await orders('settle', 'unclear', '--there-as', number)).toMatchObject({ code: 0 });
  await ended('unclear', 'synced');
  expect(await view('unclear')).toEqual({ state: 'synced', crm_order_id: number });
  expect(relay.inCrm('unclear')).toBe(1);
  // It is settled once.
  expect(await orders('settle', 'unclear', '--create')).toMatchObject({ code: 1 });
}, 180_000);

test('an order of which a person says that it is not there is created, once', async () => {
  await parkUnclear('absent', 4_000_000);
  expect(await orders('settle', 'absent', '--create')).toMatchObject({ code: 0 });
  await ended('absent', 'synced');
  // The person was wrong, and has been believed.
  expect(relay.inCrm('absent')).toBe(2);
}, 180_000);

const paymentsOf = async (id: string) =>
  z
    .object({ payments: z.array(z.looseObject({ amount: z.number(), state: z.string() })) })
    .safeParse((await relay.get(id)).body).data?.payments;
const transactionsOf = (id: string) => {
  const { sandbox } = relay.stack;
  const order = sandbox.openApiOrders().find(({ body }) => body.externalId === id);
  return sandbox.transactions().filter(({ orderId }) => orderId === order?.id);
};
const PAID = { status: 'PAID', payment: { amount: 500.5, comment: 'LiqPay 2489121' } };

test('what was paid is booked on the order, once, and told', async () => {
  relay.stack.sandbox.setOpenApi({ echo: 'heeded' });
  await relay.post(orderOf('paid', 5_000_000));
  await ended('paid', 'synced');
  expect(await relay.putStatus('paid', PAID)).toMatchObject({
    statusCode: 202,
    body: { duplicate: false, payments: [{ amount: 500.5, state: 'waiting' }] },
  });
  const told = await until(() => relay.outcomes().find(({ type }) => type === 'order.payment_booked'), {
    deadlineMs: 15_000,
  });
  expect(told.data).toMatchObject({ external_id: 'paid', amount: 500.5, error: null });
  expect(await relay.putStatus('paid', PAID)).toMatchObject({ body: { duplicate: true } });
  await relay.inject({ external_id: 'paid', ...PAID });
  await relay.drained();
  expect(transactionsOf('paid')).toMatchObject([{ ...PAID.payment, settlementAccountId: 61 }]);
  expect(await paymentsOf('paid')).toEqual([{ amount: 500.5, state: 'booked', error: null }]);
});

test('so is what comes with the order itself, once the order is there', async () => {
  const order = { ...orderOf('paid-at-once', 5_500_000), ...PAID };
  expect(await relay.post(order)).toMatchObject({ statusCode: 202, body: { duplicate: false } });
  await until(async () => (await paymentsOf('paid-at-once'))?.[0]?.state === 'booked', {
    deadlineMs: 30_000,
  });
  expect(await relay.post(order)).toMatchObject({ statusCode: 202, body: { duplicate: true } });
  await relay.drained();
  expect(transactionsOf('paid-at-once')).toMatchObject([PAID.payment]);
  expect(relay.inCrm('paid-at-once')).toBe(1);
}, 180_000);

test('one whose answer was lost is not sent again: a person looks, and says so', async () => {
  await relay.post(orderOf('paid-unclear', 6_000_000));
  await ended('paid-unclear', 'synced');
  relay.stack.sandbox.setFault({ fault: 'lost_response', on: 'payment', external_id: 'paid-unclear' });
  await relay.putStatus('paid-unclear', PAID);
  await relay.drained();
  expect(await paymentsOf('paid-unclear')).toMatchObject([
    { state: 'in_doubt', error: { type: 'UNPROVEN', explanations: [{ reason: 'payment_unproven' }] } },
  ]);
  expect(await orders('redrive', 'paid-unclear', '--as-is')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('settle paid-unclear --payment 500.5'),
  });
  expect(await relay.putStatus('paid-unclear', PAID)).toMatchObject({ body: { duplicate: true } });
  expect(await orders('settle', 'paid-unclear', '--payment', '1')).toMatchObject({ code: 1 });
  expect(await orders('settle', 'paid-unclear', '--payment', '500.5')).toMatchObject({ code: 0 });
  expect(await paymentsOf('paid-unclear')).toMatchObject([{ state: 'booked' }]);
  expect(transactionsOf('paid-unclear')).toHaveLength(1);
  // Its letter is a copy now.
  expect(await orders('redrive', 'paid-unclear', '--as-is')).toMatchObject({ code: 0 });
  expect(await relay.takeDeadLetters()).toEqual([]);
}, 180_000);

test('one whose key was refused comes back by itself, and is booked once', async () => {
  await relay.post(orderOf('paid-later', 6_500_000));
  await ended('paid-later', 'synced');
  const refused = {
    fault: 'status',
    status: 403,
    on: 'payment',
    external_id: 'paid-later',
    times: 2,
  } as const;
  relay.stack.sandbox.setFault(refused);
  await relay.putStatus('paid-later', PAID);
  await relay.drained();
  expect(await paymentsOf('paid-later')).toMatchObject([
    { state: 'not_booked', error: { type: 'AUTHENTICATION' } },
  ]);
  relay.stack.sandbox.clearFaults();
  await tendOnce(relay.stack);
  await relay.drained();
  expect(await paymentsOf('paid-later')).toMatchObject([{ state: 'booked' }]);
  expect(transactionsOf('paid-later')).toHaveLength(1);
  await tendOnce(relay.stack);
  expect(await relay.takeDeadLetters()).toEqual([]);
}, 180_000);

test('a status that Sitniks refused goes on by a redrive', async () => {
  await relay.post(orderOf('moved-later', 6_600_000));
  await ended('moved-later', 'synced');
  relay.stack.sandbox.setFault({ fault: 'status', status: 404, on: 'status', external_id: 'moved-later' });
  await relay.putStatus('moved-later', { status: 'PENDING_PAYMENT' });
  await relay.drained();
  expect(await orders('redrive', 'moved-later', '--as-is')).toMatchObject({ code: 0 });
  await relay.drained();
  expect((await relay.get('moved-later')).body).toMatchObject({ status: { in_crm: 'PENDING_PAYMENT' } });
  expect(await relay.takeDeadLetters()).toEqual([]);
}, 180_000);

test.each([
  ['with another status', { status: 'NEW', payment: { amount: 5 } }, '#/payment'],
  ['of nothing', { status: 'PAID', payment: { amount: 0 } }, '#/payment/amount'],
  ['of a part of a kopiyka', { status: 'PAID', payment: { amount: 0.001 } }, '#/payment/amount'],
  ['with a field more', { status: 'PAID', payment: { amount: 5, card: '4111' } }, '#/payment/card'],
  ['twice', '{"status":"PAID","payment":{"amount":5,"amount":6}}', '#/payment/amount'],
])('a payment %s is refused, and named', async (_, body, pointer) => {
  expect(await relay.putStatus('paid', body)).toMatchObject({
    statusCode: 400,
    body: { errors: [{ pointer }] },
  });
});

test.each([
  ['open-api', 'Sitniks takes it, and shows its newest orders'],
  ['orders', 'Sitniks takes it, and finds orders by external_id'],
])(
  'doctor --live reads only, and says what it has seen, where the dialect is %s',
  async (spoken, looked) => {
    const { sandbox } = relay.stack;
    sandbox.setOpenApi({ echo: 'heeded' });
    dialect = spoken;
    const writes = () => sandbox.calls().filter(({ method }) => method !== 'GET').length;
    const before = writes();
    const seen = async () => {
      const { stdout } = await orders('doctor', '--live', '--json');
      const { checks } = z
        .object({ checks: z.array(z.looseObject({ name: z.string() })) })
        .parse(JSON.parse(stdout));
      return checks.filter(({ name }) => name === 'key' || name.startsWith('live: '));
    };
    expect(await seen()).toMatchObject([
      { name: 'key', ok: true, detail: looked },
      { name: 'live: orders', ok: true, detail: 'seen (H): a list with data and count' },
      { name: 'live: order of time', detail: 'seen: newest first' },
      { name: 'live: externalId', detail: 'seen: it comes back' },
      { name: 'live: filter (L)', detail: expect.stringMatching(/^ignored/) },
      { name: 'live: skip', detail: 'seen: it is heeded' },
      { name: 'live: settlement (L)', detail: 'seen: 1' },
    ]);
    sandbox.setOpenApi({ externalId: 'heeded', list: 'oldest_first', skip: 'ignored' });
    expect(await seen()).toMatchObject([
      {},
      {},
      { detail: expect.stringMatching(/^not so/) },
      {},
      { detail: 'a number of nobody\u2019s finds nothing' },
      { ok: false, detail: expect.stringMatching(/^not heeded/) },
      {},
    ]);
    sandbox.setOpenApi({ externalId: 'ignored', list: 'newest_first', skip: 'heeded' });
    dialect = 'open-api';
    expect(writes()).toBe(before);
  },
  60_000,
);

test('setup proposes what is certain, and says what is not', async () => {
  const { code, stdout } = await orders('setup', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: true,
    settings: { warehouseId: 41, novaPoshtaId: 51 },
    mapping: [{ status: 'NEW' }, { status: 'PENDING_PAYMENT' }, { status: 'PAID', title: 'ОПЛАЧЕНО' }, {}],
  });
}, 180_000);

test('a status follows, and never goes back', async () => {
  const id = 'status-1';
  await relay.post(orderOf(id, 7_654_321));
  await ended(id, 'synced');
  await relay.putStatus(id, { status: 'PROCESSING' });
  await relay.putStatus(id, { status: 'PAID' });
  await relay.drained();
  const found = relay.stack.sandbox.openApiOrders().filter(({ body }) => body.externalId === id);
  expect(found.map(({ statusIds }) => statusIds)).toEqual([[11, 14]]);
  expect((await relay.get(id)).body).toMatchObject({
    status: { wanted: 'PROCESSING', in_crm: 'PROCESSING' },
  });
});
