import { expect, test } from 'vitest';
import { submissionOf } from '../../../lib/sync/submission.ts';
import { orderMessage } from '../../kit/order-message.ts';

test('only of what is received for the first time the ledger may still have what the door has noted', () => {
  const noted = { by: 'the door', at: 1 };
  expect(submissionOf(orderMessage('{}', { noted }))).toMatchObject({ noted });
  expect(submissionOf(orderMessage('{}', { noted, receiveCount: 2 })).noted).toBeUndefined();
});
