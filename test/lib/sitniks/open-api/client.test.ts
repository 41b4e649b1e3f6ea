import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createOpenApiClient, type OpenApiOptions } from '../../../../lib/sitniks/open-api/client.ts';
import { openApiSettings } from '../../../../lib/sitniks/open-api/settings.ts';
import type { CrmErrorType } from '../../../../lib/sitniks/result.ts';
import { FAULTS, type FaultInput, type FaultName } from '../../../../local/sandbox/faults.ts';
import { type Sandbox, startSandbox } from '../../../../local/sandbox/server.ts';
import { PERSONAL } from '../../../kit/orders.ts';
import { parsedOrder } from '../../../kit/parsed-order.ts';

const KEY = 'sandbox-key';
/** For what hangs; all else gets the time that a busy machine needs. */
const TIMEOUT_MS = 1500;
const HANGS: ReadonlySet<FaultName> = new Set(['timeout', 'late_commit', 'stalled_body']);
const timeFor = (fault: FaultName) => ({ timeoutMs: HANGS.has(fault) ? TIMEOUT_MS : 10_000 });
const order = parsedOrder('order-1');

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
beforeEach(() => sandbox.reset());
afterAll(() => sandbox.stop());

/** A container of its own: nothing is remembered from another test. */
const client = (settings: object = {}, options: Partial<OpenApiOptions> = {}) =>
  createOpenApiClient({
    baseUrl: sandbox.url,
    timeoutMs: 10_000,
    containers: 1,
    settings: openApiSettings.parse({ callsIn10Seconds: 1000, ...settings }),
    pace: { turn: async () => 0, shut: () => undefined },
    ...options,
  });
const paths = () => sandbox.calls().map(({ method, path }) => `${method} ${path.replace('/open-api/', '')}`);
const bodies = () => sandbox.openApiOrders().map(({ body }) => body);
const others = async (count: number, changes: object = {}) => {
  const other = client();
  for (let i = 0; i < count; i += 1) {
    const phone = `+38050${String(1_000_000 + i)}`;
    const customer = { ...order.customer, phone };
    expect(
      await other.create({ ...order, external_id: `other-${i}`, customer, ...changes }, KEY),
    ).toMatchObject({
      ok: true,
    });
  }
};

