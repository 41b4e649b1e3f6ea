import { describe, expect, test } from 'vitest';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { accepted } from '../../../lib/ledger/start.ts';
import type { CrmErrorType, CrmFailure } from '../../../lib/sitniks/result.ts';
import { afterAttempt, type Moment } from '../../../lib/sync/after-attempt.ts';
import type { Attempt } from '../../../lib/sync/attempt.ts';

const NOW = Date.parse('2026-01-01T10:00:00Z');
const POLICY = { maxRetries: 3, baseMs: 30_000, capMs: 900_000 };
const MOMENT: Moment = { now: NOW, jitter: 0, receiveCount: 1, redriven: 0, pausedMs: 0 };

const failed = (type: CrmErrorType, doubt?: string, more: Partial<CrmFailure> = {}): Attempt => ({
  kind: 'failed',
  failure: { ok: false, type, message: 'No', mayHaveReachedCrm: doubt !== undefined, ...more },
  doubt,
});

interface Situation extends Partial<Moment> {
  attempts?: number;
  lookUp?: boolean;
  record?: Partial<LedgerRecord>;
}

/** What follows, in one line: state, reasons, wait in seconds. */
function following(attempt: Attempt, { attempts = 1, lookUp = false, record, ...moment }: Situation = {}) {
  const begun = accepted({ external_id: '1042', content_hash: 'h1' }, NOW);
  const claimed = { result: 'acquired' as const, lookUp, record: { ...begun, attempts, ...record } };
  return afterAttempt(attempt, claimed, POLICY, { ...MOMENT, ...moment });
}
function brief(next: ReturnType<typeof following>) {
  const { end, delayMs } = next;
  const why = end.state === 'synced' ? end.crmOrderId : end.error.reasons?.map(({ code }) => code).join();
  return `${end.state} ${why}${delayMs === undefined ? '' : ` ${delayMs / 1000} s`}`;
}

