/** A run of `tendDeadLetters` on a real queue and ledger, with the real consumer behind, watched from within. */
import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deadLetterQueue } from '../../../lib/dead-letters/dead-letter-queue.ts';
import { type TendDeadLettersDeps, tendDeadLetters } from '../../../lib/dead-letters/tend.ts';
import { createListing } from '../../../lib/ledger/listing.ts';
import type { Outcome } from '../../../lib/ledger/outcome.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { accepted } from '../../../lib/ledger/start.ts';
import { contentHash } from '../../../lib/order/content-hash.ts';
import { readOrder } from '../../../lib/order/order.ts';
import type { OrderAttributes } from '../../../lib/queues/codec.ts';
import { ordersQueue } from '../../../lib/queues/queues.ts';
import { countOf, dropLetter, impatient, ledgerOf, parkOrder, refOf, sizeOf } from '../../kit/dlq.ts';
import { PERSONAL, sampleOrder } from '../../kit/orders.ts';
import { recordingLog } from '../../kit/recording-log.ts';
import { type Relay, startRelay } from '../../kit/relay.ts';
import { until } from '../../kit/until.ts';

let relay: Relay;
/** What submitters were told by the runs. */
let told: Outcome[];
beforeAll(async () => {
  relay = await startRelay({ settings: { MAX_RETRIES: '0' }, visibilitySeconds: 1, feed: false });
});
afterAll(() => relay.stop());
beforeEach(async () => {
  await relay.stopFeeding();
  told = [];
  relay.stack.sandbox.reset();
  await relay.takeDeadLetters();
});

const invocation = (ms = 60_000) => {
  const ends = Date.now() + ms;
  return { awsRequestId: 'test', getRemainingTimeInMillis: () => ends - Date.now() };
};

/** One run, and the waves in which it sent: what was sent between two looks at the ledger. */
async function tend(changes: Partial<TendDeadLettersDeps> = {}, milliseconds?: number) {
  const { stack } = relay;
  const { log, lines } = recordingLog();
  const queue = ordersQueue(stack.sqs, refOf(stack, 'OrdersQueue'));
  const waves: string[][] = [];
  let isNewWave = true;
  const deps: TendDeadLettersDeps = {
    deadLetters: impatient(deadLetterQueue(stack.sqs, refOf(stack, 'DeadLetterQueue'))),
    outcomes: { send: async (outcome) => void told.push(outcome) },
    ledger: ledgerOf(stack),
    listing: createListing(stack.dynamodb, refOf(stack, 'Ledger')),
    queue: {
      async send(body, attributes) {
        if (isNewWave) waves.push([]);
        isNewWave = false;
        waves.at(-1)?.push(body);
        await queue.send(body, attributes);
      },
    },
    async pause(ms) {
      isNewWave = true;
      await new Promise((resolve) => setTimeout(resolve, ms / 2));
    },
    returnBaseMs: 1000,
    waveTimeoutMs: 5_000,
    log,
    ...changes,
  };
  const run = await tendDeadLetters(invocation(milliseconds), deps).then(
    (report) => ({ report, error: undefined }),
    (error: unknown) => ({ report: undefined, error }),
  );
  return { ...run, waves, sizes: waves.map((wave) => wave.length), lines };
}

const park = (
  id: string,
  ...more: [type?: 'CONNECTION' | 'VALIDATION', parking?: { redriven?: number; ago?: number }]
) => parkOrder(relay.stack, sampleOrder(id), more[0] ?? 'CONNECTION', more[1]);