describe('creation', () => {
  test('is told by the number that people see, and kept by the id that calls need', async () => {
    expect(await client().create(order, KEY)).toEqual({
      ok: true,
      crmOrderId: '500001',
      crmOrderNumber: '1041',
    });
    expect(bodies()).toMatchObject([{ externalId: 'order-1', statusId: 11 }]);
  });

  test('takes the exact variation on sale, and not its longer namesake, nor the one of last year', async () => {
    await client().create(order, KEY);
    const [first] = bodies();
    expect(first?.['products']).toMatchObject([{ productVariationId: 9123, isUpsale: false }]);
  });

  test('finds the variation on a later page where the filter is ignored', async () => {
    sandbox.setOpenApi({ sku: 'ignored' });
    expect(await client().create(order, KEY)).toMatchObject({ ok: true });
    expect(paths().filter((path) => path === 'GET products/variations')).toHaveLength(2);
  });

  test('asks for what the account has only once', async () => {
    const warm = client();
    await warm.create(order, KEY);
    await warm.create({ ...order, external_id: 'order-2' }, KEY);
    expect(paths()).toEqual(['GET orders/statuses', 'GET products/variations', 'POST orders', 'POST orders']);
  });

  test('finds a status whose title has a space at its end', async () => {
    expect(await client().create({ ...order, status: 'PAID' }, KEY)).toMatchObject({ ok: true });
    expect(bodies()).toMatchObject([{ statusId: 13 }]);
  });

  test('is not tried with a name of two letters, and is with one of three', async () => {
    const named = (name: string) => ({ ...order, customer: { ...order.customer, name } });
    expect(await client().create(named('Лі'), KEY)).toMatchObject({
      type: 'VALIDATION',
      mayHaveReachedCrm: false,
      reasons: [{ code: 'name_invalid', pointer: '#/customer/name' }],
    });
    expect(sandbox.calls()).toEqual([]);
    expect(await client().create(named('Лія'), KEY)).toMatchObject({ ok: true });
  });

  test('is not tried with a status that the account does not have, and says which it has', async () => {
    const result = await client({ statuses: { NEW: 'Новий' } }).create(order, KEY);
    expect(result).toMatchObject({ ok: false, type: 'CONFIGURATION', mayHaveReachedCrm: false });
    expect(result).toHaveProperty('message', expect.stringContaining('«Новий»'));
    expect(result).toHaveProperty('message', expect.stringContaining('«ОПЛАЧЕНО»'));
    expect(bodies()).toEqual([]);
  });

  const unknown = {
    ...order,
    items: [{ ...order.items[0], sku: 'UNKNOWN-1', product_id: '1', price: 9.5, quantity: 2 }],
  };

  test('is not tried with an SKU that the catalogue does not have, and names it', async () => {
    expect(await client().create(unknown, KEY)).toMatchObject({
      ok: false,
      type: 'VALIDATION',
      mayHaveReachedCrm: false,
      message: expect.stringContaining('UNKNOWN-1'),
      reasons: [{ code: 'sku_unknown', pointer: '#/items/0/sku' }],
    });
    expect(bodies()).toEqual([]);
  });

  test('has a line with title and price where the shop wants it so', async () => {
    expect(await client({ unknownSku: 'title' }).create(unknown, KEY)).toMatchObject({ ok: true });
    expect(bodies()[0]?.['products']).toEqual([
      { isUpsale: false, title: 'UNKNOWN-1', price: 9.5, quantity: 2 },
    ]);
  });

  test('asks for ids anew where one is refused, once, and is not sent again where they are the same', async () => {
    sandbox.setFault({ fault: 'validation', message: 'status_must_be_valid' });
    expect(await client().create(order, KEY)).toMatchObject({
      type: 'CONFIGURATION',
      mayHaveReachedCrm: false,
    });
    expect(paths().filter((path) => path.startsWith('POST'))).toHaveLength(1);
    expect(paths().filter((path) => path.endsWith('statuses'))).toHaveLength(2);
  });

  type Expected = { type: CrmErrorType; reached: boolean; created: number } | 'created';
  const lost: Expected = { type: 'CONNECTION', reached: true, created: 1 };
  const nothing: Expected = { type: 'CONNECTION', reached: true, created: 0 };
  const refusal = (type: CrmErrorType): Expected => ({ type, reached: false, created: 0 });
  const expected: Record<FaultName, Expected> = {
    status: nothing,
    rate_limit: refusal('RATE_LIMIT'),
    unauthorized: refusal('AUTHENTICATION'),
    validation: refusal('VALIDATION'),
    timeout: nothing,
    reset: nothing,
    lost_response: lost,
    late_commit: nothing,
    stalled_body: lost,
    redirect: refusal('CONFIGURATION'),
    html_ok: nothing,
    error_ok: nothing,
    no_id: lost,
    wrong_id: lost,
    huge_body: lost,
    slow: 'created',
    bad_gateway: nothing,
    empty_ok: nothing,
  };
  const settings: Partial<Record<FaultName, Partial<FaultInput>>> = {
    slow: { latency_ms: 20 },
    late_commit: { latency_ms: 60_000 },
  };

  test.each(FAULTS)('meets the fault %s once, and says what may have come of it', async (fault) => {
    sandbox.setFault({ fault, ...settings[fault] });
    const result = await client({}, timeFor(fault)).create(order, KEY);
    const outcome = expected[fault];
    if (outcome === 'created') expect(result).toMatchObject({ ok: true });
    else {
      expect(result).toMatchObject({ ok: false, type: outcome.type, mayHaveReachedCrm: outcome.reached });
      expect(bodies()).toHaveLength(outcome.created);
      expect(JSON.stringify(result)).not.toContain(PERSONAL.phone);
    }
    expect(paths().filter((path) => path.startsWith('POST'))).toHaveLength(1);
  });

  test('that fails before it is sent leaves nothing in doubt', async () => {
    sandbox.setFault({ fault: 'timeout', on: 'search' });
    expect(await client({}, timeFor('timeout')).create(order, KEY)).toMatchObject({
      type: 'CONNECTION',
      mayHaveReachedCrm: false,
    });
    expect(paths().filter((path) => path.startsWith('POST'))).toEqual([]);
  });
});

