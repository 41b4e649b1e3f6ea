/** A run of `tendDeadLetters` with nothing but memory around it: what it does with each letter, and with its time. */
import { describe, expect, test } from 'vitest';
import type { InHand } from '../../../lib/dead-letters/dead-letter-queue.ts';
import type { Letter } from '../../../lib/dead-letters/letter.ts';
import { type TendDeadLettersDeps, tendDeadLetters } from '../../../lib/dead-letters/tend.ts';
import { ended } from '../../../lib/ledger/end.ts';
import { UnreadableRecord } from '../../../lib/ledger/ledger.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { accepted } from '../../../lib/ledger/start.ts';
import type { OrderAttributes } from '../../../lib/queues/codec.ts';
import { memoryLetters, NOW } from '../../kit/memory-letters.ts';

const SECOND = 1000;
const HOUR = 3600 * SECOND;
const DAY = 24 * HOUR;

/** A letter of `bot` that a consumer has parked an hour ago; each a millisecond after the one before. */
const letterOf = (id: string, changes: Partial<Letter> = {}, nth = 0): Letter => ({
  body: `body of ${id}`,
  reason: 'CONNECTION',
  reasons: [{ code: 'crm_unreachable' }],
  error_message: undefined,
  attempts: 4,
  redriven: 0,
  parkedAt: NOW - HOUR + nth,
  submitted_by: 'bot',
  start: 1,
  traceparent: undefined,
  external_id: id,
  content_hash: 'h1',
  messageId: `message of ${id}`,
  receiptHandle: id,
  ...changes,
});

const lettersOf = (count: number): Letter[] =>
  Array.from({ length: count }, (_, i) => letterOf(String(i), {}, i));

const orderOf = (external_id: string, changes: Partial<LedgerRecord> = {}): LedgerRecord => ({
  ...accepted({ external_id, content_hash: 'h1', submitted_by: 'bot' }, NOW - HOUR),
  ...changes,
});

/** How a consumer has let go of it. */
const PARKED = {
  state: 'parked',
  error: { type: 'CONNECTION', message: 'down' },
  doubt: undefined,
  notBefore: undefined,
  costsAttempt: true,
} as const;

const down = async (): Promise<never> => {
  throw new TypeError('down');
};

interface Circumstances {
  /** When a consumer has an order that was sent in the CRM, in ms; `undefined`: never. */
  arrivesIn?: (id: string) => number | undefined;
  /** How long the invocation may last. */
  ms?: number;
  /** How long SQS takes to answer. */
  receiveMs?: number;
}

function relayWith(letters: readonly Letter[], circumstances: Circumstances = {}) {
  const { arrivesIn = () => 1, ms = 60 * SECOND, receiveMs = 0 } = circumstances;
  const { deps: around, ...memory } = memoryLetters();
  const { clock, ledger } = memory;
  const visible = [...letters];
  const deleted: string[] = [];
  const givenBack: string[] = [];
  const visibilities: number[] = [];
  const sent: { id: string; body: string; attributes: OrderAttributes | undefined }[] = [];
  const arriving = new Map<string, number>();
  const handles = (all: readonly InHand[]) => all.map(({ receiptHandle }) => receiptHandle);
  const deps: TendDeadLettersDeps = {
    ...around,
    deadLetters: {
      async receive(seconds) {
        visibilities.push(seconds);
        clock.now += receiveMs;
        return visible.splice(0, 10);
      },
      async delete(all) {
        deleted.push(...handles(all));
        return [];
      },
      async hide(all, seconds) {
        givenBack.push(...handles(all).map((handle) => (seconds === 0 ? handle : `${handle}, late`)));
        return [];
      },
    },
    queue: {
      async send(body, attributes) {
        const id = body.slice('body of '.length);
        sent.push({ id, body, attributes });
        const after = arrivesIn(id);
        if (after !== undefined) arriving.set(id, clock.now + after);
      },
    },
    async pause(waitMs) {
      clock.now += waitMs;
      for (const [id, at] of arriving) {
        if (at > clock.now) continue;
        arriving.delete(id);
        const known = (await ledger.get(id)) ?? orderOf(id);
        await ledger.replace({
          ...ended(known, { state: 'synced', crmOrderId: '7' }, clock.now),
          outbox: undefined,
        });
      }
    },
    returnBaseMs: 60 * SECOND,
    waveTimeoutMs: 20 * SECOND,
  };
  const ends = clock.now + ms;
  const invocation = { awsRequestId: 'request', getRemainingTimeInMillis: () => ends - clock.now };
  const tend = (changes: Partial<TendDeadLettersDeps> = {}) =>
    tendDeadLetters(invocation, { ...deps, ...changes });
  return { ...memory, deps, tend, visible, deleted, givenBack, visibilities, sent };
}

