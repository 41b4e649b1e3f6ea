import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLedger, RecordChanged } from '../../../lib/ledger/ledger.ts';
import { accepted } from '../../../lib/ledger/start.ts';
import { type Stack, startStack } from '../../../local/stack.ts';
import { testTemplate } from '../../kit/template.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ template: testTemplate(), region: 'eu-central-1', apiKeySecret: 'key' });
});
afterAll(() => stack.stop());

const submissionOf = (external_id: string) => ({
  external_id,
  content_hash: 'h1',
  redriven: 0,
});
const ledgerAt = (now: () => number = Date.now) => createLedger(stack.dynamodb, { table: 'Ledger', now });

describe('the ledger on DynamoDB', () => {
  test('of fifty claims at once exactly one is acquired', async () => {
    const ledger = ledgerAt();
    const decisions = await Promise.all(
      Array.from({ length: 50 }, () => ledger.claim(submissionOf('race'), 60_000)),
    );
    const results = decisions.map(({ result }) => result);
    expect(results.filter((result) => result === 'acquired')).toHaveLength(1);
    expect(results.filter((result) => result === 'busy')).toHaveLength(49);
  });

  test('a write whose answer was lost, and which the SDK repeats, is known for our own', async () => {
    let isLost = false;
    stack.dynamodb.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        if (!isLost) return result;
        isLost = false;
        // The first attempt was applied; what the caller gets is the answer to the second.
        return next(args);
      },
      { step: 'deserialize', name: 'repeat', override: true, priority: 'low' },
    );
    const ledger = ledgerAt();
    const claimed = await ledger.claim(submissionOf('repeated'), 60_000);
    if (claimed.result !== 'acquired') throw new Error('It should have been acquired');
    isLost = true;
    const ended = await ledger.end(claimed.record, { state: 'synced', crmOrderId: '1' });
    expect(ended).toMatchObject({ state: 'synced' });
    expect(isLost).toBe(false);
    stack.dynamodb.middlewareStack.remove('repeat');
  });

  test('a result is refused once the lease was lost to another', async () => {
    let now = Date.now();
    const ledger = ledgerAt(() => now);
    const first = await ledger.claim(submissionOf('lost'), 1000);
    now += 2000;
    const second = await ledger.claim(submissionOf('lost'), 1000);
    if (first.result !== 'acquired' || second.result !== 'acquired')
      throw new Error('Both should have been acquired');
    await expect(ledger.end(first.record, { state: 'synced', crmOrderId: '1' })).rejects.toThrow(
      RecordChanged,
    );
    await ledger.end(second.record, { state: 'synced', crmOrderId: '2' });
    expect(await ledger.get('lost')).toMatchObject({ state: 'synced', crm_order_id: '2' });
  });

  test('a record that is there is not overwritten by a new one', async () => {
    const ledger = ledgerAt();
    await ledger.claim(submissionOf('known'), 60_000);
    expect(await ledger.replace(accepted(submissionOf('known'), Date.now()))).toBeUndefined();
    expect(await ledger.get('known')).toMatchObject({ state: 'syncing' });
  });

  test('an order parked before is acquired by a message that was sent since', async () => {
    const ledger = ledgerAt();
    const first = await ledger.claim(submissionOf('again'), 60_000);
    if (first.result !== 'acquired') throw new Error('It should have been acquired');
    await ledger.end(first.record, {
      state: 'parked',
      error: { type: 'AUTHENTICATION', message: 'refused' },
      doubt: undefined,
      notBefore: undefined,
      costsAttempt: true,
    });
    const later = { ...submissionOf('again'), start: 1, redriven: 1 };
    expect(await ledger.claim(later, 60_000)).toMatchObject({ result: 'acquired', lookUp: true });
  });

  test('a record expires 90 days after its last change', async () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    await ledgerAt(() => now).replace(accepted(submissionOf('ttl'), now));
    const { Item } = await stack.dynamodb.send(
      new GetItemCommand({ TableName: 'Ledger', Key: { external_id: { S: 'ttl' } } }),
    );
    expect(Item?.['expires_at']).toEqual({ N: String(Date.parse('2026-04-01T00:00:00Z') / 1000) });
  });

  test('an order that it has never seen is undefined', async () => {
    expect(await ledgerAt().get('nobody')).toBeUndefined();
  });
});
