import { describe, expect, test } from 'vitest';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { accepted } from '../../../lib/ledger/start.ts';
import type { Past } from '../../../lib/sitniks/likeness.ts';
import type { CrmFailure, OrderCreated, OrderFound } from '../../../lib/sitniks/result.ts';
import { attemptOrder } from '../../../lib/sync/attempt.ts';
import { parsedOrder } from '../../kit/parsed-order.ts';

const NOW = Date.parse('2026-01-01T10:00:00Z');
const CRM_TIMEOUT_MS = 10_000;
const CLOCK_SKEW_MS = 30_000;
/** Two calls' time, and a clock that is ahead. */
const ENOUGH_MS = 2 * CRM_TIMEOUT_MS + CLOCK_SKEW_MS;

const CREATED: OrderCreated = { ok: true, crmOrderId: '7' };
const ABSENT: OrderFound = { ok: true, result: 'absent' };
const no = (mayHaveReachedCrm: boolean): CrmFailure => ({
  ok: false,
  type: 'CONNECTION',
  message: 'No answer',
  mayHaveReachedCrm,
});

interface Situation {
  record?: Partial<LedgerRecord>;
  found?: OrderFound;
  created?: OrderCreated;
  pausedMs?: number;
  leaseMs?: number;
}

/** What comes of an attempt, and which calls the CRM got. @param found undefined: nothing need be looked up */
async function attempt({ record, found, created = CREATED, pausedMs = 0, leaseMs = ENOUGH_MS }: Situation) {
  const calls: string[] = [];
  let toldOfPast: Past | undefined;
  const begun = accepted({ external_id: '1042', content_hash: 'h1' }, NOW);
  const result = await attemptOrder(
    parsedOrder('1042'),
    {
      result: 'acquired',
      lookUp: found !== undefined,
      record: { ...begun, attempts: 1, lease_until: NOW + leaseMs, ...record },
    },
    {
      crm: {
        async find(_order, past) {
          calls.push('find');
          toldOfPast = past;
          return found ?? ABSENT;
        },
        async create() {
          calls.push('create');
          return created;
        },
      },
      rateLimit: { remainingMs: () => pausedMs },
      maxRetries: 3,
      crmTimeoutMs: CRM_TIMEOUT_MS,
      clockSkewMs: CLOCK_SKEW_MS,
      now: () => NOW,
    },
  );
  return { calls: calls.join(' '), result, toldOfPast };
}

describe('an attempt', () => {
  test.each<[what: string, Situation, calls: string, result: object]>([
    ['creates at once what was never sent', {}, 'create', { kind: 'created', crmOrderId: '7' }],
    ['looks up before', { found: ABSENT }, 'find create', { kind: 'created', crmOrderId: '7' }],
    [
      'sends nothing where the look-up finds it, and says whose it is',
      {
        found: {
          ok: true,
          result: 'found',
          crmOrderId: '7',
          crmOrderNumber: '1-7',
          likeness: 'agrees',
        },
        record: { maybe_sent: ['h1'] },
      },
      'find',
      { kind: 'found', crmOrderId: '7', crmOrderNumber: '1-7', whose: 'ours' },
    ],
    [
      'sends nothing while the look-up fails',
      { found: no(true), record: { doubt: 'h0' } },
      'find',
      { kind: 'failed', doubt: 'h0' },
    ],
    [
      'creates nothing where one of its own may be there, and nothing proves that it is not',
      { found: { ok: true, result: 'unproven', why: 'no total' }, record: { maybe_sent: ['h1'] } },
      'find',
      { kind: 'unproven', why: 'no total', candidates: [], doubt: 'h1' },
    ],
    [
      'says which of those in the CRM may be its own',
      {
        found: { ok: true, result: 'unproven', why: 'x', candidates: ['41'] },
        record: { maybe_sent: ['h1'] },
      },
      'find',
      { kind: 'unproven', candidates: ['41'] },
    ],
    [
      'creates where nothing proves it, but nothing was sent either',
      { found: { ok: true, result: 'unproven', why: 'no total' } },
      'find create',
      { kind: 'created' },
    ],
    [
      'does not begin once the CRM has asked a neighbour for a pause',
      { pausedMs: 1 },
      '',
      { kind: 'not_begun', why: 'rate_limit' },
    ],
    [
      'looks up in such a pause, and is rid of its doubt',
      { pausedMs: 1, found: ABSENT, record: { doubt: 'h1' } },
      'find',
      { kind: 'not_begun', why: 'rate_limit', doubt: undefined },
    ],
    [
      'does not begin what could outlive its lease',
      { leaseMs: ENOUGH_MS - 1 },
      '',
      { kind: 'not_begun', why: 'lease' },
    ],
    [
      'does not begin without a lease',
      { record: { lease_until: undefined } },
      '',
      { kind: 'not_begun', why: 'lease' },
    ],
    [
      'looks up once more after the last that is allowed, and sends no other',
      { found: ABSENT, record: { attempts: 5 } },
      'find',
      { kind: 'failed', failure: { reasons: [{ code: 'broke_off' }] } },
    ],
    ['sends the last that is allowed', { found: ABSENT, record: { attempts: 4 } }, 'find create', {}],
    [
      'is in doubt where the call may have got there',
      { created: no(true) },
      'create',
      { kind: 'failed', doubt: 'h1' },
    ],
    [
      'is in no doubt where it did not',
      { created: no(false) },
      'create',
      { kind: 'failed', doubt: undefined },
    ],
    [
      'keeps the doubt of before where it did not',
      { created: no(false), record: { doubt: 'h0' } },
      'create',
      { kind: 'failed', doubt: 'h0' },
    ],
  ])('%s', async (_what, situation, calls, result) => {
    const tried = await attempt(situation);
    expect(tried.calls).toBe(calls);
    expect(tried.result).toMatchObject(result);
  });
});

test.each([
  { maybe_sent: undefined, wasOtherwise: false },
  { maybe_sent: ['h1'], wasOtherwise: false },
  { maybe_sent: ['h0'], wasOtherwise: true },
  { maybe_sent: ['h0', 'h1'], wasOtherwise: true },
])(
  'the look-up is told whether it may be there as it was: $maybe_sent',
  async ({ maybe_sent, wasOtherwise }) => {
    const { toldOfPast } = await attempt({ found: ABSENT, record: { maybe_sent } });
    expect(toldOfPast).toEqual({ since: NOW, wasOtherwise, isUnsent: maybe_sent === undefined });
  },
);

test('the look-up of an order without a history goes back as far as the CRM does', async () => {
  const { toldOfPast } = await attempt({ found: ABSENT, record: { history: [] } });
  expect(toldOfPast).toMatchObject({ since: 0 });
});
