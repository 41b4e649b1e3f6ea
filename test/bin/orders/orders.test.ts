import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { explanationSchema } from '../../../lib/explanations/explanation.ts';
import { TEXTS } from '../../../lib/explanations/texts.ts';
import { accepted } from '../../../lib/ledger/start.ts';
import { countOf, dropLetter, ledgerOf, parkOrder, refOf } from '../../kit/dlq.ts';
import { PERSONAL, sampleOrder } from '../../kit/orders.ts';
import { sampleOutcome } from '../../kit/outcomes.ts';
import type { Relay } from '../../kit/relay.ts';
import { until } from '../../kit/until.ts';
import { type Operator, startOperator } from './operator.ts';

let relay: Relay;
let operator: Operator;
beforeAll(async () => {
  operator = await startOperator();
  relay = operator.relay;
});
afterAll(() => operator.stop());
beforeEach(() => operator.reset());

const listed = z.object({
  letters: z.array(
    z.object({
      external_id: z.string().nullable(),
      type: z.string(),
      reasons: z.array(z.string()),
      attempts: z.number().nullable(),
      returns: z.number(),
      age_seconds: z.number(),
      customer: z.object({ name: z.string().nullable(), phone: z.string().nullable() }),
    }),
  ),
  counts: z.object({
    reasons: z.record(z.string(), z.number()),
    unknown_texts: z.array(z.object({ text: z.string(), count: z.number() })),
  }),
});
const nothing = { visible: 0, inHand: 0 };

test('list tells what is there, masked; and leaves it as it was', async () => {
  const { stack } = relay;
  await parkOrder(stack, sampleOrder('list-1'), 'VALIDATION', {
    ago: 3600,
    attempts: 1,
    reasons: [{ code: 'phone_invalid' }, { code: 'sku_unknown' }],
  });
  await parkOrder(stack, sampleOrder('list-2'), 'CONNECTION', { ago: 60, redriven: 2 });
  await dropLetter(stack, `{"customer":{"name":"${PERSONAL.name}"}}`);

  expect(await operator.json(listed, ['list'])).toEqual({
    letters: [
      expect.objectContaining({
        external_id: 'list-1',
        type: 'VALIDATION',
        reasons: ['phone_invalid', 'sku_unknown'],
        attempts: 1,
        returns: 0,
      }),
      expect.objectContaining({
        external_id: 'list-2',
        reasons: ['crm_unreachable'],
        customer: { name: 'О••• К•••', phone: '•••67' },
        returns: 2,
      }),
      expect.objectContaining({
        external_id: null,
        type: 'NO_REASON',
        reasons: ['broke_off'],
        attempts: null,
      }),
    ],
    counts: {
      reasons: { phone_invalid: 1, sku_unknown: 1, crm_unreachable: 1, broke_off: 1 },
      unknown_texts: [],
    },
  });
  const recent = await operator.json(listed, ['list', '--since', '10m', '--type', 'CONNECTION']);
  expect(recent.letters.map(({ external_id }) => external_id)).toEqual(['list-2']);
  const { stdout } = await operator.orders(['list']);
  expect(stdout).toMatch(/list-1 +│ VALIDATION +│ phone_invalid, sku_unknown +│ 1 +│ 0 +│ 1 h .*О•••/);
  expect(stdout).toMatch(/^3 in all: broke_off 1, crm_unreachable 1, phone_invalid 1, sku_unknown 1$/m);
  expect(stdout).not.toContain('not known here');
  expect((await operator.orders(['list', '--reveal'])).stdout).toContain(PERSONAL.name);
  expect(await countOf(stack, 'DeadLetterQueue')).toEqual({ visible: 3, inHand: 0 });
});

test('list counts what is refused in words that nobody here knows, each wording without the customer', async () => {
  const { stack } = relay;
  const unknown = (id: string, said: string) =>
    parkOrder(stack, sampleOrder(id), 'VALIDATION', {
      message: `The CRM refuses the order (422): ${said}`,
      reasons: [{ code: 'refused_unknown' }],
    });
  await unknown('words-1', `${PERSONAL.name} is on the black list`);
  await unknown('words-2', 'Warehouse closed');
  await unknown('words-3', `${PERSONAL.name} is on the black list`);
  await parkOrder(stack, sampleOrder('words-4'), 'VALIDATION', {
    message: 'The CRM refuses the order (422): SKU not found',
    reasons: [{ code: 'sku_unknown' }],
  });

  expect((await operator.json(listed, ['list'])).counts).toEqual({
    reasons: { refused_unknown: 3, sku_unknown: 1 },
    unknown_texts: [
      {
        text: expect.stringMatching(/^The CRM refuses the order \(422\): .*is on the black list$/),
        count: 2,
      },
      { text: 'The CRM refuses the order (422): Warehouse closed', count: 1 },
    ],
  });
  const { stdout } = await operator.orders(['list']);
  expect(stdout).toMatch(/^4 in all: refused_unknown 3, sku_unknown 1$/m);
  expect(stdout).toMatch(/^ {2}2 × The CRM refuses the order \(422\): .*is on the black list$/m);
  expect(stdout).toMatch(/^ {2}1 × The CRM refuses the order \(422\): Warehouse closed$/m);
  expect(stdout).not.toMatch(/× .*SKU not found/);
});