describe('after an attempt', () => {
  test.each<[string, Attempt, Situation, string]>([
    ['that got there', { kind: 'created', crmOrderId: '7', status: 'NEW' }, {}, 'synced 7'],
    [
      'that found an older version',
      { kind: 'found', crmOrderId: '7', whose: 'outdated' },
      {},
      'parked correction_too_late',
    ],
    [
      "that found another's",
      { kind: 'found', crmOrderId: '7', whose: 'anothers' },
      {},
      'parked duplicate_in_crm',
    ],
    [
      'that was not begun',
      { kind: 'not_begun', why: 'rate_limit', doubt: undefined },
      { pausedMs: 9000 },
      'retrying crm_busy 9 s',
    ],
    ['that failed for the first time', failed('CONNECTION'), {}, 'retrying crm_unreachable 30 s'],
    [
      'that failed for the third time',
      failed('CONNECTION'),
      { attempts: 3 },
      'retrying crm_unreachable 120 s',
    ],
    [
      'that failed, and was asked to stay away for longer',
      failed('CONNECTION', undefined, { retryAfterMs: 40_000 }),
      {},
      'retrying crm_unreachable 40 s',
    ],
    [
      'that failed, and was asked to stay away for less',
      failed('CONNECTION', undefined, { retryAfterMs: 4000 }),
      { attempts: 2 },
      'retrying crm_unreachable 60 s',
    ],
    [
      'that failed, and was asked to stay away for ever',
      failed('CONNECTION', 'h1', { retryAfterMs: 1e12 }),
      {},
      'retrying in_doubt 900 s',
    ],
    ['the longest jitter', failed('CONNECTION'), { jitter: 1 }, 'retrying crm_unreachable 45 s'],
    ['that failed for the fourth time', failed('CONNECTION'), { attempts: 4 }, 'parked crm_unreachable'],
    ['whose answer was lost', failed('CONNECTION', 'h1'), {}, 'retrying in_doubt 30 s'],
    ['whose answer was lost, the last', failed('CONNECTION', 'h1'), { attempts: 4 }, 'parked in_doubt'],
    ['that was refused', failed('VALIDATION'), {}, 'rejected refused_unknown'],
    [
      'that was refused, and why',
      failed('VALIDATION', undefined, { reasons: [{ code: 'phone_invalid' }] }),
      {},
      'rejected phone_invalid',
    ],
    [
      'that was refused, with one in doubt from before',
      failed('VALIDATION', 'h1'),
      {},
      'rejected refused_unknown',
    ],
    [
      'in doubt, of which more is known',
      failed('CONNECTION', 'h1', { reasons: [{ code: 'broke_off' }] }),
      {},
      'retrying broke_off 30 s',
    ],
    ['with a key that is not taken', failed('AUTHENTICATION'), {}, 'parked key_refused'],
    ['at a wrong address', failed('CONFIGURATION'), {}, 'parked crm_misconfigured'],
    [
      'that met the limit',
      failed('RATE_LIMIT', undefined, { retryAfterMs: 20_000 }),
      {},
      'retrying crm_busy 20 s',
    ],
    ['that met it, and nobody said for how long', failed('RATE_LIMIT'), {}, 'retrying crm_busy 30 s'],
    [
      'that met it often',
      failed('RATE_LIMIT', undefined, { retryAfterMs: 1000 }),
      { receiveCount: 7 },
      'retrying crm_busy 64 s',
    ],
    [
      'that met one that is absurd',
      failed('RATE_LIMIT', undefined, { retryAfterMs: 1e12 }),
      {},
      'retrying crm_busy 900 s',
    ],
    [
      'of an order sent back too often',
      failed('CONNECTION'),
      { attempts: 4, redriven: 5 },
      'parked given_up',
    ],
    [
      'refused, of an order sent back too often',
      failed('VALIDATION'),
      { redriven: 5 },
      'rejected refused_unknown',
    ],
  ])('%s', (_, attempt, situation, expected) => {
    expect(brief(following(attempt, situation))).toBe(expected);
  });

  test("that met the CRM's 409: another's where nothing was sent; else to be looked up again", () => {
    const refused = failed('CONFLICT', undefined, { reasons: [{ code: 'duplicate_in_crm' }] });
    const sent = { maybe_sent: ['h1'] };
    expect(brief(following(refused))).toBe('parked duplicate_in_crm');
    expect(brief(following(refused, { record: sent }))).toBe('retrying duplicate_in_crm 30 s');
    expect(following(refused, { record: sent, attempts: 4 }).end).toMatchObject({
      state: 'parked',
      doubt: 'h1',
      error: { type: 'CONNECTION' },
    });
  });

  test('that proved nothing is tried again, and then waits for a person', () => {
    const unproven: Attempt = {
      kind: 'unproven',
      why: 'pages without end',
      candidates: ['1042'],
      doubt: 'h1',
    };
    expect(brief(following(unproven))).toBe('retrying unproven 30 s');
    expect(brief(following(unproven, { attempts: 4 }))).toBe('parked unproven');
    expect(following(unproven, { attempts: 4 }).end).toMatchObject({
      doubt: 'h1',
      error: { type: 'UNPROVEN' },
    });
  });

  test.each([
    [['41', '42'], 'The CRM may have the order, and cannot say so: no total (look at 41, 42)'],
    [['41'], 'The CRM may have the order, and cannot say so: no total (look at 41)'],
    [[], 'The CRM may have the order, and cannot say so: no total'],
  ])('that proved nothing says where to look: %j', (candidates, message) => {
    const unproven: Attempt = { kind: 'unproven', why: 'no total', candidates, doubt: 'h1' };
    expect(following(unproven).end).toMatchObject({ error: { message } });
  });

  test.each([
    ['outdated', '1-7', /was before its correction, as 1-7: correct it there$/],
    ['outdated', undefined, /was before its correction, as 7: correct it there$/],
    ['anothers', '1-7', /another order under this number, as 1-7$/],
    ['anothers', undefined, /another order under this number, as 7$/],
  ] as const)('that found one that is %s names it as people do: %s', (whose, crmOrderNumber, message) => {
    const found: Attempt = { kind: 'found', crmOrderId: '7', crmOrderNumber, whose };
    expect(following(found).end).toMatchObject({ error: { message: expect.stringMatching(message) } });
  });

  test('that found ours knows it to be ours', () => {
    const found: Attempt = { kind: 'found', crmOrderId: '7', crmOrderNumber: '1-7', whose: 'ours' };
    expect(following(found).end).toEqual({ state: 'synced', crmOrderId: '7', crmOrderNumber: '1-7' });
  });

  test('that created it says with which status', () => {
    const made: Attempt = { kind: 'created', crmOrderId: '7', status: 'PAID' };
    expect(following(made).end).toEqual({ state: 'synced', crmOrderId: '7', status: 'PAID' });
  });

  test('that is tried again is tried by nobody before its message comes back', () => {
    expect(following(failed('CONNECTION')).end).toMatchObject({
      notBefore: NOW + 30_000,
      costsAttempt: true,
    });
    expect(following({ kind: 'not_begun', why: 'lease', doubt: undefined }).end).toMatchObject({
      notBefore: NOW + 1000,
      costsAttempt: false,
    });
  });

  test('that took it for ours without anything to compare says so', () => {
    const assumed: Attempt = { kind: 'found', crmOrderId: '7', whose: 'ours_assumed' };
    expect(following(assumed).end).toEqual({ state: 'synced', crmOrderId: '7', assumed: true });
  });

  test('that the CRM asked to wait costs nothing, and everybody waits', () => {
    const next = following(failed('RATE_LIMIT', undefined, { retryAfterMs: 20_000 }), { attempts: 4 });
    expect(next).toMatchObject({ pauseMs: 20_000, end: { costsAttempt: false, notBefore: NOW + 20_000 } });
  });

  test('in doubt, a parked order is looked up no sooner than a late commit can be seen', () => {
    expect(following(failed('CONNECTION', 'h1'), { attempts: 4 }).end).toMatchObject({
      notBefore: NOW + 240_000,
    });
    expect(following(failed('CONNECTION'), { attempts: 4 }).end).toMatchObject({ notBefore: undefined });
    // The look-up after the last attempt was none: its wait is that of the last.
    expect(following(failed('CONNECTION', 'h1'), { attempts: 5 }).end).toMatchObject({
      notBefore: NOW + 240_000,
    });
  });

  test('one more than is allowed only looked up, and is not counted', () => {
    expect(following(failed('CONNECTION'), { attempts: 5 }).end).toMatchObject({ costsAttempt: false });
  });
});