test('what was corrected while the run looked is left alone: to send it would undo the correction', async () => {
  await park('moved-1');
  const ledger = ledgerOf(relay.stack);
  let looks = 0;
  const { report, waves } = await tend({
    ledger: {
      ...ledger,
      async get(id) {
        looks += 1;
        const record = await ledger.get(id);
        // Between the run's judgement and its sending, somebody else writes.
        if (looks === 1 && record !== undefined)
          await ledger.replace({ ...record, content_hash: 'corrected' });
        return record;
      },
    },
  });
  expect(waves).toEqual([]);
  expect(report).toMatchObject({ seen: 1, sent_back: 0, held_back: 1 });
  expect(await countOf(relay.stack, 'DeadLetterQueue')).toEqual({ visible: 1, inHand: 0 });
});

test('sends back what has passed in waves of 1, 2, 4, …, and says so of each, and in one line', async () => {
  for (let i = 0; i < 12; i += 1) await park(`waves-${i}`);
  relay.feed();
  const { report, sizes, lines } = await tend();
  expect(report).toMatchObject({ seen: 12, sent_back: 12, held_back: 0, probe: 'succeeded' });
  expect(sizes).toEqual([1, 2, 4, 5]);
  expect(await countOf(relay.stack, 'DeadLetterQueue')).toEqual({ visible: 0, inHand: 0 });
  for (let i = 0; i < 12; i += 1) expect(relay.inCrm(`waves-${i}`)).toBe(1);
  expect(lines.slice(0, -1).map(({ external_id }) => external_id)).toEqual(
    expect.arrayContaining(Array.from({ length: 12 }, (_, i) => `waves-${i}`)),
  );
  expect(lines[0]).toMatchObject({ message: 'Order sent back', redriven: 1 });
  expect(lines.slice(12)).toEqual([
    {
      level: 'info',
      message: 'Dead letters tended',
      request_id: 'test',
      seen: 12,
      removed: 0,
      sent_back: 12,
      waiting: 0,
      on_their_way: 0,
      held_back: 0,
      unreadable: 0,
      recorded: 0,
      left_hidden: 0,
      probe: 'succeeded',
      lost: 0,
      oldest_under_way_s: 0,
    },
  ]);
});

test('while the probe fails nothing else is sent, and the others are there to be seen', async () => {
  relay.stack.sandbox.setFault({ fault: 'status', status: 503, times: 99, on: 'any' });
  for (let i = 0; i < 5; i += 1) await park(`down-${i}`, 'CONNECTION', { ago: 60 - i });
  relay.feed();
  const { report, waves } = await tend();
  expect(report).toMatchObject({ seen: 5, sent_back: 1, held_back: 4, probe: 'failed' });
  expect(waves.flat().map((body) => JSON.parse(body).external_id)).toEqual(['down-0']);
  // The probe is parked again, with its return counted.
  await until(async () => (await countOf(relay.stack, 'DeadLetterQueue')).visible === 5);
  const letters = await relay.takeDeadLetters();
  expect(letters.map(({ attributes }) => attributes['redriven']).sort()).toEqual(['0', '0', '0', '0', '1']);
});

test('a probe that is not picked up in time has failed', async () => {
  await park('unheard-1');
  expect((await tend({ waveTimeoutMs: 300 })).report).toMatchObject({ sent_back: 1, probe: 'failed' });
  relay.feed();
  await relay.drained();
});

test('stops well inside its time: what it could not begin it gives back', async () => {
  for (let i = 0; i < 5; i += 1) await park(`late-${i}`);
  const { report } = await tend({}, 14_000);
  expect(report).toMatchObject({ seen: 5, sent_back: 0, held_back: 5, probe: 'none' });
  expect(await countOf(relay.stack, 'DeadLetterQueue')).toEqual({ visible: 5, inHand: 0 });
});

