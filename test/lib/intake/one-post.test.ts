import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../lib/explanations/failure.ts';
import { type AcceptOrderDeps, acceptOrder } from '../../../lib/intake/accept-order.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { accepted } from '../../../lib/ledger/start.ts';
import { contentOf } from '../../../lib/order/content-hash.ts';
import { apiEvent } from '../../../local/api-event.ts';
import { NOW } from '../../kit/memory-consumer.ts';
import { answered, DOWN, memoryIntake } from '../../kit/memory-intake.ts';
import { sampleOrder } from '../../kit/orders.ts';
import { parsedOrder } from '../../kit/parsed-order.ts';

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/;
const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
const SIGNER = { name: 'bot', signingSecrets: [SECRET] };
const OTHER = { payment_method: 'cash' };
const PAID = { status: 'PAID', payment: { amount: 500 } };
const PAYMENT = { external_id: '1042', status: 'PAID', payment: { amount: 500 } };
const REFUSED: Failure = { type: 'VALIDATION', message: 'No', reasons: [{ code: 'phone_invalid' }] };
/** Long ago, so that an end of now is another. */
const SETTLED = NOW - 60_000;

/** The order as the ledger has it, just accepted from `bot` unless told otherwise. */
const record = (changes: Partial<LedgerRecord> = {}): LedgerRecord => ({
  ...accepted(
    {
      external_id: '1042',
      ...contentOf(parsedOrder('1042')),
      submitted_by: 'bot',
      wanted_status: 'NEW',
    },
    SETTLED,
  ),
  ...changes,
});

interface Posting {
  order?: object;
  headers?: Record<string, string>;
  wait?: string;
}

/** A door at which something is known of the order already, if it is. */
async function door(known?: LedgerRecord) {
  const intake = memoryIntake();
  if (known !== undefined) await intake.ledger.replace(known);
  const post = ({ order = {}, headers, wait }: Posting = {}, changes: Partial<AcceptOrderDeps> = {}) =>
    answered(
      acceptOrder(
        apiEvent(
          'POST',
          '/orders',
          sampleOrder('1042', order),
          {},
          headers,
          wait === undefined ? {} : { wait },
        ),
        { ...intake.deps, ...changes },
      ),
    );
  /** While it is waited for, the order gets there. */
  const whenWaited = (happens: (current: LedgerRecord | undefined) => LedgerRecord | undefined) => ({
    async pause(ms: number) {
      await intake.deps.pause(ms);
      const next = happens(await intake.ledger.get('1042'));
      if (next !== undefined) await intake.ledger.replace(next);
    },
  });
  return { ...intake, post, whenWaited };
}

const signedAt = (seconds: number, order: object = {}) => ({
  'webhook-id': 'msg_1',
  'webhook-timestamp': String(seconds),
  'webhook-signature': new Webhook(SECRET).sign(
    'msg_1',
    new Date(seconds * 1000),
    JSON.stringify(sampleOrder('1042', order)),
  ),
});
const nowInSeconds = () => Math.floor(Date.now() / 1000);

