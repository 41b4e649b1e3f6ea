import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Failure } from '../../../lib/explanations/failure.ts';
import { MOVED } from '../../../lib/ledger/abandoned.ts';
import { conflictOf } from '../../../lib/ledger/conflict.ts';
import { keptAside } from '../../../lib/ledger/end.ts';
import { asking } from '../../../lib/ledger/follow.ts';
import { createLedger, RecordChanged } from '../../../lib/ledger/ledger.ts';
import { accepted, type Submission } from '../../../lib/ledger/start.ts';
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

  /** The stand-in knows no other way. */
  test('what was written last is what is read, whoever asks', async () => {
    const reads: unknown[] = [];
    stack.dynamodb.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if (commandName === 'GetItemCommand') reads.push(args.input);
          return next(args);
        },
      { step: 'initialize', name: 'reads' },
    );
    const ledger = ledgerAt();
    await ledger.get('read');
    await ledger.getAside('read', 'demo');
    await ledger.claim(submissionOf('read'), 60_000);
    stack.dynamodb.middlewareStack.remove('reads');
    expect(reads).toEqual(Array(3).fill(expect.objectContaining({ ConsistentRead: true })));
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

  describe('an order whose message says how the door has noted it', () => {
    const AT = Date.parse('2026-01-01T10:00:00Z');
    const posted = (external_id: string) => ({
      ...submissionOf(external_id),
      submitted_by: 'bot',
      wanted_status: 'NEW' as const,
      start: 0,
      message_id: 'm1',
      noted: { by: `door of ${external_id}`, at: AT },
    });
    type Posted = ReturnType<typeof posted>;
    const noteOf = ({ noted, ...submission }: Posted) => accepted(submission, noted.at);
    /** The names of its calls, and what came of it. */
    async function claimed(submission: Submission) {
      const calls: string[] = [];
      stack.dynamodb.middlewareStack.add(
        (next, { commandName = '' }) =>
          (args) => {
            calls.push(commandName);
            return next(args);
          },
        { step: 'initialize', name: 'count', override: true },
      );
      const decision = await ledgerAt(() => AT + 1000).claim(submission, 60_000);
      stack.dynamodb.middlewareStack.remove('count');
      return { calls, decision };
    }

    test('is taken in hand by one write, and the record is the same as if it had been read', async () => {
      const [told, untold] = [posted('told'), posted('untold')];
      for (const one of [told, untold]) await ledgerAt().replace(noteOf(one), one.noted.by);
      const fast = await claimed(told);
      const slow = await claimed({ ...untold, noted: undefined });
      expect(fast.calls).toEqual(['PutItemCommand']);
      expect(slow.calls).toEqual(['GetItemCommand', 'PutItemCommand']);
      expect(fast.decision).toMatchObject({ result: 'acquired', lookUp: false });
      const same = { external_id: '', written_by: '', expires_at: 0 };
      expect({ ...(await ledgerAt().get('told')), ...same }).toEqual({
        ...(await ledgerAt().get('untold')),
        ...same,
      });
    });

    test('and which it has not noted, or not yet, is new', async () => {
      const { calls, decision } = await claimed(posted('unnoted'));
      expect(decision).toMatchObject({ result: 'acquired', record: { version: 1, attempts: 1 } });
      expect(calls.filter((name) => name === 'PutItemCommand')).toHaveLength(2);
    });

    test('and which somebody has written since, is decided by what is there', async () => {
      const further = posted('further');
      const note = await ledgerAt().replace(noteOf(further), further.noted.by);
      if (note === undefined) throw new Error('It should have been written');
      await ledgerAt().replace(asking(note, 'PAID', AT));
      expect((await claimed(further)).decision).toMatchObject({
        result: 'acquired',
        record: { status: { wanted: 'PAID' }, version: 3 },
      });
    });

    test('and whose number another has by then, does not get it', async () => {
      const late = posted('taken');
      await ledgerAt().replace(noteOf({ ...late, content_hash: 'h2', submitted_by: 'shop' }), 'another door');
      expect((await claimed(late)).decision).toMatchObject({ result: 'conflict', reason: 'number_taken' });
      expect(await ledgerAt().get('taken')).toMatchObject({ content_hash: 'h2', submitted_by: 'shop' });
    });
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

  describe("of a number whose order was refused, another caller's copy", () => {
    const theirs = (external_id: string, content_hash = 'h2') => ({
      external_id,
      content_hash,
      submitted_by: 'shop',
      redriven: 1,
    });
    /** The bot's is refused; the shop's that came beside it has been told, or only accepted. */
    async function begun(external_id: string, told: Failure | undefined) {
      const ledger = ledgerAt();
      const first = await ledger.claim({ ...submissionOf(external_id), submitted_by: 'bot' }, 60_000);
      if (first.result !== 'acquired') throw new Error('It should have been acquired');
      const error = { type: 'VALIDATION', message: 'refused' } as const;
      const end = { error, doubt: undefined, notBefore: undefined, costsAttempt: true };
      await ledger.end(first.record, { state: 'rejected', ...end });
      const story = accepted(theirs(external_id), Date.now());
      await ledger.putAside(told === undefined ? story : keptAside(story, told, Date.now()));
      return ledger;
    }

    test('that was told to take another number does not take this one after all', async () => {
      const ledger = await begun('turned-away', conflictOf('number_taken', undefined));
      expect(await ledger.claim(theirs('turned-away'), 60_000)).toMatchObject({
        result: 'conflict',
        reason: 'number_taken',
      });
      expect(await ledger.get('turned-away')).toMatchObject({ submitted_by: 'bot', state: 'rejected' });
    });

    test.each<[string, Failure | undefined, string]>([
      ['never-told', undefined, 'h2'],
      ['broke-off', MOVED, 'h2'],
      ['other-content', conflictOf('number_taken', undefined), 'h3'],
    ])('takes it where nothing sent it away: %s', async (id, told, content) => {
      const ledger = await begun(id, told);
      expect(await ledger.claim(theirs(id, content), 60_000)).toMatchObject({ result: 'acquired' });
      expect(await ledger.get(id)).toMatchObject({ submitted_by: 'shop', state: 'syncing' });
    });
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
