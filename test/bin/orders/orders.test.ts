import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { deadLetterQueue } from '../../../lib/dead-letters/dead-letter-queue.ts';
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
  total: z.number(),
  seen: z.number(),
  in_other_hands: z.number(),
  not_seen: z.number(),
  selected: z.number(),
  unreadable: z.number(),
  groups: z.array(
    z.object({
      type: z.string(),
      reason: z.string(),
      count: z.number(),
      who: z.string(),
      mends_itself: z.boolean(),
    }),
  ),
  unknown_texts: z.array(z.object({ text: z.string(), count: z.number() })),
  letters: z.array(z.looseObject({ external_id: z.string().nullable(), message_id: z.string() })).optional(),
});
const nothing = { visible: 0, inHand: 0 };

test('list says first how many there are of what, who must act, and what mends itself', async () => {
  const { stack } = relay;
  const reasons = [{ code: 'phone_invalid' }, { code: 'sku_unknown' }] as const;
  await parkOrder(stack, sampleOrder('list-1'), 'VALIDATION', { ago: 3600, attempts: 1, reasons });
  await parkOrder(stack, sampleOrder('list-2'), 'CONNECTION', { ago: 60, redriven: 2 });
  await dropLetter(stack, `{"customer":{"name":"${PERSONAL.name}"}}`);
  // In somebody else's hands, as while tendDeadLetters works: it counts.
  await dropLetter(stack, JSON.stringify(sampleOrder('list-3')));
  await until(async () => (await countOf(stack, 'DeadLetterQueue')).visible === 4);
  const deadLetters = deadLetterQueue(stack.sqs, refOf(stack, 'DeadLetterQueue'));
  const taken = await deadLetters.receive(60);
  const [held, ...others] = taken.toSorted((a) => (a.external_id === 'list-3' ? -1 : 1));
  expect([taken.length, held?.external_id]).toEqual([4, 'list-3']);
  await deadLetters.hide(others, 0);

  const all = await operator.json(listed, ['list']);
  expect(all).toMatchObject({
    total: 4,
    seen: 3,
    in_other_hands: 1,
    not_seen: 0,
    selected: 3,
    unreadable: 1,
  });
  expect(all.letters).toBeUndefined();
  expect(
    all.groups.map(({ type, reason, count, who, mends_itself }) => [type, reason, count, who, mends_itself]),
  ).toEqual([
    ['VALIDATION', 'phone_invalid', 1, 'customer', false],
    ['VALIDATION', 'sku_unknown', 1, 'customer', false],
    ['NO_REASON', 'broke_off', 1, 'nobody', false],
    ['CONNECTION', 'crm_unreachable', 1, 'nobody', true],
  ]);
  const { stdout } = await operator.orders(['list', '--letters']);
  expect(stdout).toMatch(/^On the dead-letter queue: 4; 1 in other hands just now/);
  expect(stdout).toMatch(/since \d{4}-\d\d-\d\d \d\d:\d\d:\d\d Kyiv time/);
  expect(stdout).toMatch(/^list-1 {2}VALIDATION phone_invalid, sku_unknown\n.*for 1 h; attempts 1.*О•••/m);

  // What it prints, the filters take.
  for (const { type, reason, count } of all.groups) {
    const narrowed = await operator.json(listed, ['list', '--type', type, '--reason', reason, '--letters']);
    expect([narrowed.selected, narrowed.letters?.length]).toEqual([count, count]);
  }
  const few = await operator.json(listed, ['list', '--letters', '--limit', '1', '--since', '2h']);
  expect(few.letters?.map(({ external_id }) => external_id)).toEqual(['list-1']);
  expect((await operator.orders(['list', '--letters', '--reveal'])).stdout).toContain(PERSONAL.name);
  if (held !== undefined) await deadLetters.hide([held], 0);
  expect(await countOf(stack, 'DeadLetterQueue')).toEqual({ visible: 4, inHand: 0 });
});

/** Of what the list prints: codes, commands and their options. */
const CODES =
  'narrow refused_unknown orders list letters type reason since show external_id lang uk itniks'.split(' ');