test('removes copies, leaves to a person what needs one, and touches nothing of theirs', async () => {
  const { stack } = relay;
  relay.feed();
  await relay.inject(sampleOrder('copy-1'));
  await until(() => relay.inCrm('copy-1') === 1);
  await relay.drained();
  await dropLetter(stack, JSON.stringify(sampleOrder('copy-1')));
  await dropLetter(stack, JSON.stringify(sampleOrder('copy-1', { source: 'instagram' })));
  await dropLetter(stack, 'not json');
  await park('refused-1', 'VALIDATION');
  await park('tried-1', 'CONNECTION', { redriven: 5 });
  await park('young-1', 'CONNECTION', { ago: 0 });

  const { report, sizes } = await tend({ returnBaseMs: 60_000 });
  expect(report).toMatchObject({
    seen: 6,
    removed: 1,
    waiting: 4,
    held_back: 1,
    sent_back: 0,
    probe: 'none',
  });
  expect(sizes).toEqual([]);
  expect(await countOf(stack, 'DeadLetterQueue')).toEqual({ visible: 5, inHand: 0 });
  expect(relay.inCrm('copy-1')).toBe(1);
});

describe('a crash between sending and deleting', () => {
  const dying = () => ({
    ...impatient(deadLetterQueue(relay.stack.sqs, refOf(relay.stack, 'DeadLetterQueue'))),
    delete: async (letters: readonly unknown[]) => {
      if (letters.length === 0) return [];
      throw new Error(`Killed with ${PERSONAL.name} in hand`);
    },
  });

  test('leaves a copy that the next run removes: one order in the CRM', async () => {
    await park('crash-1');
    const { error, lines } = await tend({ deadLetters: dying() });
    expect(error).toBeInstanceOf(Error);
    expect(lines).toMatchObject([
      { message: 'Order sent back', external_id: 'crash-1' },
      { level: 'error', seen: 1, sent_back: 1 },
    ]);
    expect(JSON.stringify(lines)).not.toContain(PERSONAL.name);
    expect(await countOf(relay.stack, 'DeadLetterQueue')).toEqual({ visible: 1, inHand: 0 });

    relay.feed();
    await until(() => relay.inCrm('crash-1') === 1);
    await relay.drained();
    const next = await tend();
    expect(next.report).toMatchObject({ seen: 1, removed: 1, sent_back: 0 });
    expect(next.lines[0]).toMatchObject({
      message: 'Dead letter removed: its order is in the CRM',
      external_id: 'crash-1',
    });
    expect(await countOf(relay.stack, 'DeadLetterQueue')).toEqual({ visible: 0, inHand: 0 });
    expect(relay.inCrm('crash-1')).toBe(1);
  });

  test('twice, with both messages delivered at once: one order in the CRM', async () => {
    await park('crash-2');
    await tend({ deadLetters: dying() });
    expect((await tend({ waveTimeoutMs: 300 })).report).toMatchObject({ sent_back: 1 });
    expect(await sizeOf(relay.stack, 'OrdersQueue')).toBe(2);

    relay.feed();
    await relay.drained();
    expect(relay.inCrm('crash-2')).toBe(1);
    expect(await relay.takeDeadLetters()).toEqual([]);
  });
});

test('with the ledger down nothing is sent or removed, and everything is given back', async () => {
  for (let i = 0; i < 3; i += 1) await park(`blind-${i}`);
  const gone = () => Promise.reject(new Error('The table is gone'));
  const ledger = { get: gone, replace: gone, getAside: gone, putAside: gone };
  const { error, lines, sizes } = await tend({ ledger });
  expect(error).toBeInstanceOf(Error);
  expect(sizes).toEqual([]);
  expect(lines).toMatchObject([{ level: 'error', seen: 3, sent_back: 0 }]);
  expect(await countOf(relay.stack, 'DeadLetterQueue')).toEqual({ visible: 3, inHand: 0 });
});

const DAY_MS = 24 * 60 * 60 * 1000;

