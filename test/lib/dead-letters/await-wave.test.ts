import { describe, expect, test } from 'vitest';
import { allGotThrough, outcomeOf } from '../../../lib/dead-letters/await-wave.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import type { OrderState } from '../../../lib/ledger/states.ts';

const record = (state: OrderState, version: number): LedgerRecord => ({
  external_id: 'a',
  state,
  content_hash: 'h',
  attempts: 1,
  restarts: 1,
  start: 0,
  history: [],
  version,
});

describe('an order that was sent at version 5', () => {
  test.each([
    ['parked', 5, 'pending'],
    ['retrying', 5, 'pending'],
    ['accepted', 6, 'pending'],
    ['syncing', 6, 'pending'],
    ['synced', 7, 'got_through'],
    ['rejected', 7, 'got_through'],
    ['retrying', 7, 'failed'],
    ['in_doubt', 7, 'failed'],
    ['parked', 7, 'failed'],
  ] as const)('is %s at version %i: %s', (state, version, outcome) => {
    expect(outcomeOf(record(state, version), 5)).toBe(outcome);
  });

  test.each([
    ['sending', undefined, 'pending'],
    ['waiting', { type: 'CONNECTION' as const, message: '' }, 'failed'],
    ['booked', undefined, 'got_through'],
  ] as const)('and whose payment is %s: %s %s', (state, error, outcome) => {
    const payments = [{ amount: 100, state, attempts: 1, error }];
    expect(outcomeOf({ ...record('synced', 7), payments }, 5)).toBe(outcome);
  });

  const failed = { type: 'CONNECTION' as const, message: '' };
  const booked = { amount: 1, state: 'booked' as const, attempts: 1 };
  test.each([
    ['one is being sent', 'pending', { state: 'sending' }],
    ['one is to be tried again', 'failed', { state: 'waiting', error: failed }],
    ['one has still to be tried', 'got_through', { state: 'waiting' }],
    ['one is kept for a person', 'got_through', { state: 'in_doubt', error: failed }],
  ] as const)('and of whose payments %s: %s', (_which, outcome, other) => {
    const payments = [booked, { amount: 2, attempts: 1, ...other }];
    expect(outcomeOf({ ...record('synced', 7), payments }, 5)).toBe(outcome);
  });

  test.each([
    ['has followed', 'got_through', { wanted: 'PAID', in_crm: 'PAID', attempts: 0 }],
    ['has still to follow', 'pending', { wanted: 'PAID', in_crm: 'NEW', attempts: 1 }],
    ['could not follow', 'failed', { wanted: 'PAID', in_crm: 'NEW', attempts: 1, error: failed }],
  ] as const)('and whose status %s: %s', (_how, outcome, status) => {
    expect(outcomeOf({ ...record('synced', 7), status }, 5)).toBe(outcome);
  });

  test('is pending while the ledger does not know it', () => {
    expect(outcomeOf(undefined, 0)).toBe('pending');
  });
});

/** Plays a wave on a clock of its own: `arrivals` are the seconds at which each order turns up in the ledger. */
function play(arrivals: number[], { state = 'synced' as OrderState, budgetSeconds = 1000 } = {}) {
  let now = 0;
  const wave = arrivals.map((_, i) => ({ external_id: String(i), version: 0 }));
  const watch = {
    ledger: {
      get: async (id: string) => (now >= (arrivals[Number(id)] ?? 0) * 1000 ? record(state, 2) : undefined),
    },
    waveTimeoutMs: 20_000,
    mayGoOn: () => now < budgetSeconds * 1000,
    now: () => now,
    pause: async (ms: number) => {
      now += ms;
    },
  };
  return allGotThrough(wave, watch).then((all) => ({ all, seconds: now / 1000 }));
}

describe('a wave', () => {
  test('has got through when all of it has', async () => {
    expect(await play([1, 3, 2])).toEqual({ all: true, seconds: 3 });
  });

  test('may take its time while one more gets through every now and then', async () => {
    expect(await play([15, 30, 45, 60])).toEqual({ all: true, seconds: 60 });
  });

  test('has failed when none gets through any more', async () => {
    expect(await play([1, 999])).toEqual({ all: false, seconds: 21 });
  });

  test('has failed with the first of it', async () => {
    expect(await play([1, 999], { state: 'retrying' })).toEqual({ all: false, seconds: 1 });
  });

  test('is not waited for beyond the time of the run', async () => {
    expect(await play([15, 30], { budgetSeconds: 16 })).toEqual({ all: false, seconds: 16 });
  });
});

test('a large wave is read ten orders at a time: the ledger has others to serve', async () => {
  let reading = 0;
  let most = 0;
  const get = async () => {
    reading += 1;
    most = Math.max(most, reading);
    // Until whatever else may be begun has been.
    await new Promise(setImmediate);
    reading -= 1;
    return record('synced', 2);
  };
  const wave = Array.from({ length: 32 }, (_, i) => ({ external_id: String(i), version: 0 }));
  const watch = { waveTimeoutMs: 1, mayGoOn: () => true, now: () => 0, pause: async () => undefined };
  expect(await allGotThrough(wave, { ledger: { get }, ...watch })).toBe(true);
  expect(most).toBe(10);
});
