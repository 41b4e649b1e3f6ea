import { describe, expect, test } from 'vitest';
import type { OrderStatus } from '../../../../lib/order/order.ts';
import { createSitniksClient } from '../../../../lib/sitniks/orders/client.ts';
import { STATUS_MAPPING } from '../../../../lib/sitniks/orders/status.ts';
import { type CrmAnswer, memoryCrm } from '../../../kit/memory-crm.ts';

/** It is cut off, as one whose connection breaks. */
const TOO_LARGE = 'x'.repeat(256 * 1024 + 1);
const DONE: CrmAnswer = { body: { id: 7 } };

/** What becomes of a status where the CRM says `seen` of the order, and `changed` to the change. */
async function set(
  status: OrderStatus,
  seen: CrmAnswer | Error,
  changed: CrmAnswer | Error = DONE,
  id = '7',
) {
  const { fetch, requests } = memoryCrm(({ method }) => (method === 'GET' ? seen : changed));
  const client = createSitniksClient({ baseUrl: 'https://crm.example', timeoutMs: 1000, fetch });
  return { result: await client.setStatus(id, status, 'key'), requests };
}
const has = (status: unknown): CrmAnswer => ({ body: { id: 7, status } });
const methods = (requests: readonly { method: string }[]) => requests.map(({ method }) => method);

describe('a status', () => {
  test('is asked for, and then changed at the same address, with the key', async () => {
    const { result, requests } = await set('PAID', has(STATUS_MAPPING.NEW), DONE, 'a/b 7');
    expect(result).toEqual({ ok: true, status: 'PAID' });
    expect(
      requests.map(({ method, url, headers, body }) => [
        method,
        url.href,
        headers.get('authorization'),
        headers.get('accept'),
        headers.get('user-agent'),
        headers.get('content-type'),
        body,
      ]),
    ).toEqual([
      [
        'GET',
        'https://crm.example/api/orders/a%2Fb%207',
        'Bearer key',
        'application/json',
        'sitniks-orders',
        null,
        undefined,
      ],
      [
        'PATCH',
        'https://crm.example/api/orders/a%2Fb%207',
        'Bearer key',
        'application/json',
        'sitniks-orders',
        'application/json',
        { status: 'ОПЛАЧЕНО' },
      ],
    ]);
  });

  test.each<[asked: OrderStatus, current: OrderStatus]>([
    ['NEW', 'PAID'],
    ['PAID', 'PROCESSING'],
    ['PAID', 'PAID'],
  ])('%s never takes an order back that is %s: that one is what it has', async (asked, current) => {
    const { result, requests } = await set(asked, has(` ${STATUS_MAPPING[current]}\n`));
    expect(result).toEqual({ ok: true, status: current });
    expect(methods(requests)).toEqual(['GET']);
  });

  test.each(['Відправлено', '', 'PAID'])(
    "of the shop's own, %j, which a person has set, is left as it is",
    async (status) => {
      const { result, requests } = await set('PROCESSING', has(status));
      expect(result).toEqual({
        ok: false,
        type: 'CONFLICT',
        message: "The order has a status of the shop's own in the CRM, which is left as it is",
        mayHaveReachedCrm: false,
        reasons: [{ code: 'status_by_hand' }],
      });
      expect(methods(requests)).toEqual(['GET']);
    },
  );

  test.each<[what: string, seen: CrmAnswer]>([
    ['does not say which it has', { body: { id: 7 } }],
    ['says it as a number', has(3)],
    ['answers with nothing', {}],
    ['answers with HTML', { body: '<h1>Вхід</h1>' }],
    // That orders can be asked for one by one is no part of the contract.
    ['knows no such request', { status: 404 }],
    ['allows no such request', { status: 405 }],
    ['knows no such request, at whatever length', { status: 404, body: TOO_LARGE }],
    ['knows no such request, whatever it says there', { status: 404, body: { status: 'Відправлено' } }],
  ])('is set where the CRM %s', async (_what, seen) => {
    const { result, requests } = await set('PAID', seen);
    expect(result).toEqual({ ok: true, status: 'PAID' });
    expect(methods(requests)).toEqual(['GET', 'PATCH']);
  });

  test.each<[what: string, seen: CrmAnswer | Error, type: string]>([
    ['fails', { status: 500 }, 'CONNECTION'],
    ['asks for a pause', { status: 429 }, 'RATE_LIMIT'],
    ['refuses the key', { status: 401 }, 'AUTHENTICATION'],
    ['redirects', { status: 302 }, 'CONFIGURATION'],
    ['refuses to show it', { status: 400 }, 'VALIDATION'],
    ['has lost it', { status: 410 }, 'VALIDATION'],
    ['does not answer', new Error('socket hang up'), 'CONNECTION'],
    ['breaks off its answer', { body: TOO_LARGE }, 'CONNECTION'],
  ])('is not changed unseen where the CRM %s: it may be further already', async (_what, seen, type) => {
    const { result, requests } = await set('PAID', seen);
    expect(result).toMatchObject({ ok: false, type, mayHaveReachedCrm: false });
    expect(methods(requests)).toEqual(['GET']);
  });

  test('that could not be seen says so', async () => {
    expect((await set('PAID', { body: TOO_LARGE })).result).toEqual({
      ok: false,
      type: 'CONNECTION',
      message: 'Look-up: the CRM answered 200, but the order did not come, or was too large',
      mayHaveReachedCrm: false,
    });
  });

  test.each([200, 201, 202, 299])('is set where the change is answered with %d', async (status) => {
    expect((await set('PAID', has('Нові заявки'), { status })).result).toEqual({ ok: true, status: 'PAID' });
  });

  test.each<[status: number, type: string, message: string, reason: string | undefined]>([
    [404, 'VALIDATION', 'The CRM does not know this order any more (404)', 'order_gone'],
    [410, 'VALIDATION', 'The CRM does not know this order any more (410)', 'order_gone'],
    [400, 'VALIDATION', 'The CRM refuses the status (400)', 'status_refused'],
    [405, 'VALIDATION', 'The CRM refuses the status (405)', 'status_refused'],
    [409, 'VALIDATION', 'The CRM refuses the status (409)', 'status_refused'],
    [422, 'VALIDATION', 'The CRM refuses the status (422)', 'status_refused'],
    [403, 'AUTHENTICATION', 'The CRM refuses the API key (403)', undefined],
    [429, 'RATE_LIMIT', 'The CRM asks for a pause (429)', undefined],
    [503, 'CONNECTION', 'The CRM failed (503)', undefined],
  ])(
    'that is answered with %d is %s, and in no doubt: it can be set again',
    async (status, type, message, code) => {
      const { result } = await set('PAID', has('Нові заявки'), { status, body: { message: 'Олена' } });
      expect(result).toEqual({
        ok: false,
        type,
        message,
        mayHaveReachedCrm: false,
        ...(code !== undefined && { reasons: [{ code }] }),
      });
    },
  );

  test('whose change is not answered is in no doubt either', async () => {
    const { result } = await set('PAID', has('Нові заявки'), new Error('socket hang up'));
    expect(result).toEqual({
      ok: false,
      type: 'CONNECTION',
      message: 'The CRM cannot be reached: connection failed (unknown)',
      mayHaveReachedCrm: false,
    });
  });

  test('that is to wait keeps for how long', async () => {
    const { result } = await set('PAID', has('Нові заявки'), {
      status: 429,
      headers: { 'retry-after': '7' },
    });
    expect(result).toMatchObject({ type: 'RATE_LIMIT', retryAfterMs: 7000 });
  });
});