/** Whatever it was wrapped at. */
const inOneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');

describe('show', () => {
  const explanations = z.array(explanationSchema).min(1);
  const shown = z.object({
    state: z.string().nullable(),
    error: z.object({ type: z.string(), message: z.string(), explanations }).nullable(),
    history: z.array(z.object({ step: z.string() })),
    dead_letters: z.array(
      z.object({ type: z.string(), verdict: z.string(), what_now: z.string(), explanations }),
    ),
  });

  test('says where an order is, why, who must act, what to do, and what the customer can be told', async () => {
    await parkOrder(relay.stack, sampleOrder('show-1'), 'VALIDATION', {
      message: `The CRM refuses the order (422): The phone of ${PERSONAL.name} is wrong`,
      reasons: [{ code: 'key_refused' }, { code: 'phone_invalid', pointer: '#/customer/phone' }],
    });
    expect(await operator.json(shown, ['show', 'show-1'])).toMatchObject({
      state: 'rejected',
      error: { explanations: [{ reason: 'phone_invalid', pointers: ['#/customer/phone'] }, {}] },
      history: [{ step: 'accepted' }, { step: 'rejected' }],
      dead_letters: [
        {
          type: 'VALIDATION',
          verdict: 'for_a_person',
          what_now: expect.stringMatching(/orders redrive show-1 --patch/),
          explanations: [{ reason: 'phone_invalid', ...TEXTS.phone_invalid }, { reason: 'key_refused' }],
        },
      ],
    });

    const { en, uk } = TEXTS.phone_invalid;
    const { stdout } = await operator.orders(['show', 'show-1']);
    expect(stdout).toMatch(/^Order show-1: refused for what it says$/m);
    expect(stdout).toMatch(/^ {2}Error +VALIDATION: The CRM refuses the order \(422\): The phone/m);
    expect(stdout).toMatch(/^ {2}Not told +its submitter, that it was rejected$/m);
    expect(stdout).toMatch(/^ {2}What now +Mend it: orders redrive show-1 --patch/m);
    expect(inOneLine(stdout)).toContain(
      [
        `${en.title} (phone_invalid): the customer must act`,
        `Cause ${en.cause}`,
        `To do ${en.todo}`,
        `Customer ${en.customer}`,
        `${TEXTS.key_refused.en.title} (key_refused): the shop's manager must act`,
      ].join(' '),
    );
    const inUkrainian = (await operator.orders(['show', 'show-1', '--lang', 'uk'])).stdout;
    for (const words of Object.values(uk)) expect(inOneLine(inUkrainian)).toContain(words);
    for (const words of Object.values(en)) expect(inOneLine(inUkrainian)).not.toContain(words);
    expect(inUkrainian).toMatch(/^ {2}Що далі +Виправте: orders redrive show-1 --patch/m);
    await operator.orders(['show', 'show-1', '--lang', 'ru'], { code: 2 });
  });

  test("says the ledger's error, and of which field, where no letter says it", async () => {
    await parkOrder(relay.stack, sampleOrder('show-2'), 'VALIDATION', {
      reasons: [{ code: 'sku_unknown', pointer: '#/items/0/sku' }],
    });
    expect((await operator.orders(['show', 'show-2'])).stdout).not.toContain('#/items/0/sku');
    await relay.takeDeadLetters();
    const { stdout } = await operator.orders(['show', 'show-2']);
    expect(stdout).toMatch(/^ {2}Error +VALIDATION: Because of VALIDATION$/m);
    expect(stdout).toMatch(/\(sku_unknown\): the customer must act\n {2}Where +#\/items\/0\/sku\n {2}Cause /);
  });

  test('explains what was parked before there were reasons, and what SQS moved', async () => {
    await parkOrder(relay.stack, sampleOrder('show-3'), 'AUTHENTICATION');
    await dropLetter(relay.stack, JSON.stringify(sampleOrder('show-4')));
    expect(await operator.json(shown, ['show', 'show-3'])).toMatchObject({
      error: { type: 'AUTHENTICATION', explanations: [{ reason: 'key_refused' }] },
      dead_letters: [{ explanations: [{ reason: 'key_refused' }] }],
    });
    expect(await operator.json(shown, ['show', 'show-4'])).toMatchObject({
      state: null,
      error: null,
      dead_letters: [{ type: 'NO_REASON', explanations: [{ reason: 'broke_off' }] }],
    });
  });

  test('says whether the outcome was told: to whom, when, with which answer; and tell tells it again', async () => {
    const { receiver } = relay;
    relay.feed();
    await relay.post(sampleOrder('told-1'));
    await relay.drained();
    const { stdout } = await operator.orders(['show', 'told-1']);
    expect(stdout).toMatch(
      /^ {2}Told {8}demo, that it was synced, \d{4}-\d\d-\d\d \d\d:\d\d:\d\d Kyiv time: HTTP 204$/m,
    );
    expect(stdout).toMatch(/^ {2}Tell again {2}orders tell told-1$/m);
    const events = () => receiver.events().filter(({ event }) => event.data.external_id === 'told-1');
    const [before] = events();

    receiver.setMode({ status: 503 });
    await operator.orders(['tell', 'told-1']);
    await until(async () => /Not told.*: HTTP 503/.test((await operator.orders(['show', 'told-1'])).stdout));
    receiver.setMode({});
    await relay.drained();
    expect(events().map(({ event, is_repeat }) => [event.id, is_repeat])).toEqual([
      [before?.event.id, false],
      [before?.event.id, true],
    ]);
  });

  test('tell refuses what is under way, or nobody has sent; and tells what was given up', async () => {
    await ledgerOf(relay.stack).replace(
      accepted({ external_id: 'told-2', content_hash: 'a', submitted_by: 'demo' }, Date.now()),
    );
    expect((await operator.orders(['tell', 'told-2'], { code: 1 })).stderr).toContain('still under way');
    await operator.orders(['tell'], { code: 2 });
    await relay.stack.sqs.send(
      new SendMessageCommand({
        QueueUrl: refOf(relay.stack, 'OutcomesDeadLetterQueue'),
        MessageBody: JSON.stringify(sampleOutcome({ submitted_by: 'demo' })),
        MessageGroupId: 'a',
        MessageDeduplicationId: 'a',
      }),
    );
    expect((await operator.orders(['tell', '--given-up'])).stdout).toContain('Told once more: 1.');
    expect(await countOf(relay.stack, 'OutcomesDeadLetterQueue')).toEqual(nothing);
  });

  test('says that nothing is known of an order, and what cannot be the number of one', async () => {
    const unknown = await operator.orders(['show', 'nobody', '--json'], { code: 1 });
    expect(JSON.parse(unknown.stdout)).toEqual({
      error: expect.stringContaining('Nothing is known of nobody'),
    });
    await operator.orders(['show', 'no such'], { code: 2 });
  });
});

test('submit puts an order on the queue once, shows what the CRM would get, and refuses what is none', async () => {
  const input = JSON.stringify(sampleOrder('submit-1'));
  const payload = await operator.orders(['submit', '-', '--dry-run'], { input });
  expect(JSON.parse(payload.stdout)).toMatchObject({
    status: 'Нові заявки',
    customer: { phone: PERSONAL.phone },
  });
  expect(await countOf(relay.stack, 'OrdersQueue')).toEqual(nothing);

  const sent = z.object({ external_id: z.string(), state: z.string(), sent: z.boolean() });
  expect(await operator.json(sent, ['submit', '-'], { input })).toEqual({
    external_id: 'submit-1',
    state: 'accepted',
    sent: true,
  });
  relay.feed();
  await until(() => relay.inCrm('submit-1') === 1);
  await relay.drained();
  expect(await operator.json(sent, ['submit', '-'], { input })).toMatchObject({
    state: 'synced',
    sent: false,
  });
  const other = JSON.stringify(sampleOrder('submit-1', { source: 'instagram' }));
  expect((await operator.orders(['submit', '-'], { input: other, code: 1 })).stderr).toMatch(
    /number of its own/,
  );

  const wrong = await operator.orders(['submit', '-'], {
    input: JSON.stringify({ ...sampleOrder('x'), adress: 'x' }),
    code: 1,
  });
  expect(wrong.stderr).toMatch(/#\/adress {2}adress is not a field of an order/);
  expect(wrong.stderr).not.toContain(PERSONAL.name);
});
