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

test('what is told in Ukrainian is bundled as it is written: as an escape each letter would take six bytes', async () => {
  for (const { name, code } of await buildBundles(['acceptOrder', 'notifySubmitter'])) {
    const text = new TextDecoder().decode(code);
    expect([name, /[а-яіїєґ]{4}/i.test(text), /\\u04[0-9a-f]{2}/i.test(text)]).toEqual([name, true, false]);
  }
});

test('a function with nothing in it is next to nothing', async () => {
  expect((await emptyBundle()).bytes).toBeLessThan(2_000);
});

test('the workshop and the sandbox are in no bundle, and the page is in one', async () => {
  const bundles = (await buildBundles()).map(({ name, code }) => ({
    name,
    text: new TextDecoder().decode(code),
  }));
  const having = (words: string) =>
    bundles.filter(({ text }) => text.includes(words)).map(({ name }) => name);
  expect(having('Майстерня')).toEqual([]);
  expect(having('_sandbox')).toEqual([]);
  expect(having('Чекають на людину')).toEqual(['managerPage']);
});

test('who reads no order carries nothing that reads one', async () => {
  for (const { name, packages } of await buildBundles(['getOrder', 'tellShops', 'notifySubmitter'])) {
    expect([name, packages.map((inside) => inside.name)]).toEqual([
      name,
      expect.not.arrayContaining(['libphonenumber-js']),
    ]);
  }
});

test('the proof of a day is in a bundle of its own, under 750 kB, and in no other', async () => {
  const bundles = await buildBundles();
  const proving = bundles.filter(({ files }) => files.some((file) => file.startsWith('lib/proof/')));
  expect(proving.map(({ name }) => name)).toEqual(['proveDay']);
  expect(proving[0]?.bytes).toBeLessThan(750_000);
});

test('who speaks one dialect of the CRM does not carry the other', async () => {
  const filesOf = async (sitniksDialect: string) =>
    (await buildBundles(['syncOrders'], { sitniksDialect })).flatMap(({ files }) => files);
  const isOf = (dialect: string) => (file: string) => file.startsWith(`lib/sitniks/${dialect}/`);
  // The settings are read by one schema for all.
  const orders = (await filesOf('orders')).filter(isOf('open-api'));
  expect(orders).toEqual(['lib/sitniks/open-api/settings.ts']);
  expect((await filesOf('open-api')).filter(isOf('orders'))).toEqual([]);
});
