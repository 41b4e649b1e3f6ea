import { expect, test } from 'vitest';
import { ACCEPT_ORDER_LIMIT_BYTES, buildBundles, emptyBundle } from '../bench/bundles.ts';

test('acceptOrder, for which a customer waits, is under 650 kB', async () => {
  const [acceptOrder, ...others] = await buildBundles(['acceptOrder']);
  expect(others).toEqual([]);
  expect(ACCEPT_ORDER_LIMIT_BYTES).toBe(650_000);
  expect(acceptOrder?.bytes).toBeLessThan(ACCEPT_ORDER_LIMIT_BYTES);
  // Else something else was measured.
  expect(acceptOrder?.packages.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['lib', 'zod', 'libphonenumber-js']),
  );
});

test('a function with nothing in it is next to nothing', async () => {
  expect((await emptyBundle()).bytes).toBeLessThan(2_000);
});