/** An order of `bot` as the ledger has it, since it came so many days ago. */
async function known(id: string, changes: Partial<LedgerRecord> = {}, daysAgo = 0): Promise<string> {
  const body = JSON.stringify(sampleOrder(id));
  const reading = readOrder(body);
  if (!reading.ok) throw new Error('not an order');
  const content_hash = contentHash(reading.order);
  const sentAt = Date.now() - 1000 - daysAgo * DAY_MS;
  const record = accepted({ external_id: id, content_hash, submitted_by: 'bot' }, sentAt);
  await ledgerOf(relay.stack).replace({ ...record, ...changes });
  return body;
}
const recordOf = (id: string) => ledgerOf(relay.stack).get(id);

test('says for how long the oldest order has been under way, as it came, or was sent back', async () => {
  await known('older', { state: 'in_doubt' }, 2);
  await known('newer', { state: 'retrying' }, 1);
  const { report } = await tend();
  expect(report?.oldest_under_way_s).toBeGreaterThanOrEqual(2 * 24 * 60 * 60);
  expect(report?.oldest_under_way_s).toBeLessThan(2 * 24 * 60 * 60 + 60);
});

describe('an order that SQS itself has moved', () => {
  test.each([
    ['never begun', 'accepted', undefined, ['broke_off']],
    ['failed, and was to come back', 'retrying', undefined, ['broke_off']],
    [
      'broke off in the middle of a call',
      'syncing',
      expect.stringMatching(/^[\da-f]{64}$/),
      ['in_doubt', 'broke_off'],
    ],
  ] as const)(
    '%s, is recorded as parked, with a reason, and told once',
    async (_what, state, doubt, codes) => {
      const id = `moved-by-sqs-${state}`;
      await dropLetter(relay.stack, await known(id, { state, lease_until: Date.now() - 1 }));
      const { report, lines } = await tend();
      expect(report).toMatchObject({ seen: 1, recorded: 1, sent_back: 0 });
      expect(await recordOf(id)).toMatchObject({
        state: 'parked',
        error: { type: 'NO_REASON', reasons: codes.map((code) => ({ code })) },
        ...(doubt === undefined ? {} : { doubt }),
      });
      expect(told).toMatchObject([{ type: 'parked', external_id: id, submitted_by: 'bot' }]);
      expect(lines).toContainEqual(
        expect.objectContaining({
          message: 'Order parked: SQS itself has moved its message',
          external_id: id,
        }),
      );
      await tend({ returnBaseMs: 60_000 });
      expect(told).toHaveLength(1);
    },
  );

  test('that the ledger has never heard of is recorded, and told to whoever sent it', async () => {
    await ordersQueue(relay.stack.sqs, refOf(relay.stack, 'DeadLetterQueue')).send(
      JSON.stringify(sampleOrder('unheard-of')),
      { submitted_by: 'bot' },
    );
    expect((await tend()).report).toMatchObject({ recorded: 1 });
    expect(await recordOf('unheard-of')).toMatchObject({ state: 'parked', submitted_by: 'bot' });
    expect(told).toMatchObject([{ type: 'parked', external_id: 'unheard-of', submitted_by: 'bot' }]);
  });

  test('is in the CRM without a name: it becomes the order of whoever sent the very same', async () => {
    const id = 'moved-adopted';
    const body = await known(id, {
      state: 'synced',
      settled_at: Date.now(),
      crm_order_id: '7',
      submitted_by: undefined,
    });
    await dropLetter(relay.stack, body, { submitted_by: { DataType: 'String', StringValue: 'site' } });
    await tend({ returnBaseMs: 60_000 });
    expect(await recordOf(id)).toMatchObject({ state: 'synced', submitted_by: 'site', crm_order_id: '7' });
    expect((await recordOf(id))?.outbox).toMatchObject([{ type: 'synced', submitted_by: 'site' }]);
  });

  test('is told by the next run where this one could not', async () => {
    await dropLetter(relay.stack, await known('not-told-yet'));
    const down = { send: () => Promise.reject(new Error('down')) };
    expect((await tend({ outcomes: down })).error).toBeInstanceOf(Error);
    expect(await recordOf('not-told-yet')).toMatchObject({ state: 'parked', outbox: [{ type: 'parked' }] });
    await tend();
    expect(told).toMatchObject([{ type: 'parked', external_id: 'not-told-yet' }]);
    expect((await recordOf('not-told-yet'))?.outbox).toBeUndefined();
  });

  test('is left alone while somebody has it in hand, or another order has its number', async () => {
    await dropLetter(
      relay.stack,
      await known('in-hand', { state: 'syncing', lease_until: Date.now() + 60_000 }),
    );
    await dropLetter(relay.stack, await known('another', { content_hash: 'of another' }));
    const { report } = await tend({ returnBaseMs: 60_000 });
    expect(report).toMatchObject({ seen: 2, recorded: 0, on_their_way: 1, waiting: 1 });
    expect(told).toEqual([]);
  });
});

