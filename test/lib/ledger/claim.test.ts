import { describe, expect, test } from 'vitest';
import { adopted, type ClaimDecision, decideClaim } from '../../../lib/ledger/claim.ts';
import { conflicted, ended } from '../../../lib/ledger/end.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { accepted, malformed, restarted, type Submission } from '../../../lib/ledger/start.ts';

const T = Date.parse('2026-01-01T10:00:00Z');
const LEASE = 65_000;
const submission = { external_id: '1042', content_hash: 'h1', redriven: 0, start: 0 };
const corrected = { ...submission, content_hash: 'h2' };

const claim = (record: LedgerRecord | undefined, at = T, what: Submission = submission) =>
  decideClaim(record, what, at, LEASE);
function acquired(decision: ClaimDecision): LedgerRecord {
  if (decision.result !== 'acquired') throw new Error(`The claim was ${decision.result}`);
  return decision.record;
}
const error = { type: 'CONNECTION', message: 'no answer within 10 s' } as const;
const FAILED = { error, doubt: undefined, notBefore: undefined, costsAttempt: true } as const;
const syncing = acquired(claim(accepted(submission, T)));
const synced = ended(syncing, { state: 'synced', crmOrderId: '7' }, T + 100);
const retrying = (doubt?: string) =>
  ended(syncing, { state: 'retrying', error, notBefore: T + 30_000, doubt, costsAttempt: true }, T + 100);
const parked = (doubt?: string, notBefore?: number) =>
  ended(syncing, { state: 'parked', error, doubt, notBefore, costsAttempt: true }, T + 100);

