import { expect, test } from 'vitest';
import { readEvent } from '../../local/function-events.ts';

const arn = { 'Fn::GetAtt': ['OrdersQueue', 'Arn'] };

test.each([
  ['as it is written', { schedule: { rate: 'rate(5 minutes)', enabled: false } }, { by: 'rate' }],
  [
    'as the framework hands it on',
    { schedule: { rate: ['rate(5 minutes)'], enabled: false } },
    { by: 'rate' },
  ],
  ['of a time of the day', { schedule: { rate: ['cron(0/10 5-14 * * ? *)'] } }, { by: 'cron' }],
  ['of a route', { httpApi: 'POST /orders' }, { by: 'other' }],
  [
    'of a queue',
    { sqs: { arn, batchSize: 3, maximumConcurrency: 2, functionResponseType: 'ReportBatchItemFailures' } },
    { by: 'queue', queue: 'OrdersQueue', batchSize: 3, maximumConcurrency: 2, reportBatchItemFailures: true },
  ],
  [
    'of a queue, with what AWS takes where nothing is said',
    { sqs: { arn } },
    {
      by: 'queue',
      queue: 'OrdersQueue',
      batchSize: 10,
      maximumConcurrency: 5,
      reportBatchItemFailures: false,
    },
  ],
])('an event %s is read', (_what, event, expected) => {
  expect(readEvent(event)).toEqual(expected);
});

test.each([
  { schedule: 'rate(5 minutes)' },
  { schedule: { rate: [] } },
  { schedule: { rate: 'at(2026-01-01T00:00:00)' } },
  { sqs: 'arn:aws:sqs:eu-central-1:0:orders' },
])('one that cannot be played is refused at the start, not left out: %j', (event) => {
  expect(() => readEvent(event)).toThrow();
});
