import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { conflictOf } from '../../../lib/ledger/conflict.ts';
import { conflicted, keptAside } from '../../../lib/ledger/end.ts';
import { createLedger, RecordChanged, UnreadableRecord } from '../../../lib/ledger/ledger.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { accepted, type Submission } from '../../../lib/ledger/start.ts';
import { NOW, recordOf } from '../../kit/memory-consumer.ts';
import { memoryTable } from '../../kit/memory-table.ts';

const LEASE = 60_000;
const refused = { type: 'VALIDATION', message: 'no' } as const;
const REJECTED = {
  state: 'rejected',
  error: refused,
  doubt: undefined,
  notBefore: undefined,
  costsAttempt: true,
} as const;
const SYNCED = { state: 'synced', crmOrderId: '7' } as const;
const message = (changes: Partial<Submission> = {}): Submission => ({
  external_id: '1042',
  content_hash: 'h1',
  submitted_by: 'bot',
  redriven: 0,
  start: 0,
  ...changes,
});

function emptyLedger() {
  const table = memoryTable();
  const clock = { now: NOW };
  const ledger = createLedger(table.client, { table: 'Ledger', now: () => clock.now });
  /** Takes the order in hand. */
  async function claimed(changes: Partial<Submission> = {}): Promise<LedgerRecord> {
    const claim = await ledger.claim(message(changes), LEASE);
    if (claim.result !== 'acquired') throw new Error(`Not acquired: ${claim.result}`);
    return claim.record;
  }
  /** Somebody else writes the record before each of the next writes of ours. */
  function disturb(times: number, change: (record: LedgerRecord) => LedgerRecord) {
    let left = times;
    table.before = async (call) => {
      if (call !== 'PutItemCommand' || left === 0) return;
      const hold = left;
      left = 0;
      const record = await ledger.get('1042');
      await ledger.replace(change(record ?? recordOf()));
      left = hold - 1;
    };
  }
  return { ledger, table, clock, claimed, disturb };
}
const noted = (record: LedgerRecord) => conflicted(record, 'number_taken', NOW);

describe('a write', () => {
  test('is read as it was written', async () => {
    const { ledger } = emptyLedger();
    const written = await ledger.replace(recordOf({ status: undefined }), 'door 1');
    expect(written).toEqual({ ...recordOf(), version: 1, written_by: 'door 1' });
    expect(await ledger.get('1042')).toEqual(written);
  });

  test('goes over the version that it was made from only, and of that writer', async () => {
    const { ledger } = emptyLedger();
    const first = await ledger.replace(recordOf());
    if (first === undefined) throw new Error('It should have been written');
    expect(await ledger.replace(recordOf())).toBeUndefined();
    expect(await ledger.replace({ ...first, version: 2 })).toBeUndefined();
    expect(await ledger.replace({ ...first, written_by: 'somebody else' })).toBeUndefined();
    expect(await ledger.get('1042')).toEqual(first);
    expect(await ledger.replace(first)).toMatchObject({ version: 2 });
  });

  test('goes over what was written before anybody noted who does', async () => {
    const { ledger, table } = emptyLedger();
    const first = await ledger.replace(recordOf());
    const { written_by: _, ...old } = table.items.get('1042') ?? {};
    table.items.set('1042', old);
    expect(await ledger.replace({ ...recordOf(), ...first, written_by: undefined })).toMatchObject({
      version: 2,
    });
  });

  test('that was repeated after its answer was lost is known for our own', async () => {
    const { ledger, table } = emptyLedger();
    table.after = async (call) => {
      if (call !== 'PutItemCommand') return;
      throw new ConditionalCheckFailedException({ $metadata: {}, message: 'It is there' });
    };
    expect(await ledger.replace(recordOf())).toMatchObject({ version: 1 });
  });

  test('that cannot be made is told to whoever makes it', async () => {
    const { ledger, table } = emptyLedger();
    table.before = async (call) => {
      if (call === 'PutItemCommand') throw new Error('throttled');
    };
    await expect(ledger.replace(recordOf())).rejects.toThrow('throttled');
    await expect(ledger.putAside(recordOf())).rejects.toThrow('throttled');
  });

  test('is kept for 90 days, and listed', async () => {
    const { ledger, table, clock } = emptyLedger();
    clock.now = NOW + 500;
    await ledger.replace(recordOf());
    expect(table.items.get('1042')).toMatchObject({
      expires_at: { N: String(Date.parse('2026-04-01T10:00:00Z') / 1000) },
      day: { S: '2026-01-01' },
      phase: { S: 'under_way' },
    });
  });
});

test('what a later version has written is not taken for an order that is not known', async () => {
  const { ledger, table } = emptyLedger();
  table.items.set('1042', { external_id: { S: '1042' }, state: { S: 'sung_to' } });
  await expect(ledger.get('1042')).rejects.toThrow(UnreadableRecord);
  expect(await ledger.get('1043')).toBeUndefined();
});