describe("an order that SQS has moved, under another's number", () => {
  const drop = (order: object, attributes: OrderAttributes) =>
    ordersQueue(relay.stack.sqs, refOf(relay.stack, 'DeadLetterQueue')).send(
      JSON.stringify(order),
      attributes,
    );
  const storyOf = (id: string, caller: string) => ledgerOf(relay.stack).getAside(id, caller);

  test.each([
    ['on its way', { state: 'retrying', content_hash: 'of another' }],
    ['parked', { state: 'parked', content_hash: 'of another' }],
    ['in the CRM, and says the same', { state: 'synced' }],
  ] as const)('of another caller, and %s: has a story of its own, told once', async (what, changes) => {
    const id = `of-two-${what.length}`;
    await known(id, changes);
    const before = await recordOf(id);
    await drop(sampleOrder(id), { submitted_by: 'site' });
    expect((await tend()).report).toMatchObject({ seen: 1, recorded: 0, waiting: 1 });
    const error = { type: 'CONFLICT', reasons: [{ code: 'number_taken' }] };
    expect(await storyOf(id, 'site')).toMatchObject({ state: 'parked', submitted_by: 'site', error });
    expect(told).toMatchObject([{ type: 'parked', external_id: id, submitted_by: 'site', error }]);
    await tend();
    expect(told).toHaveLength(1);
    expect(await recordOf(id)).toEqual(before);
    expect(await countOf(relay.stack, 'DeadLetterQueue')).toEqual({ visible: 1, inHand: 0 });
  });

  test('that was refused, and never in the CRM: is told, goes back, and gets there', async () => {
    await known('given-up', { state: 'rejected', content_hash: 'of another', start: 1 });
    await drop(sampleOrder('given-up'), { submitted_by: 'site', start: 0 });
    relay.feed();
    expect((await tend({ returnBaseMs: 0 })).report).toMatchObject({ sent_back: 1, probe: 'succeeded' });
    expect(told).toMatchObject([{ submitted_by: 'site', error: { reasons: [{ code: 'broke_off' }] } }]);
    await relay.drained();
    expect(await recordOf('given-up')).toMatchObject({ state: 'synced', submitted_by: 'site' });
    expect(await storyOf('given-up', 'bot')).toMatchObject({ state: 'rejected' });
  });

  test('that nobody knows yet: of two letters one gets the number, and the other a story', async () => {
    await drop(sampleOrder('both-new'), { submitted_by: 'bot' });
    await drop(sampleOrder('both-new'), { submitted_by: 'site' });
    const { report } = await tend({ returnBaseMs: 60_000 });
    expect(report).toMatchObject({ seen: 2, recorded: 1, waiting: 1, held_back: 1 });
    const owner = (await recordOf('both-new'))?.submitted_by ?? '';
    expect(await storyOf('both-new', owner === 'bot' ? 'site' : 'bot')).toMatchObject({
      error: { reasons: [{ code: 'number_taken' }] },
    });
    expect(told.map(({ submitted_by }) => submitted_by).sort()).toEqual(['bot', 'site']);
  });

  test("that is its caller's own, corrected by it: goes back, and is the one that gets there", async () => {
    await known('corrects', { state: 'parked', content_hash: 'before', start: 1 });
    await drop(sampleOrder('corrects'), { submitted_by: 'bot', start: 2 });
    relay.feed();
    expect((await tend({ returnBaseMs: 0 })).report).toMatchObject({ sent_back: 1 });
    await relay.drained();
    expect(await recordOf('corrects')).toMatchObject({ state: 'synced', start: 2, superseded: ['before'] });
  });
});