describe('an order that nothing is known of', () => {
  test('is sent with who posted it, its start, its trace, and how it is noted', async () => {
    const { post, sends, ledger, lines } = await door();
    expect(await post({ headers: { traceparent: TRACE } })).toEqual({
      status: 202,
      headers: { 'content-type': 'application/json', location: '/orders/1042' },
      body: { external_id: '1042', state: 'accepted', duplicate: false, crm_order_id: null, error: null },
    });
    const attributes = {
      submitted_by: 'bot',
      start: 0,
      signed_at: undefined,
      traceparent: TRACE,
      noted: { by: expect.stringMatching(UUID), at: NOW },
    };
    expect(sends).toEqual([{ body: parsedOrder('1042'), attributes }]);
    const known = await ledger.get('1042');
    expect(known).toMatchObject({
      state: 'accepted',
      content_hash: contentOf(parsedOrder('1042')).content_hash,
      submitted_by: 'bot',
      status: { wanted: 'NEW' },
      start: 0,
    });
    expect(known?.written_by).toBe(sends[0]?.attributes?.noted?.by);
    expect(lines).toEqual([
      {
        level: 'info',
        message: 'Order accepted',
        external_id: '1042',
        submitted_by: 'bot',
        state: 'accepted',
        duplicate: false,
      },
    ]);
  });

  test('is sent without a trace that is not in form', async () => {
    const { post, sends } = await door();
    await post({ headers: { traceparent: 'tell-tale' } });
    expect(sends[0]?.attributes?.traceparent).toBeUndefined();
  });

  test('is noted as its caller signed it, and by the status that it is to have', async () => {
    const at = nowInSeconds();
    const { post, sends, ledger } = await door();
    const order = { status: 'PAID' };
    await post({ order, headers: signedAt(at, order) }, { caller: SIGNER });
    expect(sends).toMatchObject([{ attributes: { submitted_by: 'bot', signed_at: at } }]);
    expect(await ledger.get('1042')).toMatchObject({ signed_at: at, status: { wanted: 'PAID' } });
  });

  test('is refused unsigned from a caller that signs, and goes nowhere', async () => {
    const { post, sends, table } = await door();
    expect(await post({}, { caller: SIGNER })).toMatchObject({ code: 'unauthorized' });
    expect(sends).toEqual([]);
    expect(table.items.size).toBe(0);
  });

  test('that is not valid is refused with its fields and why, and only their places are logged', async () => {
    const { post, sends, lines } = await door();
    expect(await post({ order: { source: '' } })).toMatchObject({
      code: 'invalid_order',
      details: {
        reasons: [{ code: 'field_missing', pointer: '#/source' }],
        members: { errors: [{ pointer: '#/source', code: 'too_small' }] },
      },
    });
    expect(sends).toEqual([]);
    expect(lines).toEqual([
      {
        level: 'info',
        message: 'Order refused',
        submitted_by: 'bot',
        problems: '#/source too_small',
        reasons: 'field_missing',
      },
    ]);
  });

  test('goes on without what cannot be used, and says so', async () => {
    const { post } = await door();
    const customer = { name: 'Олена', phone: '067 123 45 67', email: 'none' };
    expect(await post({ order: { customer } })).toMatchObject({
      status: 202,
      body: { omitted: [{ pointer: '#/customer/email', code: 'invalid_format' }] },
    });
  });

  test('is no 202 while SQS does not take it, and is not noted', async () => {
    const { post, table, lines } = await door();
    const failed = await post({}, { queue: { send: () => Promise.reject(DOWN) } });
    expect(failed).toMatchObject({
      code: 'temporarily_unavailable',
      details: { headers: { 'retry-after': '5' } },
      cause: DOWN,
    });
    expect(table.items.size).toBe(0);
    expect(lines).toMatchObject([{ level: 'error', error_name: 'Error', external_id: '1042' }]);
  });

  test('is accepted all the same where it cannot be noted', async () => {
    const { post, deps, sends, lines } = await door();
    const ledger = { ...deps.ledger, replace: () => Promise.reject(DOWN) };
    expect(await post({}, { ledger })).toMatchObject({ status: 202 });
    expect(sends).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level: 'warn', error_name: 'Error', submitted_by: 'bot' });
  });
});

describe('while the ledger cannot be read', () => {
  const unread = async () => {
    const { deps, ...rest } = await door();
    return { ...rest, ledger: { ...deps.ledger, get: () => Promise.reject(DOWN) } };
  };

  test('an order is sent without a start, which then counts', async () => {
    const { post, ledger, sends, lines } = await unread();
    expect(await post({}, { ledger })).toMatchObject({ status: 202, body: { duplicate: false } });
    expect(sends).toHaveLength(1);
    expect(sends[0]?.attributes).toMatchObject({ submitted_by: 'bot', start: undefined });
    expect(lines[0]).toMatchObject({ level: 'warn', error_name: 'Error' });
  });

  test('an order is not waited for: nobody knows which end would be a new one', async () => {
    const { post, ledger, pauses } = await unread();
    expect(await post({ wait: '8' }, { ledger })).toMatchObject({ status: 202 });
    expect(pauses).toEqual([]);
  });
});

