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
  ["nobody's, begun anew, the same", known({ ...NOBODYS, start: 2 }), 'adopt', 2],
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

test('a post without a name adopts nothing that has none either: it is a repeat, or there is another', () => {
  const nameless = { ...posted, ...NOBODYS };
  expect(decideIntake(known(NOBODYS), nameless)).toMatchObject({ kind: 'repeat' });
  expect(decideIntake(known({ ...NOBODYS, ...OTHER }), nameless)).toMatchObject({ kind: 'taken' });
});

test.each([
  ['further on than it was', 'PAID', { wanted: 'NEW', attempts: 0 }, 'further'],
  ['as far as it is', 'PAID', { wanted: 'PAID', attempts: 0 }, 'repeat'],
  ['not as far', 'NEW', { wanted: 'PAID', attempts: 0 }, 'repeat'],
] as const)('the same, %s: %s', (_, wanted_status, status, kind) => {
  expect(decideIntake(known({ state: 'synced', status }), { ...posted, wanted_status }).kind).toBe(kind);
});

test.each([
  ['before it, after it was refused', 'rejected', 99, 'replay'],
  ['before it, after it was parked', 'parked', 99, 'replay'],
  ['after it, after it was refused', 'rejected', 101, 'restart'],
  // Refused in any case, and then with the state, by which the caller can tell what to do.
  ['before it, while it is under way', 'retrying', 99, 'taken'],
  ['before it, while it is in the CRM', 'synced', 99, 'taken'],
] as const)('other content than what it says, signed %s (%s, at %i): %s', (_, state, signed_at, kind) => {
  const record = known({ state, signed_at: 100, ...OTHER });
  expect(decideIntake(record, { ...posted, signed_at }).kind).toBe(kind);
});
