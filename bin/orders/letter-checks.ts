import type { Letter } from '../../lib/dead-letters/letter.ts';
import { FAILURES } from '../../lib/explanations/failure.ts';
import { type Check, type Finding, fine, wrong } from './check.ts';
import { age } from './duration.ts';
import { surveyLetters } from './letters.ts';
import { pasteFor } from './paste.ts';
import type { Session } from './session.ts';

/** SQS deletes a letter after fourteen days, and its order with it: as LettersGrowOldAlarm has it. */
const OLD_MS = 10 * 24 * 60 * 60_000;

type Facts = Pick<Letter, 'reason' | 'parkedAt' | 'external_id' | 'messageId'>;

/** Does a dead letter grow old, and has SQS itself moved any? Each is in hand for a moment, as for `list`. */
export async function letterChecks(session: Session, now: number): Promise<Check[]> {
  const { facts, elsewhere, unseen } = await surveyLetters(
    session,
    ({ reason, parkedAt, external_id, messageId }): Facts => ({ reason, parkedAt, external_id, messageId }),
  );
  return [
    { name: 'dead letters', ...growOld(facts, elsewhere + unseen, session, now) },
    { name: "SQS's own letters", ...movedBySqs(facts, session) },
  ];
}

function growOld(facts: readonly Facts[], others: number, { relay }: Session, now: number): Finding {
  const [oldest] = facts;
  const notSeen = others === 0 ? '' : `; not seen: ${others}`;
  if (oldest === undefined) return fine(`none${notSeen}`);
  const comesBack = facts.filter(({ reason }) => FAILURES[reason].comesBack).length;
  const detail = `${facts.length}, of which ${comesBack} come back by themselves; the oldest is there for ${age(now - oldest.parkedAt)}${notSeen}`;
  return now - oldest.parkedAt < OLD_MS
    ? fine(detail)
    : wrong(
        detail,
        'SQS deletes it after fourteen days: send it on, or forget it',
        pasteFor(relay).orders(
          oldest.external_id === undefined
            ? `show --message ${oldest.messageId}`
            : `show ${oldest.external_id}`,
        ),
      );
}

/** Nobody wrote down why: a function was killed, or threw, at each of its receives. */
function movedBySqs(facts: readonly Facts[], { relay }: Session): Finding {
  const moved = facts.filter(({ reason }) => reason === 'NO_REASON').length;
  return moved === 0
    ? fine('none')
    : wrong(
        `${moved}: their processing came to no end, again and again`,
        'see which, and what syncOrders logs of them; they come back by themselves',
        pasteFor(relay).orders('list --letters --type NO_REASON'),
      );
}
