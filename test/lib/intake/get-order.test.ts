import { describe, expect, test } from 'vitest';
import { explain } from '../../../lib/explanations/explain.ts';
import { getOrder } from '../../../lib/intake/get-order.ts';
import { Problem } from '../../../lib/intake/http.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { accepted } from '../../../lib/ledger/start.ts';
import { apiEvent } from '../../../local/api-event.ts';
import { DEMO } from '../../kit/demo-caller.ts';
import { recordingLog } from '../../kit/recording-log.ts';

const known = accepted(
  { external_id: '1042', content_hash: 'f'.repeat(64), submitted_by: DEMO.name },
  Date.parse('2026-01-01T00:00:00Z'),
);

function setUp(record: LedgerRecord | Error | undefined, aside?: LedgerRecord) {
  const { log, lines } = recordingLog();
  const reads: string[] = [];
  const ledger = {
    async get(externalId: string) {
      reads.push(externalId);
      if (record instanceof Error) throw record;
      return record;
    },
    getAside: async (_externalId: string, caller: string) =>
      aside?.submitted_by === caller ? aside : undefined,
  };
  const ask = (pathParameters: Record<string, string> | undefined) =>
    getOrder(apiEvent('GET', '/orders/x', undefined, pathParameters), { caller: DEMO, ledger, log });
  return { ask, reads, lines };
}

describe('an order that the ledger knows', () => {
  test('is shown with all that whoever sent it may know, and with one read', async () => {
    const { ask, reads } = setUp({
      ...known,
      state: 'rejected',
      attempts: 2,
      error: {
        type: 'VALIDATION',
        message: 'The CRM refuses the order (422): items.0.sku: unknown',
        reasons: [{ code: 'sku_unknown', pointer: '#/items/0/sku' }],
      },
    });
    const answer = await ask({ external_id: '1042' });

    expect(answer).toMatchObject({
      statusCode: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    });
    expect(JSON.parse(answer.body ?? '')).toEqual({
      external_id: '1042',
      state: 'rejected',
      attempts: 2,
      crm_order_id: null,
      error: {
        type: 'VALIDATION',
        message: 'The CRM refuses the order (422): items.0.sku: unknown',
        explanations: explain([{ code: 'sku_unknown', pointer: '#/items/0/sku' }]),
      },
      status: null,
      history: [{ at: '2026-01-01T00:00:00.000Z', step: 'accepted' }],
      links: { self: '/orders/1042' },
    });
    expect(reads).toEqual(['1042']);
  });

  test('is shown with its id in the CRM once it is there, and with no error', async () => {
    const { ask } = setUp({ ...known, state: 'synced', crm_order_id: '1001' });
    const { body } = await ask({ external_id: '1042' });
    expect(JSON.parse(body ?? '')).toMatchObject({ state: 'synced', crm_order_id: '1001', error: null });
  });

  test('does not show what is for the relay alone', async () => {
    const { ask } = setUp({ ...known, doubt: 'd', lease_until: 1 });
    const { body = '' } = await ask({ external_id: '1042' });
    expect(body).not.toMatch(/content_hash|ffff|doubt|lease|version|submitted_by|restarts/);
  });
});

describe('404', () => {
  test('is the answer for an order of another caller, or of nobody, word for word as for none', async () => {
    const asking = [undefined, { ...known, submitted_by: 'bot' }, { ...known, submitted_by: undefined }].map(
      (record) =>
        setUp(record)
          .ask({ external_id: '1042' })
          .catch((error) => JSON.stringify(error)),
    );
    const [none, ofAnother, ofNobody] = await Promise.all(asking);
    expect(none).toContain('order_not_found');
    expect(ofAnother).toBe(none);
    expect(ofNobody).toBe(none);
  });

  test('is the answer for an order that the ledger does not know', async () => {
    const { ask, lines } = setUp(undefined);
    const answer = ask({ external_id: '1042' });
    await expect(answer).rejects.toBeInstanceOf(Problem);
    await expect(answer).rejects.toMatchObject({
      code: 'order_not_found',
      // While the ledger is down the door accepts, and the consumer is the first to write.
      details: { detail: expect.stringMatching(/accepted a moment ago may not be seen yet: ask again/) },
    });
    expect(lines).toEqual([]);
  });

  test.each([
    undefined,
    {},
    { external_id: '' },
    { external_id: 'a b' },
    { external_id: '..' },
    { external_id: 'x'.repeat(129) },
  ])('is the answer for what is no external_id, without a read: %j', async (pathParameters) => {
    const { ask, reads } = setUp(known);
    await expect(ask(pathParameters)).rejects.toMatchObject({ code: 'order_not_found' });
    expect(reads).toEqual([]);
  });
});

test('503, and when to ask again, is the answer while the ledger is down: that is not "no such order"', async () => {
  const down = new Error('down, and with a tell-tale');
  const { ask, lines } = setUp(down);
  await expect(ask({ external_id: '1042' })).rejects.toMatchObject({
    code: 'temporarily_unavailable',
    // By default a 503 says that an order was not accepted, and nobody has sent one.
    details: { headers: { 'retry-after': '5' }, reasons: [{ code: 'internal_error' }] },
    cause: down,
  });
  expect(lines).toEqual([
    { level: 'error', message: 'Ledger not read', external_id: '1042', error_name: 'Error' },
  ]);
});

test('an order that has lost its number, or never had it, has a story of its own', async () => {
  const aside = { ...known, state: 'parked' as const };
  const { ask } = setUp({ ...known, submitted_by: 'site', state: 'synced', crm_order_id: '7' }, aside);
  const { statusCode, body = '' } = await ask({ external_id: '1042' });
  expect(statusCode).toBe(200);
  expect(JSON.parse(body)).toMatchObject({ state: 'parked', crm_order_id: null });
});
