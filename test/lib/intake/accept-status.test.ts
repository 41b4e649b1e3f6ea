import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../lib/explanations/failure.ts';
import { type AcceptStatusDeps, acceptStatus } from '../../../lib/intake/accept-status.ts';
import type { Log, LogFields } from '../../../lib/lambda/observability.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { apiEvent } from '../../../local/api-event.ts';
import { recordOf } from '../../kit/memory-consumer.ts';
import { answered, DOWN, memoryIntake } from '../../kit/memory-intake.ts';

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const SIGNER = { name: 'bot', signingSecrets: [SECRET] };
const REFUSED: Failure = { type: 'VALIDATION', message: 'No', reasons: [{ code: 'refused_unknown' }] };
/** In the CRM, where it is new. */
const THERE: Partial<LedgerRecord> = {
  state: 'synced',
  crm_order_id: '7',
  status: { wanted: 'NEW', in_crm: 'NEW', attempts: 0 },
};
const PAID: Partial<LedgerRecord> = { ...THERE, status: { wanted: 'PAID', in_crm: 'PAID', attempts: 0 } };

interface Putting {
  id?: string | undefined;
  headers?: Record<string, string>;
}

/** A door that knows an order of `bot`. */
async function door(known: Partial<LedgerRecord> = THERE) {
  const intake = memoryIntake();
  await intake.ledger.replace(recordOf(known));
  const put = (
    body: object | string,
    { id, headers }: Putting = { id: '1042' },
    changes: Partial<AcceptStatusDeps> = {},
  ) =>
    answered(
      acceptStatus(
        apiEvent(
          'PUT',
          '/orders/x/status',
          body,
          id === undefined ? undefined : { external_id: id },
          headers,
        ),
        { ...intake.deps, ...changes },
      ),
    );
  return { ...intake, put };
}
const ORDER = { id: '1042' };

describe('a status that is news', () => {
  test('is sent in the name of its caller, noted, and answered with what is wanted', async () => {
    const { put, sends, ledger, lines } = await door();
    expect(await put({ status: 'PAID' }, { ...ORDER, headers: { traceparent: TRACE } })).toEqual({
      status: 202,
      headers: { 'content-type': 'application/json', location: '/orders/1042' },
      body: {
        external_id: '1042',
        state: 'synced',
        duplicate: false,
        status: { wanted: 'PAID', in_crm: 'NEW', error: null },
      },
    });
    expect(sends).toEqual([
      {
        body: { external_id: '1042', status: 'PAID' },
        attributes: { submitted_by: 'bot', traceparent: TRACE },
      },
    ]);
    expect(await ledger.get('1042')).toMatchObject({ status: { wanted: 'PAID', in_crm: 'NEW' } });
    expect(lines).toEqual([
      {
        level: 'info',
        message: 'Status accepted',
        submitted_by: 'bot',
        external_id: '1042',
        order_status: 'PAID',
      },
    ]);
  });

  test('is sent without a trace that is not in form', async () => {
    const { put, sends } = await door();
    await put({ status: 'PAID' }, { ...ORDER, headers: { traceparent: 'tell-tale' } });
    expect(sends).toMatchObject([{ attributes: { traceparent: undefined } }]);
  });

  test.each([
    ['with what the CRM has', THERE, 'NEW'],
    ['with nothing where no status was ever written down', { ...THERE, status: undefined }, null],
  ])('is accepted where it cannot be noted, %s', async (_what, known, in_crm) => {
    const { put, deps, sends } = await door(known);
    const ledger = { ...deps.ledger, replace: () => Promise.reject(DOWN) };
    expect(await put({ status: 'PAID' }, ORDER, { ledger })).toMatchObject({
      status: 202,
      body: { state: 'synced', duplicate: false, status: { wanted: 'PAID', in_crm, error: null } },
    });
    expect(sends).toHaveLength(1);
  });

  test('is no 202 while SQS does not take it, and is not noted', async () => {
    const { put, ledger } = await door();
    const queue = { send: () => Promise.reject(DOWN) };
    expect(await put({ status: 'PAID' }, ORDER, { queue })).toMatchObject({
      code: 'temporarily_unavailable',
    });
    expect(await ledger.get('1042')).toMatchObject({ status: { wanted: 'NEW' } });
  });

  test('was given up before, and is asked for anew', async () => {
    const givenUp = { wanted: 'PAID', in_crm: 'NEW', attempts: 4, error: REFUSED } as const;
    const { put, sends } = await door({ ...THERE, status: givenUp });
    expect(await put({ status: 'PAID' }, ORDER)).toMatchObject({ status: 202, body: { duplicate: false } });
    expect(sends).toHaveLength(1);
  });
});

