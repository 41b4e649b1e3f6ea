import { adopted } from '../ledger/claim.ts';
import { asking } from '../ledger/follow.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { accepted, type Posted, restarted, takenOver } from '../ledger/start.ts';
import { decideIntake } from './decide-intake.ts';

const TRIES = 3;

/**
 * Notes in the ledger an order that SQS has taken, so that it can be asked for at once. Where a consumer or another post
 * was faster, what the ledger has by then decides: the number is another's, and the order gets a story aside of it; or
 * the consumer is at it already, and knows more than the door.
 */
export async function noteAccepted(
  known: LedgerRecord | undefined,
  posted: Posted,
  ledger: Pick<Ledger, 'get' | 'replace' | 'putAside'>,
  now: number,
): Promise<void> {
  let current = known;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const written = await note(current, posted, ledger, now);
    if (written) return;
    current = await ledger.get(posted.external_id);
  }
}

/** @returns false where somebody else was faster. */
async function note(
  current: LedgerRecord | undefined,
  posted: Posted,
  ledger: Pick<Ledger, 'replace' | 'putAside'>,
  now: number,
): Promise<boolean> {
  const write = async (record: LedgerRecord, by?: string) => (await ledger.replace(record, by)) !== undefined;
  // Settled since: by this very message, or by that of a rival that was posted at the same time.
  const isSettled = current !== undefined && current.start >= (posted.start ?? 0);
  const intake = decideIntake(current, posted);
  switch (intake.kind) {
    case 'new':
      return write(accepted(posted, posted.noted?.at ?? now), posted.noted?.by);
    case 'repeat':
      return true;
    case 'adopt':
      return write(asking(adopted(intake.record, posted), posted.wanted_status, now));
    case 'further':
      return write(asking(intake.record, posted.wanted_status, now));
    case 'restart':
      if (!isSettled) return write(restarted(intake.record, posted, now));
      if (!intake.isRepeat) await ledger.putAside(accepted(posted, now));
      return true;
    case 'take_over':
      if (isSettled) break;
      await ledger.putAside(intake.record);
      return write(takenOver(intake.record, posted, now));
    case 'replay':
    case 'taken':
    case 'taken_by_nobody':
    case 'foreign':
  }
  await ledger.putAside(accepted(posted, now));
  return true;
}