describe('a claim', () => {
  test('of an order never seen is acquired, with nothing to look up', () => {
    expect(claim(undefined)).toMatchObject({
      result: 'acquired',
      lookUp: false,
      record: { state: 'syncing', attempts: 1, lease_until: T + LEASE, version: 0 },
    });
  });
  test('of one redriven without a record looks up first', () => {
    expect(claim(undefined, T, { ...submission, redriven: 1 })).toMatchObject({
      lookUp: true,
      record: { doubt: 'h1', maybe_sent: ['h1'] },
    });
  });
  test('of what may be there looks up first, also where no attempt has counted', () => {
    const failed = { state: 'retrying', error, notBefore: T + 100, costsAttempt: false } as const;
    for (const doubt of ['h1', undefined])
      expect(claim(ended(syncing, { ...failed, doubt }, T + 100), T + 100)).toMatchObject({
        lookUp: doubt !== undefined,
        record: { attempts: 1, restarts: 0 },
      });
  });
  test('of one redriven looks up first, also where no attempt is on record', () => {
    const known = { ...accepted(submission, T), version: 1 };
    expect(claim(known)).toMatchObject({ lookUp: false });
    expect(claim(known, T, { ...submission, redriven: 1 })).toMatchObject({ lookUp: true });
  });
  test('of one redriven with a record is in doubt only where that says so', () => {
    const known = { ...accepted(submission, T), version: 1 };
    const { doubt, maybe_sent } = acquired(claim(known, T, { ...submission, redriven: 1 }));
    expect([doubt, maybe_sent]).toEqual([undefined, undefined]);
  });
  test('remembers each message that has worked on it once, the last ten of them', () => {
    const [first, again] = ['m1', 'm1'].map((message_id) => ({ ...submission, message_id }));
    let record = acquired(claim(undefined, T, first));
    expect(record.messages).toEqual(['m1']);
    record = acquired(claim(record, T + LEASE, again));
    expect(record.messages).toEqual(['m1']);
    record = acquired(claim(record, T + 2 * LEASE));
    expect(record.messages).toEqual(['m1']);
    for (let i = 2; i <= 12; i += 1) {
      const message = { ...submission, message_id: `m${i}` };
      record = acquired(claim(record, T + (i + 1) * LEASE, message));
    }
    expect(record.messages).toEqual([...Array(10).keys()].map((i) => `m${i + 3}`));
    expect(acquired(claim(undefined)).messages).toEqual([]);
  });
  test('is noted in the history, with which attempt it begins', () => {
    const { history } = acquired(claim(syncing, T + LEASE));
    expect(history.slice(-2)).toEqual([
      { at: new Date(T).toISOString(), step: 'syncing', attempt: 1 },
      { at: new Date(T + LEASE).toISOString(), step: 'syncing', attempt: 2 },
    ]);
  });
  test('of what has a name takes no other, and without one takes the name that comes', () => {
    const known = { ...accepted({ ...submission, submitted_by: 'bot' }, T), version: 1 };
    expect(adopted(known, { submitted_by: 'site' })).toBe(known);
    expect(adopted({ ...known, submitted_by: undefined }, { submitted_by: 'site' }).submitted_by).toBe(
      'site',
    );
  });
  test('of a correction, while what it corrects broke off in mid-call, looks that up first', () => {
    expect(claim(syncing, T + LEASE, { ...corrected, start: 1 })).toMatchObject({
      result: 'acquired',
      lookUp: true,
      record: { content_hash: 'h2', doubt: 'h1', maybe_sent: ['h1'] },
    });
  });
  test('is busy while another holds the lease, whatever the content', () => {
    expect(claim(syncing, T + LEASE - 1)).toEqual({ result: 'busy', until: T + LEASE });
    expect(claim(syncing, T + 1, corrected)).toEqual({ result: 'busy', until: T + LEASE });
  });
  test('after an expired lease is acquired, in doubt, and looks up first', () => {
    expect(claim(syncing, T + LEASE)).toMatchObject({
      result: 'acquired',
      lookUp: true,
      record: { attempts: 2, doubt: 'h1' },
    });
  });
  test('is busy until the backoff is over, whichever copy comes', () => {
    expect(claim(retrying(), T + 29_999)).toEqual({ result: 'busy', until: T + 30_000 });
    expect(claim(retrying(), T + 30_000)).toMatchObject({ result: 'acquired', lookUp: true });
  });
  test('of what was signed before its correction undoes nothing, though the door could not see it', () => {
    const first = { ...submission, signed_at: 100 };
    const second = { ...corrected, start: 2, signed_at: 130 };
    const refused = ended(
      acquired(claim(undefined, T, first)),
      { state: 'rejected', error, doubt: undefined, notBefore: undefined, costsAttempt: true },
      T + 100,
    );
    const again = ended(
      acquired(claim(restarted(refused, second, T + 150), T + 200, second)),
      { state: 'rejected', error, doubt: undefined, notBefore: undefined, costsAttempt: true },
      T + 300,
    );
    expect(again.signed_at).toBe(130);
    const unseen = { start: undefined, message_id: 'another' };
    expect(claim(again, T + 400, { ...first, ...unseen })).toMatchObject({
      result: 'conflict',
      reason: 'number_taken',
    });
    expect(claim(again, T + 400, { ...first, ...unseen, signed_at: 131 })).toMatchObject({
      result: 'acquired',
    });
    expect(claim(again, T + 400, { ...second, ...unseen })).toMatchObject({ result: 'acquired' });
    // Within one second nobody can tell which came first, but for what it once said.
    const third = { ...second, ...unseen, content_hash: 'h3' };
    expect(claim(again, T + 400, third)).toMatchObject({ result: 'acquired' });
    expect(claim(again, T + 400, { ...third, content_hash: 'h1' })).toMatchObject({ result: 'conflict' });
    // What comes back from the dead letters is not signed: what was signed last still counts.
    expect(restarted(again, { ...corrected, start: 3 }, T + 400).signed_at).toBe(130);
  });
  test('of what is in the CRM is done; with other content a conflict', () => {
    expect(claim(synced, T + 200)).toMatchObject({ result: 'done' });
    expect(claim(synced, T + 200, corrected)).toMatchObject({ result: 'conflict', reason: 'number_taken' });
  });
  test('with other content is a conflict while the first is on its way', () => {
    expect(claim(accepted(submission, T), T, corrected)).toMatchObject({
      result: 'conflict',
      reason: 'number_taken',
    });
    expect(claim(retrying(), T + 30_000, corrected)).toMatchObject({
      result: 'conflict',
      reason: 'number_taken',
    });
  });
});