describe('an order that is known', () => {
  test('and under way is a repeat: told where it is, and not sent again', async () => {
    const { post, sends, lines } = await door(record({ state: 'retrying', error: REFUSED }));
    expect(await post()).toMatchObject({
      status: 202,
      body: {
        state: 'retrying',
        duplicate: true,
        crm_order_id: null,
        error: { type: 'VALIDATION', explanations: [{ reason: 'phone_invalid' }] },
      },
    });
    expect(sends).toEqual([]);
    expect(lines).toMatchObject([{ message: 'Order known already', state: 'retrying', duplicate: true }]);
  });

  test('and further on than it was is sent as a status alone', async () => {
    const { post, sends, ledger, lines } = await door(record({ state: 'synced', crm_order_id: '7' }));
    expect(await post({ order: { status: 'PAID' }, headers: { traceparent: TRACE } })).toMatchObject({
      status: 202,
      body: { state: 'synced', duplicate: true, crm_order_id: '7' },
    });
    expect(sends).toEqual([
      {
        body: { external_id: '1042', status: 'PAID' },
        attributes: { submitted_by: 'bot', traceparent: TRACE },
      },
    ]);
    expect(await ledger.get('1042')).toMatchObject({ status: { wanted: 'PAID' } });
    expect(lines).toMatchObject([
      { message: 'Status accepted', submitted_by: 'bot' },
      { message: 'Order known already', state: 'synced', duplicate: true },
    ]);
  });

  test('and further on is answered from what was known where that cannot be noted, and never waited for', async () => {
    const { post, deps, pauses } = await door(record({ state: 'synced', crm_order_id: '7' }));
    const ledger = { ...deps.ledger, replace: () => Promise.reject(DOWN) };
    expect(await post({ order: { status: 'PAID' }, wait: '8' }, { ledger })).toMatchObject({
      status: 202,
      body: { state: 'synced', duplicate: true, crm_order_id: '7' },
    });
    expect(pauses).toEqual([]);
  });

  test.each([
    ['the same order', {}, true],
    ['its correction', OTHER, false],
  ])('and was refused is begun anew by %s', async (_what, order, duplicate) => {
    const { post, sends, ledger, lines } = await door(
      record({ state: 'rejected', start: 3, error: REFUSED, settled_at: SETTLED }),
    );
    expect(await post({ order })).toMatchObject({
      status: 202,
      body: { state: 'accepted', duplicate, error: null },
    });
    expect(sends).toMatchObject([{ attributes: { submitted_by: 'bot', start: 4, noted: undefined } }]);
    expect(await ledger.get('1042')).toMatchObject({ state: 'accepted', start: 4, restarts: 1 });
    expect(lines).toMatchObject([{ message: 'Order accepted', state: 'accepted', duplicate }]);
  });

  test.each([
    ['of its caller', {}, 'another order of yours is'],
    ['that came without a name', { submitted_by: undefined }, 'from no known caller'],
  ])('with other content %s is not changed by a post', async (_what, changes, words) => {
    const { post, sends } = await door(record({ state: 'synced', ...changes }));
    expect(await post({ order: OTHER })).toMatchObject({
      code: 'external_id_taken',
      details: { detail: expect.stringContaining(words), members: { state: 'synced' } },
    });
    expect(sends).toEqual([]);
  });

  test("and is another caller's is not told of, not even how it fares", async () => {
    const { post, sends } = await door(record({ state: 'synced', submitted_by: 'site' }));
    const problem = await post();
    expect(problem).toMatchObject({
      code: 'external_id_taken',
      details: { detail: expect.stringContaining('not yours') },
    });
    expect(JSON.stringify(problem)).not.toContain('synced');
    expect(sends).toEqual([]);
  });

  test('is not undone by what was signed before its correction', async () => {
    const at = nowInSeconds();
    const { post, sends } = await door(record({ state: 'parked', signed_at: at + 1 }));
    expect(await post({ order: OTHER, headers: signedAt(at, OTHER) }, { caller: SIGNER })).toMatchObject({
      code: 'unauthorized',
      details: { detail: expect.stringContaining('signed later'), reasons: [{ code: 'signature_refused' }] },
    });
    expect(sends).toEqual([]);
  });

  test('and without a name is adopted by whoever posts the same, through the queue', async () => {
    const { post, sends, ledger, lines } = await door(
      record({ state: 'retrying', submitted_by: undefined, start: 2 }),
    );
    expect(await post()).toMatchObject({ status: 202, body: { state: 'accepted', duplicate: true } });
    expect(sends).toMatchObject([{ attributes: { submitted_by: 'bot', start: 2, noted: undefined } }]);
    expect(await ledger.get('1042')).toMatchObject({ state: 'retrying', submitted_by: 'bot' });
    expect(lines).toMatchObject([{ message: 'Order accepted', duplicate: true }]);
  });

  test('and in the CRM when it is adopted is answered with its number there', async () => {
    const { post, pauses } = await door(
      record({ state: 'synced', crm_order_id: '7', submitted_by: undefined, settled_at: SETTLED }),
    );
    expect(await post({ wait: '8' })).toMatchObject({
      status: 200,
      body: { state: 'synced', duplicate: true, crm_order_id: '7' },
    });
    expect(pauses).toEqual([]);
  });

  test("and was another caller's, refused, gives up its number", async () => {
    const { post, sends, ledger, lines } = await door(
      record({ state: 'rejected', submitted_by: 'site', start: 1 }),
    );
    expect(await post()).toMatchObject({ status: 202, body: { state: 'accepted', duplicate: false } });
    expect(sends).toMatchObject([{ attributes: { submitted_by: 'bot', start: 2 } }]);
    expect(await ledger.get('1042')).toMatchObject({ state: 'accepted', submitted_by: 'bot' });
    expect(await ledger.getAside('1042', 'site')).toMatchObject({ state: 'rejected' });
    expect(lines).toMatchObject([{ message: 'Order accepted', duplicate: false }]);
  });
});

