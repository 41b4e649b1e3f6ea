import { describe, expect, test } from 'vitest';
import { asKnown, isContentOf } from '../../../lib/ledger/content.ts';
import { recordOf } from '../../kit/memory-consumer.ts';

describe('the content of a message', () => {
  test.each([
    ['has the name by which the order is known, though it counts the status in', 'h1', 'h1'],
    ['has the name by which a correction has replaced it', 'h0', 'h0'],
    ['has its own where nothing is known by the other', 'h9', 'new'],
    ['has its own where it has no other', undefined, 'new'],
  ])('%s', (_what, former_hash, is) => {
    const content = { content_hash: 'new', former_hash, start: 2 };
    const known = asKnown(recordOf({ content_hash: 'h1', superseded: ['h0'] }), content);
    expect(known).toEqual({ ...content, content_hash: is });
  });

  test.each([
    [{ content_hash: 'h1' }, true],
    [{ content_hash: 'new', former_hash: 'h1' }, true],
    [{ content_hash: 'new' }, false],
    // It was corrected: the order says something else by now.
    [{ content_hash: 'new', former_hash: 'h0' }, false],
  ])('%j is what the order says: %s', (content, is) => {
    expect(isContentOf(recordOf({ content_hash: 'h1', superseded: ['h0'] }), content)).toBe(is);
  });

  test('is told apart where nothing was ever corrected', () => {
    expect(isContentOf(recordOf(), { content_hash: 'h1' })).toBe(true);
    expect(isContentOf(recordOf(), { content_hash: 'h2', former_hash: 'h3' })).toBe(false);
  });
});
