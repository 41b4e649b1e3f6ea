import { describe, expect, test } from 'vitest';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { isFree, isReplay, isStale, type Relation, relationOf } from '../../../lib/ledger/relation.ts';
import type { Submission } from '../../../lib/ledger/start.ts';
import { ORDER_STATES } from '../../../lib/ledger/states.ts';
import { recordOf } from '../../kit/memory-consumer.ts';

/** Of `bot`, corrected once by its third start, when it said `h0`. */
const corrected = recordOf({
  content_hash: 'h1',
  superseded: ['h0'],
  start: 3,
  corrected_by: 3,
  messages: ['m1', 'm2'],
  signed_at: 100,
});
const message = (changes: Partial<Submission> = {}): Submission => ({
  external_id: '1042',
  content_hash: 'h1',
  submitted_by: 'bot',
  redriven: 0,
  start: 3,
  ...changes,
});

describe('to the order that has its number, a message', () => {
  test.each<[string, Relation, Partial<Submission>]>([
    ['with its content', 'same', {}],
    ['with its content, from before it was corrected', 'same', { start: 1 }],
    ['with its content, as a later start', 'same', { start: 4 }],
    ['with its content, as it was named before', 'same', { content_hash: 'h9', former_hash: 'h1' }],
    ['with what it said, from before it was corrected', 'older', { content_hash: 'h0', start: 2 }],
    ['with what it said, of the start that corrected it', 'other', { content_hash: 'h0', start: 3 }],
    ['with what it said, as a later start', 'newer', { content_hash: 'h0', start: 4 }],
    ['with other content, of a later start', 'newer', { content_hash: 'h2', start: 4 }],
    ['with other content, of its start', 'other', { content_hash: 'h2', start: 3 }],
    ['with what it never said, from before it was corrected', 'other', { content_hash: 'h2', start: 2 }],
    [
      'with other content, of no start, that was at work on it',
      'older',
      { content_hash: 'h2', start: undefined, message_id: 'm1' },
    ],
    [
      'with other content, of no start, that never was at work on it',
      'other',
      { content_hash: 'h2', start: undefined, message_id: 'm3' },
    ],
    ['with other content, that says neither start nor id', 'other', { content_hash: 'h0', start: undefined }],
    ['of another caller, with its content', 'foreign', { submitted_by: 'site' }],
    [
      'of another caller, with other content',
      'foreign',
      { submitted_by: 'site', content_hash: 'h2', start: 4 },
    ],
    ['of nobody, with its content', 'same', { submitted_by: undefined, start: undefined }],
    [
      'of nobody, with other content, of a later start',
      'newer',
      { submitted_by: undefined, content_hash: 'h2', start: 4 },
    ],
    [
      'of nobody, with other content, of no start',
      'foreign',
      { submitted_by: undefined, content_hash: 'h2', start: undefined },
    ],
  ])('%s is %s', (_what, relation, changes) => {
    expect(relationOf(corrected, message(changes))).toBe(relation);
  });

  test('with other content is no older than what was never corrected', () => {
    const first = recordOf({ start: 1 });
    expect(relationOf(first, message({ content_hash: 'h2', start: 0 }))).toBe('other');
    const nameless = message({ content_hash: 'h2', start: undefined, message_id: 'm1' });
    expect(relationOf(first, nameless)).toBe('other');
  });

  test('with what it said is older than the start that it is in, where nobody noted which corrected it', () => {
    const before = recordOf({ start: 1, superseded: ['h0'] });
    expect(relationOf(before, message({ content_hash: 'h0', start: 0 }))).toBe('older');
    expect(relationOf(before, message({ content_hash: 'h0', start: 1 }))).toBe('other');
  });

  test('of an order without a name is never foreign', () => {
    const nameless = { ...corrected, submitted_by: undefined };
    expect(relationOf(nameless, message({ submitted_by: 'site' }))).toBe('same');
    expect(relationOf(nameless, message({ submitted_by: 'site', content_hash: 'h2' }))).toBe('other');
  });
});

describe('a message is stale', () => {
  test.each<[string, Partial<Submission>, boolean]>([
    ['of an earlier start', { start: 2 }, true],
    ['not of this start', { start: 3 }, false],
    ['not of a later start', { start: 4 }, false],
    ['of no start, where it was at work before', { start: undefined, message_id: 'm2' }, true],
    ['not of no start, where it never was', { start: undefined, message_id: 'm3' }, false],
    ['not of no start, where it has no id', { start: undefined }, false],
    ['not of this start, though it was at work before', { start: 3, message_id: 'm2' }, false],
  ])('%s', (_what, changes, is) => {
    expect(isStale(corrected, message(changes))).toBe(is);
  });
});

describe('a message is sent once more by whoever has overheard it', () => {
  test.each<[string, Partial<Submission>, Partial<LedgerRecord>, boolean]>([
    ['with other content, signed before', { content_hash: 'h2', signed_at: 99 }, {}, true],
    ['not where it is signed later', { content_hash: 'h2', signed_at: 101 }, {}, false],
    ['not with what the order says', { signed_at: 99 }, {}, false],
    [
      'not with what the order says, though it said so before',
      { signed_at: 100 },
      { superseded: ['h1'] },
      false,
    ],
    ['with what it once said, signed in the same second', { content_hash: 'h0', signed_at: 100 }, {}, true],
    [
      'not with what it never said, signed in the same second',
      { content_hash: 'h2', signed_at: 100 },
      {},
      false,
    ],
    ['not with what it once said, signed later', { content_hash: 'h0', signed_at: 101 }, {}, false],
    [
      'not in the same second, where nothing was ever corrected',
      { content_hash: 'h0', signed_at: 100 },
      { superseded: undefined },
      false,
    ],
    ['not where it is not signed', { content_hash: 'h0' }, {}, false],
    [
      'not where the order never was',
      { content_hash: 'h0', signed_at: 100 },
      { signed_at: undefined },
      false,
    ],
    ['not where neither is signed', { content_hash: 'h0' }, { signed_at: undefined }, false],
  ])('%s', (_what, changes, record, is) => {
    expect(isReplay({ ...corrected, ...record }, message(changes))).toBe(is);
  });
});

describe('a number is free to another caller', () => {
  test.each(ORDER_STATES)('only where its order was rejected: %s', (state) => {
    expect(isFree(recordOf({ state }))).toBe(state === 'rejected');
  });

  test('never where its order may be in the CRM', () => {
    expect(isFree(recordOf({ state: 'rejected', maybe_sent: ['h1'] }))).toBe(false);
  });
});
