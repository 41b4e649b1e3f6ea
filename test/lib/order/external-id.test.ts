import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isExternalId } from '../../../lib/order/external-id.ts';

test('can stand in a path as it is, and comes back from it unchanged', () => {
  fc.assert(
    fc.property(fc.oneof(fc.stringMatching(/^[\w.:-]{1,128}$/), fc.string({ unit: 'binary' })), (id) => {
      if (!isExternalId(id)) return;
      expect(encodeURI(id)).toBe(id);
      expect(new URL(`https://relay.example/orders/${id}`).pathname).toBe(`/orders/${id}`);
    }),
  );
});

test.each(['.', '..', '', 'a/b', 'a b', 'a?b', 'a#b', 'a%2Fb', 'ї', 'a\n', 'x'.repeat(129)])(
  '%j is none',
  (id) => {
    expect(isExternalId(id)).toBe(false);
  },
);

test.each(['0', '...', '.a', 'x'.repeat(128), '6f1c6c1e-6f3e-4c59-9d5d-0d4c9d0a1a11', 'shop:1042'])(
  '%j is one',
  (id) => {
    expect(isExternalId(id)).toBe(true);
  },
);
