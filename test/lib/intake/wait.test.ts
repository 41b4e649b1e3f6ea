import { describe, expect, test } from 'vitest';
import { readWaitSeconds, type WaitOptions, waitForFinalState } from '../../../lib/intake/wait.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { NOW, recordOf } from '../../kit/memory-consumer.ts';
import { DOWN } from '../../kit/memory-intake.ts';

describe('how long to wait', () => {
  test.each([
    [undefined, 0],
    [{}, 0],
    [{ wait: '0' }, 0],
    [{ wait: '8' }, 8],
    [{ wait: '08' }, 8],
    [{ wait: '20' }, 20],
  ])('is said in the query: %j', (queryStringParameters, seconds) => {
    expect(readWaitSeconds(queryStringParameters === undefined ? {} : { queryStringParameters })).toBe(
      seconds,
    );
  });

  test.each(['', 'x', '8x', 'x8', '8.5', '-1', '21', '008'])(
    'is a whole number of seconds up to 20, and not %j',
    (wait) => {
      expect(() => readWaitSeconds({ queryStringParameters: { wait } })).toThrow(
        expect.objectContaining({
          code: 'invalid_query',
          details: {
            detail: 'wait must be a whole number of seconds from 0 to 20. The order was not accepted.',
          },
        }),
      );
    },
  );
});

const SYNCED = recordOf({ state: 'synced', settled_at: NOW });
const UNDER_WAY = recordOf({ state: 'syncing' });
const OTHERS = recordOf({ submitted_by: 'site', state: 'synced', settled_at: NOW });

/** Waits while the ledger says one thing after the other, the last of them for ever. */
async function wait(
  said: readonly (LedgerRecord | Error | undefined)[],
  { aside, ...changes }: Partial<WaitOptions> & { aside?: LedgerRecord } = {},
) {
  let now = NOW;
  let reads = 0;
  const pauses: number[] = [];
  const asked: string[] = [];
  const found = await waitForFinalState('1042', {
    ledger: {
      async get(externalId) {
        asked.push(externalId);
        const next = said[Math.min(reads, said.length - 1)];
        reads += 1;
        if (next instanceof Error) throw next;
        return next;
      },
      async getAside(externalId, caller) {
        asked.push(`${externalId} of ${caller}`);
        return aside;
      },
    },
    caller: 'bot',
    isOurs: ({ submitted_by }) => submitted_by === 'bot',
    settledBefore: undefined,
    waitMs: 3_000,
    now: () => now,
    async pause(ms) {
      pauses.push(ms);
      now += ms;
    },
    ...changes,
  });
  return { found, asked, pauses, waited: now - NOW };
}

describe('waiting for an end', () => {
  test.each(['synced', 'rejected', 'parked'] as const)('is over once the order is %s', async (state) => {
    const there = { ...SYNCED, state };
    const { found, asked } = await wait([UNDER_WAY, UNDER_WAY, there]);
    expect(found).toEqual(there);
    expect(asked).toEqual(['1042', '1042', '1042']);
  });

  test('looks soon at first, then ever more seldom, and each second at least', async () => {
    const { found, pauses } = await wait([UNDER_WAY], { waitMs: 20_000 });
    expect(found).toBeUndefined();
    expect(pauses.slice(0, 3).map(Math.round)).toEqual([150, 195, 254]);
    expect(pauses.map(Math.round).slice(8, 12)).toEqual([1000, 1000, 1000, 1000]);
    expect(Math.max(...pauses)).toBe(1000);
  });

  test('ends when the time is over, to the millisecond, with a last look', async () => {
    const { found, pauses, waited } = await wait([UNDER_WAY], { waitMs: 200 });
    expect(found).toBeUndefined();
    expect(pauses).toEqual([150, 50]);
    expect(waited).toBe(200);
    expect(await wait([UNDER_WAY, SYNCED], { waitMs: 200 })).toMatchObject({ found: SYNCED });
  });

  test.each([0, -500])('is none where there is no time for it (%i ms)', async (waitMs) => {
    expect(await wait([SYNCED], { waitMs })).toEqual({ found: undefined, asked: [], pauses: [], waited: 0 });
  });

  test.each([
    ['of its last start', { ...SYNCED, settled_at: NOW - 1 }, NOW - 1],
    ['that nobody has settled', { ...SYNCED, settled_at: undefined }, undefined],
    ['that the order has left since', { ...UNDER_WAY, settled_at: NOW }, undefined],
  ])('does not take for it one %s', async (_what, record, settledBefore) => {
    expect((await wait([record], { settledBefore })).found).toBeUndefined();
  });

  test('takes for it one that is newer than the last', async () => {
    expect((await wait([SYNCED], { settledBefore: NOW - 1 })).found).toEqual(SYNCED);
  });

  test('goes on while the ledger knows nothing of the order, or cannot be read', async () => {
    const { found, asked } = await wait([undefined, DOWN, SYNCED]);
    expect(found).toEqual(SYNCED);
    // Of one that has lost no number no other story is asked for.
    expect(asked).toEqual(['1042', '1042', '1042']);
  });

  test('looks into its own story where another order has the number', async () => {
    const aside = recordOf({ state: 'parked', settled_at: NOW });
    const { found, asked } = await wait([OTHERS], { aside });
    expect(found).toEqual(aside);
    expect(asked).toEqual(['1042', '1042 of bot']);
  });

  test.each([
    ['none of its own', undefined],
    ['one of other content', OTHERS],
  ])('never tells of the order that has its number: there is %s', async (_what, aside) => {
    expect((await wait([OTHERS], aside && { aside })).found).toBeUndefined();
  });
});