test('what was refused, and could not be told before SQS moved its message, is told', async () => {
  const outcome = { id: `evt_${'1'.repeat(32)}`, type: 'rejected', at: new Date().toISOString() } as const;
  const body = await known('refused-untold', { state: 'rejected', outbox: [{ ...outcome, attempts: 1 }] });
  await dropLetter(relay.stack, body);
  await tend();
  await tend();
  expect(told).toMatchObject([{ id: outcome.id }]);
});

test('a letter that the console moved back, and SQS here again, is not taken for one that a consumer parked', async () => {
  await park('moved-twice');
  const letters = deadLetterQueue(relay.stack.sqs, refOf(relay.stack, 'DeadLetterQueue'));
  const [letter] = await letters.receive(1);
  const parked = await recordOf('moved-twice');
  if (letter === undefined || parked === undefined) throw new Error('There should be a letter');
  const underWay = { ...parked, state: 'retrying' as const, not_before: undefined };
  await ledgerOf(relay.stack).replace({ ...underWay, messages: [letter.messageId] });
  await letters.hide([letter], 0);
  expect((await tend({ returnBaseMs: 60_000_000 })).report).toMatchObject({ recorded: 1, on_their_way: 0 });
  expect(await recordOf('moved-twice')).toMatchObject({ state: 'parked' });
});