test('list fits 60 columns, breaks between words, and is Ukrainian throughout where it is asked to be', async () => {
  await parkOrder(relay.stack, sampleOrder('narrow-1'), 'VALIDATION', {
    message: 'The CRM refuses the order (422): the shop is closed because of a long and windy holiday',
    reasons: [{ code: 'refused_unknown' }],
  });
  for (const lang of ['en', 'uk']) {
    const { stdout } = await operator.orders(['list', '--letters', '--lang', lang], {
      env: { COLUMNS: '60' },
    });
    expect(stdout.split('\n').filter((line) => [...line].length > 60)).toEqual([]);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('long and windy holiday');
    if (lang === 'en') continue;
    // Codes, commands and the CRM's own words stay as they are.
    const words = stdout.replaceAll(/\d+ × [\s\S]*?holiday/g, '').match(/[a-z_]{2,}/g) ?? [];
    expect(words.filter((word) => !CODES.includes(word))).toEqual([]);
  }
});

test('list counts what is refused in words that nobody here knows, each wording without the customer', async () => {
  const unknown = (id: string, said: string) =>
    parkOrder(relay.stack, sampleOrder(id), 'VALIDATION', {
      message: `The CRM refuses the order (422): ${said}`,
      reasons: [{ code: 'refused_unknown' }],
    });
  await unknown('words-1', `${PERSONAL.name} is on the black list`);
  await unknown('words-2', 'Warehouse closed');
  await unknown('words-3', `${PERSONAL.name} is on the black list`);
  expect((await operator.json(listed, ['list'])).unknown_texts).toEqual([
    { text: expect.stringMatching(/^The CRM refuses the order \(422\): .*is on the black list$/), count: 2 },
    { text: 'The CRM refuses the order (422): Warehouse closed', count: 1 },
  ]);
});

test('a letter that cannot be read is shown masked, mended and sent on, or forgotten, by its message id', async () => {
  const { stack } = relay;
  await dropLetter(stack, `{"customer":{"name":"${PERSONAL.name}"`);
  await dropLetter(stack, 'Таємна адреса 123 45');
  const { letters = [] } = await operator.json(listed, ['list', '--letters']);
  expect(letters).toHaveLength(2);
  for (const { message_id } of letters) {
    const { stdout } = await operator.orders(['show', '--message', message_id]);
    expect(stdout).toMatch(/^\d+ bytes:\n({"customer":{"name":"О•• К••"|Т•• а•• ••• •••)$/m);
    expect(stdout).toContain(`orders forget --message ${message_id}`);
  }
  const [first, second] = letters.map(({ message_id }) => message_id);
  await operator.orders(['forget', '--message', first ?? '']);
  await operator.orders(['forget', '--message', first ?? ''], { code: 1 });
  const patch = join(await mkdtemp(join(tmpdir(), 'patch-')), 'mend.json');
  await writeFile(patch, JSON.stringify(sampleOrder('whole-1')));
  await operator.orders(['redrive', '--message', second ?? '', '--patch', patch]);
  expect(await countOf(stack, 'DeadLetterQueue')).toEqual(nothing);
  relay.feed();
  await until(() => relay.inCrm('whole-1') === 1);
  await relay.drained();
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

test('submit says whose order it is, who can then ask for it and is told; of nobody it warns', async () => {
  const warning = 'Nobody can ask for this order, nor is told of it';
  const submit = (id: string, ...args: string[]) =>
    operator.orders(['submit', '-', ...args], { input: JSON.stringify(sampleOrder(id)) });

  expect((await submit('whose-1')).stderr).toContain(warning);
  expect((await submit('whose-2', '--submitted-by', 'demo')).stderr).toBe('');
  relay.feed();
  await until(() => relay.inCrm('whose-1') + relay.inCrm('whose-2') === 2);
  await relay.drained();
  expect((await relay.get('whose-1')).statusCode).toBe(404);
  expect(await relay.get('whose-2')).toMatchObject({ statusCode: 200, body: { state: 'synced' } });
  const told = relay.outcomes().map(({ data }) => data.external_id);
  expect([told.includes('whose-1'), told.includes('whose-2')]).toEqual([false, true]);

  // Sent already, so it warns of nothing.
  const again = await submit('whose-2');
  expect([again.stdout, again.stderr]).toEqual([expect.stringContaining('Nothing to do'), '']);
  const noName = ['submit', '-', '--submitted-by', 'no such'];
  const wrong = await operator.orders(noName, { code: 2 });
  expect(wrong.stderr).toContain('the name of a caller');
});