describe('what was paid', () => {
  const bodies = (sends: readonly { body: unknown }[]) => sends.map(({ body }) => body);
  const BOOKED: LedgerRecord['payments'] = [{ amount: 500, state: 'booked', attempts: 1 }];

  test('goes after its order, in the name of its caller', async () => {
    const { post, sends, ledger } = await door();
    await post({ order: PAID, headers: { traceparent: TRACE } });
    expect(bodies(sends)).toEqual([parsedOrder('1042', { status: 'PAID' }), PAYMENT]);
    expect(sends[1]?.attributes).toEqual({ submitted_by: 'bot', traceparent: TRACE });
    expect(await ledger.get('1042')).toMatchObject({ payments: [{ amount: 500, state: 'waiting' }] });
  });

  test('of an order on its way goes alone, and the answer is that of a repeat', async () => {
    const known = record({ state: 'retrying', status: { wanted: 'PAID', attempts: 0 } });
    const { post, sends } = await door(known);
    expect(await post({ order: PAID })).toMatchObject({
      status: 202,
      body: { state: 'retrying', duplicate: true },
    });
    expect(bodies(sends)).toEqual([PAYMENT]);
  });

  test.each([
    ['a repeat sends nothing', { status: { wanted: 'PAID' as const, attempts: 0 } }, []],
    ['a further status goes without it', {}, [{ external_id: '1042', status: 'PAID' }]],
  ])('and is booked is not asked for again: %s', async (_what, changes, expected) => {
    const { post, sends } = await door(record({ state: 'synced', payments: BOOKED, ...changes }));
    expect(await post({ order: PAID })).toMatchObject({ status: 202, body: { duplicate: true } });
    expect(bodies(sends)).toEqual(expected);
  });

  test('and is booked stays so when the order begins anew', async () => {
    const { post, sends } = await door(record({ state: 'parked', payments: BOOKED }));
    await post({ order: PAID });
    expect(sends).toHaveLength(1);
  });

  test('for an order of another caller says nothing of one that takes over its number', async () => {
    const { post, sends } = await door(record({ state: 'rejected', submitted_by: 'site', payments: BOOKED }));
    await post({ order: PAID });
    expect(bodies(sends)).toEqual([parsedOrder('1042', { status: 'PAID' }), PAYMENT]);
  });

  test('is nothing where nobody says so', async () => {
    const { post, sends } = await door();
    await post({ order: { status: 'PAID' } });
    expect(sends).toHaveLength(1);
  });
});

