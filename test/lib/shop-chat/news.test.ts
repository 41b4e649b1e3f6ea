import { describe, expect, test } from 'vitest';
import type { ReasonCode } from '../../../lib/explanations/reasons.ts';
import { newsFor } from '../../../lib/shop-chat/news.ts';

const order = (external_id: string, reason: ReasonCode = 'phone_invalid', occurrence = `${reason} 1`) => ({
  external_id,
  reason,
  occurrence,
});
const nobody = () => false;
const texts = (...args: Parameters<typeof newsFor>) => newsFor(...args).map(({ text }) => text);

describe('what waits', () => {
  test('for the customer is told with the question to ask', () => {
    expect(texts(new Map(), [order('1042')], nobody)).toEqual([
      expect.stringMatching(
        /^Замовлення 1042 чекає: номер телефону не розпізнано\.\nЗапитайте покупця: «.+»$/,
      ),
    ]);
  });

  test.each([
    [1, 'Замовлення o0 чекає'],
    [2, '2 замовлення чекають'],
    [5, '5 замовлень чекають'],
    [12, '12 замовлень чекають'],
    [21, '21 замовлення чекає'],
    [22, '22 замовлення чекають'],
    [112, '112 замовлень чекають'],
  ])('for one reason is one message: %i', (count, begin) => {
    const waiting = Array.from({ length: count }, (_, n) => order(`o${n}`, 'key_refused'));
    const [message, ...others] = newsFor(new Map(), waiting, nobody);
    expect(others).toEqual([]);
    expect(message?.text.startsWith(`${begin}:`)).toBe(true);
    expect(message?.tells).toHaveLength(count);
    expect(message?.external_id).toBe(count === 1 ? 'o0' : undefined);
  });

  test('for two reasons is two', () => {
    expect(newsFor(new Map(), [order('1'), order('2', 'key_refused'), order('3')], nobody)).toHaveLength(2);
  });

  test('is told once, and again only if it is another cause, or was begun anew', () => {
    const told = new Map([['1', 'phone_invalid 1']]);
    expect(newsFor(told, [order('1')], nobody)).toEqual([]);
    expect(newsFor(told, [order('1', 'sku_unknown')], nobody)).toHaveLength(1);
    expect(newsFor(told, [order('1', 'phone_invalid', 'phone_invalid 2')], nobody)).toHaveLength(1);
  });
});

describe('what is over', () => {
  const told = new Map(['1', '2', '3'].map((id) => [id, 'key_refused 1']));

  test('is told once it is in the CRM, and not while it is only under way', () => {
    expect(texts(told, [], nobody)).toEqual([]);
    expect(texts(told, [], (id) => id === '1')).toEqual(['Замовлення 1 уже в CRM.']);
    expect(texts(told, [], () => true)).toEqual(['3 замовлення уже в CRM.']);
    const [message] = newsFor(told, [], (id) => id === '1');
    expect(message?.tells).toEqual([{ external_id: '1', occurrence: undefined }]);
  });

  test('of many is counted as one says it', () => {
    const many = new Map(Array.from({ length: 12 }, (_, n) => [String(n), 'x']));
    expect(texts(many, [], () => true)).toEqual(['12 замовлень уже в CRM.']);
  });
});
