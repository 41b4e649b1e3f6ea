import { expect, test } from 'vitest';
import { judgeQueues, type QueueAttributes } from '../../../bin/orders/queue-checks.ts';

const dead: QueueAttributes = {
  QueueArn: 'arn:dead',
  VisibilityTimeout: 30,
  MessageRetentionPeriod: 1_209_600,
};
const orders: QueueAttributes = {
  QueueArn: 'arn:orders',
  VisibilityTimeout: 360,
  MessageRetentionPeriod: 345_600,
  RedrivePolicy: { deadLetterTargetArn: 'arn:dead', maxReceiveCount: 20 },
};

const wrong = (changes: Partial<QueueAttributes>, timeoutMs: number | undefined = 60_000) =>
  judgeQueues({ ...orders, ...changes }, dead, timeoutMs, 'deploy')
    .filter(({ ok }) => !ok)
    .map(({ name }) => name);

test('the settings of serverless.yml are sane', () => {
  expect(judgeQueues(orders, dead, 60_000, 'deploy').map(({ ok }) => ok)).toEqual([true, true, true]);
});

test.each([
  ['visibility', { VisibilityTimeout: 359 }],
  ['retention', { MessageRetentionPeriod: 1_209_600 }],
  ['redrive policy', { RedrivePolicy: undefined }],
  ['redrive policy', { RedrivePolicy: { deadLetterTargetArn: 'arn:other', maxReceiveCount: 20 } }],
  ['redrive policy', { RedrivePolicy: { deadLetterTargetArn: 'arn:dead', maxReceiveCount: 3 } }],
])('a wrong %s is found, whoever changed it in the console', (name, changes) => {
  expect(wrong(changes)).toEqual([name]);
});

test('a time-out that is not known is not compared with', () => {
  expect(
    judgeQueues({ ...orders, VisibilityTimeout: 1 }, dead, undefined, 'deploy').every(({ ok }) => ok),
  ).toBe(true);
});
