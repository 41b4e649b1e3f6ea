import type { Failure } from '../explanations/failure.ts';
import { ended } from './end.ts';
import { type LedgerRecord, maybeSent } from './record.ts';
import { phaseOf } from './states.ts';

/** OrdersQueue keeps a message for 4 days (infrastructure/queues.yml): what has not moved for longer is on no queue any more. */
export const MESSAGE_LIFE_MS = 4 * 24 * 60 * 60 * 1000;
/** For clocks that differ, and for what SQS is late to forget. */
const MARGIN_MS = 60 * 60 * 1000;

const LIFE_MS = MESSAGE_LIFE_MS + MARGIN_MS;

/** What is lost at a time was seen for the last time before this (epoch ms). */
export const lastSeenOfLost = (now: number): number => now - LIFE_MS;

/** Neither settled nor seen for longer than a message lives: no message will ever bring it on. */
export const isLost = (record: LedgerRecord, now: number): boolean =>
  phaseOf(record.state) === 'under_way' &&
  Math.max(record.lease_until ?? 0, record.not_before ?? 0, lastSeen(record)) < lastSeenOfLost(now);

const lastSeen = ({ history }: LedgerRecord): number => Date.parse(history.at(-1)?.at ?? '') || 0;

/** SQS has moved its message to the dead-letter queue, after so many receives that came to no end. */
export const movedBySqs = (record: LedgerRecord, now: number): LedgerRecord => abandoned(record, MOVED, now);

/**
 * Its message is nowhere: since a moment that follows from the record, so that it is told as the same each time. No dead
 * letter begins the next start, so should its message turn up after all, it still counts.
 */
export const lost = (record: LedgerRecord): LedgerRecord => ({
  ...abandoned(record, LOST, lastSeen(record) + LIFE_MS),
  start: record.start,
});

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
