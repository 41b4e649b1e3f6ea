import type { Failure } from '../explanations/failure.ts';
import { ended } from './end.ts';
import { statusLost } from './follow.ts';
import { followedAt, isFollowing } from './following.ts';
import { LIFE_MS, lastSeenOfLost } from './message-life.ts';
import { paymentsLost } from './payments.ts';
import { type LedgerRecord, maybeSent } from './record.ts';
import { phaseOf } from './states.ts';

/** Neither settled nor seen for longer than a message lives: no message will ever bring it, or what follows it, on. */
export const isLost = (record: LedgerRecord, now: number): boolean =>
  phaseOf(record.state) === 'under_way'
    ? Math.max(record.lease_until ?? 0, record.not_before ?? 0, lastSeen(record)) < lastSeenOfLost(now)
    : isFollowing(record) && followedAt(record) < lastSeenOfLost(now);

const lastSeen = ({ history }: LedgerRecord): number => Date.parse(history.at(-1)?.at ?? '') || 0;

/** SQS has moved its message to the dead-letter queue, after so many receives that came to no end. */
export const movedBySqs = (record: LedgerRecord, now: number): LedgerRecord => abandoned(record, MOVED, now);

/**
 * Its message is nowhere: since a moment that follows from the record, so that it is told as the same each time. No dead
 * letter begins the next start, so should its message turn up after all, it still counts.
 */
export function lost(record: LedgerRecord): LedgerRecord {
  if (phaseOf(record.state) === 'in_crm') {
    const at = followedAt(record) + LIFE_MS;
    return paymentsLost(statusLost(record, NEVER_FOLLOWED, at), NEVER_FOLLOWED, at);
  }
  const at = lastSeen(record) + LIFE_MS;
  return paymentsLost({ ...abandoned(record, LOST, at), start: record.start }, NEVER_FOLLOWED, at);
}

/** No consumer will settle it, so it is noted as parked, with what there is to be told of that. */
function abandoned(record: LedgerRecord, error: Failure, now: number): LedgerRecord {
  // Still `syncing`: nobody knows how far the call got.
  const doubt = record.doubt ?? (record.state === 'syncing' ? record.content_hash : undefined);
  const parked = ended(
    maybeSent(record, doubt),
    {
      state: 'parked',
      error: doubt === undefined ? error : alsoInDoubt(error),
      doubt,
      notBefore: undefined,
      costsAttempt: true,
    },
    now,
  );
  // No letter was written, and so none begins the next start: should the message itself turn up, it counts.
  return { ...parked, start: record.start };
}

/** Whoever reads why it stopped reads first that the CRM may have it all the same. */
const alsoInDoubt = (error: Failure): Failure => ({
  ...error,
  reasons: [{ code: 'in_doubt' }, ...(error.reasons ?? [])],
});

/** What is told of a message that SQS has moved. */
export const MOVED: Failure = {
  type: 'NO_REASON',
  message:
    'Its processing came to no end, again and again, so its message was moved to the dead-letter queue',
  reasons: [{ code: 'broke_off' }],
};

/** What is told of a message that is nowhere. */
export const LOST: Failure = {
  type: 'NO_REASON',
  message: 'It has come to no end in the life of a message, and is on no queue any more',
  reasons: [{ code: 'lost_track' }],
};

/** What is told of a status, and of a payment, whose message is nowhere: nothing of it was sent. */
const NEVER_FOLLOWED: Failure = {
  type: 'NO_REASON',
  message: 'It has not followed its order in the life of a message, and is on no queue any more',
  reasons: [{ code: 'never_followed' }],
};
