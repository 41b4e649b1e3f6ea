import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { countLetters } from '../../../lib/dead-letters/count-letters.ts';
import { deadLetterQueue } from '../../../lib/dead-letters/dead-letter-queue.ts';
import type { Failure } from '../../../lib/explanations/failure.ts';
import { Problem } from '../../../lib/intake/http.ts';
import { createLedger, type Ledger } from '../../../lib/ledger/ledger.ts';
import { createListing } from '../../../lib/ledger/listing.ts';
import { managerApi } from '../../../lib/manager/manager-api.ts';
import type { Overview } from '../../../lib/manager/overview.ts';
import { contentHash } from '../../../lib/order/content-hash.ts';
import { ordersQueue } from '../../../lib/queues/queues.ts';
import { apiEvent } from '../../../local/api-event.ts';
import { type Stack, startStack } from '../../../local/stack.ts';
import { sampleOrder } from '../../kit/orders.ts';
import { parsedOrder } from '../../kit/parsed-order.ts';
import { receivedFrom } from '../../kit/received.ts';
import { recordingLog } from '../../kit/recording-log.ts';
import { testTemplate } from '../../kit/template.ts';

const NOON = Date.parse('2026-05-05T12:00:00.000Z');
const { log, lines } = recordingLog();
let stack: Stack;
let ledger: Ledger;
let clock: { now: number };
let remainingMs = 29_000;

beforeEach(async () => {
  stack = await startStack({
    template: testTemplate({ visibilitySeconds: 600 }),
    region: 'eu-central-1',
    apiKeySecret: 'unused',
  });
  clock = { now: NOON };
  remainingMs = 29_000;
  lines.length = 0;
  ledger = createLedger(stack.dynamodb, { table: 'Ledger', now: () => clock.now });
  return () => stack.stop();
});

const refOf = (id: string) => stack.resources.get(id)?.ref ?? '';

async function ask(path: string, body?: object): Promise<unknown> {
  const event = apiEvent(body === undefined ? 'GET' : 'POST', `/manager/api/${path}`, body ?? '');
  const external_id = path.split('/')[1];
  if (external_id !== undefined) event.pathParameters = { external_id };
  const answer = await managerApi(event, {
    operator: { name: 'olena', signingSecrets: [] },
    ledger,
    listing: createListing(stack.dynamodb, 'Ledger'),
    deadLetters: deadLetterQueue(stack.sqs, refOf('DeadLetterQueue')),
    countLetters: () => countLetters(stack.sqs, refOf('DeadLetterQueue')),
    queue: ordersQueue(stack.sqs, refOf('OrdersQueue')),
    remainingMs: () => remainingMs,
    now: () => clock.now,
    log,
  });
  expect(answer.headers).toMatchObject({ 'cache-control': 'no-store' });
  return JSON.parse(z.string().parse(answer.body));
}

const BAD_PHONE: Failure = {
  type: 'VALIDATION',
  message: 'The CRM refuses the order (422)',
  reasons: [{ code: 'phone_invalid', pointer: '#/customer/phone' }],
};
const NO_KEY: Failure = { type: 'AUTHENTICATION', message: 'no', reasons: [{ code: 'key_refused' }] };
const DOWN: Failure = { type: 'CONNECTION', message: 'no', reasons: [{ code: 'crm_unreachable' }] };

/** An order that came, and got as far as this; what was refused or parked has its letter. */
async function order(id: string, end?: Failure | string, { withLetter = true } = {}) {
  const body = JSON.stringify(parsedOrder(id));
  const claim = await ledger.claim(
    {
      external_id: id,
      content_hash: contentHash(parsedOrder(id)),
      redriven: 0,
      submitted_by: 'bot',
    },
    1000,
  );
  if (claim.result !== 'acquired') throw new Error(claim.result);
  if (typeof end === 'string') await ledger.end(claim.record, { state: 'synced', crmOrderId: end });
  if (typeof end !== 'object') return;
  await ledger.end(claim.record, {
    state: end.type === 'VALIDATION' ? 'rejected' : 'parked',
    error: end,
    doubt: undefined,
    notBefore: undefined,
    costsAttempt: true,
  });
  if (!withLetter) return;
  await stack.sqs.send(
    new SendMessageCommand({
      QueueUrl: refOf('DeadLetterQueue'),
      MessageBody: body,
      MessageAttributes: {
        error_type: { DataType: 'String', StringValue: end.type },
        submitted_by: { DataType: 'String', StringValue: 'bot' },
      },
    }),
  );
}

