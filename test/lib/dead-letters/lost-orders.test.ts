import { describe, expect, test } from 'vitest';
import { type LostOrdersDeps, recordLostOrders } from '../../../lib/dead-letters/lost-orders.ts';
import { LOST } from '../../../lib/ledger/abandoned.ts';
import { ended, keptAside } from '../../../lib/ledger/end.ts';
import { isToFollow } from '../../../lib/ledger/follow.ts';
import { UnreadableRecord } from '../../../lib/ledger/ledger.ts';
import { isToBook } from '../../../lib/ledger/payments.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { accepted, restarted } from '../../../lib/ledger/start.ts';
import { iso, memoryLetters, NOW } from '../../kit/memory-letters.ts';
import { sampleOutcome } from '../../kit/outcomes.ts';

const HOUR = 60 * 60_000;
/** A message lives 4 days, and an hour is left for clocks that differ. */
const LIFE = 97 * HOUR;

const orderOf = (external_id: string, ago: number, changes: Partial<LedgerRecord> = {}): LedgerRecord => ({
  ...accepted({ external_id, content_hash: 'h1', submitted_by: 'bot' }, NOW - ago),
  ...changes,
});

/** Refused so long ago, and its caller not told so yet. */
const refused = (external_id: string, ago: number): LedgerRecord =>
  ended(
    { ...orderOf(external_id, ago), attempts: 1 },
    {
      state: 'rejected',
      error: { type: 'VALIDATION', message: 'refused' },
      doubt: undefined,
      notBefore: undefined,
      costsAttempt: true,
    },
    NOW - ago,
  );

const synced = (external_id: string, ago: number): LedgerRecord =>
  ended({ ...orderOf(external_id, ago), attempts: 1 }, { state: 'synced', crmOrderId: '7' }, NOW - ago);

const down = async (): Promise<never> => {
  throw new TypeError('down');
};

