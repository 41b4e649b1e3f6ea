/** A run of `tendDeadLetters` on a real queue and ledger, with the real consumer behind, watched from within. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { deadLetterQueue } from '../../../lib/dead-letters/dead-letter-queue.ts';
import { type TendDeadLettersDeps, tendDeadLetters } from '../../../lib/dead-letters/tend.ts';
import { ordersQueue } from '../../../lib/queues/queues.ts';
import { countOf, dropLetter, impatient, ledgerOf, parkOrder, refOf, sizeOf } from '../../kit/dlq.ts';
import { PERSONAL, sampleOrder } from '../../kit/orders.ts';
import { recordingLog } from '../../kit/recording-log.ts';
import { type Relay, startRelay } from '../../kit/relay.ts';
import { until } from '../../kit/until.ts';

let relay: Relay;
beforeAll(async () => {
  relay = await startRelay({ settings: { MAX_RETRIES: '0' }, visibilitySeconds: 1, feed: false });
});
afterAll(() => relay.stop());
beforeEach(async () => {
  await relay.stopFeeding();
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
    ledger: ledgerOf(stack),
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

test('sends back what has passed in waves of 1, 2, 4, …, and says so in one line', async () => {
  for (let i = 0; i < 12; i += 1) await park(`waves-${i}`);
  relay.feed();
  const { report, sizes, lines } = await tend();
  expect(report).toMatchObject({ seen: 12, sent_back: 12, held_back: 0, probe: 'succeeded' });
  expect(sizes).toEqual([1, 2, 4, 5]);
  expect(await countOf(relay.stack, 'DeadLetterQueue')).toEqual({ visible: 0, inHand: 0 });
  for (let i = 0; i < 12; i += 1) expect(relay.inCrm(`waves-${i}`)).toBe(1);
  expect(lines).toEqual([
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
      left_hidden: 0,
      probe: 'succeeded',
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
    on_their_way: 1,
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
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level: 'error', seen: 1, sent_back: 1 });
    expect(JSON.stringify(lines)).not.toContain(PERSONAL.name);
    expect(await countOf(relay.stack, 'DeadLetterQueue')).toEqual({ visible: 1, inHand: 0 });

    relay.feed();
    await until(() => relay.inCrm('crash-1') === 1);
    await relay.drained();
    expect((await tend()).report).toMatchObject({ seen: 1, removed: 1, sent_back: 0 });
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
  const ledger = { get: () => Promise.reject(new Error('The table is gone')) };
  const { error, lines, sizes } = await tend({ ledger });
  expect(error).toBeInstanceOf(Error);
  expect(sizes).toEqual([]);
  expect(lines).toMatchObject([{ level: 'error', seen: 3, sent_back: 0 }]);
  expect(await countOf(relay.stack, 'DeadLetterQueue')).toEqual({ visible: 3, inHand: 0 });
});
