import { expect, test } from 'vitest';
import { readCreated, readFound } from '../../../lib/sitniks/answers.ts';
import type { Exchange } from '../../../lib/sitniks/exchange.ts';
import { parsedOrder } from '../../parsed-order.ts';

const answer = (body: object): Exchange => ({
  answered: true,
  status: 200,
  headers: new Headers(),
  body: JSON.stringify(body),
});
const order = parsedOrder('1042');

test('an external_id that comes back as a number is the same id', () => {
  expect(readCreated(answer({ id: 7, external_id: 1042 }), order, 'key')).toEqual({
    ok: true,
    crmOrderId: '7',
  });
  expect(readFound(answer({ data: [{ id: 7, external_id: 1042 }] }), order, 'key')).toEqual({
    ok: true,
    crmOrderId: '7',
  });
});

test.each(['Олена +380671234567', '', 'x'.repeat(65), 'two words'])('%j is no id of an order', (id) => {
  const result = readCreated(answer({ id }), order, 'key');
  expect(result).toMatchObject({ ok: false, type: 'CONNECTION', mayHaveReachedCrm: true });
  if (id !== '') expect(JSON.stringify(result)).not.toContain(id);
});
