/** A day against the sandbox CRM, by the client that the functions use. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dayNamed, toText } from '../../../bin/orders/prove.ts';
import { proveDay } from '../../../bin/orders/prove-day.ts';
import { recordSchema } from '../../../lib/ledger/record.ts';
import { readOrder } from '../../../lib/order/order.ts';
import { createSitniksClient } from '../../../lib/sitniks/orders/client.ts';
import { type Sandbox, startSandbox } from '../../../local/sandbox/server.ts';
import { sampleOrder } from '../../kit/orders.ts';

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ port: 0 });
});
afterAll(() => sandbox.stop());

const DAY = dayNamed('2026-01-31');

test('names the one that is deleted, the doubled and the changed, and counts the rest', async () => {
  const client = createSitniksClient({ baseUrl: sandbox.url, timeoutMs: 5000 });
  const create = async (id: string) => {
    const reading = readOrder(JSON.stringify(sampleOrder(id)));
    if (!reading.ok) throw new Error('The sample is no order');
    const created = await client.create(reading.order, 'sandbox-key');
    if (!created.ok) throw new Error(created.message);
    return created.crmOrderId;
  };
  const synced = new Map<string, string>();
  for (const id of ['there-1', 'doubled-1']) synced.set(id, await create(id));
  await create('doubled-1');
  await create('changed-1');
  synced.set('changed-1', '9');
  synced.set('deleted-1', '8');
  const states = new Map([
    ['late-1', 'retrying'],
    ['refused-1', 'rejected'],
  ]);

  const asked: number[][] = [];
  const proof = await proveDay(DAY, {
    listing: {
      async *cameBetween(from, until) {
        asked.push([from, until]);
        const ids = [...synced.keys(), ...states.keys(), 'expired-1'];
        for (const external_id of ids) yield { external_id, at: '2026-01-31T10:00:00.000Z' };
      },
    },
    ledger: {
      get: async (external_id) =>
        external_id === 'expired-1'
          ? undefined
          : recordSchema.parse({
              external_id,
              state: states.get(external_id) ?? 'synced',
              content_hash: 'x',
              attempts: 1,
              restarts: 0,
              crm_order_id: synced.get(external_id),
              history: [],
              version: 1,
            }),
    },
    crm: { find: (order) => client.find(order, 'sandbox-key') },
    gapMs: 0,
    goOn: () => undefined,
  });

  expect(asked).toEqual([[Date.parse('2026-01-30T22:00:00Z'), Date.parse('2026-01-31T22:00:00Z')]]);
  expect(proof).toMatchObject({ accepted: 6, there: 1, under_way: 1, aside: 1 });
  expect(proof.unproven.map(({ external_id, finding }) => [external_id, finding])).toEqual([
    ['doubled-1', 'twice'],
    ['changed-1', 'different'],
    ['deleted-1', 'missing'],
  ]);
  expect(toText(proof)).toMatch(/^unproven = 3$/m);
  expect(toText(proof)).toMatch(/^2026-01-31: прийнято 6, у CRM 1, розбіжностей 3$/m);
});

test('a CRM that cannot be asked proves nothing', async () => {
  const proof = await proveDay(DAY, {
    listing: {
      async *cameBetween() {
        yield { external_id: 'a', at: '' };
      },
    },
    ledger: {
      get: async () =>
        recordSchema.parse({
          external_id: 'a',
          state: 'synced',
          content_hash: 'x',
          attempts: 1,
          restarts: 0,
          crm_order_id: '1',
          history: [],
          version: 1,
        }),
    },
    crm: {
      find: async () => ({ ok: false, type: 'CONNECTION', message: 'down', mayHaveReachedCrm: false }),
    },
    gapMs: 0,
    goOn: () => undefined,
  });
  expect(proof).toMatchObject({ there: 0, unproven: [{ external_id: 'a', finding: 'not_asked' }] });
});

test('a day is one of the calendar', () => {
  expect(() => dayNamed('2026-02-30')).toThrow();
  expect(() => dayNamed('yesterday')).toThrow();
});
