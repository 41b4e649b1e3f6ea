import { expect, test } from 'vitest';
import type { CrmFailure } from '../../../lib/sitniks/result.ts';
import type { Moment } from '../../../lib/sync/after-attempt.ts';
import { afterBooking } from '../../../lib/sync/after-booking.ts';
import { afterMove } from '../../../lib/sync/after-move.ts';
import { BACKOFF, NOW, recordOf } from '../../kit/memory-consumer.ts';

const MOMENT: Moment = { now: NOW, jitter: 0, receiveCount: 1, redriven: 0, pausedMs: 0 };
const MOVING = { record: recordOf(), status: 'PAID', attempts: 1, leaseUntil: NOW } as const;

const no = (type: CrmFailure['type'], more: Partial<CrmFailure> = {}): CrmFailure => ({
  ok: false,
  type,
  message: 'No',
  mayHaveReachedCrm: false,
  ...more,
});

/** Both decide by `afterCall`, and pass on what it says. */
const DECISIONS = [
  { what: 'a status', after: afterMove, forGood: 'given_up' },
  { what: 'a payment', after: afterBooking, forGood: 'not_booked' },
] as const;

test.each(DECISIONS)('what the CRM asks everybody to wait is passed on of $what', ({ after }) => {
  const next = after(no('RATE_LIMIT', { retryAfterMs: 7000 }), MOVING, BACKOFF, {
    ...MOMENT,
    receiveCount: 5,
  });
  const error = { type: 'RATE_LIMIT', message: 'No', reasons: [{ code: 'crm_busy' }] };
  expect(next).toStrictEqual({
    end: { result: 'later', error, notBefore: NOW + 16_000, costsAttempt: false },
    delayMs: 16_000,
    pauseMs: 7000,
  });
});

test.each(DECISIONS)('$what that is only tried again makes nobody else wait', ({ after }) => {
  const error = { type: 'CONNECTION', message: 'No', reasons: [{ code: 'crm_unreachable' }] };
  expect(after(no('CONNECTION'), MOVING, BACKOFF, MOMENT)).toStrictEqual({
    end: { result: 'later', error, notBefore: NOW + 30_000, costsAttempt: true },
    delayMs: 30_000,
  });
});

test.each(
  DECISIONS.flatMap((one) => [
    { ...one, redriven: 0, isReturn: false },
    { ...one, redriven: 1, isReturn: true },
    { ...one, redriven: 2, isReturn: true },
  ]),
)('$what that fails for good, sent back $redriven times before: a return is $isReturn', (of) => {
  const { after, redriven, isReturn, forGood } = of;
  const { end } = after(no('VALIDATION'), MOVING, BACKOFF, { ...MOMENT, redriven });
  expect(end).toMatchObject({ result: forGood, isReturn });
});

test.each([
  [0, false],
  [1, true],
])(
  'a payment that may be there is in doubt, sent back %i times before: a return is %s',
  (redriven, isReturn) => {
    const lost = no('CONNECTION', { mayHaveReachedCrm: true });
    const error = {
      type: 'UNPROVEN',
      message: 'The payment may be in the CRM: No',
      reasons: [{ code: 'payment_unproven' }],
    };
    expect(afterBooking(lost, MOVING, BACKOFF, { ...MOMENT, redriven })).toStrictEqual({
      end: { result: 'in_doubt', error, isReturn },
    });
  },
);

test('what the CRM has is done, as far as the CRM says that it is', () => {
  expect(afterMove({ ok: true, status: 'PROCESSING' }, MOVING, BACKOFF, MOMENT)).toStrictEqual({
    end: { result: 'moved', status: 'PROCESSING' },
  });
  expect(afterBooking({ ok: true }, MOVING, BACKOFF, MOMENT)).toStrictEqual({ end: { result: 'booked' } });
});