describe('a claim', () => {
  test('takes an order in hand by one read and one write', async () => {
    const { ledger, table, claimed } = emptyLedger();
    const record = await claimed();
    expect(record).toMatchObject({ state: 'syncing', lease_until: NOW + LEASE, version: 1 });
    expect(await ledger.get('1042')).toEqual(record);
    expect(table.calls.slice(0, 2)).toEqual(['GetItemCommand', 'PutItemCommand']);
  });

  test('takes what the door has noted in hand by one write', async () => {
    const { ledger, table, claimed } = emptyLedger();
    const { redriven: _, ...posted } = message();
    await ledger.replace(accepted(posted, NOW), 'door 1');
    table.calls.length = 0;
    expect(await claimed({ noted: { by: 'door 1', at: NOW } })).toMatchObject({
      state: 'syncing',
      version: 2,
    });
    expect(table.calls).toEqual(['PutItemCommand']);
  });

  test('of what the door says that it has noted, and has not, reads once it cannot be written', async () => {
    const { claimed } = emptyLedger();
    expect(await claimed({ noted: { by: 'door 1', at: NOW } })).toMatchObject({ version: 1, attempts: 1 });
  });

  test('is decided anew by what somebody else has written in the meantime', async () => {
    const { ledger, claimed, disturb } = emptyLedger();
    await ledger.replace(recordOf());
    disturb(4, noted);
    expect((await claimed()).history.map(({ step }) => step)).toEqual([
      'accepted',
      ...Array(4).fill('conflict'),
      'syncing',
    ]);
  });

  test('comes back in a second where somebody else is faster five times in a row', async () => {
    const { ledger, table, disturb } = emptyLedger();
    await ledger.replace(recordOf());
    disturb(5, noted);
    table.calls.length = 0;
    expect(await ledger.claim(message(), LEASE)).toEqual({ result: 'busy', until: NOW + 1000 });
    expect(await ledger.get('1042')).toMatchObject({ state: 'accepted', version: 6 });
  });

  test('of what is in other hands writes nothing', async () => {
    const { ledger, table, claimed } = emptyLedger();
    await claimed();
    table.calls.length = 0;
    expect(await ledger.claim(message(), LEASE)).toEqual({ result: 'busy', until: NOW + LEASE });
    expect(table.calls).toEqual(['GetItemCommand']);
  });

  test('of what was corrected since writes nothing', async () => {
    const { ledger, table } = emptyLedger();
    await ledger.replace(recordOf({ content_hash: 'h2', superseded: ['h1'], start: 2 }));
    table.calls.length = 0;
    expect(await ledger.claim(message(), LEASE)).toEqual({ result: 'superseded' });
    expect(table.calls).toEqual(['GetItemCommand']);
  });

  test.each([[0], [1]])(
    'of a number that is taken notes the conflict, also after %s writes of others',
    async (times) => {
      const { ledger, disturb } = emptyLedger();
      await ledger.replace(recordOf());
      disturb(times, (record) => ({ ...record, restarts: 9 }));
      const decision = await ledger.claim(message({ content_hash: 'h2' }), LEASE);
      expect(decision).toMatchObject({
        result: 'conflict',
        reason: 'number_taken',
        record: { version: 2 + times },
      });
      expect((await ledger.get('1042'))?.history.at(-1)).toMatchObject({ step: 'conflict' });
    },
  );

  test('of what is done already writes nothing', async () => {
    const { ledger, table, claimed } = emptyLedger();
    await ledger.end(await claimed(), SYNCED);
    const known = await ledger.get('1042');
    table.calls.length = 0;
    expect(await ledger.claim(message(), LEASE)).toEqual({ result: 'done', record: known });
    expect(table.calls).toEqual(['GetItemCommand']);
  });

  test('of what is done, but not as far, is one read and one write', async () => {
    const { ledger, table, claimed } = emptyLedger();
    await ledger.end(await claimed(), SYNCED);
    table.calls.length = 0;
    await ledger.claim(message({ wanted_status: 'PAID' }), LEASE);
    expect(table.calls).toEqual(['GetItemCommand', 'PutItemCommand']);
  });

  test.each([[0], [1]])(
    'of what is done, but not as far, notes that, also after %s writes of others',
    async (times) => {
      const { ledger, claimed, disturb } = emptyLedger();
      await ledger.end(await claimed(), SYNCED);
      disturb(times, (record) => ({ ...record, restarts: 9 }));
      const decision = await ledger.claim(message({ wanted_status: 'PAID' }), LEASE);
      expect(decision).toMatchObject({
        result: 'done',
        record: { status: { wanted: 'PAID' }, version: 3 + times },
      });
      expect((await ledger.get('1042'))?.status?.wanted).toBe('PAID');
    },
  );
});