test('one run, and a letter of each kind', async () => {
  const relay = relayWith([
    letterOf('copy'),
    letterOf('refused', { reason: 'VALIDATION' }),
    letterOf('held'),
    letterOf('later'),
    letterOf('moved', { reason: 'NO_REASON', parkedAt: NOW - 10 * SECOND }),
    letterOf('due', { redriven: 1 }),
  ]);
  const { ledger, know } = relay;
  await know({ ...orderOf('copy', { state: 'synced' }), settled_at: NOW });
  await know(orderOf('held', { state: 'syncing', lease_until: NOW + HOUR }));
  const get = async (id: string) => {
    if (id === 'later') throw new UnreadableRecord('of a later version');
    return ledger.get(id);
  };
  const report = await relay.tend({ ledger: { ...ledger, get } });
  expect(report).toEqual({
    seen: 6,
    removed: 1,
    sent_back: 2,
    waiting: 1,
    on_their_way: 1,
    held_back: 0,
    unreadable: 1,
    recorded: 1,
    left_hidden: 0,
    probe: 'succeeded',
    lost: 0,
    // The two waves were looked at once each, after a quarter of a second.
    oldest_under_way_s: 3601,
  });
  expect(relay.deleted).toEqual(['copy', 'due', 'moved']);
  expect(relay.givenBack).toEqual(['refused', 'held', 'later']);
  expect(relay.sent).toMatchObject([
    { body: 'body of due', attributes: { redriven: 2, submitted_by: 'bot', start: 1 } },
    { body: 'body of moved', attributes: { redriven: 1, submitted_by: 'bot' } },
  ]);
  expect(relay.lines.filter(({ level }) => level === 'info')).toEqual([
    {
      level: 'info',
      message: 'Dead letter removed: its order is in the CRM',
      request_id: 'request',
      external_id: 'copy',
      message_id: 'message of copy',
    },
    { level: 'info', message: 'Order sent back', request_id: 'request', external_id: 'due', redriven: 2 },
    { level: 'info', message: 'Order sent back', request_id: 'request', external_id: 'moved', redriven: 1 },
    { level: 'info', message: 'Dead letters tended', request_id: 'request', ...report },
  ]);
  expect(relay.lines.every(({ request_id }) => request_id === 'request')).toBe(true);
});

test('what is not due is given back, and was seen', async () => {
  const relay = relayWith([letterOf('young', { parkedAt: NOW })]);
  expect(await relay.tend()).toMatchObject({ seen: 1, held_back: 1, sent_back: 0, probe: 'none' });
  expect(relay.givenBack).toEqual(['young']);
  expect(relay.sent).toEqual([]);
});

test('all copies of a letter go with the one that is sent', async () => {
  const copies = [
    letterOf('a'),
    letterOf('a', { redriven: 1, messageId: 'second', receiptHandle: 'second' }),
  ];
  const relay = relayWith(copies);
  expect(await relay.tend()).toMatchObject({ seen: 2, sent_back: 2, held_back: 0 });
  expect(relay.sent).toMatchObject([{ attributes: { redriven: 2 } }]);
  expect(relay.deleted.toSorted()).toEqual(['a', 'second']);
  expect(relay.givenBack).toEqual([]);
});