describe('an order that is waited for', () => {
  const inCrm = (current: LedgerRecord | undefined, changes: Partial<LedgerRecord> = {}): LedgerRecord => ({
    ...(current ?? record()),
    state: 'synced',
    crm_order_id: '7',
    settled_at: NOW,
    ...changes,
  });

  test('is answered with 200 and its number in the CRM once it is there', async () => {
    const { post, whenWaited, pauses } = await door();
    expect(
      await post(
        { wait: '8' },
        whenWaited((current) => inCrm(current)),
      ),
    ).toMatchObject({
      status: 200,
      body: { state: 'synced', duplicate: false, crm_order_id: '7' },
    });
    expect(pauses).toHaveLength(1);
  });

  test.each([undefined, '0'])('for no time (%s) is answered at once', async (wait) => {
    const { post, whenWaited, pauses } = await door();
    expect(
      await post(
        wait === undefined ? {} : { wait },
        whenWaited((current) => inCrm(current)),
      ),
    ).toMatchObject({
      status: 202,
      body: { state: 'accepted' },
    });
    expect(pauses).toEqual([]);
  });

  test('and is refused meanwhile is answered with 202, and why', async () => {
    const { post, whenWaited } = await door();
    const refused = whenWaited((current) => inCrm(current, { state: 'rejected', error: REFUSED }));
    expect(await post({ wait: '8' }, refused)).toMatchObject({
      status: 202,
      body: { state: 'rejected', error: { type: 'VALIDATION' } },
    });
  });

  test.each([
    ['as long as was asked for', 20_000, 8_000],
    ['as long as the invocation can, and still answer', 5_000, 3_500],
    ['not at all where the invocation is over', 1_500, 0],
  ])('is waited for %s', async (_what, left, waited) => {
    const { post, pauses } = await door();
    expect(await post({ wait: '8' }, { remainingMs: () => left })).toMatchObject({
      status: 202,
      body: { state: 'accepted' },
    });
    expect(pauses.reduce((sum, ms) => sum + ms, 0)).toBeCloseTo(waited);
  });

  test.each([
    ["another caller's", { submitted_by: 'site' }],
    ['of other content', { content_hash: 'h2' }],
  ])('is not taken for what is %s by then', async (_what, changes) => {
    const { post, whenWaited } = await door();
    expect(
      await post(
        { wait: '2' },
        whenWaited((current) => inCrm(current, changes)),
      ),
    ).toMatchObject({
      status: 202,
      body: { state: 'accepted', crm_order_id: null },
    });
  });

  test('and has lost its number is looked for in its own story', async () => {
    const { post, whenWaited, deps } = await door();
    const lost = whenWaited((current) => inCrm(current, { submitted_by: 'site' }));
    await deps.ledger.putAside(record({ state: 'parked', settled_at: NOW }));
    expect(await post({ wait: '2' }, lost)).toMatchObject({ status: 202, body: { state: 'parked' } });
  });

  test('does not take the end of its last start for its own', async () => {
    const { post, deps } = await door(record({ state: 'rejected', error: REFUSED, settled_at: SETTLED }));
    const ledger = { ...deps.ledger, replace: () => Promise.reject(DOWN) };
    expect(await post({ wait: '2' }, { ledger })).toMatchObject({
      status: 202,
      body: { state: 'accepted', error: null },
    });
  });

  test('as a repeat of what is on its way ends as that does', async () => {
    const { post, whenWaited } = await door(record({ state: 'retrying' }));
    expect(
      await post(
        { wait: '8' },
        whenWaited((current) => inCrm(current)),
      ),
    ).toMatchObject({
      status: 200,
      body: { state: 'synced', duplicate: true, crm_order_id: '7' },
    });
  });

  test('as a repeat is told where it is when the time is over', async () => {
    const { post } = await door(record({ state: 'in_doubt' }));
    expect(await post({ wait: '2' })).toMatchObject({
      status: 202,
      body: { state: 'in_doubt', duplicate: true },
    });
  });

  test.each([
    ['8', 200],
    ['0', 202],
  ])('as a repeat of what is in the CRM is answered at once (wait=%s)', async (wait, status) => {
    const { post, pauses } = await door(record({ state: 'synced', crm_order_id: '7', settled_at: SETTLED }));
    expect(await post({ wait })).toMatchObject({ status, body: { state: 'synced', crm_order_id: '7' } });
    expect(pauses).toEqual([]);
  });
});