describe('a look-up', () => {
  const HOUR_AGO = Date.now() - 3_600_000;

  test('finds an order by its number on a later page, though the filter is ignored', async () => {
    await client().create(order, KEY);
    await others(120);
    expect(await client().find(order, KEY, { since: HOUR_AGO })).toMatchObject({
      result: 'found',
      crmOrderNumber: '1041',
      likeness: 'agrees',
    });
  });

  test('takes no other order for ours: with the filter ignored, the newest is not it', async () => {
    await others(3);
    expect(await client().find(order, KEY, { since: HOUR_AGO })).toEqual({ ok: true, result: 'absent' });
  });

  test('of an empty account proves that it is not there', async () => {
    expect(await client().find(order, KEY, { since: HOUR_AGO })).toEqual({ ok: true, result: 'absent' });
  });

  test('takes the one of two with our number that is like ours', async () => {
    await client().create(order, KEY);
    const phone = '+380501234567';
    await client().create({ ...order, customer: { ...order.customer, phone } }, KEY);
    expect(await client().find(order, KEY, { since: HOUR_AGO })).toMatchObject({
      result: 'found',
      crmOrderNumber: '1041',
      likeness: 'agrees',
    });
  });

  test('goes on to the end where the list is not in order of time', async () => {
    sandbox.setOpenApi({ list: 'oldest_first' });
    await others(110);
    await client().create(order, KEY);
    expect(await client().find(order, KEY, { since: Date.now() + 172_800_000 })).toMatchObject({
      result: 'found',
    });
  });

  test('stops where the orders are older than ours can be', async () => {
    await others(110);
    const before = sandbox.calls().length;
    const inTwoDays = Date.now() + 172_800_000;
    expect(await client().find(order, KEY, { since: inTwoDays })).toEqual({ ok: true, result: 'absent' });
    // A number of nobody's, and the newest orders: the filter is ignored.
    expect(sandbox.calls().length - before).toBe(2);
  });

  test('proves nothing where there are no further pages', async () => {
    sandbox.setOpenApi({ skip: 'ignored' });
    await others(110);
    expect(await client().find(order, KEY, { since: HOUR_AGO })).toMatchObject({
      result: 'unproven',
      candidates: [],
    });
  });

  test('names the orders that may be ours where orders have no number, and those only', async () => {
    sandbox.setOpenApi({ echo: 'ignored' });
    await others(2);
    await client().create(order, KEY);
    expect(await client().find(order, KEY, { since: HOUR_AGO })).toMatchObject({
      result: 'unproven',
      candidates: ['1043'],
    });
    const stranger = { ...order, customer: { ...order.customer, phone: '+380991112233' } };
    expect(await client().find(stranger, KEY, { since: HOUR_AGO })).toEqual({ ok: true, result: 'absent' });
    // It may be there as it was before it was corrected, whatever it says now.
    expect(await client().find(stranger, KEY, { since: HOUR_AGO, wasOtherwise: true })).toMatchObject({
      result: 'unproven',
    });
  });

  test('of what cannot have been sent costs no call', async () => {
    await client().create(order, KEY);
    const before = sandbox.calls().length;
    const unsent = { since: HOUR_AGO, isUnsent: true };
    expect(await client().find(order, KEY, unsent)).toEqual({ ok: true, result: 'absent' });
    expect(sandbox.calls()).toHaveLength(before);
  });

  test('trusts a filter that finds nothing for nobody, and somebody for his number', async () => {
    sandbox.setOpenApi({ externalId: 'heeded' });
    await others(1);
    const container = client();
    expect(await container.find(order, KEY, { since: HOUR_AGO })).toEqual({ ok: true, result: 'absent' });
    await client().create(order, KEY);
    const before = sandbox.calls().length;
    expect(await container.find(order, KEY, { since: HOUR_AGO })).toMatchObject({ result: 'found' });
    expect(sandbox.calls().length - before).toBe(1);
  });

  test('looks on where it is shown a number in other letters, and finds its own behind it', async () => {
    sandbox.setOpenApi({ externalId: 'any_case' });
    await others(1);
    await client().create({ ...order, external_id: 'ORDER-1' }, KEY);
    const container = client();
    expect(await container.find(order, KEY, { since: HOUR_AGO })).toEqual({ ok: true, result: 'absent' });
    await client().create(order, KEY);
    expect(await container.find(order, KEY, { since: HOUR_AGO })).toMatchObject({
      result: 'found',
      crmOrderNumber: '1043',
    });
  });

  test.each<[FaultName, CrmErrorType]>([
    ['status', 'CONNECTION'],
    ['timeout', 'CONNECTION'],
    ['bad_gateway', 'CONNECTION'],
    ['empty_ok', 'CONNECTION'],
    ['html_ok', 'CONNECTION'],
    ['error_ok', 'CONNECTION'],
    ['unauthorized', 'AUTHENTICATION'],
    ['rate_limit', 'RATE_LIMIT'],
    ['redirect', 'CONFIGURATION'],
  ])('that meets the fault %s says nothing of the order', async (fault, type) => {
    sandbox.setFault({ fault, on: 'search' });
    expect(await client({}, timeFor(fault)).find(order, KEY, { since: HOUR_AGO })).toMatchObject({
      ok: false,
      type,
      mayHaveReachedCrm: false,
    });
  });

  test('that is broken off by the rate goes on where it was', async () => {
    await client().create(order, KEY);
    await others(250);
    let turns = 3;
    const pace = { turn: async () => (turns-- > 0 ? 0 : 9_000), shut: () => undefined };
    const container = client({}, { pace });
    expect(await container.find(order, KEY, { since: HOUR_AGO })).toMatchObject({
      type: 'RATE_LIMIT',
      retryAfterMs: 9_000,
    });
    turns = 3;
    expect(await container.find(order, KEY, { since: HOUR_AGO })).toMatchObject({
      result: 'found',
      crmOrderNumber: '1041',
    });
  });
});

