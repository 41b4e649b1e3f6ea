import { describe, expect, test } from 'vitest';
import { judge, type LetterFacts } from '../../../lib/dead-letters/judge.ts';
import { MOVED } from '../../../lib/ledger/abandoned.ts';
import { ended } from '../../../lib/ledger/end.ts';
import { UnreadableRecord } from '../../../lib/ledger/ledger.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { accepted } from '../../../lib/ledger/start.ts';
import { iso, memoryLetters, NOW } from '../../kit/memory-letters.ts';

const MINUTE = 60_000;
const PARKED_AT = NOW - 5 * MINUTE;

/** A message of `bot` that SQS itself has moved. */
const letterOf = (changes: Partial<LetterFacts> = {}): LetterFacts => ({
  reason: 'NO_REASON',
  reasons: [{ code: 'broke_off' }],
  error_message: undefined,
  attempts: undefined,
  redriven: 0,
  parkedAt: PARKED_AT,
  submitted_by: 'bot',
  start: 0,
  traceparent: undefined,
  external_id: '1042',
  content_hash: 'h1',
  messageId: 'message-1',
  receiptHandle: 'receipt',
  ...changes,
});

/** What a consumer has parked for a cause that passes. */
const parkedLetter = (changes: Partial<LetterFacts> = {}): LetterFacts =>
  letterOf({ reason: 'CONNECTION', reasons: [{ code: 'crm_unreachable' }], ...changes });

const recordOf = (changes: Partial<LedgerRecord> = {}): LedgerRecord => ({
  ...accepted({ external_id: '1042', content_hash: 'h1', submitted_by: 'bot' }, PARKED_AT),
  ...changes,
});

const parked = (changes: Partial<LedgerRecord> = {}): LedgerRecord =>
  ended(
    recordOf({ attempts: 4, ...changes }),
    {
      state: 'parked',
      error: { type: 'CONNECTION', message: 'down' },
      doubt: undefined,
      notBefore: undefined,
      costsAttempt: true,
    },
    PARKED_AT,
  );

const synced = (changes: Partial<LedgerRecord> = {}): LedgerRecord =>
  ended(recordOf({ attempts: 1, ...changes }), { state: 'synced', crmOrderId: '7' }, PARKED_AT);

/** Told already. */
const isTold = { outbox: undefined };

const down = async (): Promise<never> => {
  throw new TypeError('down');
};

