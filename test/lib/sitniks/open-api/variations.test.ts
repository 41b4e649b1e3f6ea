import { describe, expect, test } from 'vitest';
import { createCall } from '../../../../lib/sitniks/open-api/calls.ts';
import { variations } from '../../../../lib/sitniks/open-api/variations.ts';
import { type Answers, FREE, KEY, list, memoryAccount } from './memory-account.ts';

const CALLING = { apiKey: KEY, until: 60_000 };

function catalogue(answer: Answers[string], warehouseId?: number) {
  const { fetch, asked } = memoryAccount({ 'GET products/variations': answer });
  const call = createCall({ baseUrl: 'https://crm.example', timeoutMs: 10_000, pace: FREE, fetch });
  const { find, forget } = variations(call, { warehouseId, ttlMs: 600_000 });
  return { find: (sku: string) => find(sku, CALLING), forget, asked };
}
const BELT = { id: 9002, sku: 'BELT' };

describe('a variation', () => {
  test.each([
    ['has the SKU, exactly', BELT],
    ['has it with space around it', { ...BELT, sku: ' BELT ' }],
    ['is on sale', { ...BELT, isActive: true }],
    ['does not say that it is not', { ...BELT, isActive: null }],
    ['says it in a way that cannot be read', { ...BELT, isActive: 'no' }],
  ])('is found that %s', async (_, row) => {
    const others = [{ id: 1, sku: 'BELT-LONG' }, { id: 2 }, { id: 3, sku: null }];
    expect(await catalogue(list([...others, row])).find('BELT')).toEqual({ ok: true, id: '9002' });
  });

  test.each([
    ['of another SKU', { ...BELT, sku: 'BELT-LONG' }],
    ['of an SKU in other letters', { ...BELT, sku: 'belt' }],
    ['without one', { ...BELT, sku: null }],
    ['that is not on sale', { ...BELT, isActive: false }],
  ])('%s is none', async (_, row) => {
    expect(await catalogue(list([row])).find('BELT')).toEqual({ ok: true, id: undefined });
  });

  test('may have a number for an SKU', async () => {
    expect(await catalogue(list([{ id: 7, sku: 116 }])).find('116')).toEqual({ ok: true, id: '7' });
  });

  test('is looked for by its SKU page by page, until it is there', async () => {
    const { find, asked } = catalogue([
      list([{ id: 1, sku: 'A' }]),
      list([{ id: 3, sku: 'C' }, BELT]),
      list([{ id: 4, sku: 'D' }]),
    ]);
    expect(await find('BELT')).toEqual({ ok: true, id: '9002' });
    expect(asked()).toEqual([
      'GET products/variations?sku=BELT&limit=100&skip=0',
      'GET products/variations?sku=BELT&limit=100&skip=1',
    ]);
  });

  test("is looked for in the shop's warehouse, where it is set", async () => {
    const { find, asked } = catalogue(list([BELT]), 41);
    await find('BELT');
    expect(asked()).toEqual(['GET products/variations?sku=BELT&limit=100&warehouseId=41&skip=0']);
  });
});

describe('what was found', () => {
  test('is remembered, for each SKU by itself', async () => {
    const { find, asked } = catalogue(({ url }) => {
      const sku = url.searchParams.get('sku') ?? '';
      return list([{ id: sku.length, sku }]);
    });
    await Promise.all([find('A'), find('AB'), find('A')]);
    expect(await find('A')).toEqual({ ok: true, id: '1' });
    expect(await find('AB')).toEqual({ ok: true, id: '2' });
    expect(asked()).toHaveLength(2);
  });

  test.each([
    ['that there is none', list([])],
    ['a failure', { status: 503 }],
  ])('is not, where it is %s', async (_, first) => {
    const { find } = catalogue([first, list([BELT])]);
    expect(await find('BELT')).not.toHaveProperty('id', '9002');
    expect(await find('BELT')).toEqual({ ok: true, id: '9002' });
  });

  test('is asked for anew once it was forgotten', async () => {
    const { find, forget } = catalogue([list([BELT]), list([{ ...BELT, id: 9003 }])]);
    await find('BELT');
    forget();
    expect(await find('BELT')).toEqual({ ok: true, id: '9003' });
  });

  test('is 1,000 SKUs at most: the oldest goes for a new one, and none for one that is known', async () => {
    const { find, asked } = catalogue(({ url }) => list([{ id: 1, sku: url.searchParams.get('sku') }]));
    const skus = Array.from({ length: 1000 }, (_, i) => `SKU-${i}`);
    for (const sku of skus) await find(sku);
    const askedFor = async (...wanted: string[]) => {
      const before = asked().length;
      for (const sku of wanted) await find(sku);
      return asked()
        .slice(before)
        .map((call) => /sku=([^&]*)/.exec(call)?.[1]);
    };
    expect(await askedFor('SKU-999', 'SKU-0', 'SKU-1')).toEqual([]);
    expect(await askedFor('NEW')).toEqual(['NEW']);
    expect(await askedFor('SKU-1', 'SKU-999', 'NEW', 'SKU-0')).toEqual(['SKU-0']);
  });
});
