import { describe, expect, it } from 'vitest';
import { settle, type Why } from '../../local/batch-response.ts';

const batch = ['m-1', 'm-2', 'm-3'];
const reporting = { reportBatchItemFailures: true };
const returned = (payload: string) => ({ outcome: 'returned', payload }) as const;

describe('with ReportBatchItemFailures', () => {
  it.each<[what: string, payload: string]>([
    ['an empty response', ''],
    ['a null response', 'null'],
    ['an empty object', '{}'],
    ['an empty list', '{"batchItemFailures":[]}'],
    ['a null list', '{"batchItemFailures":null}'],
    ['a misspelt outer key', '{"batchItemFailure":[{"itemIdentifier":"m-1"}]}'],
    ['an outer key in capitals', '{"BatchItemFailures":[{"itemIdentifier":"m-1"}]}'],
  ])('%s deletes the whole batch', (_what, payload) => {
    expect(settle(batch, returned(payload), reporting)).toEqual({
      delete: batch,
      keep: [],
      why: 'complete success',
    });
  });

  it.each<[what: string, payload: string, why: Why]>([
    ['text that is not JSON', 'done', 'invalid JSON'],
    ['JSON that is cut short', '{"batchItemFailures":[{"itemIdentifier":"m-1"}', 'invalid JSON'],
    ['a bad key name', '{"batchItemFailures":[{"messageId":"m-1"}]}', 'malformed response'],
    ['a null identifier', '{"batchItemFailures":[{"itemIdentifier":null}]}', 'malformed response'],
    ['an empty identifier', '{"batchItemFailures":[{"itemIdentifier":""}]}', 'malformed response'],
    ['an identifier that is a number', '{"batchItemFailures":[{"itemIdentifier":1}]}', 'malformed response'],
    ['a null entry', '{"batchItemFailures":[null]}', 'malformed response'],
    ['bare ids', '{"batchItemFailures":["m-1"]}', 'malformed response'],
    ['a list that is an object', '{"batchItemFailures":{"itemIdentifier":"m-1"}}', 'malformed response'],
    ['a list that is a string', '{"batchItemFailures":"m-1"}', 'malformed response'],
    ['a response that is a list', '[{"itemIdentifier":"m-1"}]', 'malformed response'],
    ['a response that is a string', '"m-1"', 'malformed response'],
    ['a response that is a number', '0', 'malformed response'],
    ['a response that is a boolean', 'false', 'malformed response'],
    ['an unknown identifier', '{"batchItemFailures":[{"itemIdentifier":"m-9"}]}', 'unknown itemIdentifier'],
    [
      'a known and an unknown identifier',
      '{"batchItemFailures":[{"itemIdentifier":"m-1"},{"itemIdentifier":"m-9"}]}',
      'unknown itemIdentifier',
    ],
  ])('%s keeps the whole batch', (_what, payload, why) => {
    expect(settle(batch, returned(payload), reporting)).toEqual({ delete: [], keep: batch, why });
  });

  it('keeps what is named and deletes the others, in the order of the batch', () => {
    const payload = '{"batchItemFailures":[{"itemIdentifier":"m-3"},{"itemIdentifier":"m-1"}]}';
    expect(settle(batch, returned(payload), reporting)).toEqual({
      delete: ['m-2'],
      keep: ['m-1', 'm-3'],
      why: 'partial failure',
    });
  });

  it('takes an identifier that is named twice as named once, and looks past keys it does not know', () => {
    const payload =
      '{"batchItemFailures":[{"itemIdentifier":"m-2","why":"busy"},{"itemIdentifier":"m-2"}],"took":3}';
    expect(settle(batch, returned(payload), reporting)).toMatchObject({
      delete: ['m-1', 'm-3'],
      keep: ['m-2'],
    });
  });
});

describe('without ReportBatchItemFailures', () => {
  const silent = { reportBatchItemFailures: false };

  it.each(['null', '{"batchItemFailures":[{"itemIdentifier":"m-1"}]}', 'not JSON'])(
    '%s is not looked at, and the whole batch is deleted',
    (payload) => {
      expect(settle(batch, returned(payload), silent)).toEqual({
        delete: batch,
        keep: [],
        why: 'response ignored',
      });
    },
  );

  it('a function error keeps the whole batch', () => {
    expect(settle(batch, { outcome: 'failed', error: 'threw' }, silent)).toMatchObject({ keep: batch });
  });
});

it('a function error keeps the whole batch', () => {
  expect(settle(batch, { outcome: 'failed', error: 'timed out' }, reporting)).toEqual({
    delete: [],
    keep: batch,
    why: 'function error',
  });
});