describe('while the probe does not get through', () => {
  test('nothing else is sent, and the rest is given back', async () => {
    const relay = relayWith(lettersOf(5), { arrivesIn: () => undefined });
    expect(await relay.tend()).toMatchObject({ seen: 5, sent_back: 1, held_back: 4, probe: 'failed' });
    expect(relay.sent.map(({ id }) => id)).toEqual(['0']);
    expect(relay.deleted).toEqual(['0']);
    expect(relay.givenBack).toEqual(['1', '2', '3', '4']);
  });

  test('because somebody has corrected it meanwhile: it is not sent, and proves nothing', async () => {
    const relay = relayWith(lettersOf(3));
    const { ledger, know } = relay;
    await know(ended(orderOf('0'), PARKED, NOW - HOUR));
    let looks = 0;
    const get = async (id: string) => {
      const record = await ledger.get(id);
      if (id !== '0' || record === undefined) return record;
      looks += 1;
      // Between the run's judgement and its sending.
      if (looks === 1) await ledger.replace({ ...record, content_hash: 'corrected' });
      return record;
    };
    expect(await relay.tend({ ledger: { ...ledger, get } })).toMatchObject({
      sent_back: 0,
      held_back: 3,
      probe: 'failed',
    });
    expect(relay.sent).toEqual([]);
    expect(relay.givenBack).toEqual(['0', '1', '2']);
  });

  test('because nobody had heard of it, and now somebody has: the same', async () => {
    const relay = relayWith([letterOf('0')]);
    const { ledger, know } = relay;
    let looks = 0;
    const get = async (id: string) => {
      looks += 1;
      if (looks === 2) await know(orderOf('0', { content_hash: 'corrected' }));
      return ledger.get(id);
    };
    expect(await relay.tend({ ledger: { ...ledger, get } })).toMatchObject({ sent_back: 0, probe: 'failed' });
    expect(relay.sent).toEqual([]);
  });
});

describe('its time', () => {
  test.each([
    [60 * SECOND, 90],
    [45_500, 76],
  ])('is %i ms: the letters stay hidden for longer, %i s', async (ms, seconds) => {
    const relay = relayWith([], { ms });
    await relay.tend();
    expect(relay.visibilities).toEqual([seconds]);
  });

  test('is spent on looking to a third; what it has not seen stays where it is', async () => {
    const relay = relayWith(lettersOf(300), { receiveMs: SECOND, ms: 70 * SECOND });
    // 10 s are kept for giving back: 60 s are left at first, and 40 s are to be left after.
    expect(await relay.tend({ returnBaseMs: DAY })).toMatchObject({ seen: 200, held_back: 200 });
    expect(relay.visible).toHaveLength(100);
  });

  test.each([
    ['as much as a wave may take', 30 * SECOND, 0],
    ['more', 30 * SECOND + 1, 1],
  ])('must be longer than a wave: with %s left, %i ms, %i are sent', async (_left, ms, sent_back) => {
    const relay = relayWith([letterOf('a')], { ms });
    expect(await relay.tend()).toMatchObject({ sent_back, held_back: 1 - sent_back });
  });

  test('is over though a wave gets on: the run ends with what it needs to give back', async () => {
    const slow = (id: string) => (id === '0' ? 1 : id === '1' ? 15 * SECOND : undefined);
    const relay = relayWith(lettersOf(5), { ms: 32 * SECOND, arrivesIn: slow });
    expect(await relay.tend()).toMatchObject({ sent_back: 3, held_back: 2, probe: 'succeeded' });
    expect(relay.clock.now).toBe(NOW + 22 * SECOND);
    expect(relay.givenBack).toEqual(['3', '4']);
  });

  test.each([
    [10 * SECOND, 0],
    [10 * SECOND + 1, 1],
  ])('of %i ms is enough for %i order that is lost', async (ms, lost) => {
    const relay = relayWith([], { ms });
    await relay.know(accepted({ external_id: 'lost', content_hash: 'h1' }, NOW - 5 * DAY));
    expect(await relay.tend()).toMatchObject({ lost });
  });
});

