import { expect, test } from 'vitest';
import { park } from '../../../lib/dead-letters/park.ts';
import type { OrderMessage, Parking } from '../../../lib/queues/codec.ts';
import { NOW } from '../../kit/memory-letters.ts';
import { orderMessage } from '../../kit/order-message.ts';

const why = {
  error: { type: 'CONNECTION', message: 'down' },
  attempts: 4,
  external_id: '1042',
} satisfies Omit<Parking, 'parkedAt'>;

test('a message is parked with its reason, and with when that was', async () => {
  const letters: [OrderMessage, Parking][] = [];
  const deadLetters = { park: async (...letter: [OrderMessage, Parking]) => void letters.push(letter) };
  const message = orderMessage('{}', { sentAt: NOW });
  await park(message, why, { deadLetters, now: () => NOW });
  expect(letters).toEqual([[message, { ...why, parkedAt: NOW }]]);
});

test('it is not parked before the queue says so', async () => {
  const deadLetters = {
    park: async () => {
      throw new Error('down');
    },
  };
  await expect(park(orderMessage('{}'), why, { deadLetters })).rejects.toThrow('down');
});