describe('an order that is on no queue any more', () => {
  const at = (daysAgo: number) => new Date(Date.now() - daysAgo * DAY_MS).toISOString();
  const seenLast = (daysAgo: number) => ({
    state: 'retrying' as const,
    history: [
      { at: at(9), step: 'accepted' as const },
      { at: at(daysAgo), step: 'retrying' as const, attempt: 1 },
    ],
  });

  test('is told as lost track of, once, counted, and parked: whoever sends it again starts it anew', async () => {
    await known('lost', seenLast(5), 9);
    const { report, lines } = await tend();
    expect(report).toMatchObject({ seen: 0, lost: 1 });
    expect(await recordOf('lost')).toMatchObject({
      state: 'parked',
      error: { type: 'NO_REASON', reasons: [{ code: 'lost_track' }] },
    });
    expect(told).toMatchObject([{ type: 'parked', external_id: 'lost', submitted_by: 'bot' }]);
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'error', message: expect.stringMatching(/^Order lost track of/) }),
    );
    expect((await tend()).report).toMatchObject({ lost: 0 });

    relay.feed();
    await relay.post(sampleOrder('lost'), {}, {}).catch(() => undefined);
    await relay.inject(sampleOrder('lost'), 'bot');
    await until(() => relay.inCrm('lost') === 1);
    await relay.drained();
    expect(await recordOf('lost')).toMatchObject({ state: 'synced' });
  });

  test('of a caller that does not have the number is told so as well, once; but not where it has got it since', async () => {
    const ledger = ledgerOf(relay.stack);
    for (const id of ['lost-aside', 'got-it']) {
      await known(id, id === 'got-it' ? { state: 'synced', submitted_by: 'site' } : { state: 'synced' });
      const story = accepted({ external_id: id, content_hash: 'h', submitted_by: 'site' }, Date.now());
      await ledger.putAside({ ...story, history: [{ at: at(5), step: 'accepted' }] });
    }
    expect((await tend()).report).toMatchObject({ lost: 1 });
    expect((await tend()).report).toMatchObject({ lost: 0 });
    expect(told).toMatchObject([{ type: 'parked', external_id: 'lost-aside', submitted_by: 'site' }]);
    expect(await ledger.getAside('lost-aside', 'site')).toMatchObject({
      state: 'parked',
      error: { reasons: [{ code: 'lost_track' }] },
    });
  });

  test('is told with the same id, should the run die before it is recorded', async () => {
    await known('lost-twice', seenLast(5), 9);
    const ledger = { ...ledgerOf(relay.stack), replace: () => Promise.reject(new Error('Killed')) };
    expect((await tend({ ledger })).error).toBeInstanceOf(Error);
    expect((await tend()).report).toMatchObject({ lost: 1 });
    expect(told.map(({ external_id }) => external_id)).toEqual(['lost-twice', 'lost-twice']);
    expect(new Set(told.map(({ id }) => id)).size).toBe(1);
  });

  test.each(['synced', 'rejected', 'parked'] as const)(
    'and has come to its end untold, as %s, is told, once',
    async (state) => {
      const outcome = { id: `evt_${'1'.repeat(32)}`, type: state, at: at(4.5) } as const;
      const untold = (age: number) => ({
        state,
        settled_at: Date.parse(at(age)),
        history: [
          { at: at(age), step: 'accepted' as const },
          { at: at(age), step: state },
        ],
        outbox: [{ ...outcome, attempts: 1 }],
      });
      await known(`untold-${state}`, untold(4.5), 9);
      // A message of this one still lives, and brings it on.
      await known(`young-${state}`, untold(3.9), 9);
      expect((await tend()).report).toMatchObject({ lost: 0 });
      await tend();
      expect(told).toMatchObject([{ id: outcome.id }]);
    },
  );

  test('and was set aside untold, because another caller has its number now, is told, once', async () => {
    const id = 'aside-untold';
    await known(id, { state: 'synced' });
    const story = accepted({ external_id: id, content_hash: 'h', submitted_by: 'site' }, Date.now());
    const outcome = { id: `evt_${'2'.repeat(32)}`, type: 'rejected', at: at(5), attempts: 1 } as const;
    await ledgerOf(relay.stack).putAside({
      ...story,
      state: 'rejected',
      history: [{ at: at(5), step: 'rejected' }],
      outbox: [outcome],
    });
    expect((await tend()).report).toMatchObject({ lost: 0 });
    await tend();
    expect(told).toMatchObject([{ id: outcome.id }]);
  });

  test('is none that was seen within the life of a message, or is held', async () => {
    await known('seen-lately', seenLast(3.9), 9);
    await known('held', { ...seenLast(5), not_before: Date.now() + 60_000 }, 9);
    expect((await tend()).report).toMatchObject({ lost: 0 });
    expect(told).toEqual([]);
  });
});

test('a record that a later version has written is left with its letter, and stops nobody else', async () => {
  await dropLetter(relay.stack, await known('of-tomorrow'));
  await park('of-today');
  await relay.stack.dynamodb.send(
    new UpdateItemCommand({
      TableName: refOf(relay.stack, 'Ledger'),
      Key: { external_id: { S: 'of-tomorrow' } },
      UpdateExpression: 'SET #state = :state',
      ExpressionAttributeNames: { '#state': 'state' },
      ExpressionAttributeValues: { ':state': { S: 'teleporting' } },
    }),
  );
  relay.feed();
  const { report, lines } = await tend();
  expect(report).toMatchObject({ seen: 2, unreadable: 1, sent_back: 1, probe: 'succeeded' });
  expect(relay.inCrm('of-today')).toBe(1);
  expect(lines).toContainEqual(
    expect.objectContaining({ level: 'error', external_id: 'of-tomorrow', error_name: 'UnreadableRecord' }),
  );
  expect(await countOf(relay.stack, 'DeadLetterQueue')).toEqual({ visible: 1, inHand: 0 });
});
