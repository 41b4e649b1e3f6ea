import { expect, test } from 'vitest';
import { type PassOnDeps, passOnStatus } from '../../../lib/intake/pass-on-status.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { recordOf } from '../../kit/memory-consumer.ts';
import { DOWN, memoryIntake } from '../../kit/memory-intake.ts';

const CHANGE = { external_id: '1042', status: 'PAID' } as const;
const PAID = { ...CHANGE, payment: { amount: 500 } };
const BY = { submitted_by: 'bot' };

async function passing(known: Partial<LedgerRecord> = {}) {
  const intake = memoryIntake();
  await intake.ledger.replace(recordOf(known));
  const passOn = (change: typeof CHANGE | typeof PAID, changes: Partial<PassOnDeps> = {}) =>
    passOnStatus(change, BY, { ...intake.deps, ...changes });
  return { ...intake, passOn };
}

test('a status goes through the queue, is noted, and what is then known is given back', async () => {
  const { passOn, sends, ledger, lines } = await passing();
  const noted = await passOn(CHANGE);
  expect(sends).toEqual([{ body: CHANGE, attributes: BY }]);
  expect(noted).toMatchObject({ status: { wanted: 'PAID' }, version: 2 });
  expect(noted?.payments).toBeUndefined();
  expect(await ledger.get('1042')).toEqual(JSON.parse(JSON.stringify(noted)));
  expect(lines).toEqual([{ level: 'info', message: 'Status accepted', order_status: 'PAID' }]);
});

test('what was paid is noted with it, as waiting', async () => {
  const { passOn, sends } = await passing();
  expect(await passOn(PAID)).toMatchObject({
    status: { wanted: 'PAID' },
    payments: [{ amount: 500, state: 'waiting', attempts: 0 }],
  });
  expect(sends).toEqual([{ body: PAID, attributes: BY }]);
});

test("a status is sent, and not noted, where the number is another caller's by then", async () => {
  const { passOn, sends, ledger } = await passing({ submitted_by: 'site' });
  expect(await passOn(PAID)).toBeUndefined();
  expect(sends).toHaveLength(1);
  const known = await ledger.get('1042');
  expect(known).toMatchObject({ submitted_by: 'site', version: 1 });
  expect(known?.payments).toBeUndefined();
});

test('a status that cannot be noted is sent all the same: the consumer notes it', async () => {
  const { passOn, deps, sends, lines } = await passing();
  const ledger = { ...deps.ledger, replace: () => Promise.reject(DOWN) };
  expect(await passOn(CHANGE, { ledger })).toBeUndefined();
  expect(sends).toHaveLength(1);
  expect(lines).toEqual([
    { level: 'warn', message: 'Status not recorded: the consumer will', error_name: 'Error' },
    { level: 'info', message: 'Status accepted', order_status: 'PAID' },
  ]);
});

test('a status that SQS does not take is not noted, and whoever sent it is to send it again', async () => {
  const { passOn, ledger, lines } = await passing();
  await expect(passOn(CHANGE, { queue: { send: () => Promise.reject(DOWN) } })).rejects.toMatchObject({
    code: 'temporarily_unavailable',
    details: { headers: { 'retry-after': '5' } },
    cause: DOWN,
  });
  expect(await ledger.get('1042')).toMatchObject({ version: 1 });
  expect(lines).toMatchObject([{ level: 'error', error_name: 'Error' }]);
});