describe('an order that is older than a message lives', () => {
  test('and under way: is parked as lost, and its submitter told', async () => {
    const { deps, ledger, told, lines, know } = memoryLetters();
    await know(orderOf('1042', LIFE + 1));
    expect(await recordLostOrders(deps)).toBe(1);
    expect(told).toMatchObject([
      { type: 'parked', external_id: '1042', submitted_by: 'bot', at: iso(NOW - 1), error: LOST },
    ]);
    const record = await ledger.get('1042');
    expect(record).toMatchObject({ state: 'parked', error: LOST, start: 0 });
    // What has been told is not told by anybody else once more.
    expect(record?.outbox).toBeUndefined();
    expect(lines).toEqual([
      {
        level: 'error',
        message: 'Order lost track of: on no queue, and not in the CRM',
        external_id: '1042',
      },
    ]);
  });

  test('is lost once', async () => {
    const { deps, told, know } = memoryLetters();
    await know(orderOf('1042', LIFE + 1));
    await recordLostOrders(deps);
    expect(await recordLostOrders(deps)).toBe(0);
    expect(told).toHaveLength(1);
  });

  test('is told before that is noted: a crash in between tells it again, with the same id', async () => {
    const { deps, clock, ledger, told, know } = memoryLetters();
    await know(orderOf('1042', LIFE + 1));
    const crashing = { ...deps, ledger: { ...ledger, replace: down } };
    await expect(recordLostOrders(crashing)).rejects.toThrow('down');
    clock.now += HOUR;
    expect(await recordLostOrders(deps)).toBe(1);
    expect(told).toHaveLength(2);
    expect(told[1]).toEqual(told[0]);
  });

  test('has all that was still to be told of it told, the oldest first', async () => {
    const { deps, told, know } = memoryLetters();
    const earlier = sampleOutcome({ type: 'status_changed' });
    await know(orderOf('1042', LIFE + 1, { outbox: [earlier] }));
    await recordLostOrders(deps);
    expect(told.map(({ type }) => type)).toEqual(['status_changed', 'parked']);
  });

  test('after it was sent back, and lost before as well: is recorded, and told once', async () => {
    const { deps, ledger, told, know } = memoryLetters();
    await know(orderOf('1042', 2 * LIFE));
    await recordLostOrders({ ...deps, now: () => NOW - LIFE + 1 });
    const record = await ledger.get('1042');
    if (record === undefined) throw new Error('It was not recorded');
    const message = { content_hash: 'h1', submitted_by: 'bot', redriven: 1 };
    await know(restarted(record, message, NOW - LIFE - 1));
    expect(await recordLostOrders(deps)).toBe(1);
    expect((await ledger.get('1042'))?.state).toBe('parked');
    expect(told).toHaveLength(1);
  });

  test.each([
    ['a consumer has it in hand', { lease_until: NOW + 1 }],
    ['it is still to be tried again', { not_before: NOW + 1 }],
    ['something has happened to it since', { history: [{ at: iso(NOW), step: 'syncing' as const }] }],
  ])('is not lost where %s', async (_when, changes) => {
    const { deps, told, lines, know } = memoryLetters();
    const outbox = [sampleOutcome()];
    const [first] = orderOf('1042', LIFE + HOUR).history;
    const history = [
      ...(first === undefined ? [] : [first]),
      ...('history' in changes ? changes.history : []),
    ];
    await know(orderOf('1042', LIFE + HOUR, { ...changes, history, outbox }));
    expect(await recordLostOrders(deps)).toBe(0);
    // Whoever has it in hand tells of it.
    expect({ told, lines }).toEqual({ told: [], lines: [] });
  });

  test('is not counted where somebody else was faster', async () => {
    const { deps, ledger, lines, know } = memoryLetters();
    await know(orderOf('1042', LIFE + 1));
    const late = { ...deps, ledger: { ...ledger, replace: async () => undefined } };
    expect(await recordLostOrders(late)).toBe(0);
    expect(lines).toEqual([]);
  });

  test('and is gone by now, for the index follows late: is passed over', async () => {
    const { deps, ledger, told, know } = memoryLetters();
    await know(orderOf('1042', LIFE + 1));
    const gone = { ...deps, ledger: { ...ledger, get: async () => undefined } };
    expect(await recordLostOrders(gone)).toBe(0);
    expect(told).toEqual([]);
  });
});

test('a younger order is left to its message', async () => {
  const { deps, told, lines, know } = memoryLetters();
  await know(orderOf('1042', LIFE));
  expect(await recordLostOrders(deps)).toBe(0);
  expect({ told, lines }).toEqual({ told: [], lines: [] });
});

describe('what came to its end untold', () => {
  test.each([
    ['in the CRM', synced('1042', LIFE + 1), 'synced'],
    ['refused', refused('1042', LIFE + 1), 'rejected'],
    ['refused nearly a day before', refused('1042', LIFE + 24 * HOUR), 'rejected'],
  ])('%s: is told, once, and is not lost', async (_how, record, type) => {
    const { deps, ledger, told, lines, know } = memoryLetters();
    await know(record);
    expect(await recordLostOrders(deps)).toBe(0);
    expect(told).toMatchObject([{ type, external_id: '1042', submitted_by: 'bot' }]);
    expect((await ledger.get('1042'))?.state).toBe(record.state);
    await recordLostOrders(deps);
    expect(told).toHaveLength(1);
    expect(lines).toEqual([]);
  });

  test('long ago: has been looked at, and is not again', async () => {
    const { deps, told, know } = memoryLetters();
    await know(refused('1042', LIFE + 24 * HOUR + 1));
    await recordLostOrders(deps);
    expect(told).toEqual([]);
  });
});

/** An order of `bot` whose number is another's. */
const story = (ago: number) =>
  accepted({ external_id: '1042', content_hash: 'h2', submitted_by: 'bot' }, NOW - ago);

