import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../lib/explanations/failure.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import {
  accepted,
  asNoted,
  lastSentAt,
  malformed,
  type Posted,
  restarted,
  takenOver,
} from '../../../lib/ledger/start.ts';
import type { Step } from '../../../lib/ledger/step.ts';
import { NOW, recordOf } from '../../kit/memory-consumer.ts';

const AT = new Date(NOW).toISOString();
const LATER = NOW + 5000;
const AT_LATER = new Date(LATER).toISOString();
const refused: Failure = { type: 'VALIDATION', message: 'no', reasons: [{ code: 'sku_unknown' }] };
const posted: Posted = {
  external_id: '1042',
  content_hash: 'h1',
  submitted_by: 'bot',
  wanted_status: 'PAID',
  start: 2,
  signed_at: 100,
};
/** As it is known of `posted`, with no end and nothing told. */
const known: LedgerRecord = {
  external_id: '1042',
  state: 'accepted',
  content_hash: 'h1',
  attempts: 0,
  restarts: 0,
  submitted_by: 'bot',
  status: { wanted: 'PAID', in_crm: undefined, attempts: 0 },
  start: 2,
  signed_at: 100,
  history: [{ at: AT, step: 'accepted' }],
  version: 0,
};

describe('an order that is seen for the first time', () => {
  test('is accepted, as it was posted, and never tried yet', () => {
    expect(accepted(posted, NOW)).toEqual(known);
  });

  test('is of the first start where it does not say of which, and follows no status where it wants none', () => {
    expect(accepted({ external_id: '1042', content_hash: 'h1' }, NOW)).toEqual({
      external_id: '1042',
      state: 'accepted',
      content_hash: 'h1',
      attempts: 0,
      restarts: 0,
      start: 0,
      history: [{ at: AT, step: 'accepted' }],
      version: 0,
    });
  });

  test('is told by what the door has noted just as the door has written it', () => {
    expect(asNoted(posted, { by: 'door 1', at: NOW })).toEqual({
      ...known,
      version: 1,
      written_by: 'door 1',
    });
  });
});

test('what is no order is rejected, and says why', () => {
  expect(malformed(posted, refused, NOW)).toEqual({
    ...known,
    state: 'rejected',
    error: refused,
    history: [{ at: AT, step: 'rejected', error_type: 'VALIDATION' }],
  });
});

describe('the number of what stands for nothing', () => {
  const former = recordOf({
    state: 'rejected',
    version: 4,
    start: 3,
    attempts: 2,
    restarts: 1,
    error: refused,
    superseded: ['h0'],
  });

  test("is another caller's from then on, of which nothing of the former order is left but where it was written", () => {
    expect(takenOver(former, { ...posted, submitted_by: 'site' }, NOW)).toEqual({
      ...known,
      submitted_by: 'site',
      start: 3,
      version: 4,
    });
  });

  test.each([
    ['an earlier start than it has had', 2, 3],
    ['a later start', 5, 5],
    ['no start', undefined, 3],
  ])('goes on counting its starts where the new order says %s', (_what, start, is) => {
    expect(takenOver(former, { ...posted, start }, NOW).start).toBe(is);
  });
});

