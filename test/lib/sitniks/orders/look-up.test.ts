import { describe, expect, test } from 'vitest';
import { createSitniksClient, type SitniksClientOptions } from '../../../../lib/sitniks/orders/client.ts';
import { type CrmAnswer, memoryCrm } from '../../../kit/memory-crm.ts';
import { parsedOrder } from '../../../kit/parsed-order.ts';

const order = parsedOrder('1042');
const TIMEOUT_MS = 1000;

const rowsOf = (page: number, count = 20) =>
  Array.from({ length: count }, (_, i) => ({ id: page * 100 + i, external_id: `1042-${page}-${i}` }));

async function lookUp(
  answer: (page: number) => CrmAnswer | Error | 'never',
  options: Partial<SitniksClientOptions> = {},
) {
  const { fetch, requests } = memoryCrm((_request, calls) => answer(calls));
  const baseUrl = 'https://crm.example/';
  const client = createSitniksClient({ baseUrl, timeoutMs: TIMEOUT_MS, fetch, ...options });
  return { found: await client.find(order, 'key'), requests };
}
const UNPROVEN = { ok: true, result: 'unproven', why: 'its search gives more orders than can be read' };

describe('a look-up', () => {
  test('asks for page after page, the first without a number, five at most', async () => {
    const { found, requests } = await lookUp((page) => ({ body: rowsOf(page) }));
    expect(found).toEqual(UNPROVEN);
    const first = 'https://crm.example/api/orders?external_id=1042&limit=50';
    expect(requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `GET ${first}`,
      ...[2, 3, 4, 5].map((page) => `GET ${first}&page=${page}`),
    ]);
    for (const { headers } of requests) expect(headers.get('authorization')).toBe('Bearer key');
  });

  test('that finds the order asks no more, and says as what', async () => {
    const ours = { id: 7, external_id: '1042' };
    const { found, requests } = await lookUp((page) => ({ body: page === 2 ? [ours] : rowsOf(page) }));
    expect(found).toEqual({ ok: true, result: 'found', crmOrderId: '7', likeness: 'nothing_to_compare' });
    expect(requests).toHaveLength(2);
  });

  test('that proves that it is not there asks no more', async () => {
    const { found, requests } = await lookUp(() => ({ body: [] }));
    expect(found).toEqual({ ok: true, result: 'absent' });
    expect(requests).toHaveLength(1);
  });

  test('whose first page fails has failed', async () => {
    const { found, requests } = await lookUp(() => ({ status: 500 }));
    expect(found).toMatchObject({ ok: false, type: 'CONNECTION', message: 'Look-up: The CRM failed (500)' });
    expect(requests).toHaveLength(1);
  });

  test('whose second page fails has proven nothing, and asks no more', async () => {
    const { found, requests } = await lookUp((page) => (page === 1 ? { body: rowsOf(1) } : { status: 500 }));
    expect(found).toEqual(UNPROVEN);
    expect(requests).toHaveLength(2);
  });

  test('that finds the order without an id tells nothing', async () => {
    expect((await lookUp(() => ({ body: [{ external_id: '1042' }] }))).found).toEqual({
      ok: false,
      type: 'CONNECTION',
      message: 'Look-up: the CRM has the order, but does not say under which id',
      mayHaveReachedCrm: false,
    });
  });
});

describe('the pages of a look-up have the time of one call between them', () => {
  /** Each page takes so long by the clock. */
  function slow(ms: number, answer: (page: number) => CrmAnswer | 'never', timeoutMs = TIMEOUT_MS) {
    let now = 0;
    const taking = (page: number) => {
      now += ms;
      return answer(page);
    };
    return lookUp(taking, { timeoutMs, now: () => now });
  }

  test.each([
    [TIMEOUT_MS / 2 - 1, 3],
    [TIMEOUT_MS / 2, 2],
    [TIMEOUT_MS * 2, 1],
  ])('when it is over, no more are asked for: of %i ms each there are %i', async (ms, count) => {
    const { found, requests } = await slow(ms, (page) => ({ body: rowsOf(page) }));
    expect(found).toEqual(UNPROVEN);
    expect(requests).toHaveLength(count);
  });

  test('a page has only what those before it have left, and all of that', async () => {
    const began = performance.now();
    const { found } = await slow(9_950, (page) => (page === 1 ? { body: rowsOf(1) } : 'never'), 10_000);
    const took = performance.now() - began;
    expect(found).toEqual(UNPROVEN);
    // A timer may be early by less than one.
    expect(took).toBeGreaterThan(48);
    expect(took).toBeLessThan(5_000);
  });

  test('and the first has all of it, however long it took to begin', async () => {
    let now = 0;
    const { found } = await lookUp(() => 'never', { timeoutMs: 20, now: () => now++ });
    expect(found).toMatchObject({
      ok: false,
      type: 'CONNECTION',
      message: 'Look-up: The CRM cannot be reached: no answer within 0.02 s',
    });
  });
});

describe('a creation', () => {
  test('is one call, in JSON, with a key for its number and content', async () => {
    const { fetch, requests } = memoryCrm(() => ({ status: 201, body: { id: 7 } }));
    const client = createSitniksClient({ baseUrl: 'https://crm.example/shop', timeoutMs: TIMEOUT_MS, fetch });
    expect(await client.create(order, 'key')).toEqual({ ok: true, crmOrderId: '7' });
    expect(await client.create(parsedOrder('1042', { source: 'site' }), 'key')).toMatchObject({ ok: true });

    const [first, second] = requests;
    expect([first?.method, first?.url.href]).toEqual(['POST', 'https://crm.example/shop/api/orders']);
    expect(first?.body).toMatchObject({ external_id: '1042', status: 'Нові заявки' });
    expect(first?.headers.get('content-type')).toBe('application/json');
    expect(first?.headers.get('accept')).toBe('application/json');
    expect(first?.headers.get('authorization')).toBe('Bearer key');
    expect(first?.headers.get('idempotency-key')).toMatch(/^1042:./);
    expect(second?.headers.get('idempotency-key')).not.toBe(first?.headers.get('idempotency-key'));
  });
});