describe('a status that is none', () => {
  test.each(['PAID', 'PENDING_PAYMENT', 'NEW'])(
    'of an order that is PAID changes nothing, and sends nothing: %s',
    async (status) => {
      const { put, sends, ledger } = await door(PAID);
      expect(await put({ status }, ORDER)).toMatchObject({
        status: 202,
        body: { state: 'synced', duplicate: true, status: { wanted: 'PAID', in_crm: 'PAID', error: null } },
      });
      expect(sends).toEqual([]);
      expect(await ledger.get('1042')).toMatchObject({ version: 1 });
    },
  );

  test('of an order from before statuses were written down says that none is known', async () => {
    const { put } = await door({ ...THERE, status: undefined });
    expect(await put({ status: 'NEW' }, ORDER)).toMatchObject({ body: { duplicate: true, status: null } });
  });
});

describe('what was paid', () => {
  const payment = { amount: 500, comment: 'LiqPay 7' };
  const paid = { status: 'PAID', payment };

  test('goes on with its status, and is shown as waiting', async () => {
    const { put, sends } = await door();
    expect(await put(paid, ORDER)).toMatchObject({
      body: { duplicate: false, payments: [{ amount: 500, state: 'waiting', error: null }] },
    });
    expect(sends).toMatchObject([{ body: { external_id: '1042', status: 'PAID', payment } }]);
  });

  test('is news of an order that is PAID already', async () => {
    const { put, sends } = await door(PAID);
    expect(await put(paid, ORDER)).toMatchObject({ body: { duplicate: false } });
    expect(sends).toMatchObject([{ body: { payment } }]);
  });

  test('and is booked is not asked for again', async () => {
    const { put, sends } = await door({ ...PAID, payments: [{ amount: 500, state: 'booked', attempts: 1 }] });
    expect(await put(paid, ORDER)).toMatchObject({
      body: { duplicate: true, payments: [{ amount: 500, state: 'booked' }] },
    });
    expect(sends).toEqual([]);
  });

  test('and is booked is left out of a status that is news', async () => {
    const { put, sends } = await door({
      ...THERE,
      payments: [{ amount: 500, state: 'booked', attempts: 1 }],
    });
    expect(await put(paid, ORDER)).toMatchObject({ body: { duplicate: false } });
    expect(sends.map(({ body }) => body)).toEqual([{ external_id: '1042', status: 'PAID' }]);
  });
});

