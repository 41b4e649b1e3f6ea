import { expect, test } from 'vitest';
import { MAX_RETURNS } from '../../../lib/dead-letters/verdict.ts';
import type { CrmErrorType, CrmFailure } from '../../../lib/sitniks/result.ts';
import type { Moment } from '../../../lib/sync/after-attempt.ts';
import { afterCall } from '../../../lib/sync/after-call.ts';

const POLICY = { maxRetries: 3, baseMs: 30_000, capMs: 900_000 };
const MOMENT: Moment = { now: 0, jitter: 0, receiveCount: 1, redriven: 0, pausedMs: 0 };

interface Situation extends Partial<Moment> {
  attempts?: number;
  retryAfterMs?: number;
}

/** What follows, in one line. */
function following(type: CrmErrorType, { attempts = 1, retryAfterMs, ...moment }: Situation): string {
  const failed: CrmFailure = {
    ok: false,
    type,
    message: 'No',
    mayHaveReachedCrm: false,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
  const next = afterCall(failed, attempts, POLICY, { ...MOMENT, ...moment });
  if (!next.wait) return `a letter: ${next.error.reasons?.map(({ code }) => code).join()}`;
  const pause = next.pauseMs === undefined ? '' : `, pause ${next.pauseMs / 1000} s`;
  return `${next.delayMs / 1000} s${pause}, ${next.costsAttempt ? 'an attempt' : 'free'}`;
}

test.each<[string, CrmErrorType, Situation, string]>([
  ['a pause that the CRM asks for', 'RATE_LIMIT', { retryAfterMs: 60_000 }, '60 s, pause 60 s, free'],
  [
    'a pause that a neighbour was asked for, and is longer',
    'RATE_LIMIT',
    { retryAfterMs: 60_000, pausedMs: 100_000 },
    '100 s, pause 60 s, free',
  ],
  ['a pause, and nobody says for how long', 'RATE_LIMIT', {}, '30 s, pause 30 s, free'],
  ['a pause of which nobody says how long, by chance', 'RATE_LIMIT', { jitter: 1 }, '45 s, pause 45 s, free'],
  ['no pause beyond the cap', 'RATE_LIMIT', { retryAfterMs: 9e6 }, '900 s, pause 900 s, free'],
  ['no answer, and the CRM says when', 'CONNECTION', { retryAfterMs: 120_000 }, '120 s, an attempt'],
  ['no answer, and no later than the cap', 'CONNECTION', { retryAfterMs: 9e6 }, '900 s, an attempt'],
  [
    'no answer to the last that is tried again',
    'CONNECTION',
    { attempts: 3, retryAfterMs: 900_000 },
    '900 s, an attempt',
  ],
  ['no answer, too often', 'CONNECTION', { attempts: 4 }, 'a letter: crm_unreachable'],
  [
    'no answer, too often, and one return is left',
    'CONNECTION',
    { attempts: 4, redriven: MAX_RETURNS - 1 },
    'a letter: crm_unreachable',
  ],
  [
    'no answer, and no return is left',
    'CONNECTION',
    { attempts: 4, redriven: MAX_RETURNS },
    'a letter: given_up',
  ],
  ['a refused key', 'AUTHENTICATION', {}, 'a letter: key_refused'],
  ['what never comes back by itself', 'CONFLICT', { redriven: MAX_RETURNS }, 'a letter: number_taken'],
])('%s', (_what, type, situation, expected) => {
  expect(following(type, situation)).toBe(expected);
});
