import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { takeAll } from '../../lib/dead-letters/dead-letter-queue.ts';
import type { Letter } from '../../lib/dead-letters/letter.ts';
import type { FailureType } from '../../lib/explanations/failure.ts';
import type { Session } from './session.ts';

/** The dead letters while a command has them in hand. */
export interface InHand {
  letters: readonly Letter[];
  /** How many somebody else had in hand at the beginning; they may have come back since. */
  elsewhere: number;
  giveBack(letters: readonly Letter[]): Promise<void>;
  /** Keeps them for so many seconds from now. @returns those that are still ours. */
  keep(letters: readonly Letter[], seconds: number): Promise<Letter[]>;
  /** @returns false where SQS would not: they show up again. */
  remove(letters: readonly Letter[]): Promise<boolean>;
}

/** While a command looks at the letters, nobody else sees them: short, should it be killed. */
const LOOK_SECONDS = 60;
const MOST_LETTERS = 10_000;

/** Takes all dead letters in hand, and gives back at the end what is still there: after an error or Ctrl-C, too. */
export async function withDeadLetters<T>(session: Session, use: (inHand: InHand) => Promise<T>): Promise<T> {
  const { relay, out, goOn } = session;
  const { deadLetters } = relay;
  const { visible, elsewhere } = await countLetters(session);
  if (elsewhere > 0) {
    out.note(
      `${elsewhere} ${elsewhere === 1 ? 'letter was' : 'letters were'} in other hands (tendDeadLetters may be at work): what is missing here may be among them. Ask again in a few minutes.`,
    );
  }

  const held = new Map<string, Letter>();
  const keepTrack = {
    receive: async (seconds: number) => {
      goOn();
      // All that were counted are there: no need to wait whether more turn up.
      const isAll = held.size > 0 && held.size >= visible;
      const received = await deadLetters.receive(seconds, isAll ? 0 : 1);
      for (const letter of received) held.set(letter.messageId, letter);
      return received;
    },
  };
  const giveBack = async (letters: readonly Letter[]) => {
    const failed = await deadLetters.hide(letters, 0);
    for (const { messageId } of letters) held.delete(messageId);
    if (failed.length > 0)
      out.note(`${failed.length} could not be given back: visible again within a minute.`);
  };

  try {
    const letters = await takeAll(keepTrack, {
      visibilitySeconds: LOOK_SECONDS,
      most: MOST_LETTERS,
      mayGoOn: () => true,
    });
    return await use({
      letters: letters.toSorted((a, b) => a.parkedAt - b.parkedAt),
      elsewhere,
      giveBack,
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
    await giveBack([...held.values()]);
  }
}

/** Letters to be had, and letters that somebody else has in hand. SQS counts roughly. */
async function countLetters({ relay }: Session): Promise<{ visible: number; elsewhere: number }> {
  const { Attributes } = await relay.sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: relay.deadLetterQueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  );
  return {
    visible: Number(Attributes?.['ApproximateNumberOfMessages'] ?? 0),
    elsewhere: Number(Attributes?.['ApproximateNumberOfMessagesNotVisible'] ?? 0),
  };
}

/** Which letters a command is about. */
export interface Selection {
  externalIds?: readonly string[];
  type?: FailureType;
  /** Parked within so many milliseconds. */
  since?: number;
}

export const selects = ({ externalIds = [], type, since }: Selection, letter: Letter, now: number): boolean =>
  (externalIds.length === 0 ||
    (letter.external_id !== undefined && externalIds.includes(letter.external_id))) &&
  (type === undefined || letter.reason === type) &&
  (since === undefined || letter.parkedAt >= now - since);