describe('after an order was parked', () => {
  test('a copy that was sent before is done with: the dead letter stands for it', () => {
    expect(claim(parked(), T + 200)).toMatchObject({ result: 'done' });
  });
  test('a message of the next start, or of none, starts afresh, with look-up first', () => {
    for (const start of [1, 2, undefined]) {
      expect(claim(parked(), T + 300, { ...submission, start })).toMatchObject({
        result: 'acquired',
        lookUp: true,
        record: { attempts: 1, restarts: 1, start: start ?? 1 },
      });
    }
  });
  test('what a person has looked at is told by when it was settled, however often it is begun since', () => {
    const again = restarted(parked(), { ...submission, start: 2 }, T + 300);
    expect(again).toMatchObject({ settled_at: undefined, settled_before: T + 100 });
    expect(restarted(again, { ...corrected, start: 3 }, T + 400).settled_before).toBe(T + 100);
  });
  test('a correction starts afresh with its own content', () => {
    expect(claim(parked(), T + 300, { ...corrected, start: 2 })).toMatchObject({
      result: 'acquired',
      record: { content_hash: 'h2', attempts: 1 },
    });
  });
  test('other content that was sent before is a conflict, not lost', () => {
    expect(claim(parked(), T + 300, corrected)).toMatchObject({ result: 'conflict', reason: 'number_taken' });
  });
  test('in doubt, a new start waits until a late commit can be seen', () => {
    const inDoubt = parked('h1', T + 40_000);
    const again = { ...submission, start: 1 };
    expect(claim(inDoubt, T + 300, again)).toEqual({ result: 'busy', until: T + 40_000 });
    expect(claim(restarted(inDoubt, again, T + 300), T + 300, again)).toEqual({
      result: 'busy',
      until: T + 40_000,
    });
    expect(claim(inDoubt, T + 40_000, again)).toMatchObject({ result: 'acquired', lookUp: true });
  });
});

describe('after an order was parked and corrected', () => {
  const started = restarted(parked(), { ...corrected, start: 2 }, T + 300);

  test('a late copy of what it was is superseded, whatever became of the correction', () => {
    const correctedSyncing = acquired(claim(started, T + 400, { ...corrected, start: 2 }));
    const correctedSynced = ended(correctedSyncing, { state: 'synced', crmOrderId: '7' }, T + 500);
    const parkedAgain = ended(
      correctedSyncing,
      { state: 'parked', error, doubt: undefined, notBefore: undefined, costsAttempt: true },
      T + 500,
    );
    for (const record of [started, correctedSyncing, correctedSynced, parkedAgain]) {
      expect(claim(record, T + 600)).toEqual({ result: 'superseded' });
      // Its dead letter, too, that was on its way back.
      expect(claim(record, T + 600, { ...submission, start: 1, redriven: 1 })).toEqual({
        result: 'superseded',
      });
    }
  });
  test('a rival of the correction, posted at the same time, is no less than that, and is kept', () => {
    const correcting = acquired(claim(started, T + 400, { ...corrected, start: 2 }));
    const parkedAgain = ended(correcting, { ...FAILED, state: 'parked' }, T + 500);
    expect(claim(parkedAgain, T + 600, { ...submission, start: 2 })).toMatchObject({
      result: 'conflict',
      reason: 'number_taken',
    });
  });
  test('by what may have been sent before it: what it was is no less than that, and is kept', () => {
    const rival = { ...corrected, start: undefined, message_id: 'rival' };
    const won = acquired(claim(parked(), T + 300, rival));
    const parkedAgain = ended(won, { ...FAILED, state: 'parked' }, T + 400);
    const letter = { ...submission, start: 1, redriven: 1 };
    expect(claim(parkedAgain, T + 600, letter)).toMatchObject({ result: 'conflict', reason: 'number_taken' });
  });
  test('what it was, put on the queue by hand, is other content', () => {
    expect(claim(started, T + 600, { ...submission, start: undefined })).toMatchObject({
      result: 'conflict',
      reason: 'number_taken',
    });
  });
  test('a third content that was sent before is a conflict, not lost', () => {
    expect(claim(started, T + 600, { ...submission, content_hash: 'h3' })).toMatchObject({
      result: 'conflict',
      reason: 'number_taken',
    });
  });
});