describe('what is no status', () => {
  test.each<[string, object | string, { pointer: string; code: string }[]]>([
    ['a status that no order has', { status: 'SENT' }, [{ pointer: '#/status', code: 'invalid_value' }]],
    ['nothing of one', {}, [{ pointer: '#/status', code: 'required' }]],
    ['a list', [], [{ pointer: '#', code: 'invalid_type' }]],
    ['no JSON', '{"status":', [{ pointer: '#', code: 'invalid_json' }]],
    ['no JSON, with an escape that is none', '{"\\q":1}', [{ pointer: '#', code: 'invalid_json' }]],
    ['nothing at all', '', [{ pointer: '#', code: 'invalid_json' }]],
    ['two of them', '{"status":"NEW","status":"PAID"}', [{ pointer: '#/status', code: 'duplicate_field' }]],
    [
      'two that are none',
      '{"status":"NEW","status":"SENT"}',
      [
        { pointer: '#/status', code: 'duplicate_field' },
        { pointer: '#/status', code: 'invalid_value' },
      ],
    ],
    [
      'a payment of what is not PAID',
      { status: 'NEW', payment: { amount: 5 } },
      [{ pointer: '#/payment', code: 'invalid' }],
    ],
  ])('is refused with what is wrong with it, and sent nowhere: %s', async (_what, body, errors) => {
    const { put, sends } = await door();
    const problem = await put(body, ORDER);
    expect(problem).toMatchObject({
      code: 'invalid_status',
      details: {
        detail: expect.stringContaining('NEW, PENDING_PAYMENT, PAID, PROCESSING'),
        members: { errors },
      },
    });
    expect(sends).toEqual([]);
  });

  test('by its size is refused, to the byte: 4 KiB', async () => {
    const { put } = await door();
    const body = JSON.stringify({ status: 'PAID' });
    expect(await put(body.padEnd(4096), ORDER)).toMatchObject({ status: 202 });
    expect(await put(body.padEnd(4097), ORDER)).toMatchObject({
      code: 'body_too_large',
      details: { detail: 'A status may have 4096 bytes; this one has more.' },
    });
  });

  test('unsigned is refused of a caller that signs, and taken signed', async () => {
    const { put, sends } = await door();
    expect(await put({ status: 'PAID' }, ORDER, { caller: SIGNER })).toMatchObject({ code: 'unauthorized' });
    expect(sends).toEqual([]);
    const at = new Date();
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
      'webhook-signature': new Webhook(SECRET).sign('msg_1', at, JSON.stringify({ status: 'PAID' })),
    };
    expect(await put({ status: 'PAID' }, { ...ORDER, headers }, { caller: SIGNER })).toMatchObject({
      status: 202,
    });
  });
});

describe('an order whose status it would be', () => {
  test.each([
    ['that is not known', { version: 0, external_id: '1043' }],
    ["that is another caller's", { submitted_by: 'site' }],
    ["that is nobody's", { submitted_by: undefined }],
  ])('%s is not found, and nothing is sent', async (_what, known) => {
    const { put, sends } = await door(known);
    expect(await put({ status: 'PAID' }, ORDER)).toMatchObject({
      code: 'order_not_found',
      details: { detail: expect.stringContaining('90 days') },
    });
    expect(sends).toEqual([]);
  });

  test.each([undefined, '', 'a b', 'x'.repeat(129)])(
    'is not looked for under what is no external_id, which is not logged: %s',
    async (id) => {
      const { put, table, deps } = await door();
      table.calls.length = 0;
      const told: LogFields[] = [];
      const log: Log = {
        ...deps.log,
        child(fields) {
          told.push(fields);
          return deps.log.child(fields);
        },
      };
      expect(await put({ status: 'PAID' }, { id }, { log })).toMatchObject({ code: 'order_not_found' });
      expect(table.calls).toEqual([]);
      expect(told).toEqual([{ submitted_by: 'bot' }]);
    },
  );

  test('that is kept aside is told of, with its state, because nothing can be done for it', async () => {
    const { put, ledger, sends } = await door({ ...THERE, submitted_by: 'site' });
    await ledger.putAside(recordOf({ state: 'parked' }));
    expect(await put({ status: 'PAID' }, ORDER)).toMatchObject({
      code: 'external_id_taken',
      details: { detail: expect.stringContaining('kept aside'), members: { state: 'parked' } },
    });
    expect(sends).toEqual([]);
  });

  test('is not said to be missing while the ledger cannot be read', async () => {
    const { put, deps, sends, lines } = await door();
    const ledger = { ...deps.ledger, get: () => Promise.reject(DOWN) };
    expect(await put({ status: 'PAID' }, ORDER, { ledger })).toMatchObject({
      code: 'temporarily_unavailable',
      details: {
        detail: expect.stringContaining('was not accepted. Send it again'),
        headers: { 'retry-after': '5' },
      },
      cause: DOWN,
    });
    expect(sends).toEqual([]);
    expect(lines).toEqual([
      {
        level: 'error',
        message: 'Ledger not read',
        submitted_by: 'bot',
        external_id: '1042',
        error_name: 'Error',
      },
    ]);
  });
});