describe('an order that SQS has moved', () => {
  test('and the ledger has never seen: is recorded as parked, its submitter told, and it may return', async () => {
    const { deps, ledger, told, lines } = memoryLetters();
    const letter = letterOf();
    const judged = await judge(letter, deps);
    expect(judged).toMatchObject({ verdict: 'may_return', isRecorded: true });
    expect(judged.letter).toBe(letter);
    expect(told).toMatchObject([
      { type: 'parked', external_id: '1042', submitted_by: 'bot', at: iso(NOW), error: MOVED },
    ]);
    const record = await ledger.get('1042');
    expect(record).toEqual(judged.record);
    expect(record).toMatchObject({
      state: 'parked',
      content_hash: 'h1',
      history: [
        { step: 'accepted', at: iso(PARKED_AT) },
        { step: 'parked', at: iso(NOW) },
      ],
    });
    // Told: nobody tells it once more.
    expect(record?.outbox).toBeUndefined();
    expect(record?.doubt).toBeUndefined();
    expect(lines).toEqual([
      {
        level: 'warn',
        message: 'Order parked: SQS itself has moved its message',
        external_id: '1042',
        message_id: 'message-1',
      },
    ]);
  });

  test('after it was sent back, and the ledger has never seen: may be in the CRM, and is looked up first', async () => {
    const { deps, ledger, told } = memoryLetters();
    await judge(letterOf({ redriven: 1 }), deps);
    expect(await ledger.get('1042')).toMatchObject({ doubt: 'h1', maybe_sent: ['h1'] });
    expect(told[0]?.error?.reasons).toEqual([{ code: 'in_doubt' }, { code: 'broke_off' }]);
  });

  test('is recorded once, however often its letter is looked at', async () => {
    const { deps, ledger, told, lines } = memoryLetters();
    await judge(letterOf(), deps);
    const record = await ledger.get('1042');
    expect(await judge(letterOf(), deps)).toMatchObject({ verdict: 'may_return', isRecorded: false });
    expect(await ledger.get('1042')).toEqual(record);
    expect(told).toHaveLength(1);
    expect(lines).toHaveLength(1);
  });

  test('has two letters, looked at in one moment: one of them records it', async () => {
    const { deps, told } = memoryLetters();
    const both = await Promise.all([
      judge(letterOf(), deps),
      judge(letterOf({ messageId: 'message-2' }), deps),
    ]);
    expect(both.map(({ isRecorded }) => isRecorded)).toEqual([true, false]);
    expect(both.map(({ verdict }) => verdict)).toEqual(['may_return', 'may_return']);
    // Either may tell it: it has one id.
    expect(new Set(told.map(({ id }) => id)).size).toBe(1);
  });

  test.each([
    ['in the middle of an attempt', 'syncing', 'h1'],
    ['before any attempt', 'accepted', undefined],
  ] as const)(
    '%s: is recorded as parked, in doubt only where a call may have got there',
    async (_when, state, doubt) => {
      const { deps, ledger, told, lines, know } = memoryLetters();
      await know(recordOf({ state, lease_until: NOW - 1 }));
      expect(await judge(letterOf(), deps)).toMatchObject({ verdict: 'may_return', isRecorded: true });
      const record = await ledger.get('1042');
      expect(record?.state).toBe('parked');
      expect(record?.doubt).toBe(doubt);
      expect(told).toMatchObject([{ type: 'parked', submitted_by: 'bot' }]);
      expect(lines.map(({ level }) => level)).toEqual(['warn']);
    },
  );

  test.each([
    ['a consumer holds it', recordOf({ state: 'syncing', lease_until: NOW + 1 })],
    ['it is to be tried again', recordOf({ state: 'retrying', not_before: NOW + 1 })],
  ])('is left alone where %s', async (_when, known) => {
    const { deps, ledger, told, know } = memoryLetters();
    const before = await know(known);
    expect(await judge(letterOf(), deps)).toMatchObject({
      verdict: 'on_its_way',
      isRecorded: false,
      record: { state: known.state },
    });
    expect(await ledger.get('1042')).toEqual(before);
    expect(told).toEqual([]);
  });

  test('is looked at anew where somebody writes it meanwhile', async () => {
    const { deps, ledger, told, know } = memoryLetters();
    await know(recordOf());
    let isFirst = true;
    const replace = async (record: LedgerRecord) => {
      if (isFirst) {
        isFirst = false;
        const known = await ledger.get('1042');
        // A consumer takes it in hand after all.
        await ledger.replace({ ...(known ?? record), state: 'syncing', lease_until: NOW + MINUTE });
      }
      return ledger.replace(record);
    };
    const judged = await judge(letterOf(), { ...deps, ledger: { ...ledger, replace } });
    expect(judged).toMatchObject({ verdict: 'on_its_way', isRecorded: false, record: { state: 'syncing' } });
    expect(told).toEqual([]);
  });

  test('after it was settled: stays as it is settled', async () => {
    const { deps, ledger, told, know } = memoryLetters();
    const before = await know({ ...synced(), ...isTold });
    expect(await judge(letterOf(), deps)).toMatchObject({ verdict: 'copy', isRecorded: false });
    expect(await ledger.get('1042')).toEqual(before);
    expect(told).toEqual([]);
  });
});

describe('whoever has not been told', () => {
  test('that its order is parked is told now, where SQS has moved its message', async () => {
    const { deps, ledger, told, know } = memoryLetters();
    const { outbox } = await know(parked());
    const judged = await judge(letterOf(), deps);
    expect(told).toEqual(outbox);
    expect(told).toHaveLength(1);
    expect(judged).toMatchObject({ verdict: 'may_return', isRecorded: false });
    expect(judged.record).toEqual(await ledger.get('1042'));
    expect(judged.record?.outbox).toBeUndefined();
  });

  test.each([
    [
      'that it is in the CRM, is told by the consumer to which the letter returns',
      letterOf(),
      synced(),
      'may_return',
    ],
    ['what a consumer has parked, is told by that consumer', parkedLetter(), parked(), 'may_return'],
    [
      'what happened before it was begun anew, is told by whoever has it in hand',
      letterOf(),
      { ...recordOf({ state: 'syncing', lease_until: NOW + 1 }), outbox: parked().outbox },
      'on_its_way',
    ],
  ] as const)('%s', async (_what, letter, known, verdict) => {
    const { deps, ledger, told, know } = memoryLetters();
    const before = await know(known);
    expect((await judge(letter, deps)).verdict).toBe(verdict);
    expect(told).toEqual([]);
    expect(await ledger.get('1042')).toEqual(before);
  });

  test('is told again rather than not at all, and it is said of which order', async () => {
    const { deps, ledger, told, lines, know } = memoryLetters();
    await know(parked());
    await judge(letterOf(), { ...deps, ledger: { ...ledger, replace: down } });
    await judge(letterOf(), deps);
    expect(told.map(({ id }) => id)).toEqual([told[0]?.id, told[0]?.id]);
    expect(lines).toMatchObject([
      { level: 'warn', external_id: '1042', message_id: 'message-1', error_name: 'TypeError' },
    ]);
  });
});

