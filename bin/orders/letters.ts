import { countLetters } from '../../lib/dead-letters/count-letters.ts';
import { takeAll } from '../../lib/dead-letters/dead-letter-queue.ts';
import type { Letter } from '../../lib/dead-letters/letter.ts';
import type { Relay } from './connect.ts';
import type { Session } from './session.ts';

/** The dead letters that a command is about, while it has them in hand. */
export interface InHand {
  /** The longest there first. */
  letters: readonly Letter[];
  /** How many somebody else had in hand at the beginning; they may have come back since. */
  elsewhere: number;
  /** How many there are, roughly, that were not even looked at: there are too many for one command. */
  unseen: number;
  /** Keeps them for so many seconds from now. @returns those that are still ours. */
  keep(letters: readonly Letter[], seconds: number): Promise<Letter[]>;
  /** @returns false where SQS would not: they show up again. */
  remove(letters: readonly Letter[]): Promise<boolean>;
}

/** What one command takes. */
export interface Limits {
  /** Letters that it is about. */
  wanted: number;
  /** Letters that it looks at: SQS lets 120,000 be in flight. */
  seen: number;
}
const LIMITS: Limits = { wanted: 10_000, seen: 100_000 };

/** While a command looks at the letters, nobody else sees them: short, should it be killed. */
const LOOK_SECONDS = 60;
/** Taken at the least in a second. */
const TAKEN_A_SECOND = 100;

/**
 * Takes all dead letters in hand, gives back at once those that the command is not about, and at the end what is still
 * there: after an error or Ctrl-C, too.
 */
export async function withDeadLetters<T>(
  session: Pick<Session, 'out' | 'goOn'> & { relay: LetterQueue },
  isWanted: (letter: Letter) => boolean,
  use: (inHand: InHand) => Promise<T>,
  limits = LIMITS,
): Promise<T> {
  const { relay, out, goOn } = session;
  const { deadLetters } = relay;
  const { visible, elsewhere } = await countLetters(relay.sqs, relay.deadLetterQueueUrl);
  if (elsewhere > 0) {
    out.note(
      `${elsewhere} ${elsewhere === 1 ? 'letter was' : 'letters were'} in other hands (tendDeadLetters may be at work): what is missing here may be among them. Ask again in a few minutes.`,
    );
  }

  const held = new Map<string, { receiptHandle: string }>();
  const wanted = new Map<string, Letter>();
  const keepTrack = {
    receive: async (seconds: number) => {
      goOn();
      // All that were counted are there: no need to wait whether more turn up.
      const isAll = held.size > 0 && held.size >= visible;
      const received = await deadLetters.receive(seconds, isAll ? 0 : 1);
      for (const { messageId, receiptHandle } of received) held.set(messageId, { receiptHandle });
      return received;
    },
  };
  const giveBack = async (messageIds: readonly string[]) => {
    const letters = messageIds.flatMap((id) => held.get(id) ?? []);
    for (const id of messageIds) held.delete(id);
    const failed = await deadLetters.hide(letters, 0);
    if (failed.length > 0) out.note(`${failed.length} could not be given back: visible again in a while.`);
  };

  try {
    const isFull = () => wanted.size >= limits.wanted || held.size >= limits.seen;
    await takeAll(keepTrack, {
      visibilitySeconds: LOOK_SECONDS + Math.ceil(visible / TAKEN_A_SECOND),
      most: limits.seen,
      mayGoOn: () => !isFull(),
      hold(letter) {
        if (isWanted(letter)) wanted.set(letter.messageId, letter);
      },
    });
    const unseen = isFull() ? Math.max(0, visible - held.size) : 0;
    if (unseen > 0) {
      out.note(
        `About ${unseen} more were not looked at: a command takes ${limits.wanted} letters that it is about, and looks at ${limits.seen}. What is missing here may be among them.`,
      );
    }
    await giveBack([...held.keys()].filter((id) => !wanted.has(id)));
    return await use({
      letters: [...wanted.values()].toSorted((a, b) => a.parkedAt - b.parkedAt),
      elsewhere,
      unseen,
      async keep(kept, seconds) {
        const lost = new Set(await deadLetters.hide(kept, seconds));
        for (const { messageId } of lost) held.delete(messageId);
        return kept.filter((letter) => !lost.has(letter));
      },
      async remove(letters) {
        for (const { messageId } of letters) held.delete(messageId);
        return (await deadLetters.delete(letters)).length === 0;
      },
    });
  } finally {
    await giveBack([...held.keys()]);
  }
}

/** All dead letters, as `factsOf` sees each; none is kept in hand meanwhile, nor its body in memory. The longest there first. */
export async function surveyLetters<T extends { parkedAt: number }>(
  session: Pick<Session, 'out' | 'goOn'> & { relay: LetterQueue },
  factsOf: (letter: Letter) => T,
  limits: Limits = LIMITS,
): Promise<{ facts: T[]; elsewhere: number; unseen: number }> {
  // By message: one may come twice.
  const facts = new Map<string, T>();
  const look = (letter: Letter) => {
    facts.set(letter.messageId, factsOf(letter));
    return false;
  };
  return withDeadLetters(
    session,
    look,
    async ({ elsewhere, unseen }) => ({
      facts: [...facts.values()].toSorted((a, b) => a.parkedAt - b.parkedAt),
      elsewhere,
      unseen,
    }),
    limits,
  );
}

type LetterQueue = Pick<Relay, 'sqs' | 'deadLetters' | 'deadLetterQueueUrl'>;
