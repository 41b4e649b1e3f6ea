import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { STATUS_TITLES } from '../local/sandbox/orders.ts';
import { sizeOf, tendOnce } from './kit/dlq.ts';
import { sampleOrder } from './kit/orders.ts';
import { type Relay, startRelay } from './kit/relay.ts';
import { until } from './kit/until.ts';

/** How far an order is follows into the CRM, and never goes back: end to end, through the exported handlers. */

const SITE = { authorization: 'Bearer site-token' };
const [NEW, PENDING, PAID, PROCESSING] = STATUS_TITLES;

let relay: Relay;
let runs = 0;
beforeAll(async () => {
  relay = await startRelay({
    tokens: JSON.stringify({ demo: 'local', site: 'site-token' }),
    visibilitySeconds: 3,
    settings: { CRM_TIMEOUT_MS: '1500' },
    feed: false,
  });
});
afterAll(() => relay.stop());

const newId = () => {
  runs += 1;
  return `follows-${runs}`;
};
async function settled(): Promise<void> {
  relay.feed();
  await relay.drained();
}
/** Order and status together, before anything is consumed. */
const heldBack = () => relay.stopFeeding();

const inCrm = (id: string) =>
  relay.stack.sandbox
    .orders()
    .filter(({ body }) => body.external_id === id)
    .map(({ body }) => body.status);
const statusCalls = (id: string) =>
  relay.stack.sandbox.calls().filter((call) => call.method === 'PATCH' && call.external_id === id).length;
const toldOf = (id: string) =>
  relay
    .outcomes()
    .filter(({ data }) => data.external_id === id)
    .map(({ type, data }) =>
      [type, data.status ?? '', ...(data.error?.explanations.map(({ reason }) => reason) ?? [])]
        .filter(Boolean)
        .join(' '),
    );
const body = async (id: string, headers?: Record<string, string>) => (await relay.get(id, headers)).body;

async function synced(changes: object = {}, headers?: Record<string, string>): Promise<string> {
  const id = newId();
  await relay.post(sampleOrder(id, changes), headers);
  await settled();
  return id;
}

describe('an order that is in the CRM', () => {
  test('is moved on where it is posted again with only another status', async () => {
    const id = await synced();
    expect(await relay.post(sampleOrder(id, { status: 'PAID' }))).toMatchObject({
      statusCode: 202,
      body: { state: 'synced', duplicate: true },
    });
    await settled();
    expect(inCrm(id)).toEqual([PAID]);
    expect(await body(id)).toMatchObject({
      state: 'synced',
      status: { wanted: 'PAID', in_crm: 'PAID', error: null },
      history: [
        { step: 'accepted' },
        { step: 'syncing' },
        { step: 'synced' },
        { step: 'status_asked', status: 'PAID' },
        { step: 'status_changed', status: 'PAID' },
      ],
    });
    expect(toldOf(id)).toEqual(['order.synced', 'order.status_changed PAID']);
  });

  test('is moved on by its status alone', async () => {
    const id = await synced();
    expect(await relay.putStatus(id, { status: 'PENDING_PAYMENT' })).toMatchObject({
      statusCode: 202,
      body: { external_id: id, duplicate: false, status: { wanted: 'PENDING_PAYMENT' } },
    });
    await settled();
    expect(inCrm(id)).toEqual([PENDING]);
  });

  test('is moved on by a copy on the queue that says so, as anyone with the right to send could', async () => {
    const id = await synced();
    await relay.inject(sampleOrder(id, { status: 'PROCESSING' }));
    await settled();
    expect(inCrm(id)).toEqual([PROCESSING]);
  });

  test('never goes back, whatever comes late or twice', async () => {
    const id = await synced({ status: 'PAID' });
    expect(await relay.putStatus(id, { status: 'PROCESSING' })).toMatchObject({ statusCode: 202 });
    await settled();
    for (const status of ['NEW', 'PAID', 'PROCESSING']) {
      expect(await relay.putStatus(id, { status })).toMatchObject({
        statusCode: 202,
        body: { duplicate: true, status: { wanted: 'PROCESSING', in_crm: 'PROCESSING' } },
      });
      expect(await relay.post(sampleOrder(id, { status }))).toMatchObject({ body: { duplicate: true } });
      await relay.inject({ external_id: id, status });
    }
    await settled();
    expect(inCrm(id)).toEqual([PROCESSING]);
    expect(statusCalls(id)).toBe(1);
    expect(toldOf(id)).toEqual(['order.synced', 'order.status_changed PROCESSING']);
  });

  test('is not taken back from where a manager has put it', async () => {
    const id = await synced();
    await byHand(id, PROCESSING);
    await relay.putStatus(id, { status: 'PAID' });
    await settled();
    expect(inCrm(id)).toEqual([PROCESSING]);
    expect(await body(id)).toMatchObject({ status: { wanted: 'PROCESSING', in_crm: 'PROCESSING' } });
  });

  test('that failed at first is tried again', async () => {
    const id = await synced();
    relay.stack.sandbox.setFault({ fault: 'lost_response', on: 'status', external_id: id });
    await relay.putStatus(id, { status: 'PAID' });
    await settled();
    expect(inCrm(id)).toEqual([PAID]);
    expect(await body(id)).toMatchObject({ status: { in_crm: 'PAID', error: null } });
  });

  test('that the CRM refuses to move on is told, and kept for a person; asked again, it is tried again', async () => {
    const id = await synced();
    relay.stack.sandbox.setFault({ fault: 'status', status: 404, on: 'status', external_id: id });
    await relay.putStatus(id, { status: 'PAID' });
    await settled();
    expect(await body(id)).toMatchObject({
      state: 'synced',
      error: null,
      status: { wanted: 'PAID', in_crm: 'NEW', error: { explanations: [{ reason: 'order_gone' }] } },
    });
    const [letter, ...others] = await relay.takeDeadLetters();
    expect(others).toEqual([]);
    expect(letter).toMatchObject({
      body: JSON.stringify({ external_id: id, status: 'PAID' }),
      attributes: { error_type: 'VALIDATION', reasons: 'order_gone', submitted_by: 'demo' },
    });
    expect(await relay.putStatus(id, { status: 'PAID' })).toMatchObject({ body: { duplicate: false } });
    await settled();
    expect(inCrm(id)).toEqual([PAID]);
    expect(toldOf(id)).toEqual([
      'order.synced',
      'order.status_not_changed PAID order_gone',
      'order.status_changed PAID',
    ]);
  });
});