const later = () => {
  clock.now += 60_000;
};

describe('the overview', () => {
  test('accounts for every order of the day, and lists what waits from whatever day', async () => {
    clock.now = NOON - 3 * 86_400_000;
    await order('old', BAD_PHONE);
    await order('old-there', '7000');
    clock.now = NOON;
    await order('there', '7001');
    await order('moving');
    await order('refused', BAD_PHONE);
    await order('locked-out', NO_KEY);
    await order('down', DOWN);
    const { today, waiting, is_cut } = z.custom<Overview>().parse(await ask('overview'));
    expect(today).toEqual({ day: '2026-05-05', accepted: 5, in_crm: 1, under_way: 1, waiting: 3 });
    expect(is_cut).toBe(false);
    expect(
      waiting.map(({ reason, who, mends_itself, orders }) => ({
        reason,
        who,
        mends_itself,
        ids: orders.map(({ external_id }) => external_id),
      })),
    ).toEqual([
      { reason: 'phone_invalid', who: 'customer', mends_itself: false, ids: ['old', 'refused'] },
      { reason: 'key_refused', who: 'manager', mends_itself: true, ids: ['locked-out'] },
      { reason: 'crm_unreachable', who: 'nobody', mends_itself: true, ids: ['down'] },
    ]);
  });

  test('has no personal data in it', async () => {
    await order('refused', BAD_PHONE);
    const text = JSON.stringify(await ask('overview')) + JSON.stringify(await ask('orders/refused'));
    for (const personal of Object.values(sampleOrder('refused').customer))
      expect(text).not.toContain(personal);
  });
});

test('an order is told with its story, and who must act', async () => {
  await order('1042', BAD_PHONE);
  expect(await ask('orders/1042')).toMatchObject({
    external_id: '1042',
    state: 'rejected',
    phase: 'waiting',
    mends_itself: false,
    submitted_by: 'bot',
    explanations: [{ reason: 'phone_invalid', who: 'customer', pointers: ['#/customer/phone'] }],
    steps: [
      { step: 'syncing', attempt: 1, uk: null },
      { step: 'rejected', uk: 'Номер телефону не розпізнано' },
    ],
  });
});

test.each(['orders/nobody', 'orders/..', 'nonsense', 'orders'])('there is no %s', async (path) => {
  await expect(ask(path)).rejects.toMatchObject({ code: 'order_not_found' });
});

describe('a draft', () => {
  test('shows what has to be corrected, and of the rest only what is not personal', async () => {
    await order('1042', BAD_PHONE);
    const { customer, delivery, items } = sampleOrder('1042');
    const draft = z
      .object({
        fields: z.array(z.object({ pointer: z.string(), value: z.string(), is_masked: z.boolean() })),
      })
      .parse(await ask('orders/1042/draft'));
    const shown = new Map(draft.fields.map(({ pointer, value }) => [pointer, value]));
    expect(shown.get('#/customer/phone')).toBe('+380671234567');
    expect(shown.get('#/items/0/sku')).toBe(items[0]?.sku);
    expect(draft.fields.filter(({ is_masked }) => is_masked).map(({ pointer }) => pointer)).toEqual([
      '#/customer/name',
      '#/customer/email',
      '#/delivery/city',
      '#/delivery/address',
    ]);
    const text = JSON.stringify(draft);
    for (const personal of [customer.name, delivery.address]) expect(text).not.toContain(personal);
  });

  test('leaves the letters as they were', async () => {
    await order('1042', BAD_PHONE);
    await order('1043', BAD_PHONE);
    await ask('orders/1042/draft');
    expect(await receivedFrom(stack.sqs, refOf('DeadLetterQueue'))).toHaveLength(2);
  });
});