describe('an order without a name', () => {
  test.each([
    ['parked', parked({ submitted_by: undefined })],
    ['refused', { ...parked({ submitted_by: undefined }), state: 'rejected' as const }],
  ])('%s: belongs to whoever has sent it, and is told to them', async (_how, known) => {
    const { deps, ledger, told, lines, know } = memoryLetters();
    await know({ ...known, ...isTold });
    expect((await judge(letterOf(), deps)).isRecorded).toBe(false);
    expect((await ledger.get('1042'))?.submitted_by).toBe('bot');
    expect(told).toMatchObject([{ type: known.state, submitted_by: 'bot' }]);
    // It was parked before.
    expect(lines).toEqual([]);
  });

  test('in the CRM: belongs to whoever has sent it, and the letter returns so that they are told', async () => {
    const { deps, ledger, know } = memoryLetters();
    await know({ ...synced({ submitted_by: undefined }), ...isTold });
    expect(await judge(letterOf(), deps)).toMatchObject({ verdict: 'may_return', isRecorded: false });
    expect(await ledger.get('1042')).toMatchObject({
      submitted_by: 'bot',
      outbox: [{ submitted_by: 'bot' }],
    });
  });
});

describe('what a consumer has parked', () => {
  test('is not recorded by its letter: the consumer is to do so', async () => {
    const { deps, ledger, told } = memoryLetters();
    expect(await judge(parkedLetter(), deps)).toEqual({
      letter: parkedLetter(),
      record: undefined,
      verdict: 'may_return',
      isRecorded: false,
    });
    expect(await ledger.get('1042')).toBeUndefined();
    expect(told).toEqual([]);
  });

  test('and then was moved back by the console, came onto the orders queue: so it was SQS that moved it here', async () => {
    const { deps, ledger, told, know } = memoryLetters();
    await know(recordOf({ state: 'syncing', lease_until: NOW - 1, messages: ['message-0', 'message-1'] }));
    expect(await judge(parkedLetter(), deps)).toMatchObject({ verdict: 'may_return', isRecorded: true });
    expect((await ledger.get('1042'))?.state).toBe('parked');
    expect(told).toMatchObject([{ type: 'parked' }]);
  });

  test("is the consumer's as long as its own message has been on no queue but this", async () => {
    const { deps, ledger, told, know } = memoryLetters();
    const before = await know(recordOf({ state: 'syncing', lease_until: NOW - 1, messages: ['message-0'] }));
    expect(await judge(parkedLetter(), deps)).toMatchObject({ verdict: 'on_its_way', isRecorded: false });
    expect(await ledger.get('1042')).toEqual(before);
    expect(told).toEqual([]);
  });
});

