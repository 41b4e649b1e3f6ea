import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../lib/explanations/failure.ts';
import { amend } from '../../../lib/ledger/amend.ts';
import { asking } from '../../../lib/ledger/follow.ts';
import { RecordChanged } from '../../../lib/ledger/ledger.ts';
import type { LedgerRecord } from '../../../lib/ledger/record.ts';
import type { OrderMessage } from '../../../lib/queues/codec.ts';
import type { CrmFailure, StatusSet } from '../../../lib/sitniks/result.ts';
import { type FollowDeps, followStatus } from '../../../lib/sync/follow-status.ts';
import { memoryConsumer, messageOf, NOW, recordOf } from '../../kit/memory-consumer.ts';
import { vanishing } from '../../kit/memory-ledger.ts';

/** In the CRM as NEW, and wanted as PAID. */
const BEHIND: Partial<LedgerRecord> = {
  state: 'synced',
  crm_order_id: '7',
  status: { wanted: 'PAID', in_crm: 'NEW', attempts: 0 },
};
/** Four calls, and a clock that is ahead. */
const ENOUGH_MS = 4 * 10_000 + 60_000;
const GIVEN_UP: Failure = { type: 'VALIDATION', message: 'No', reasons: [{ code: 'refused_unknown' }] };

const no = (type: CrmFailure['type'], more: Partial<CrmFailure> = {}): CrmFailure => ({
  ok: false,
  type,
  message: 'No',
  mayHaveReachedCrm: false,
  ...more,
});

/** An order whose status is behind, and a consumer that has a message of it in hand. */
async function behind(changes: Partial<LedgerRecord> = {}) {
  const consumer = memoryConsumer();
  const { deps, ledger, calls } = consumer;
  await ledger.replace(recordOf({ ...BEHIND, ...changes }));
  const record = async () => (await ledger.get('1042')) ?? expect.fail('No record');
  /** The CRM answers this, and meanwhile something happens. */
  const answering =
    (answer: StatusSet, meanwhile: () => Promise<unknown> = async () => undefined) =>
    async (id: string, status: string): Promise<StatusSet> => {
      calls.push(`status ${id} ${status}`);
      await meanwhile();
      return answer;
    };
  return {
    ...consumer,
    record,
    answering,
    follow: async (message: Partial<OrderMessage> = {}, more: Partial<FollowDeps> = {}) =>
      followStatus(await record(), messageOf({}, message), { ...deps, ...more }),
    crmSaying: (...said: Parameters<typeof answering>): FollowDeps['crm'] => ({
      ...deps.crm,
      setStatus: answering(...said),
    }),
  };
}

describe('a status that is behind', () => {
  test('is set in the CRM, told, noted and logged', async () => {
    const { follow, record, calls, told, lines } = await behind();
    expect(await follow()).toEqual({ acknowledge: true });
    expect(calls).toEqual(['status 7 PAID']);
    expect(await record()).toMatchObject({ status: { wanted: 'PAID', in_crm: 'PAID' } });
    expect(told).toMatchObject([{ type: 'status_changed', status: 'PAID', crm_order_id: '7' }]);
    expect(lines).toEqual([{ level: 'info', message: 'Status changed', order_status: 'PAID', attempt: 1 }]);
  });

  test.each([
    ['the id that calls are made with', { crm_call_id: 'c-9' }, 'c-9'],
    ['the number that people see, where that is the same', {}, '7'],
    ['nothing, where none was ever noted', { crm_order_id: undefined }, ''],
  ])('is set under %s', async (_what, changes, id) => {
    const { follow, calls } = await behind(changes);
    await follow();
    expect(calls).toEqual([`status ${id} PAID`]);
  });

  test('is held by a lease of the length that the invocation has left, while the CRM is called', async () => {
    const { follow, record, crmSaying } = await behind();
    let held: LedgerRecord | undefined;
    await follow(
      {},
      {
        leaseMs: () => 123_456,
        crm: crmSaying({ ok: true, status: 'PAID' }, async () => {
          held = await record();
        }),
      },
    );
    expect(held?.lease_until).toBe(NOW + 123_456);
    expect((await record()).lease_until).toBeUndefined();
  });

  test('that somebody else has brought on meanwhile is left alone', async () => {
    const { deps, ledger, record, calls } = await behind();
    const stale = await record();
    await amend(ledger, '1042', (known) => ({
      ...known,
      status: { wanted: 'PAID', in_crm: 'PAID', attempts: 0 },
    }));
    expect(await followStatus(stale, messageOf({}), deps)).toEqual({ acknowledge: true });
    expect(calls).toEqual([]);
  });

  test('of an order that is gone while it is taken in hand is not sent', async () => {
    const { follow, ledger, calls } = await behind();
    expect(await follow({}, { ledger: vanishing(ledger) })).toEqual({ acknowledge: true });
    expect(calls).toEqual([]);
  });

  test('whose order is not in these hands any more when the CRM answers comes back', async () => {
    const { follow, ledger, crmSaying } = await behind();
    const crm = crmSaying({ ok: true, status: 'PAID' }, () =>
      amend(ledger, '1042', (known) => ({ ...known, lease_until: NOW + 1 })),
    );
    await expect(follow({}, { crm })).rejects.toThrow(RecordChanged);
  });
});

