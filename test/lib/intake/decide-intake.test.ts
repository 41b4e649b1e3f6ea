import { expect, test } from 'vitest';
import { decideIntake, startOf } from '../../../lib/intake/decide-intake.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { accepted } from '../../../lib/ledger/start.ts';

const posted = { external_id: '1042', content_hash: 'h1', submitted_by: 'bot' };
const known = (changes: Partial<LedgerRecord>): LedgerRecord => ({ ...accepted(posted, 0), ...changes });
const NOBODYS = { submitted_by: undefined };
const OTHER = { content_hash: 'h2' };
const SITES = { submitted_by: 'site' };

test.each([
  ['an order never seen', undefined, 'new', 0],
  ['the same, under way', known({}), 'repeat', 0],
  ['the same, in the CRM', known({ state: 'synced' }), 'repeat', 0],
  ['the same, refused', known({ state: 'rejected', start: 1 }), 'restart', 2],
  ['a correction of what is parked', known({ state: 'parked', start: 1, ...OTHER }), 'restart', 2],
  ['other content, under way', known(OTHER), 'taken', 0],
  ['other content, in the CRM', known({ state: 'synced', ...OTHER }), 'taken', 0],
  ["nobody's, the same, under way", known(NOBODYS), 'adopt', 0],
  ["nobody's, the same, in the CRM", known({ state: 'synced', ...NOBODYS }), 'adopt', 0],
  ["nobody's, other content", known({ ...NOBODYS, ...OTHER }), 'taken_by_nobody', 0],
  ["nobody's, refused", known({ state: 'rejected', ...NOBODYS, ...OTHER }), 'restart', 1],
  ["another's, the same", known(SITES), 'foreign', 0],
  ["another's, parked", known({ state: 'parked', ...SITES }), 'foreign', 0],
  ["another's, refused, and never sent", known({ state: 'rejected', start: 3, ...SITES }), 'take_over', 4],
  [
    "another's, refused, and perhaps sent",
    known({ state: 'rejected', maybe_sent: ['h'], ...SITES }),
    'foreign',
    0,
  ],
])('a post where the ledger has %s: %s', (_, record, kind, start) => {
  const intake = decideIntake(record, posted);
  expect([intake.kind, startOf(intake)]).toEqual([kind, start]);
});
