import { describe, expect, test } from 'vitest';
import { createLedger } from '../../../lib/ledger/ledger.ts';
import { createListing, type Listed } from '../../../lib/ledger/listing.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { accepted } from '../../../lib/ledger/start.ts';
import { recordOf } from '../../kit/memory-consumer.ts';
import { memoryTable } from '../../kit/memory-table.ts';

const HOUR = 60 * 60 * 1000;
const DAY = 24 * HOUR;
/** A day in Kyiv begins at 22:00 UTC in winter. */
const BEGIN = Date.parse('2026-02-09T22:00:00.000Z');

async function idsOf(listed: AsyncIterable<Listed>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { external_id } of listed) ids.push(external_id);
  return ids;
}

/** Orders that came at these moments, by the names of them. */
async function listingOf(came: Record<string, number>, changes: Partial<LedgerRecord> = {}) {
  const table = memoryTable();
  const ledger = createLedger(table.client, { table: 'Ledger', now: () => BEGIN });
  for (const [external_id, at] of Object.entries(came)) {
    const { history } = accepted({ external_id, content_hash: 'h1' }, at);
    await ledger.replace(recordOf({ external_id, history, ...changes }));
  }
  table.calls.length = 0;
  return { ledger, table, listing: createListing(table.client, 'Ledger') };
}

/** In no order, and more than a page of them. */
const AROUND = {
  last: BEGIN + DAY - 1,
  first: BEGIN,
  before: BEGIN - 1,
  third: BEGIN + 3 * HOUR,
  next: BEGIN + DAY,
  second: BEGIN + 1,
};

describe('what came between two moments', () => {
  test('is listed over every page and midnight, the oldest first, with when it came', async () => {
    const { listing } = await listingOf(AROUND);
    expect(await idsOf(listing.cameBetween(BEGIN, BEGIN + DAY))).toEqual([
      'first',
      'second',
      'third',
      'last',
    ]);
    for await (const one of listing.cameBetween(BEGIN, BEGIN + 1))
      expect(one).toEqual({ external_id: 'first', at: '2026-02-09T22:00:00.000Z' });
  });

  test('is nothing where nothing came, and asks for each day once', async () => {
    const { listing, table } = await listingOf({});
    const midnight = BEGIN + 2 * HOUR;
    expect(await idsOf(listing.cameBetween(midnight, midnight + 2 * DAY))).toEqual([]);
    expect(table.calls).toEqual(['QueryCommand', 'QueryCommand']);
  });
});

describe('what is in a phase', () => {
  test('is listed, the longest first', async () => {
    const { listing } = await listingOf(AROUND);
    expect(await idsOf(listing.inPhase('under_way'))).toEqual([
      'before',
      'first',
      'second',
      'third',
      'last',
      'next',
    ]);
    expect(await idsOf(listing.inPhase('waiting'))).toEqual([]);
  });

  test('is listed since before a moment, and not since before another', async () => {
    const { listing } = await listingOf(AROUND);
    expect(await idsOf(listing.inPhase('under_way', BEGIN + 1))).toEqual(['before', 'first']);
    expect(await idsOf(listing.inPhase('under_way', BEGIN + DAY, BEGIN + 1))).toEqual([
      'second',
      'third',
      'last',
    ]);
  });

  test('the longest is one, and none where there is none', async () => {
    const { listing, table } = await listingOf(AROUND);
    expect(await listing.longestInPhase('under_way')).toEqual({
      external_id: 'before',
      at: '2026-02-09T21:59:59.999Z',
    });
    expect(await listing.longestInPhase('waiting')).toBeUndefined();
    expect(table.calls).toEqual(['QueryCommand', 'QueryCommand']);
  });
});

test('a story beside a number is listed by its key, since before a moment, and with no other', async () => {
  const { ledger, listing } = await listingOf(AROUND);
  await ledger.putAside(accepted({ external_id: '1042', content_hash: 'h1', submitted_by: 'site' }, BEGIN));
  expect(await idsOf(listing.aside(BEGIN))).toEqual([]);
  expect(await idsOf(listing.aside(BEGIN + 1))).toEqual(['1042#site']);
});
