import { beforeAll, expect, test } from 'vitest';
import { BUDGETS, type Bundle, buildBundles, emptyBundle } from '../bench/bundles.ts';

/** All, as they are deployed. */
let bundles: Bundle[];
beforeAll(async () => {
  bundles = await buildBundles();
});
const named = (...names: string[]) => bundles.filter(({ name }) => names.includes(name));

test('each function is within its budget, and none is without one', () => {
  expect(bundles.map(({ name }) => name).toSorted()).toEqual([...BUDGETS.keys()].toSorted());
  const over = bundles.filter(({ name, bytes }) => bytes >= (BUDGETS.get(name) ?? 0));
  expect(over.map(({ name, bytes }) => `${name} has ${bytes}`)).toEqual([]);
  // Else something else was measured.
  const inside = named('acceptOrder').flatMap(({ packages }) => packages.map(({ name }) => name));
  expect(inside).toEqual(expect.arrayContaining(['lib', 'zod', 'libphonenumber-js']));
});

test('what runs in Lambda reads with zod/mini: zod, with its methods on each schema, is twice as large', () => {
  for (const { name, packages } of bundles) {
    const zod = packages.find((inside) => inside.name === 'zod')?.bytes ?? 0;
    expect([name, zod < 60_000]).toEqual([name, true]);
  }
});

test('what is told in Ukrainian is bundled as it is written: as an escape each letter would take six bytes', () => {
  for (const { name, code } of named('acceptOrder', 'notifySubmitter')) {
    const text = new TextDecoder().decode(code);
    expect([name, /[а-яіїєґ]{4}/i.test(text), /\\u04[0-9a-f]{2}/i.test(text)]).toEqual([name, true, false]);
  }
});

test('a function with nothing in it is next to nothing', async () => {
  expect((await emptyBundle()).bytes).toBeLessThan(2_000);
});

test('the workshop and the sandbox are in no bundle, and the page is in one', () => {
  const texts = bundles.map(({ name, code }) => ({
    name,
    text: new TextDecoder().decode(code),
  }));
  const having = (words: string) => texts.filter(({ text }) => text.includes(words)).map(({ name }) => name);
  expect(having('Майстерня')).toEqual([]);
  expect(having('_sandbox')).toEqual([]);
  expect(having('Чекають на людину')).toEqual(['managerPage']);
});

test('who reads no order carries nothing that reads one', () => {
  for (const { name, packages } of named('getOrder', 'tellShops', 'notifySubmitter')) {
    expect([name, packages.map((inside) => inside.name)]).toEqual([
      name,
      expect.not.arrayContaining(['libphonenumber-js']),
    ]);
  }
});

test('the proof of a day is in a bundle of its own, and in no other', () => {
  const proving = bundles.filter(({ files }) => files.some(({ path }) => path.startsWith('lib/proof/')));
  expect(proving.map(({ name }) => name)).toEqual(['proveDay']);
});

test('who speaks one dialect of the CRM does not carry the other; the larger one is not 13.5 kB more', async () => {
  const [orders] = named('syncOrders');
  const [openApi] = await buildBundles(['syncOrders'], { sitniksDialect: 'open-api' });
  const carried = (bundle: Bundle | undefined, dialect: string) =>
    bundle?.files.map(({ path }) => path).filter((path) => path.startsWith(`lib/sitniks/${dialect}/`));
  // The settings are read by one schema for all.
  expect(carried(orders, 'open-api')).toEqual(['lib/sitniks/open-api/settings.ts']);
  expect(carried(openApi, 'orders')).toEqual([]);
  expect((openApi?.bytes ?? 0) - (orders?.bytes ?? 0)).toBeLessThan(13_500);
});

test('where the dialect is orders, no function carries more than 5 kB for the Open API, payments among it', () => {
  const isForOpenApi = (path: string) =>
    /^lib\/(sitniks\/open-api\/|sync\/.*(payment|booking)|(ledger|order)\/payments?\.)/.test(path);
  const carried = bundles
    // Its settings say which dialect it speaks.
    .filter(({ name }) => name !== 'proveDay')
    .map(({ name, files }) => ({
      name,
      bytes: files.filter(({ path }) => isForOpenApi(path)).reduce((sum, { bytes }) => sum + bytes, 0),
    }));
  expect(carried.filter(({ bytes }) => bytes > 5_000)).toEqual([]);
  // Else something else was measured.
  expect(carried.find(({ name }) => name === 'syncOrders')?.bytes).toBeGreaterThan(1_000);
});
