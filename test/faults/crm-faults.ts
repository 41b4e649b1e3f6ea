import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { invokeHandler } from '../../local/invoke.ts';
import type { FaultInput } from '../../local/sandbox/faults.ts';
import { until } from '../kit/until.ts';
import { openShop, type Shop } from './shop.ts';

const FOUND = 'synced on attempt 2';

/** What the CRM does with one order, what follows, and how often it was asked to create it. */
const FAULTS: readonly [law: string, fault: FaultInput, fate: string, creations: number][] = [
  ['created, but the answer is lost: found, not created again', { fault: 'lost_response' }, FOUND, 1],
  ['created, but the body stalls after a 201: found', { fault: 'stalled_body' }, FOUND, 1],
  [
    'created after the time-out: found, for the look-up waits',
    { fault: 'late_commit', latency_ms: 5500 },
    FOUND,
    1,
  ],
  ['a hanging call ends, and is made again', { fault: 'timeout' }, FOUND, 2],
  ['a socket that dies under the call: looked up before it is created', { fault: 'reset' }, FOUND, 2],
  ['a redirect is not followed', { fault: 'redirect' }, 'parked on attempt 1 (CONFIGURATION)', 1],
  ['a page with status 200 is no order', { fault: 'html_ok' }, FOUND, 2],
  ['an error with status 200 is no order', { fault: 'error_ok' }, FOUND, 2],
  ['nothing with status 200 is no order', { fault: 'empty_ok' }, FOUND, 2],
  ["a 201 without an id: found by the order's own", { fault: 'no_id' }, FOUND, 1],
  ["a 201 with another order's id is not believed", { fault: 'wrong_id' }, FOUND, 1],
  ['50 MB of an answer are not read: found', { fault: 'huge_body' }, FOUND, 1],
  ['a 502 of whatever stands before it', { fault: 'bad_gateway' }, FOUND, 2],
  [
    'one refused among others is refused alone',
    { fault: 'validation' },
    'rejected on attempt 1 (VALIDATION)',
    1,
  ],
  ['429 for a second costs no attempt', { fault: 'rate_limit', retry_after: 1 }, 'synced on attempt 1', 2],
  [
    '429 until a date costs none',
    { fault: 'rate_limit', retry_after: 'Fri, 31 Dec 9999 23:59:59 GMT' },
    'synced on attempt 1',
    2,
  ],
  [
    '429 until an absurd time keeps nobody waiting so long',
    { fault: 'rate_limit', retry_after: 1e9 },
    'synced on attempt 1',
    2,
  ],
  [
    '429 until no time at all costs none',
    { fault: 'rate_limit', retry_after: 'soon' },
    'synced on attempt 1',
    2,
  ],
];

const idOf = (law: string) => `fault-${FAULTS.findIndex(([one]) => one === law)}`;

/** Is in the CRM, though it was parked: nobody could say so. */
const UNSEEN = 'unseen';
/** Comes while the CRM is down for as long as anything is tried. */
const OUTLASTED = 'outlasted';

/** What may go wrong at the CRM, in a dialect. */
export function crmFaults(dialect: 'orders' | 'open-api'): void {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop({
      feed: false,
      visibilitySeconds: 30,
      settings: {
        SITNIKS_DIALECT: dialect,
        SITNIKS_OPEN_API: '{"callsIn10Seconds":1000}',
        SITNIKS_CONTAINERS: '1',
        RETURN_BASE_SECONDS: '1',
        WAVE_TIMEOUT_SECONDS: '5',
      },
    });
    const { sandbox } = shop.relay.stack;
    for (const [law, fault] of FAULTS) {
      sandbox.setFault({ ...fault, external_id: idOf(law) });
      await shop.accepted(idOf(law));
    }
    shop.relay.feed();
    await shop.relay.drained(60_000);
  });
  afterAll(() => shop.stop());

  test.each(FAULTS)('%s', async (law, _fault, fate, creations) => {
    expect(await shop.fateOf(idOf(law))).toBe(fate);
    expect(shop.creations(idOf(law))).toBe(creations);
  });

  describe('an outage that outlasts every attempt', () => {
    beforeAll(async () => {
      const { relay } = shop;
      relay.stack.sandbox.setFault({
        fault: 'status',
        status: 503,
        on: 'any',
        times: 1000,
        external_id: OUTLASTED,
      });
      relay.stack.sandbox.setFault({ fault: 'lost_response', external_id: UNSEEN });
      relay.stack.sandbox.setFault({ fault: 'status', status: 503, on: 'search', times: 1000 });
      await shop.accepted(OUTLASTED);
      await shop.accepted(UNSEEN);
      await relay.drained(60_000);
    });

    test('leaves both on the dead-letter queue, and their callers told', async () => {
      for (const id of [OUTLASTED, UNSEEN])
        expect(await shop.fateOf(id)).toBe('parked on attempt 4 (CONNECTION)');
      expect(shop.relay.inCrm(UNSEEN)).toBe(1);
    });

    test('is over: what was never there is created, what was there is found', async () => {
      const { relay } = shop;
      relay.stack.sandbox.clearFaults();
      const { handler } = await import('../../functions/tend-dead-letters.ts');
      const tend = invokeHandler<object>(handler);
      const isBack = async (id: string) =>
        !(await shop.letters()).some((letter) => letter.external_id === id);
      await until(
        async () => {
          await tend({});
          return (await isBack(OUTLASTED)) && (await isBack(UNSEEN));
        },
        { deadlineMs: 30_000 },
      );
      await relay.drained(60_000);
      for (const id of [OUTLASTED, UNSEEN]) expect(await shop.fateOf(id)).toMatch(/^synced/);
      expect(shop.creations(UNSEEN)).toBe(1);
    });
  });
}