describe('what an attempt leaves behind', () => {
  test('an end and what is to be told of it are one', () => {
    expect(synced.outbox).toMatchObject([{ type: 'synced', external_id: '1042' }]);
    expect(restarted(parked(), submission, T + 300).outbox).toMatchObject([{ type: 'parked' }]);
    expect(retrying().outbox).toBeUndefined();
  });
  test('synced: no lease, no doubt, no error, the CRM id', () => {
    expect(synced).toMatchObject({ state: 'synced', crm_order_id: '7' });
    expect(synced.lease_until ?? synced.doubt ?? synced.error).toBeUndefined();
  });
  test('a failure that may have reached the CRM is in doubt, any other is retrying', () => {
    expect(retrying('h1')).toMatchObject({ state: 'in_doubt', doubt: 'h1', attempts: 1 });
    expect(retrying()).toMatchObject({ state: 'retrying', attempts: 1 });
  });
  test('what costs no attempt is not counted', () => {
    const paused = ended(
      syncing,
      { state: 'retrying', error, notBefore: T, doubt: undefined, costsAttempt: false },
      T,
    );
    expect(paused.attempts).toBe(0);
    expect(claim(paused, T)).toMatchObject({ result: 'acquired', lookUp: false });
  });
  test('a conflict is noted, and changes nothing else', () => {
    const { history, ...rest } = conflicted(synced, 'number_taken', T);
    const { history: before, ...same } = synced;
    expect(rest).toEqual(same);
    expect(history).toEqual([
      ...before,
      { at: '2026-01-01T10:00:00.000Z', step: 'conflict', reasons: ['number_taken'] },
    ]);
  });
  test('a body that is no order is rejected with its reason, and gives way to any order', () => {
    const refused = malformed(
      { ...submission, content_hash: 'text' },
      { type: 'MALFORMED', message: '#' },
      T,
    );
    expect(refused).toMatchObject({ state: 'rejected', version: 0, error: { type: 'MALFORMED' } });
    expect(claim(refused, T, submission)).toMatchObject({ result: 'acquired' });
  });
  test('the history keeps its first step, and at most a hundred', () => {
    let record = accepted(submission, T);
    for (let n = 0; n < 300; n += 1) record = conflicted(record, 'number_taken', T + n);
    expect(record.history).toHaveLength(100);
    expect(record.history[0]).toMatchObject({ step: 'accepted' });
    expect(record.history.at(-1)).toMatchObject({ at: new Date(T + 299).toISOString() });
  });
});

describe("another caller's message under the same id", () => {
  const ours = { ...submission, submitted_by: 'bot' };
  const theirs = { ...submission, submitted_by: 'site' };
  const record = acquired(claim(accepted(ours, T), T, ours));

  test('is a conflict, even with the same content, and starts nothing anew', () => {
    for (const known of [
      accepted(ours, T),
      ended(record, { state: 'synced', crmOrderId: '7' }, T),
      ended(record, { ...FAILED, state: 'parked' }, T - 1000),
    ]) {
      expect(claim(known, T + 1, theirs)).toMatchObject({ result: 'conflict', reason: 'number_taken' });
    }
  });

  test('waits while ours is in hand: to note the conflict would take the record from whoever has it', () => {
    expect(claim(record, T + 1, theirs)).toEqual({ result: 'busy', until: T + LEASE });
  });

  test('is ours where it names nobody, and becomes theirs where ours named nobody', () => {
    expect(acquired(claim(accepted(ours, T), T, submission)).submitted_by).toBe('bot');
    expect(acquired(claim(accepted(submission, T), T, theirs)).submitted_by).toBe('site');
  });

  test('takes the number of what was refused, and never in the CRM; its former order is kept aside', () => {
    const refused = ended(record, { ...FAILED, state: 'rejected' }, T);
    const decision = claim(refused, T + 1, theirs);
    expect(decision).toMatchObject({
      result: 'acquired',
      former: refused,
      record: { submitted_by: 'site', attempts: 1, restarts: 0, version: refused.version },
    });
    // A letter of the former order is of an earlier start, and stays that.
    expect(acquired(claim({ ...refused, start: 3 }, T + 1, theirs)).start).toBe(3);
    expect(acquired(claim(refused, T + 1, { ...theirs, start: 4 })).start).toBe(4);
    const inDoubt = ended(record, { ...FAILED, state: 'rejected', doubt: 'h1' }, T);
    expect(claim(inDoubt, T + 1, theirs)).toMatchObject({ result: 'conflict' });
  });
});

