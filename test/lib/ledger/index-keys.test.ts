import { describe, expect, test } from 'vitest';
import { asideIndexKeysOf, indexKeysOf } from '../../../lib/ledger/listing.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import { ORDER_STATES } from '../../../lib/ledger/states.ts';
import type { Step } from '../../../lib/ledger/step.ts';
import { NOW, recordOf } from '../../kit/memory-consumer.ts';
import { sampleOutcome } from '../../kit/outcomes.ts';

const HOUR = 60 * 60 * 1000;
const timeAt = (hours: number) => new Date(NOW + hours * HOUR).toISOString();
const stepAt = (hours: number, step: Step['step']): Step => ({ at: timeAt(hours), step });
/** It came at `NOW`, was begun anew an hour later, and was tried an hour after that. */
const history = (begun: Step['step'] = 'restarted') => [
  stepAt(0, 'accepted'),
  stepAt(1, begun),
  stepAt(2, 'syncing'),
];
const came = { day: '2026-01-01', accepted_at: timeAt(0) };
const LATER = NOW + 5 * HOUR;

describe('an order is listed', () => {
  test.each(['accepted', 'syncing', 'retrying', 'in_doubt'] as const)(
    'as under way, since it was begun, while it is %s',
    (state) => {
      for (const begun of ['restarted', 'returned'] as const) {
        expect(indexKeysOf(recordOf({ state, history: history(begun) }), LATER)).toEqual({
          ...came,
          phase: 'under_way',
          since: timeAt(1),
        });
      }
      expect(indexKeysOf(recordOf({ state, history: history('conflict') }), LATER)).toMatchObject({
        phase: 'under_way',
        since: timeAt(0),
      });
    },
  );

  test.each(['rejected', 'parked'] as const)('as waiting, since it was settled, once it is %s', (state) => {
    expect(indexKeysOf(recordOf({ state, history: history(), settled_at: NOW + 3 * HOUR }), LATER)).toEqual({
      ...came,
      phase: 'waiting',
      since: timeAt(3),
    });
  });

  test('as waiting since its last step, where nothing says when it was settled', () => {
    expect(indexKeysOf(recordOf({ state: 'parked', history: history() }), LATER)).toMatchObject({
      phase: 'waiting',
      since: timeAt(2),
    });
  });

  test('by its day only, once it is in the CRM and its submitter has been told', () => {
    const synced = recordOf({ state: 'synced', history: history(), outbox: [] });
    expect(indexKeysOf(synced, LATER)).toEqual(came);
  });

  test('as under way until its submitter has been told', () => {
    const untold = recordOf({ state: 'synced', history: history(), outbox: [sampleOutcome()] });
    expect(indexKeysOf(untold, LATER)).toEqual({ ...came, phase: 'under_way', since: timeAt(1) });
  });

  test.each<[what: string, changes: Partial<LedgerRecord>, since: string]>([
    ['a status that is asked for', { status: { wanted: 'PAID', in_crm: 'NEW', attempts: 0 } }, timeAt(3)],
    [
      'a payment that is asked for',
      { payments: [{ amount: 40, state: 'waiting', attempts: 0, asked_at: NOW + 4 * HOUR }] },
      timeAt(4),
    ],
    [
      'both, of which the status was first',
      {
        status: { wanted: 'PAID', in_crm: 'NEW', attempts: 0 },
        payments: [{ amount: 40, state: 'waiting', attempts: 0, asked_at: NOW + 4 * HOUR }],
      },
      timeAt(3),
    ],
    [
      'both, of which the payment was first, and one that was booked long ago',
      {
        status: { wanted: 'PAID', in_crm: 'NEW', attempts: 0 },
        payments: [
          { amount: 60, state: 'booked', attempts: 1, asked_at: NOW },
          { amount: 40, state: 'waiting', attempts: 0, asked_at: NOW + 2 * HOUR },
        ],
      },
      timeAt(2),
    ],
    [
      'a payment in hand, since its last step',
      { payments: [{ amount: 40, state: 'sending', attempts: 1 }] },
      timeAt(4),
    ],
  ])('as under way while it is in the CRM and is still to have %s', (_what, changes, since) => {
    const asked = { ...stepAt(3, 'status_asked'), status: 'PAID' } as const;
    const synced = recordOf({
      state: 'synced',
      history: [...history(), asked, stepAt(4, 'conflict')],
      ...changes,
    });
    expect(indexKeysOf(synced, LATER)).toEqual({
      ...came,
      phase: 'under_way',
      since,
    });
  });

  test('as of now, where nothing says when it came', () => {
    expect(indexKeysOf(recordOf({ history: [] }), LATER)).toEqual({
      day: '2026-01-01',
      accepted_at: timeAt(5),
      phase: 'under_way',
      since: timeAt(5),
    });
    // It was refused before it ever was accepted.
    const refused = recordOf({ state: 'retrying', history: [stepAt(1, 'rejected'), stepAt(2, 'conflict')] });
    expect(indexKeysOf(refused, LATER)).toMatchObject({ accepted_at: timeAt(1), since: timeAt(1) });
  });
});

describe('a story beside a number is listed apart', () => {
  test.each(ORDER_STATES)('until it has an end: %s', (state) => {
    const hasEnd = ['synced', 'rejected', 'parked'].includes(state);
    expect(asideIndexKeysOf(recordOf({ state, history: history() }))).toEqual(
      hasEnd ? {} : { phase: 'aside', since: timeAt(2) },
    );
  });

  test('until its end has been told', () => {
    const untold = recordOf({ state: 'parked', history: history(), outbox: [sampleOutcome()] });
    expect(asideIndexKeysOf(untold)).toEqual({ phase: 'aside', since: timeAt(2) });
  });

  test('never where nothing ever happened to it', () => {
    expect(asideIndexKeysOf(recordOf({ history: [] }))).toEqual({});
  });
});