describe('an order that does not have its number, and is older than a message lives', () => {
  test('and under way: is parked as lost, and its caller told', async () => {
    const { deps, ledger, told, lines, know } = memoryLetters();
    await know({ ...synced('1042', HOUR), submitted_by: 'site', outbox: undefined });
    await ledger.putAside(story(LIFE + 1));
    expect(await recordLostOrders(deps)).toBe(1);
    expect(told).toMatchObject([{ type: 'parked', external_id: '1042', submitted_by: 'bot', error: LOST }]);
    expect(await ledger.getAside('1042', 'bot')).toMatchObject({ state: 'parked', error: LOST });
    expect((await ledger.get('1042'))?.state).toBe('synced');
    expect(lines).toMatchObject([{ level: 'error', external_id: '1042' }]);
    expect(await recordLostOrders(deps)).toBe(0);
    expect(told).toHaveLength(1);
  });

  test('is told before that is noted: a crash in between tells it again, with the same id', async () => {
    const { deps, clock, ledger, told } = memoryLetters();
    await ledger.putAside(story(LIFE + 1));
    await expect(recordLostOrders({ ...deps, ledger: { ...ledger, putAside: down } })).rejects.toThrow();
    clock.now += HOUR;
    expect(await recordLostOrders(deps)).toBe(1);
    expect(told.map(({ id }) => id)).toEqual([told[0]?.id, told[0]?.id]);
  });

  test('two that are lost are told as two', async () => {
    const { deps, ledger, told } = memoryLetters();
    await ledger.putAside(story(LIFE + 1));
    await recordLostOrders(deps);
    await ledger.putAside(story(LIFE + 2));
    await recordLostOrders(deps);
    expect(new Set(told.map(({ id }) => id)).size).toBe(2);
  });

  test('is let be where its caller has got the number since: its own story is the one that counts', async () => {
    const { deps, ledger, told, lines, know } = memoryLetters();
    await know(orderOf('1042', HOUR));
    await ledger.putAside(story(LIFE + 1));
    expect(await recordLostOrders(deps)).toBe(0);
    expect({ told, lines }).toEqual({ told: [], lines: [] });
    expect((await ledger.getAside('1042', 'bot'))?.state).toBe('accepted');
  });

  test.each([
    [
      'that something has happened to since',
      { history: [...story(LIFE + 1).history, { at: iso(NOW), step: 'restarted' as const }] },
    ],
    ['that may still be tried', { not_before: NOW + 1 }],
  ])('is not lost, one %s', async (_what, changes) => {
    const { deps, ledger, told } = memoryLetters();
    await ledger.putAside({ ...story(LIFE + 1), ...changes, outbox: [sampleOutcome()] });
    // The index follows late.
    const listing = { ...deps.listing, aside: listedOf('1042#bot') };
    expect(await recordLostOrders({ ...deps, listing })).toBe(0);
    expect(told).toEqual([]);
  });

  test('and came to its end untold: is told, once', async () => {
    const { deps, ledger, told, lines } = memoryLetters();
    const outcome = sampleOutcome();
    const parked = keptAside(story(LIFE + 1), LOST, NOW - LIFE - 1);
    await ledger.putAside({ ...parked, outbox: [outcome] });
    expect(await recordLostOrders(deps)).toBe(0);
    expect(told).toEqual([outcome]);
    expect(await ledger.getAside('1042', 'bot')).toEqual({ ...parked, outbox: undefined });
    // Nothing went wrong with its being noted.
    expect(lines).toEqual([]);
    await recordLostOrders(deps);
    expect(told).toHaveLength(1);
  });

  test('and is gone by now, for the index follows late: is passed over', async () => {
    const { deps, told } = memoryLetters();
    const listing = { ...deps.listing, aside: listedOf('1042#bot') };
    expect(await recordLostOrders({ ...deps, listing })).toBe(0);
    expect(told).toEqual([]);
  });
});

const listedOf = (...keys: string[]): LostOrdersDeps['listing']['aside'] =>
  async function* () {
    yield* keys.map((external_id) => ({ external_id, at: iso(NOW - LIFE - 1) }));
  };