describe('an order that is not there yet', () => {
  test('is created with the furthest status that has come by then, and then nothing else is sent', async () => {
    await heldBack();
    const id = newId();
    await relay.post(sampleOrder(id));
    await relay.putStatus(id, { status: 'PROCESSING' });
    await relay.putStatus(id, { status: 'PAID' });
    expect(await body(id)).toMatchObject({ status: { wanted: 'PROCESSING', in_crm: null } });
    await settled();
    expect(inCrm(id)).toEqual([PROCESSING]);
    expect(statusCalls(id)).toBe(0);
    expect(toldOf(id)).toEqual(['order.synced']);
  });

  test('and was refused, is created with it once it has been corrected', async () => {
    const id = newId();
    relay.stack.sandbox.setFault({ fault: 'validation', external_id: id });
    await relay.post(sampleOrder(id));
    await settled();
    expect(await relay.putStatus(id, { status: 'PAID' })).toMatchObject({ body: { state: 'rejected' } });
    await settled();
    expect(inCrm(id)).toEqual([]);
    await relay.post(sampleOrder(id, { customer: { name: 'Олена', phone: '0671234568' } }));
    await settled();
    expect(inCrm(id)).toEqual([PAID]);
    await relay.takeDeadLetters();
  });

  test('and may be there, is found and then moved on', async () => {
    const id = newId();
    await heldBack();
    relay.stack.sandbox.setFault({ fault: 'lost_response', external_id: id });
    await relay.post(sampleOrder(id));
    relay.feed();
    await until(async () => /in_doubt/.test(JSON.stringify(await body(id))), { deadlineMs: 10_000 });
    await relay.putStatus(id, { status: 'PAID' });
    await settled();
    expect(inCrm(id)).toEqual([PAID]);
    expect(toldOf(id)).toEqual(['order.synced', 'order.status_changed PAID']);
  });
});

