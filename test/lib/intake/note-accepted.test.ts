import { expect, test } from 'vitest';
import { noteAccepted } from '../../../lib/intake/note-accepted.ts';
import { ended } from '../../../lib/ledger/end.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { accepted } from '../../../lib/ledger/start.ts';

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
