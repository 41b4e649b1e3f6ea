import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createLedger } from '../../../lib/ledger/ledger.ts';
import { createListing, type Listed } from '../../../lib/ledger/listing.ts';
import { type Stack, startStack } from '../../../local/stack.ts';
import { testTemplate } from '../../kit/template.ts';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ template: testTemplate(), region: 'eu-central-1', apiKeySecret: 'key' });
});
afterAll(() => stack.stop());

const NOON = Date.parse('2026-03-01T12:00:00.000Z');
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** A ledger whose clock the test sets. */
function ledgerOf(clock: { now: number }) {
  return createLedger(stack.dynamodb, { table: 'Ledger', now: () => clock.now });
}

async function claimed(external_id: string, clock: { now: number }, redriven = 0) {
  const claim = await ledgerOf(clock).claim({ external_id, content_hash: 'h', redriven }, MINUTE);
  if (claim.result !== 'acquired') throw new Error(`Not acquired: ${claim.result}`);
  return claim.record;
}

async function names(listed: AsyncIterable<Listed>): Promise<string[]> {
  const all: string[] = [];
  for await (const { external_id } of listed) all.push(external_id);
  return all;
}

const listing = () => createListing(stack.dynamodb, 'Ledger');

describe('a day', () => {
  test('lists what came from its first moment until before the next, over the UTC midnight, the oldest first', async () => {
    // A day in Kyiv begins at 22:00 UTC in winter.
    const begin = Date.parse('2026-02-09T22:00:00.000Z');
    for (const [id, at] of [
      ['before', begin - 1],
      ['first', begin],
      ['second', begin + 3 * 60 * MINUTE],
      ['last', begin + DAY - 1],
      ['next', begin + DAY],
    ] as const) {
      await claimed(`day-${id}`, { now: at });
    }
    expect(await names(listing().cameBetween(begin, begin + DAY))).toEqual([
      'day-first',
      'day-second',
      'day-last',
    ]);
  });

  test('keeps an order whatever becomes of it', async () => {
    const clock = { now: NOON - 30 * DAY };
    const record = await claimed('kept', clock);
    clock.now += 3 * DAY;
    await ledgerOf(clock).end(record, { state: 'synced', crmOrderId: '1' });
    expect(await names(listing().cameBetween(NOON - 30 * DAY, NOON - 29 * DAY))).toEqual(['kept']);
  });

  test('of many pages is listed whole', async () => {
    const clock = { now: NOON - 60 * DAY };
    const ids = Array.from({ length: 60 }, (_, n) => `many-${String(n).padStart(3, '0')}-${'x'.repeat(100)}`);
    await Promise.all(ids.map((id) => claimed(id, clock)));
    expect((await names(listing().cameBetween(clock.now, clock.now + 1))).toSorted()).toEqual(ids);
  });
});

describe('a phase', () => {
  test('lists what is under way, the longest first, and not what is in the CRM', async () => {
    const clock = { now: NOON };
    await claimed('way-2', clock);
    clock.now -= MINUTE;
    await claimed('way-1', clock);
    clock.now += 1000;
    const ledger = ledgerOf(clock);
    const there = await ledger.end(await claimed('way-3', clock), { state: 'synced', crmOrderId: '1' });
    const waysBefore = (until?: number) =>
      names(listing().inPhase('under_way', until)).then((ids) => ids.filter((id) => id.startsWith('way')));
    // Nobody has been told of it yet.
    expect(await waysBefore()).toEqual(['way-1', 'way-3', 'way-2']);
    await ledger.replace({ ...there, outbox: undefined });
    expect(await waysBefore()).toEqual(['way-1', 'way-2']);
    expect(await waysBefore(NOON)).toEqual(['way-1']);
  });

  test('counts from when an order was begun, however often it is tried', async () => {
    const clock = { now: NOON - 10 * DAY };
    const record = await claimed('tried', clock);
    clock.now += DAY;
    await ledgerOf(clock).end(record, {
      state: 'retrying',
      error: { type: 'CONNECTION', message: 'down' },
      notBefore: 0,
      doubt: undefined,
      costsAttempt: true,
    });
    const listed: Listed[] = [];
    for await (const one of listing().inPhase('under_way', NOON - 9 * DAY)) listed.push(one);
    expect(listed).toContainEqual({ external_id: 'tried', at: new Date(NOON - 10 * DAY).toISOString() });
  });

  test('waiting is what was refused or parked, since then', async () => {
    expect(await listing().longestInPhase('waiting')).toBeUndefined();
    const clock = { now: NOON - 20 * DAY };
    const record = await claimed('refused', clock);
    clock.now += MINUTE;
    await ledgerOf(clock).end(record, {
      state: 'rejected',
      error: { type: 'VALIDATION', message: 'no' },
      doubt: undefined,
      notBefore: undefined,
      costsAttempt: true,
    });
    const listed: Listed[] = [];
    for await (const one of listing().inPhase('waiting')) listed.push(one);
    expect(listed).toEqual([{ external_id: 'refused', at: new Date(clock.now).toISOString() }]);
    expect(await names(listing().inPhase('waiting', NOON, clock.now))).toEqual(['refused']);
    expect(await names(listing().inPhase('waiting', NOON, clock.now + 1))).toEqual([]);
    expect(await names(listing().inPhase('under_way', NOON - 15 * DAY))).not.toContain('refused');
    expect(await listing().longestInPhase('waiting')).toEqual(listed[0]);
  });

  test('names the one that has been in it the longest', async () => {
    const [longest] = await names(listing().inPhase('under_way'));
    expect(await listing().longestInPhase('under_way')).toMatchObject({ external_id: longest });
  });
});
