import { describe, expect, test } from 'vitest';
import { noteAccepted } from '../../../lib/intake/note-accepted.ts';
import { ended } from '../../../lib/ledger/end.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { accepted, type Posted } from '../../../lib/ledger/start.ts';
import { NOW, recordOf } from '../../kit/memory-consumer.ts';
import { memoryIntake } from '../../kit/memory-intake.ts';

const POSTED = { external_id: '1042', content_hash: 'h1', submitted_by: 'bot', start: 0 };

test('whoever posts what came without a name, and is in the CRM by then, is told what became of it', async () => {
  const nameless = accepted({ ...POSTED, submitted_by: undefined }, 0);
  const synced = ended(nameless, { state: 'synced', crmOrderId: '1001' }, 1000);
  const written: LedgerRecord[] = [];
  await noteAccepted(
    undefined,
    POSTED,
    {
      get: async () => synced,
      // The consumer was faster than the door.
      replace: async (record) => {
        if (record.state === 'accepted') return undefined;
        written.push(record);
        return record;
      },
      putAside: async () => undefined,
    },
    2000,
  );
  expect(written).toMatchObject([{ submitted_by: 'bot', state: 'synced' }]);
  expect(written[0]?.outbox?.at(-1)).toMatchObject({ type: 'synced', submitted_by: 'bot' });
});

describe('an order that SQS has taken', () => {
  const OTHER = { content_hash: 'h2' };
  const SITES = { submitted_by: 'site' };

  /** What the ledger says after it was noted; the door knew nothing, or what it is said to have known. */
  async function note(
    there: Partial<LedgerRecord> | undefined,
    posted: Partial<Posted> = {},
    { isKnown = true } = {},
  ) {
    const { ledger, table } = memoryIntake();
    const record = there && (await ledger.replace(recordOf(there)));
    table.calls.length = 0;
    await noteAccepted(isKnown ? record : undefined, { ...POSTED, ...posted }, ledger, NOW + 1000);
    const calls = [...table.calls];
    return {
      calls,
      record: await ledger.get('1042'),
      own: await ledger.getAside('1042', 'bot'),
      former: await ledger.getAside('1042', 'site'),
    };
  }

  test('is noted as the consumer was told that it is, to the writer and the moment', async () => {
    const { record, own } = await note(undefined, { noted: { by: 'door 1', at: NOW } });
    expect(record).toMatchObject({
      submitted_by: 'bot',
      content_hash: 'h1',
      version: 1,
      written_by: 'door 1',
    });
    expect(record?.history).toEqual([{ at: '2026-01-01T10:00:00.000Z', step: 'accepted' }]);
    expect(own).toBeUndefined();
  });

  test('is noted as of now where the consumer was told nothing', async () => {
    const { record } = await note(undefined);
    expect(record?.history).toEqual([{ at: '2026-01-01T10:00:01.000Z', step: 'accepted' }]);
  });

  test.each([
    ['is on its way already', { state: 'syncing' as const }],
    // By this very message: the consumer was faster, and knows more.
    ['was refused meanwhile', { state: 'rejected' as const, start: 0 }],
  ])('and %s is left as it is', async (_what, there) => {
    for (const posted of [{}, { start: undefined }]) {
      const { record, own, calls } = await note(there, posted, { isKnown: false });
      expect(record).toMatchObject({ ...there, version: 1 });
      expect(own).toBeUndefined();
      // The one that found out.
      expect(calls.filter((call) => call === 'PutItemCommand')).toHaveLength(1);
    }
  });

  test('and is further on than what is known is noted so', async () => {
    const { record } = await note({ state: 'synced' }, { wanted_status: 'PAID' });
    expect(record).toMatchObject({ state: 'synced', status: { wanted: 'PAID' }, version: 2 });
  });

  test('and came without a name before gets its owner, and its status', async () => {
    const { record } = await note({ submitted_by: undefined }, { wanted_status: 'PAID' });
    expect(record).toMatchObject({ submitted_by: 'bot', status: { wanted: 'PAID' }, version: 2 });
  });

  test.each([
    ['the same', {}],
    ['corrected', OTHER],
  ])('after it was refused begins anew: %s', async (_what, content) => {
    const { record, own } = await note({ state: 'rejected' }, { start: 1, ...content });
    expect(record).toMatchObject({
      state: 'accepted',
      restarts: 1,
      start: 1,
      content_hash: 'h1',
      ...content,
    });
    expect(record?.history.at(-1)).toMatchObject({ at: '2026-01-01T10:00:01.000Z' });
    expect(own).toBeUndefined();
  });

  test('whose rival of the same moment was settled meanwhile gets a story aside of it', async () => {
    const { record, own } = await note({ state: 'rejected', start: 1 }, { start: 1, ...OTHER });
    expect(record).toMatchObject({ state: 'rejected', content_hash: 'h1', version: 1 });
    expect(own).toMatchObject({ state: 'accepted', content_hash: 'h2' });
  });

  test('takes over a number that stands for nothing, and what had it is kept aside', async () => {
    const { record, own, former } = await note({ state: 'rejected', ...SITES }, { start: 1 });
    expect(record).toMatchObject({ state: 'accepted', submitted_by: 'bot', start: 1 });
    expect(former).toMatchObject({ state: 'rejected', submitted_by: 'site' });
    expect(own).toBeUndefined();
  });

  test.each<[string, Partial<LedgerRecord>, Partial<Posted>]>([
    ["another caller's, settled meanwhile", { state: 'rejected', start: 1, ...SITES }, { start: 1 }],
    ["another caller's", SITES, {}],
    ['another order of its caller', OTHER, {}],
    ['another that came without a name', { submitted_by: undefined, ...OTHER }, {}],
    ['its correction, signed later', { state: 'parked', signed_at: 100, ...OTHER }, { signed_at: 99 }],
  ])(
    'and whose number has become that of another gets a story aside of it: %s',
    async (_what, there, posted) => {
      const { record, own } = await note(there, posted, { isKnown: false });
      expect(record).toEqual({
        ...JSON.parse(JSON.stringify(recordOf(there))),
        version: 1,
        written_by: expect.any(String),
      });
      expect(own).toMatchObject({ state: 'accepted', content_hash: 'h1', submitted_by: 'bot' });
    },
  );

  test.each<[string, string[], Partial<LedgerRecord>, Partial<Posted>]>([
    ['none where it is on its way', [], { state: 'syncing' }, {}],
    ['none where it was settled', [], { state: 'rejected' }, {}],
    ['one where it gets a story aside', ['PutItemCommand'], OTHER, {}],
    ['one where a rival was settled', ['PutItemCommand'], { state: 'rejected' }, OTHER],
  ])('costs the table no call that changes nothing: %s', async (_what, expected, there, posted) => {
    expect((await note(there, posted)).calls).toEqual(expected);
  });

  test('is left to the consumer when somebody else was faster three times', async () => {
    let writes = 0;
    await noteAccepted(
      undefined,
      POSTED,
      {
        get: async () => undefined,
        replace: async () => {
          writes += 1;
          return undefined;
        },
        putAside: () => expect.unreachable(),
      },
      NOW,
    );
    expect(writes).toBe(3);
  });
});