describe('a status', () => {
  test('is set, and never taken back', async () => {
    const crm = client();
    await crm.create(order, KEY);
    expect(await crm.setStatus('500001', 'PAID', KEY)).toEqual({ ok: true, status: 'PAID' });
    expect(await crm.setStatus('500001', 'PENDING_PAYMENT', KEY)).toEqual({ ok: true, status: 'PAID' });
    expect(sandbox.openApiOrders().map(({ statusIds }) => statusIds)).toEqual([[11, 13]]);
  });

  test("of the shop's own, which a person has set, is left as it is", async () => {
    const crm = client();
    await crm.create(order, KEY);
    // «Відправлено», by a manager.
    await fetch(`${sandbox.url}/open-api/orders/500001/status`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ statusId: 15 }),
    });
    expect(await crm.setStatus('500001', 'PAID', KEY)).toMatchObject({
      ok: false,
      type: 'CONFLICT',
      mayHaveReachedCrm: false,
      reasons: [{ code: 'status_by_hand' }],
    });
    expect(sandbox.openApiOrders().map(({ statusId }) => statusId)).toEqual([15]);
  });

  test('of an order that was deleted cannot be set', async () => {
    expect(await client().setStatus('7', 'PAID', KEY)).toMatchObject({
      ok: false,
      type: 'VALIDATION',
      reasons: [{ code: 'order_gone' }],
    });
  });
});

test('after a 429 without Retry-After the whole container leaves the key alone for 65 s', async () => {
  sandbox.setOpenApi({ throttle: { calls: 3, window_ms: 60_000, shut_ms: 60_000 } });
  const container = createOpenApiClient({
    baseUrl: sandbox.url,
    timeoutMs: 10_000,
    containers: 1,
    settings: openApiSettings.parse({ callsIn10Seconds: 1000 }),
  });
  expect(await container.create(order, KEY)).toMatchObject({ ok: true });
  const next = { ...order, external_id: 'order-2' };
  expect(await container.create(next, KEY)).toMatchObject({ type: 'RATE_LIMIT', retryAfterMs: 65_000 });
  const calls = sandbox.calls().length;
  expect(await container.create(next, KEY)).toMatchObject({ type: 'RATE_LIMIT', mayHaveReachedCrm: false });
  expect(sandbox.calls()).toHaveLength(calls);
});

test.each(['Order-1', 'ORDER-1', 'order-10'])('%s is another order than order-1', async (external_id) => {
  expect(await client().create({ ...order, external_id }, KEY)).toMatchObject({ ok: true });
  const found = await client().find(order, KEY);
  expect(found).toMatchObject({ ok: true });
  expect(found.ok && found.result).not.toBe('found');
});