test('a story of which no step is known is lost like others', async () => {
  const { deps, ledger, told } = memoryLetters();
  await ledger.putAside({ ...story(LIFE + 1), history: [] });
  expect(await recordLostOrders({ ...deps, listing: { ...deps.listing, aside: listedOf('1042#bot') } })).toBe(
    1,
  );
  expect(told).toHaveLength(1);
});

test('counts what it finds, with its number and aside', async () => {
  const { deps, ledger, know } = memoryLetters();
  await know(orderOf('1', LIFE + 1));
  await know(orderOf('2', LIFE + 2));
  await ledger.putAside(story(LIFE + 1));
  expect(await recordLostOrders(deps)).toBe(3);
});

test('ends where its time does: the rest is found by the next run', async () => {
  const { deps, told, know } = memoryLetters();
  for (const id of ['1', '2', '3']) await know(orderOf(id, LIFE + 1));
  expect(await recordLostOrders({ ...deps, mayGoOn: () => told.length < 2 })).toBe(2);
  expect(told).toHaveLength(2);
  expect(await recordLostOrders(deps)).toBe(1);
});

test('what a later version has written is left, and said; the others are looked at all the same', async () => {
  const { deps, ledger, told, lines, know } = memoryLetters();
  await know(orderOf('1', LIFE + 2));
  await know(orderOf('2', LIFE + 1));
  const get = async (id: string) => {
    if (id === '1') throw new UnreadableRecord('of a later version');
    return ledger.get(id);
  };
  expect(await recordLostOrders({ ...deps, ledger: { ...ledger, get } })).toBe(1);
  expect(told.map(({ external_id }) => external_id)).toEqual(['2']);
  expect(lines[0]).toEqual({
    level: 'error',
    message: 'Record of a later version: left',
    external_id: '1',
    error_name: 'UnreadableRecord',
  });
});

test('fails where the ledger does', async () => {
  const { deps, ledger, know } = memoryLetters();
  await know(orderOf('1042', LIFE + 1));
  await expect(recordLostOrders({ ...deps, ledger: { ...ledger, get: down } })).rejects.toThrow('down');
});

describe('what has not followed its order in the life of a message', () => {
  const behind = { wanted: 'PAID', in_crm: 'NEW', attempts: 0 } as const;
  const following = (external_id: string, ago: number): LedgerRecord => ({
    ...synced(external_id, ago),
    outbox: undefined,
    status: behind,
    payments: [{ amount: 300, state: 'waiting', attempts: 0, asked_at: NOW - ago }],
  });

  test('is told, once, counted, and said so: whoever says it again is not taken for repeating it', async () => {
    const { deps, ledger, told, lines, know } = memoryLetters();
    await know(following('1042', LIFE + 1));
    expect(await recordLostOrders(deps)).toBe(1);
    expect(await recordLostOrders(deps)).toBe(0);
    expect(told).toMatchObject([
      { type: 'status_not_changed', external_id: '1042', submitted_by: 'bot', status: 'PAID' },
      { type: 'payment_not_booked', external_id: '1042', submitted_by: 'bot', amount: 300 },
    ]);
    expect(lines).toEqual([
      {
        level: 'error',
        message: 'Status or payment lost track of: on no queue, and not in the CRM',
        external_id: '1042',
      },
    ]);
    const record = await ledger.get('1042');
    expect(record).toMatchObject({ state: 'synced', payments: [{ state: 'not_booked' }] });
    expect(record && isToFollow(record, 'PAID')).toBe(true);
    expect(record && isToBook(record, 300, NOW)).toBe(true);
  });

  test('is left as long as its message may live', async () => {
    const { deps, told, know } = memoryLetters();
    await know(following('1042', LIFE));
    expect(await recordLostOrders(deps)).toBe(0);
    expect(told).toEqual([]);
  });

  test('is told after what its order has still to be told', async () => {
    const { deps, told, know } = memoryLetters();
    await know({ ...following('1042', LIFE + 1), outbox: [sampleOutcome({ type: 'synced' })] });
    expect(await recordLostOrders(deps)).toBe(1);
    expect(told.map(({ type }) => type)).toEqual(['synced', 'status_not_changed', 'payment_not_booked']);
  });
});