describe('an order without a name', () => {
  const named = { ...submission, submitted_by: 'bot' };

  test('in the CRM becomes the order of whoever sends the very same, who is told what became of it', () => {
    const decision = claim(synced, T + 1, named);
    expect(decision).toMatchObject({ result: 'done', record: { submitted_by: 'bot' } });
    if (decision.result !== 'done') return;
    expect(decision.record.outbox?.at(-1)).toMatchObject({ type: 'synced', submitted_by: 'bot' });
    // SQS takes an id once in five minutes: it must not be that of what was told to nobody.
    expect(new Set(decision.record.outbox?.map(({ id }) => id)).size).toBe(2);
  });

  test('in the CRM is told to nobody once more, where its copy has no name either', () => {
    expect(adopted(synced, {})).toBe(synced);
    expect(claim(synced, T + 1)).toEqual({ result: 'done', record: synced });
  });

  test('with other content is a conflict', () => {
    expect(claim(synced, T + 1, { ...named, content_hash: 'h2' })).toMatchObject({ result: 'conflict' });
  });

  test("that was parked, and comes back as its owner's, is news to the owner, though it ends as before", () => {
    const back = { ...named, start: 1, redriven: 1 };
    const again = ended(acquired(claim(parked(), T + 1000, back)), { ...FAILED, state: 'parked' }, T + 2000);
    expect(again.outbox?.at(-1)).toMatchObject({ type: 'parked', submitted_by: 'bot' });
  });

  test("takes no parked order's place: that one has an owner; but an operator, who says which it mends, does", () => {
    const owned = { ...parked(), submitted_by: 'bot' };
    const nameless = { ...submission, content_hash: 'h2', start: undefined, message_id: 'new' };
    expect(claim(owned, T + 1000, nameless)).toMatchObject({ result: 'conflict', reason: 'number_taken' });
    expect(acquired(claim(owned, T + 1000, { ...nameless, start: owned.start }))).toMatchObject({
      content_hash: 'h2',
      submitted_by: 'bot',
    });
    expect(acquired(claim(parked(), T + 1000, nameless)).content_hash).toBe('h2');
  });
});

describe('what may ever have been sent', () => {
  test('is remembered over look-ups, restarts and returns', () => {
    const sent = ended(
      acquired(claim(retrying('h1'), T + 30_000)),
      {
        state: 'parked',
        error,
        doubt: undefined,
        notBefore: undefined,
        costsAttempt: true,
      },
      T + 31_000,
    );
    expect(sent.maybe_sent).toEqual(['h1']);
    expect(acquired(claim(sent, T + 40_000, { ...corrected, start: 2 })).maybe_sent).toEqual(['h1']);
  });

  test('is nothing where the CRM refused it, or no connection was made', () => {
    expect(acquired(claim(retrying(), T + 30_000)).maybe_sent).toBeUndefined();
  });
});

describe('a message that was put on the queue by hand', () => {
  const byHand = { ...submission, start: undefined, message_id: 'm1' };
  const rejected = ended(
    acquired(claim(undefined, T, byHand)),
    {
      state: 'rejected',
      error,
      doubt: undefined,
      notBefore: undefined,
      costsAttempt: true,
    },
    T,
  );

  test('and is delivered again, is known again; sent again, it counts', () => {
    expect(claim(rejected, T + 1, byHand)).toMatchObject({ result: 'done' });
    expect(claim(rejected, T + 1, { ...byHand, message_id: 'm2' })).toMatchObject({ result: 'acquired' });
  });

  test('and is delivered once more after its correction, is superseded', () => {
    const correction = acquired(claim(rejected, T + 1, { ...byHand, content_hash: 'h2', message_id: 'm2' }));
    expect(claim(correction, T + 2, byHand)).toEqual({ result: 'superseded' });
  });
});

test('a correction that comes when an older copy is in the CRM is told so; while that one is retried it goes first', () => {
  const newer = { ...corrected, start: 2 };
  expect(claim(synced, T + 200, newer)).toMatchObject({ result: 'conflict', reason: 'correction_too_late' });
  expect(claim(retrying(), T + 30_000, newer)).toMatchObject({
    result: 'acquired',
    record: { content_hash: 'h2', start: 2 },
  });
});

describe('of an order that was written down while its status still counted as content', () => {
  const before: Submission = { ...submission, content_hash: 'with its status' };
  const again: Submission = { ...submission, content_hash: 'without', former_hash: 'with its status' };
  const then = acquired(claim(undefined, T, before));

  test('the same one is known by its former name, and another is another', () => {
    const there = ended(then, { state: 'synced', crmOrderId: '7' }, T + 100);
    expect(claim(there, T + 1000, again)).toMatchObject({ result: 'done' });
    expect(claim(there, T + 1000, { ...again, former_hash: 'another' })).toMatchObject({
      result: 'conflict',
    });
  });

  test('the record keeps that name, by which it knows what may have been sent', () => {
    const refused = ended(then, { state: 'parked', ...FAILED, doubt: 'with its status' }, T + 100);
    expect(claim(refused, T + 60_000, { ...again, redriven: 1, start: 1 })).toMatchObject({
      lookUp: true,
      record: { content_hash: 'with its status', maybe_sent: ['with its status'] },
    });
  });
});
