import { isToFollow } from '../ledger/follow.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { isFree, isReplay, relationOf } from '../ledger/relation.ts';
import type { Posted } from '../ledger/start.ts';
import { phaseOf } from '../ledger/states.ts';

/** What to do with an order that is posted, given what the ledger has under its number. */
export type Intake =
  | { kind: 'new' }
  /** The same again, and nothing to do: it is on its way, or there. */
  | { kind: 'repeat'; record: LedgerRecord }
  /** The same, only further on. */
  | { kind: 'further'; record: LedgerRecord }
  /** The same, of an order that came without a name: whoever knows all of it becomes its owner. */
  | { kind: 'adopt'; record: LedgerRecord }
  /** The same, or its correction, after it was rejected or parked. */
  | { kind: 'restart'; record: LedgerRecord; isRepeat: boolean }
  /** What it said before, signed no later than what it says now: a correction is not undone by what somebody overheard. */
  | { kind: 'replay' }
  /** Another caller's order had the number, and it stands for nothing any more. */
  | { kind: 'take_over'; record: LedgerRecord }
  /** Other content of the caller's own is under way, or in the CRM. */
  | { kind: 'taken'; record: LedgerRecord }
  /** The same, of an order that came without a name. */
  | { kind: 'taken_by_nobody'; record: LedgerRecord }
  /** The number is somebody else's: how their order fares is not for this caller. */
  | { kind: 'foreign' };

export function decideIntake(record: LedgerRecord | undefined, posted: Posted): Intake {
  if (record === undefined) return { kind: 'new' };
  const relation = relationOf(record, { ...posted, redriven: 0 });
  if (relation === 'foreign') return isFree(record) ? { kind: 'take_over', record } : { kind: 'foreign' };
  const isRepeat = relation === 'same';
  if (phaseOf(record.state) === 'waiting' && isReplay(record, posted)) return { kind: 'replay' };
  if (phaseOf(record.state) === 'waiting') return { kind: 'restart', record, isRepeat };
  const isNobodys = record.submitted_by === undefined && posted.submitted_by !== undefined;
  if (isRepeat) {
    if (isNobodys) return { kind: 'adopt', record };
    return { kind: isToFollow(record, posted.wanted_status) ? 'further' : 'repeat', record };
  }
  return { kind: isNobodys ? 'taken_by_nobody' : 'taken', record };
}

/** Which start of the order a message begins that is sent now. */
export function startOf(intake: Intake): number {
  switch (intake.kind) {
    case 'restart':
    case 'take_over':
      // One more than its dead letter has: a correction wins over the return of what it corrects.
      return intake.record.start + 1;
    case 'adopt':
      return intake.record.start;
    default:
      return 0;
  }
}
