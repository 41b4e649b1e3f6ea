import { expect, test } from 'vitest';
import type { Log } from '../../../lib/lambda/observability.ts';
import type { Outcome } from '../../../lib/ledger/outcome.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { accepted } from '../../../lib/ledger/start.ts';
import { publishOutbox } from '../../../lib/queues/publish-outbox.ts';
import { sampleOutcome } from '../../kit/outcomes.ts';
import { recordingLog } from '../../kit/recording-log.ts';
import { silentLog } from '../../kit/silent-log.ts';

const record = accepted({ external_id: '1042', content_hash: 'hash' }, 0);
const outbox = [sampleOutcome(), sampleOutcome()];

/** What it sends, and what it writes, by whatever answers its writing. */
async function publish(
  given: LedgerRecord,
  replace: (one: LedgerRecord) => Promise<LedgerRecord | undefined>,
  log: Log = silentLog,
) {
  const did: (Outcome | LedgerRecord)[] = [];
  const after = await publishOutbox(given, {
    outcomes: { send: async (outcome) => void did.push(outcome) },
    ledger: {
      replace(one) {
        did.push(one);
        return replace(one);
      },
    },
    log,
  });
  return { did, after };
}

test('what is in the outbox is told in its order, and then noted: the record as it was written is gone on with', async () => {
  const told = { ...record, outbox: undefined };
  const { did, after } = await publish({ ...record, outbox }, async (one) => ({ ...one, version: 7 }));
  expect(did).toEqual([...outbox, told]);
  expect(after).toEqual({ ...told, version: 7 });
});

test('with nothing to tell nothing is sent, and nothing written', async () => {
  for (const nothing of [record, { ...record, outbox: [] }])
    expect(await publish(nothing, async () => undefined)).toEqual({ did: [], after: nothing });
});

test.each([
  ['somebody was faster', async () => undefined],
  ['the ledger is down', () => Promise.reject(new Error('down'))],
])('where %s it may be told again, and the record stays as it was', async (_what, replace) => {
  const { after } = await publish({ ...record, outbox }, replace);
  expect(after).toEqual({ ...record, outbox });
});

test('that it could not be noted is a line of the log, with what kind of error it was', async () => {
  const { log, lines } = recordingLog();
  await publish({ ...record, outbox }, () => Promise.reject(new TypeError('+380671234567')), log);
  expect(lines).toEqual([
    {
      level: 'warn',
      message: 'Outcome told, but not noted: it may be told again',
      error_name: 'TypeError',
    },
  ]);
});