describe('a status on the dead-letter queue', () => {
  test('comes back by itself once the CRM is well, moves its order on, and leaves no letter', async () => {
    const id = await synced();
    const down = { fault: 'status', status: 503, on: 'status', external_id: id, times: 100 } as const;
    relay.stack.sandbox.setFault(down);
    await relay.putStatus(id, { status: 'PAID' });
    await settled();
    expect(inCrm(id)).toEqual([NEW]);
    expect(toldOf(id)).toEqual(['order.synced', 'order.status_not_changed PAID crm_unreachable']);

    // In vain at first: it is a letter again, and told no second time.
    await tendOnce(relay.stack);
    await settled();
    expect(toldOf(id)).toHaveLength(2);
    expect(await sizeOf(relay.stack, 'DeadLetterQueue')).toBe(1);

    relay.stack.sandbox.clearFaults();
    await tendOnce(relay.stack);
    await settled();
    expect(inCrm(id)).toEqual([PAID]);
    expect(toldOf(id).at(-1)).toBe('order.status_changed PAID');
    expect(await relay.takeDeadLetters()).toEqual([]);
  }, 180_000);

  test('whose order is as far by now is taken away, and nothing is sent', async () => {
    const id = await synced();
    relay.stack.sandbox.setFault({ fault: 'status', status: 404, on: 'status', external_id: id });
    await relay.putStatus(id, { status: 'PAID' });
    await settled();
    await relay.putStatus(id, { status: 'PROCESSING' });
    await settled();
    const calls = statusCalls(id);
    await tendOnce(relay.stack);
    await settled();
    expect(inCrm(id)).toEqual([PROCESSING]);
    expect(statusCalls(id)).toBe(calls);
    expect(await relay.takeDeadLetters()).toEqual([]);
  }, 180_000);

  test('that somebody must see to stays', async () => {
    const id = await synced();
    relay.stack.sandbox.setFault({ fault: 'status', status: 404, on: 'status', external_id: id });
    await relay.putStatus(id, { status: 'PAID' });
    await settled();
    await tendOnce(relay.stack);
    await settled();
    expect(inCrm(id)).toEqual([NEW]);
    expect(await relay.takeDeadLetters()).toMatchObject([{ attributes: { reasons: 'order_gone' } }]);
  }, 180_000);
});

describe('whose order it is', () => {
  test("another caller's status is as that of no order", async () => {
    const id = await synced();
    expect(await relay.putStatus(id, { status: 'PAID' }, SITE)).toMatchObject({
      statusCode: 404,
      body: { explanations: [{ reason: 'order_not_found' }] },
    });
    await relay.inject({ external_id: id, status: 'PAID' }, 'site');
    await settled();
    expect(inCrm(id)).toEqual([NEW]);
    const told = relay.outcomeMessages().filter((text) => text.includes(id));
    expect(JSON.parse(told.at(-1) ?? '')).toMatchObject({
      type: 'status_not_changed',
      submitted_by: 'site',
      error: { reasons: [{ code: 'number_taken' }] },
    });
    await relay.takeDeadLetters();
  });

  test.each([
    ['twice', '{"status":"PAID","status":"NEW"}', 'duplicate_field'],
    ['twice, once escaped', '{"status":"PAID","st\\u0061tus":"NEW"}', 'duplicate_field'],
    ['and a field more', '{"status":"PAID","amount":1}', undefined],
    ['of no order', '{"status":"SHIPPED"}', undefined],
    ['without end', `{"status":${'['.repeat(40)}${']'.repeat(40)}}`, 'too_deep'],
    ['as no JSON', '{"status":', undefined],
  ])('a status that is sent %s is refused with its place, and changes nothing', async (_, sent, code) => {
    const id = await synced();
    expect(await relay.putStatus(id, sent)).toMatchObject({
      statusCode: 400,
      body: { errors: expect.arrayContaining([expect.objectContaining(code === undefined ? {} : { code })]) },
    });
    await settled();
    expect(inCrm(id)).toEqual([NEW]);
  });

  test('other content and another status stays what it was: a number that is taken', async () => {
    const id = await synced();
    const other = { status: 'PAID', payment_method: 'cash' };
    expect(await relay.post(sampleOrder(id, other))).toMatchObject({ statusCode: 409 });
    await settled();
    expect(inCrm(id)).toEqual([NEW]);
  });
});

/** A manager sets it in Sitniks. */
async function byHand(id: string, status: string): Promise<void> {
  const order = relay.stack.sandbox.orders().find((one) => one.body.external_id === id);
  const response = await fetch(`${relay.stack.sandbox.url}/api/orders/${order?.id}`, {
    method: 'PATCH',
    headers: { authorization: 'Bearer sandbox-key', 'content-type': 'application/json' },
    body: JSON.stringify({ status }),
  });
  expect(response.status).toBe(200);
}