describe('a number whose order was refused', () => {
  const theirs = { submitted_by: 'site', content_hash: 'h2' };
  async function refusedLedger() {
    const made = emptyLedger();
    await made.ledger.end(await made.claimed(), REJECTED);
    return made;
  }
  const story = accepted({ external_id: '1042', ...theirs }, NOW);

  test('is taken by another caller, and what was refused is kept aside', async () => {
    const { ledger, claimed } = await refusedLedger();
    expect(await claimed(theirs)).toMatchObject({ submitted_by: 'site', state: 'syncing' });
    expect(await ledger.getAside('1042', 'bot')).toMatchObject({ external_id: '1042', state: 'rejected' });
  });

  test('is taken by a message without a name, which has no story to be looked for', async () => {
    const { ledger, table } = await refusedLedger();
    table.calls.length = 0;
    const nameless = message({ submitted_by: undefined, content_hash: 'h2', start: undefined });
    expect(await ledger.claim(nameless, LEASE)).toMatchObject({ result: 'acquired' });
    expect(table.calls).toEqual(['GetItemCommand', 'PutItemCommand', 'PutItemCommand']);
  });

  test.each([
    ['not by what was told to take another', conflictOf('number_taken', undefined), 'conflict'],
    ['by what was parked for another cause', refused, 'acquired'],
  ] as const)('is taken %s', async (_what, error, result) => {
    const { ledger } = await refusedLedger();
    await ledger.putAside(keptAside(story, error, NOW));
    const decision = await ledger.claim(message(theirs), LEASE);
    expect(decision.result).toBe(result);
    expect((await ledger.get('1042'))?.submitted_by).toBe(result === 'conflict' ? 'bot' : 'site');
  });
});

describe('the end of an attempt', () => {
  test('is written where the lease is ours', async () => {
    const { ledger, claimed } = emptyLedger();
    const written = await ledger.end(await claimed(), SYNCED);
    expect(written).toMatchObject({ state: 'synced', crm_order_id: '7', version: 2 });
    expect(await ledger.get('1042')).toEqual(written);
  });

  test('is written over what was only noted in the meantime', async () => {
    const { ledger, claimed, disturb } = emptyLedger();
    const record = await claimed();
    disturb(4, noted);
    const written = await ledger.end(record, SYNCED);
    expect(written.history.filter(({ step }) => step === 'conflict')).toHaveLength(4);
    expect(written.state).toBe('synced');
  });

  test('is refused where something is noted five times in a row', async () => {
    const { ledger, claimed, disturb } = emptyLedger();
    const record = await claimed();
    disturb(5, noted);
    await expect(ledger.end(record, SYNCED)).rejects.toThrow(RecordChanged);
    expect(await ledger.get('1042')).toMatchObject({ state: 'syncing' });
  });

  test.each<[string, Partial<LedgerRecord>]>([
    ['it has an end already', { state: 'parked' }],
    ['it is held by another lease', { lease_until: NOW + 2 * LEASE }],
    ['it is at another attempt', { attempts: 2 }],
    ['it is in another start', { start: 1 }],
    ['it says something else by now', { content_hash: 'h2' }],
  ])('is refused where %s', async (_what, change) => {
    const { ledger, claimed, disturb } = emptyLedger();
    const record = await claimed();
    disturb(1, (known) => ({ ...known, ...change }));
    await expect(ledger.end(record, SYNCED)).rejects.toThrow(RecordChanged);
    expect(await ledger.get('1042')).toMatchObject(change);
  });

  test('is refused where the record is gone', async () => {
    const { ledger, table, claimed } = emptyLedger();
    const record = await claimed();
    table.items.clear();
    await expect(ledger.end(record, SYNCED)).rejects.toThrow(RecordChanged);
  });
});

describe('a story beside a number', () => {
  const story = recordOf({ submitted_by: 'site', content_hash: 'h2' });
  const ended = keptAside(story, refused, NOW);

  test('is kept for its caller, apart from the order that has the number', async () => {
    const { ledger, table } = emptyLedger();
    await ledger.putAside(story);
    expect(await ledger.getAside('1042', 'site')).toEqual(story);
    expect(await ledger.getAside('1042', 'bot')).toBeUndefined();
    expect(await ledger.get('1042')).toBeUndefined();
    expect([...table.items.values()]).toMatchObject([{ phase: { S: 'aside' }, expires_at: {} }]);
  });

  test('of nobody is not kept: nobody could ask for it', async () => {
    const { ledger, table } = emptyLedger();
    await ledger.putAside({ ...story, submitted_by: undefined });
    expect(table.items.size).toBe(0);
  });

  test.each([
    ['by its end', story, ended, ended],
    ['not by its own beginning', ended, story, ended],
    [
      'by the beginning of another',
      ended,
      { ...story, content_hash: 'h3' },
      { ...story, content_hash: 'h3' },
    ],
  ])('is replaced %s', async (_what, before, next, is) => {
    const { ledger } = emptyLedger();
    await ledger.putAside(before);
    await ledger.putAside(next);
    expect(await ledger.getAside('1042', 'site')).toEqual(is);
  });
});