describe('begun anew', () => {
  const parked = recordOf({
    state: 'parked',
    attempts: 4,
    restarts: 1,
    start: 2,
    error: refused,
    settled_at: NOW,
    settled_before: NOW - 1000,
    signed_at: 100,
    maybe_sent: ['h1'],
    crm_order_id: '7',
    superseded: ['h0'],
    corrected_by: 1,
    status: { wanted: 'PENDING_PAYMENT', in_crm: 'NEW', attempts: 3 },
  });
  const again = { content_hash: 'h1', start: 3 };

  test('an order has neither attempts nor an error nor an end, and what may have been sent stays that', () => {
    expect(restarted(parked, again, LATER)).toEqual({
      ...parked,
      state: 'accepted',
      attempts: 0,
      error: undefined,
      restarts: 2,
      settled_at: undefined,
      settled_before: NOW,
      start: 3,
      history: [...parked.history, { at: AT_LATER, step: 'restarted' }],
    });
  });

  test('a correction takes its place: what it said before is remembered, and so is which start corrected it', () => {
    expect(restarted(parked, { ...again, content_hash: 'h2' }, LATER)).toMatchObject({
      content_hash: 'h2',
      superseded: ['h0', 'h1'],
      corrected_by: 3,
      start: 3,
    });
  });

  test('without a start, it stays in the one that it is in, and forgets no correction', () => {
    const record = restarted(parked, { content_hash: 'h2' }, LATER);
    expect([record.start, record.corrected_by, record.superseded]).toEqual([2, 1, ['h0']]);
  });

  test('never corrected before, and without a start, it has no start that corrected it', () => {
    const never = { ...parked, corrected_by: undefined, superseded: undefined };
    const record = restarted(never, { content_hash: 'h2' }, LATER);
    expect([record.corrected_by, record.superseded]).toEqual([undefined, []]);
  });

  test('with what it once said, it says that, and no longer has it behind it', () => {
    expect(restarted(parked, { ...again, content_hash: 'h0' }, LATER)).toMatchObject({
      content_hash: 'h0',
      superseded: ['h1'],
    });
  });

  test('with a hash from before the status could follow, it is the same order, not a correction', () => {
    const content = { ...again, content_hash: 'h2', former_hash: 'h1' };
    expect(restarted(parked, content, LATER)).toMatchObject({ content_hash: 'h1', superseded: ['h0'] });
  });

  test('it remembers the last ten things that it said', () => {
    const superseded = Array.from({ length: 10 }, (_, i) => `old ${i}`);
    const record = restarted({ ...parked, superseded }, { ...again, content_hash: 'h2' }, LATER);
    expect(record.superseded).toEqual([...superseded.slice(1), 'h1']);
  });

  test.each([
    ['in doubt, it waits until a late commit can be seen', 'h1', LATER],
    ['not in doubt, it waits for nothing', undefined, undefined],
  ])('%s', (_what, doubt, waits) => {
    const record = restarted({ ...parked, doubt, not_before: LATER }, again, LATER);
    expect([record.doubt, record.not_before]).toEqual([doubt, waits]);
  });

  test('before it was settled once more, it was settled when it was settled last', () => {
    const record = restarted({ ...parked, settled_at: undefined }, again, LATER);
    expect(record.settled_before).toBe(NOW - 1000);
  });

  test('it wants the furthest status that was asked for', () => {
    const paid = restarted(parked, { ...again, wanted_status: 'PAID' }, LATER);
    expect(paid.status).toEqual({ wanted: 'PAID', in_crm: 'NEW', attempts: 0 });
    expect(restarted(parked, { ...again, wanted_status: 'NEW' }, LATER).status).toEqual(parked.status);
  });

  test.each([
    ['later than before', 130, 100, 130],
    ['earlier than before', 70, 100, 100],
    ['for the first time', 130, undefined, 130],
    ['not at all, as it was before', undefined, 100, 100],
    ['never', undefined, undefined, undefined],
  ])('signed %s, it is signed when it was signed last', (_when, signed_at, before, is) => {
    expect(restarted({ ...parked, signed_at: before }, { ...again, signed_at }, LATER).signed_at).toBe(is);
  });

  test.each<
    [string, string | undefined, string | undefined, { redriven?: number }, Step['step'], string | undefined]
  >([
    ['by whoever sent it', 'bot', 'bot', { redriven: 0 }, 'restarted', 'bot'],
    ['by a message of which nothing says how often it came', 'bot', 'bot', {}, 'restarted', 'bot'],
    ['by its letter', 'bot', 'bot', { redriven: 1 }, 'returned', 'bot'],
    ['by a letter without a name', 'bot', undefined, { redriven: 1 }, 'returned', 'bot'],
    [
      'by a letter, and nobody knows whose it is',
      undefined,
      undefined,
      { redriven: 1 },
      'returned',
      undefined,
    ],
    [
      'by a letter with the first name that it gets: how it ends is news',
      undefined,
      'bot',
      { redriven: 1 },
      'restarted',
      'bot',
    ],
  ])('%s, it says so, and whose it is', (_how, owner, submitted_by, letter, step, is) => {
    const record = restarted(
      { ...parked, submitted_by: owner },
      { ...again, ...letter, submitted_by },
      LATER,
    );
    expect([record.history.at(-1)?.step, record.submitted_by]).toEqual([step, is]);
  });
});

describe('whoever sent an order did so last', () => {
  const step = (name: Step['step'], at: string): Step => ({ step: name, at });

  test.each<[string, Step[], number | undefined]>([
    ['when it came', [step('accepted', AT), step('parked', AT_LATER)], NOW],
    ['when they began it anew', [step('accepted', AT), step('restarted', AT_LATER)], LATER],
    [
      'before its letter came back by itself',
      [step('accepted', AT), step('restarted', AT), step('parked', AT), step('returned', AT_LATER)],
      NOW,
    ],
    ['nobody knows when, where no step says', [step('rejected', AT)], undefined],
    ['nobody knows when, where there is no step', [], undefined],
  ])('%s', (_when, history, at) => {
    expect(lastSentAt(recordOf({ history }))).toBe(at);
  });
});