describe('a letter that is not the order that has its number', () => {
  const ofSite = { submitted_by: 'site' };

  test.each([
    ["another caller's is in the CRM", letterOf(), { ...synced(ofSite), ...isTold }, 'number_taken'],
    [
      'it corrects what is in the CRM',
      letterOf({ content_hash: 'h2', start: 1 }),
      { ...synced(), ...isTold },
      'correction_too_late',
    ],
  ] as const)('is told why once: %s', async (_what, letter, known, code) => {
    const { deps, ledger, told, lines, know } = memoryLetters();
    const before = await know(known);
    const judged = await judge(letter, deps);
    expect(judged).toMatchObject({ verdict: 'for_a_person', isRecorded: false, record: before });
    await judge(letter, deps);
    expect(told).toMatchObject([
      { type: 'parked', submitted_by: 'bot', error: { type: 'CONFLICT', reasons: [{ code }] } },
    ]);
    expect(await ledger.getAside('1042', 'bot')).toMatchObject({
      state: 'parked',
      error: { type: 'CONFLICT' },
    });
    expect(await ledger.get('1042')).toEqual(before);
    expect(lines).toEqual([]);
  });

  test('learns under which number the CRM has what it would have corrected', async () => {
    const { deps, told, know } = memoryLetters();
    await know({ ...synced(), ...isTold });
    await judge(letterOf({ content_hash: 'h2', start: 1 }), deps);
    expect(told[0]?.error?.message).toContain('as 7');
  });

  test('is told that SQS has moved it where its number is free: it returns, and has it then', async () => {
    const { deps, told, know } = memoryLetters();
    await know({ ...parked(ofSite), state: 'rejected', ...isTold });
    expect(await judge(letterOf(), deps)).toMatchObject({ verdict: 'may_return', isRecorded: false });
    expect(told).toMatchObject([{ type: 'parked', submitted_by: 'bot', error: MOVED }]);
  });

  test.each([
    ['what it corrects is being worked on', letterOf({ content_hash: 'h2', start: 1 }), 'on_its_way'],
    ['it has been corrected itself', letterOf({ content_hash: 'h0', start: 0 }), 'for_a_person'],
  ] as const)('is told nothing while %s', async (_when, letter, verdict) => {
    const { deps, ledger, told, know } = memoryLetters();
    await know(
      recordOf({ state: 'syncing', lease_until: NOW + 1, superseded: ['h0'], corrected_by: 1, start: 0 }),
    );
    expect((await judge(letter, deps)).verdict).toBe(verdict);
    expect(told).toEqual([]);
    expect(await ledger.getAside('1042', 'bot')).toBeUndefined();
  });

  test('and came without a name: there is nobody to tell', async () => {
    const { deps, told, aside, know } = memoryLetters();
    await know({ ...synced(ofSite), ...isTold });
    const unnamed = letterOf({ submitted_by: undefined, content_hash: 'h2' });
    expect((await judge(unnamed, deps)).verdict).toBe('for_a_person');
    expect(told).toEqual([]);
    expect(aside.size).toBe(0);
  });

  test('is told with an id of its own, the same after a crash', async () => {
    const { deps, ledger, told, aside, know } = memoryLetters();
    await know({ ...synced(ofSite), ...isTold });
    const crashing = { ...deps, ledger: { ...ledger, putAside: down } };
    await expect(judge(letterOf(), crashing)).rejects.toThrow('down');
    await judge(letterOf(), deps);
    aside.clear();
    await judge(letterOf({ parkedAt: NOW }), deps);
    await judge(letterOf({ content_hash: 'h2' }), deps);
    const [crashed, again, ...others] = told.map(({ id }) => id);
    expect(again).toBe(crashed);
    expect(new Set([again, ...others]).size).toBe(3);
  });
});

test('what is no order is for a person, and the ledger is not asked for what has no number', async () => {
  const { deps, ledger, told, lines } = memoryLetters();
  const noOrder = letterOf({ external_id: undefined, content_hash: undefined });
  expect(await judge(noOrder, { ...deps, ledger: { ...ledger, get: down } })).toEqual({
    letter: noOrder,
    record: undefined,
    verdict: 'for_a_person',
    isRecorded: false,
  });
  expect({ told, lines }).toEqual({ told: [], lines: [] });
});

test('a status that SQS has moved changes nothing of its order, and waits for it', async () => {
  const { deps, ledger, told, know } = memoryLetters();
  const before = await know(recordOf({ state: 'syncing', lease_until: NOW - 1 }));
  await judge(letterOf({ content_hash: undefined, asks: 'PAID' }), deps);
  expect(await ledger.get('1042')).toEqual(before);
  expect(told).toEqual([]);
});

test('a record of a later version leaves its letter to that one, and says so', async () => {
  const { deps, ledger, lines } = memoryLetters();
  const get = async () => {
    throw new UnreadableRecord('of a later version');
  };
  const letter = letterOf();
  expect(await judge(letter, { ...deps, ledger: { ...ledger, get } })).toEqual({
    letter,
    record: undefined,
    verdict: 'unreadable',
    isRecorded: false,
  });
  expect(lines).toEqual([
    {
      level: 'error',
      message: 'Record of a later version: its letter is left',
      external_id: '1042',
      message_id: 'message-1',
      error_name: 'UnreadableRecord',
    },
  ]);
});

test('fails where the ledger does, and has said nothing then', async () => {
  const { deps, ledger, told } = memoryLetters();
  await expect(judge(letterOf(), { ...deps, ledger: { ...ledger, get: down } })).rejects.toThrow('down');
  expect(told).toEqual([]);
});