describe('a status is given back without a call', () => {
  test.each([
    ['as long as the rate limit holds', 9000, 1, 9000],
    ['longer each time, where the rate limit is short', 500, 4, 8000],
  ])('%s', async (_what, pausedMs, receiveCount, delayMs) => {
    const { follow, deps, record, calls } = await behind();
    deps.rateLimit.hit(pausedMs);
    expect(await follow({ receiveCount })).toEqual({ acknowledge: false, delayMs });
    expect([calls, (await record()).lease_until]).toEqual([[], undefined]);
  });

  test.each([
    [1, 37_500],
    [3, 150_000],
  ])('for the backoff while no key is to be had, received for time %i', async (receiveCount, delayMs) => {
    const { follow, deps, record, calls } = await behind();
    const crm = { ...deps.crm, isReady: async () => false };
    expect(await follow({ receiveCount }, { crm })).toEqual({ acknowledge: false, delayMs });
    expect([calls, (await record()).lease_until]).toEqual([[], undefined]);
  });

  test('soon, where a call could outlive the lease by a clock that is ahead', async () => {
    const { follow, record, calls } = await behind();
    expect(await follow({ receiveCount: 2 }, { leaseMs: () => ENOUGH_MS - 1 })).toEqual({
      acknowledge: false,
      delayMs: 2000,
    });
    expect([calls, (await record()).lease_until]).toEqual([[], undefined]);
    expect(await follow({}, { leaseMs: () => ENOUGH_MS })).toEqual({ acknowledge: true });
  });

  test.each<[string, Partial<LedgerRecord>, number]>([
    ['for as long as somebody else has it in hand', { lease_until: NOW + 5000 }, 5000],
    ['for as long as its backoff lasts', { not_before: NOW + 6000 }, 6000],
    ['but looked at again after the backoff, however long that is', { lease_until: NOW + 500_000 }, 37_500],
  ])('%s', async (_what, changes, delayMs) => {
    const { follow, calls, lines } = await behind(changes);
    expect(await follow()).toEqual({ acknowledge: false, delayMs });
    expect(calls).toEqual([]);
    expect(lines).toEqual([
      { level: 'info', message: 'Status in other hands, or in its backoff: given back' },
    ]);
  });

  test('no longer than that: at the very end of a lease it is taken in hand', async () => {
    const { follow, calls } = await behind({ lease_until: NOW, not_before: NOW });
    expect(await follow()).toEqual({ acknowledge: true });
    expect(calls).toEqual(['status 7 PAID']);
  });
});

