import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { PERSONAL, sampleOrder } from './kit/orders.ts';
import { type Relay, startRelay } from './kit/relay.ts';
import { until } from './kit/until.ts';

describe('an order on its way', () => {
  let relay: Relay;
  beforeAll(async () => {
    relay = await startRelay();
  });
  afterAll(() => relay.stop());
  afterEach(async () => {
    await relay.drained();
    relay.stack.sandbox.reset();
    await relay.takeDeadLetters();
  });

  const stateOf = async (id: string) => (await relay.get(id)).body;

  test("arrives in exactly the seed's form", async () => {
    const answer = await relay.post(sampleOrder('seed-1'));
    expect(answer).toMatchObject({
      statusCode: 202,
      headers: { location: '/orders/seed-1' },
      body: { external_id: 'seed-1', state: 'accepted', duplicate: false },
    });
    const order = await until(() => relay.stack.sandbox.orders()[0]);
    expect(order.body).toStrictEqual({
      external_id: 'seed-1',
      source: 'telegram',
      customer: { name: PERSONAL.name, phone: '+380671234567', email: PERSONAL.email },
      delivery: { method: 'nova_poshta', city: 'Київ', address: PERSONAL.address },
      items: [{ product_id: '123', sku: 'DRESS-RED-116', price: 1200, quantity: 1 }],
      payment_method: 'mono',
      status: 'Нові заявки',
    });
  });

  test('arrives when it is put straight onto the queue', async () => {
    await relay.inject(sampleOrder('injected-1'));
    await until(() => relay.inCrm('injected-1') === 1);
    await relay.drained();
    expect(await stateOf('injected-1')).toMatchObject({ state: 'synced', attempts: 1, crm_order_id: '1001' });
  });

  test('arrives on the third attempt when two have failed', async () => {
    relay.stack.sandbox.setFault({ fault: 'status', status: 500, times: 2 });
    await relay.post(sampleOrder('third-1'));
    await relay.drained();
    expect(relay.inCrm('third-1')).toBe(1);
    expect(await stateOf('third-1')).toMatchObject({ state: 'synced', attempts: 3 });
  });

  test('is on the dead-letter queue with its reason after exactly four failed attempts', async () => {
    relay.stack.sandbox.setFault({ fault: 'status', status: 500, times: 10 });
    await relay.post(sampleOrder('parked-1'));
    await relay.drained(20_000);
    const creations = relay.stack.sandbox.calls().filter(({ method }) => method === 'POST');
    expect(creations).toHaveLength(4);
    const letters = await relay.takeDeadLetters();
    expect(letters).toHaveLength(1);
    expect(letters[0]?.attributes).toMatchObject({
      error_type: 'CONNECTION',
      error_message: expect.stringMatching(/^The CRM failed \(500\)/),
      attempts: '4',
      external_id: 'parked-1',
      redriven: '0',
      parked_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
    expect(JSON.parse(letters[0]?.body ?? '')).toMatchObject({ external_id: 'parked-1' });
    expect(await stateOf('parked-1')).toMatchObject({ state: 'parked', error: { type: 'CONNECTION' } });
  });

  test('of ten injected, three poison and one refused: six arrive, four are parked with their own reasons', async () => {
    relay.stack.sandbox.setFault({ fault: 'validation', external_id: 'ten-7' });
    await relay.stopFeeding();
    const poison = [
      'not json',
      JSON.stringify({ external_id: 'ten-2' }),
      JSON.stringify(sampleOrder('ten-3', { adress: 'x' })),
    ];
    for (const body of poison) await relay.inject(body);
    for (let n = 4; n <= 10; n += 1) await relay.inject(sampleOrder(`ten-${n}`));
    relay.feed();
    await relay.drained();

    expect(relay.stack.sandbox.orders()).toHaveLength(6);
    const letters = await relay.takeDeadLetters();
    const reasons = letters.map(({ attributes }) => [
      attributes['external_id'] ?? 'none',
      attributes['error_type'],
      attributes['error_message'],
    ]);
    // On a machine that stalls SQS hands a message out once more, and what is no order has no record that knows it again.
    const different = [...new Map(reasons.map((one) => [one.join(), one])).values()];
    expect(different.sort()).toEqual([
      ['none', 'MALFORMED', '# invalid_json'],
      ['ten-2', 'MALFORMED', expect.stringContaining('#/customer required')],
      ['ten-3', 'MALFORMED', '# unknown_field'],
      ['ten-7', 'VALIDATION', expect.stringContaining('customer.phone')],
    ]);
    expect(await stateOf('ten-7')).toMatchObject({ state: 'rejected', error: { type: 'VALIDATION' } });
    expect(await stateOf('ten-2')).toMatchObject({ state: 'rejected', error: { type: 'MALFORMED' } });
  });

  test('fifty posts at once make one order, and a later one is told that it is a repeat', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => relay.post(sampleOrder('fifty-1'))));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array.from({ length: 50 }, () => 202));
    await relay.drained(20_000);
    expect(relay.inCrm('fifty-1')).toBe(1);
    expect((await relay.post(sampleOrder('fifty-1'))).body).toEqual({
      external_id: 'fifty-1',
      state: 'synced',
      duplicate: true,
      crm_order_id: expect.any(String),
      error: null,
    });
  });

  test('other content under a known id is refused at the door, and parked when it comes by the queue', async () => {
    await relay.post(sampleOrder('taken-1'));
    await relay.drained();
    const other = sampleOrder('taken-1', { payment_method: 'cash' });
    expect(await relay.post(other)).toMatchObject({
      statusCode: 409,
      headers: { 'content-type': 'application/problem+json' },
      body: { type: 'urn:sitniks-orders:problem:external_id_taken', status: 409, state: 'synced' },
    });
    await relay.inject(other);
    await relay.drained();
    expect(relay.inCrm('taken-1')).toBe(1);
    expect((await relay.takeDeadLetters())[0]?.attributes).toMatchObject({ error_type: 'CONFLICT' });
    expect(await stateOf('taken-1')).toMatchObject({ state: 'synced' });
  });

  test('a refused order can be corrected under its own id', async () => {
    relay.stack.sandbox.setFault({ fault: 'validation', external_id: 'mend-1' });
    await relay.post(sampleOrder('mend-1'));
    await relay.drained();
    expect(await stateOf('mend-1')).toMatchObject({ state: 'rejected' });

    const corrected = sampleOrder('mend-1', { customer: { name: PERSONAL.name, phone: '050 123 45 67' } });
    expect((await relay.post(corrected)).body).toEqual({
      external_id: 'mend-1',
      state: 'accepted',
      duplicate: false,
      crm_order_id: null,
      error: null,
    });
    await relay.drained();
    expect(await stateOf('mend-1')).toMatchObject({ state: 'synced', attempts: 1 });
    expect(relay.stack.sandbox.orders()[0]?.body).toMatchObject({ customer: { phone: '+380501234567' } });
  });

  test('an unknown order is not found', async () => {
    expect(await relay.get('no-such-order')).toMatchObject({
      statusCode: 404,
      body: { type: 'urn:sitniks-orders:problem:order_not_found' },
    });
  });
});