describe('the ledger and the queue are asked for ten at once, no more', () => {
  const counting = () => {
    const count = { now: 0, most: 0 };
    const during = async <T>(work: () => Promise<T>): Promise<T> => {
      count.now += 1;
      count.most = Math.max(count.most, count.now);
      // Until whatever else may be begun has been.
      await new Promise(setImmediate);
      count.now -= 1;
      return work();
    };
    return { count, during };
  };

  test('when letters are judged', async () => {
    const relay = relayWith(lettersOf(30));
    const { count, during } = counting();
    const get = (id: string) => during(() => relay.ledger.get(id));
    await relay.tend({ returnBaseMs: DAY, ledger: { ...relay.ledger, get } });
    expect(count.most).toBe(10);
  });

  test('when letters are sent', async () => {
    const relay = relayWith(lettersOf(31));
    const { count, during } = counting();
    const send = (body: string, attributes?: OrderAttributes) =>
      during(() => relay.deps.queue.send(body, attributes));
    expect(await relay.tend({ queue: { send } })).toMatchObject({ sent_back: 31 });
    expect(count.most).toBe(10);
  });
});

describe('what goes wrong', () => {
  test('with letting go of a letter is counted: it shows up again by itself', async () => {
    const relay = relayWith([
      letterOf('copy'),
      letterOf('refused', { reason: 'VALIDATION' }),
      letterOf('due'),
    ]);
    await relay.know({ ...orderOf('copy', { state: 'synced' }), settled_at: NOW });
    const all = async <T>(letters: readonly T[]) => [...letters];
    const deadLetters = { ...relay.deps.deadLetters, delete: all, hide: all };
    expect(await relay.tend({ deadLetters })).toMatchObject({ seen: 3, left_hidden: 3, sent_back: 1 });
  });

  test('with one of a wave keeps none of the others from being sent, and nothing is sent after', async () => {
    const relay = relayWith(lettersOf(7));
    const send = async (body: string, attributes?: OrderAttributes) => {
      if (body === 'body of 1') throw new TypeError('down');
      await new Promise(setImmediate);
      return relay.deps.queue.send(body, attributes);
    };
    await expect(relay.tend({ queue: { send } })).rejects.toThrow();
    expect(relay.sent.map(({ id }) => id)).toEqual(['0', '2']);
    expect(relay.deleted).toEqual(['0', '2']);
    expect(relay.givenBack).toEqual(['1', '3', '4', '5', '6']);
  });

  test('with the ledger: nothing is done to any letter, all are given back, and it is said', async () => {
    const relay = relayWith(lettersOf(3));
    await expect(relay.tend({ ledger: { ...relay.ledger, get: down } })).rejects.toThrow('down');
    expect(relay.sent).toEqual([]);
    expect(relay.deleted).toEqual([]);
    expect(relay.givenBack).toEqual(['0', '1', '2']);
    expect(relay.lines).toMatchObject([
      {
        level: 'error',
        message: 'Dead letters not tended to the end',
        request_id: 'request',
        seen: 3,
        held_back: 3,
        probe: 'none',
        error_name: 'TypeError',
      },
    ]);
  });

  test('is what the run fails with, even where nothing can be given back either', async () => {
    const relay = relayWith(lettersOf(3));
    const hide = async () => {
      throw new Error('SQS is gone as well');
    };
    const deadLetters = { ...relay.deps.deadLetters, hide };
    await expect(relay.tend({ deadLetters, ledger: { ...relay.ledger, get: down } })).rejects.toThrow('down');
    expect(relay.lines).toMatchObject([{ level: 'error', error_name: 'TypeError' }]);
  });
});

describe('says for how long the oldest order has been under way:', () => {
  test.each([
    ['in whole seconds', [90_400, 20_000], 90],
    ['none, where a clock is ahead', [-5000], 0],
    ['none, where there is none', [], 0],
  ])('%s', async (_how, ages, seconds) => {
    const relay = relayWith([]);
    for (const [i, age] of ages.entries())
      await relay.know(accepted({ external_id: String(i), content_hash: 'h1' }, NOW - age));
    expect((await relay.tend()).oldest_under_way_s).toBe(seconds);
  });
});