describe('a status that could not be set', () => {
  test('comes back after the backoff, and nobody else waits', async () => {
    const { follow, deps, record, crmSaying, letters, told, lines } = await behind();
    expect(await follow({}, { crm: crmSaying(no('CONNECTION')) })).toEqual({
      acknowledge: false,
      delayMs: 37_500,
    });
    expect(deps.rateLimit.remainingMs()).toBe(0);
    expect(await record()).toMatchObject({ not_before: NOW + 37_500, status: { attempts: 1 } });
    expect([letters, told]).toEqual([[], []]);
    expect(lines).toEqual([
      {
        level: 'warn',
        message: 'Status will be tried again',
        order_status: 'PAID',
        attempt: 1,
        error_type: 'CONNECTION',
        reasons: 'crm_unreachable',
        delay_s: 38,
      },
    ]);
  });

  test('for the rate limit makes everybody wait for as long as the CRM asks, and costs no attempt', async () => {
    const { follow, deps, record, crmSaying } = await behind();
    const crm = crmSaying(no('RATE_LIMIT', { retryAfterMs: 7000 }));
    expect(await follow({}, { crm })).toEqual({ acknowledge: false, delayMs: 7000 });
    expect(deps.rateLimit.remainingMs()).toBe(7000);
    expect(await record()).toMatchObject({ status: { attempts: 0 } });
  });

  test('for a short rate limit waits longer each time that it is received', async () => {
    const { follow, crmSaying } = await behind();
    const crm = crmSaying(no('RATE_LIMIT', { retryAfterMs: 1000 }));
    expect(await follow({ receiveCount: 7 }, { crm })).toEqual({ acknowledge: false, delayMs: 64_000 });
  });

  test('waits no shorter than a neighbour of the batch was asked to meanwhile', async () => {
    const { follow, deps, crmSaying } = await behind();
    const crm = crmSaying(no('RATE_LIMIT', { retryAfterMs: 1000 }), async () => deps.rateLimit.hit(20_000));
    expect(await follow({}, { crm })).toEqual({ acknowledge: false, delayMs: 20_000 });
  });

  test('for good is a letter of its own, told and logged, and is let go of', async () => {
    const { follow, record, crmSaying, letters, told, lines } = await behind();
    const message = { messageId: 'm-1', start: 3, submittedBy: 'who-asked', redriven: 2 };
    expect(await follow(message, { crm: crmSaying(no('VALIDATION')) })).toEqual({ acknowledge: true });
    expect(letters).toEqual([
      {
        // The status as a message: of the order's own caller, and of none of its starts.
        message: {
          ...messageOf({ external_id: '1042', status: 'PAID' }, message),
          start: undefined,
          submittedBy: 'bot',
        },
        parking: { external_id: '1042', status: 'PAID', attempts: 1, error: GIVEN_UP, parkedAt: NOW },
      },
    ]);
    expect(await record()).toMatchObject({ status: { wanted: 'PAID', in_crm: 'NEW', error: GIVEN_UP } });
    expect(told).toMatchObject([{ type: 'status_not_changed', status: 'PAID', attempts: 1 }]);
    expect(lines).toEqual([
      {
        level: 'warn',
        message: 'Status not changed: parked',
        order_status: 'PAID',
        attempt: 1,
        error_type: 'VALIDATION',
        reasons: 'refused_unknown',
      },
    ]);
  });

  test('for good is told once: a letter that comes back says nothing new', async () => {
    const { follow, crmSaying, told } = await behind();
    const crm = crmSaying(no('VALIDATION'));
    for (const redriven of [0, 1]) await follow({ redriven }, { crm });
    expect(told).toHaveLength(1);
    await follow({ redriven: 0 }, { crm });
    expect(told).toHaveLength(2);
  });

  test('for good goes on with what was asked for meanwhile', async () => {
    const { follow, ledger, record, calls, answering, deps } = await behind();
    const answers = [
      answering(no('VALIDATION'), () => amend(ledger, '1042', (known) => asking(known, 'PROCESSING', NOW))),
      deps.crm.setStatus,
    ];
    const crm: FollowDeps['crm'] = {
      ...deps.crm,
      setStatus: async (...of) => (await answers.shift()?.(...of)) ?? expect.fail('Called too often'),
    };
    expect(await follow({}, { crm })).toEqual({ acknowledge: true });
    expect(calls).toEqual(['status 7 PAID', 'status 7 PROCESSING']);
    expect(await record()).toMatchObject({ status: { in_crm: 'PROCESSING' } });
  });
});
