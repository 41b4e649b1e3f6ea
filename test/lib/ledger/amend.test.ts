import { expect, test } from 'vitest';
import { amend } from '../../../lib/ledger/amend.ts';
import { RecordChanged } from '../../../lib/ledger/ledger.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { NOW, recordOf } from '../../kit/memory-consumer.ts';
import { memoryLedger } from '../../kit/memory-ledger.ts';

const parked = (record: LedgerRecord): LedgerRecord => ({ ...record, state: 'parked' });

/** A ledger in which somebody else is faster this many times. It counts what is read. */
async function busyLedger(faster: number) {
  const ledger = memoryLedger(() => NOW);
  await ledger.replace(recordOf());
  let reads = 0;
  return {
    reads: () => reads,
    records: ledger.records,
    replace: ledger.replace,
    async get(externalId: string) {
      const record = await ledger.get(externalId);
      reads += 1;
      // More often than anybody asks: it would go on for ever.
      if (reads > 20) throw new Error('It is read again and again');
      if (record && reads <= faster) await ledger.replace({ ...record, attempts: record.attempts + 1 });
      return record;
    },
  };
}

test('what is made of a record is written, and given back as it was written', async () => {
  const ledger = await busyLedger(0);
  const written = await amend(ledger, '1042', parked);
  expect(written).toMatchObject({ state: 'parked', version: 2 });
  expect(ledger.records.get('1042')).toEqual(written);
});

test('it is made of what somebody else has written in the meantime', async () => {
  const ledger = await busyLedger(4);
  expect(await amend(ledger, '1042', parked)).toMatchObject({ state: 'parked', attempts: 4, version: 6 });
  expect(ledger.reads()).toBe(5);
});

test('nothing is written over what somebody else has written five times in a row', async () => {
  const ledger = await busyLedger(5);
  await expect(amend(ledger, '1042', parked)).rejects.toThrow(RecordChanged);
  expect(ledger.records.get('1042')).toMatchObject({ state: 'accepted', version: 6 });
  expect(ledger.reads()).toBe(5);
});

test.each<[string, (record: LedgerRecord) => LedgerRecord | undefined, LedgerRecord['state'] | undefined]>([
  ['it stays as it is', (record) => record, 'accepted'],
  ['nothing is made of it', () => undefined, undefined],
])('nothing is written where %s', async (_what, make, state) => {
  const ledger = await busyLedger(0);
  expect((await amend(ledger, '1042', make))?.state).toBe(state);
  expect(ledger.records.get('1042')).toMatchObject({ version: 1 });
});

test('nothing is made of an order that is not known', async () => {
  const ledger = await busyLedger(0);
  expect(await amend(ledger, '1043', parked)).toBeUndefined();
  expect(ledger.records.has('1043')).toBe(false);
});