describe('an order is sent', () => {
  const sent = () => receivedFrom(stack.sqs, refOf('OrdersQueue'));
  const letters = () => receivedFrom(stack.sqs, refOf('DeadLetterQueue'));

  test('on as it is, once, in its caller’s name, to be looked up first', async () => {
    await order('1042', NO_KEY);
    await order('1043', NO_KEY);
    later();
    expect(await ask('orders/1042/send', {})).toEqual({ verdict: 'sent' });
    const [message, ...others] = await sent();
    expect(others).toEqual([]);
    expect(JSON.parse(message?.Body ?? '')).toMatchObject({ external_id: '1042' });
    expect(message?.MessageAttributes?.['submitted_by']?.StringValue).toBe('bot');
    expect(Number(message?.MessageAttributes?.['redriven']?.StringValue)).toBeGreaterThan(0);
    expect((await letters()).map(({ Body }) => JSON.parse(Body ?? '').external_id)).toEqual(['1043']);
    expect(lines).toContainEqual(
      expect.objectContaining({ external_id: '1042', operator: 'olena', verdict: 'sent' }),
    );
  });

  test('corrected, after it was shown what would be sent; the log says which fields, and not what they say', async () => {
    await order('1042', BAD_PHONE);
    later();
    const changes = { '#/customer/phone': '050 765 43 21', '#/items/0/price': '1 200,50'.replace(' ', '') };
    const trial = await ask('orders/1042/send', { changes, trial: true });
    expect(trial).toMatchObject({
      verdict: 'would_send',
      order: { customer: { phone: '+380507654321' }, items: [{ price: 1200.5 }] },
    });
    expect(JSON.stringify(trial)).not.toContain(sampleOrder('1042').customer.name);
    expect(await sent()).toEqual([]);

    expect(await ask('orders/1042/send', { changes })).toEqual({ verdict: 'sent' });
    const [message] = await sent();
    expect(JSON.parse(message?.Body ?? '')).toMatchObject({
      customer: { ...parsedOrder('1042').customer, phone: '050 765 43 21' },
      items: [{ price: 1200.5 }],
    });
    const text = JSON.stringify(lines);
    expect(text).toContain('#/customer/phone');
    expect(text).not.toContain('765');
  });

  test('never, where the correction is none: told why, and nothing is changed', async () => {
    await order('1042', BAD_PHONE);
    later();
    expect(await ask('orders/1042/send', { changes: { '#/customer/phone': 'немає' } })).toMatchObject({
      verdict: 'refused',
      detail: expect.stringContaining('#/customer/phone'),
    });
    expect(await sent()).toEqual([]);
    expect(await letters()).toHaveLength(1);
  });

  test('never, where it has got into the CRM meanwhile', async () => {
    await order('1042', '7001');
    await stack.sqs.send(
      new SendMessageCommand({
        QueueUrl: refOf('DeadLetterQueue'),
        MessageBody: JSON.stringify(parsedOrder('1042')),
      }),
    );
    expect(await ask('orders/1042/send', {})).toEqual({ verdict: 'already_in_crm' });
    expect(await sent()).toEqual([]);
  });

  test('never, where nothing of it is left, or the queue cannot be looked through in time', async () => {
    await order('1042', BAD_PHONE, { withLetter: false });
    expect(await ask('orders/1042/send', {})).toEqual({ verdict: 'no_letter' });
    remainingMs = 5_000;
    expect(await ask('orders/1042/send', {})).toEqual({ verdict: 'not_looked_through' });
  });

  test('is told of a letter that others have in hand just then, and gets it once they have let go of it', async () => {
    await order('1042', BAD_PHONE);
    const others = deadLetterQueue(stack.sqs, refOf('DeadLetterQueue'));
    const inHand = await others.receive(600);
    expect(inHand).toHaveLength(1);
    expect(await ask('orders/1042/draft')).toEqual({ verdict: 'in_other_hands' });
    expect(await ask('orders/1042/send', {})).toEqual({ verdict: 'in_other_hands' });
    await others.hide(inHand, 0);
    expect(await ask('orders/1042/draft')).toMatchObject({ verdict: 'draft' });
    expect(await ask('orders/1042/send', {})).toEqual({ verdict: 'sent' });
  });

  test.each([
    [{ changes: { '#/external_id': '9' } }],
    [{ changes: { '#/__proto__/x': '9' } }],
    [{ changes: { '#/items/0/product_id': '9' } }],
    [{ changes: { '#/customer/phone': 7 } }],
    [{ everything: true }],
    [[]],
  ])('never by a request that is none: %j', async (body) => {
    await order('1042', BAD_PHONE);
    const refused = await ask('orders/1042/send', body).catch((error) => error);
    expect(refused).toBeInstanceOf(Problem);
    expect(refused).toMatchObject({ code: 'invalid_query' });
  });
});
