import type { LetterCount } from '../dead-letters/count-letters.ts';
import type { DeadLetterQueue } from '../dead-letters/dead-letter-queue.ts';
import { isOfStatus, type Letter } from '../dead-letters/letter.ts';

export interface LetterSearch {
  deadLetters: DeadLetterQueue;
  countLetters: () => Promise<LetterCount>;
  /** What is left of the invocation's time. */
  remainingMs: () => number;
}

/** While the queue is looked through, nobody else sees what was looked at: short, should the function be killed. */
const LOOK_SECONDS = 30;
/** For what is done with the letters, and the answer. */
const RESERVE_MS = 10_000;

/**
 * Why a letter is not found: the queue has none; it was too long to be looked through in time; or others, such as
 * tendDeadLetters, had letters in hand just then, and it may be among them.
 */
export type NotFound = 'no_letter' | 'not_looked_through' | 'in_other_hands';

/** An order's letters, or where it has none those of its status, the one that was parked last first; or why there are none. */
export type LettersOf =
  | { found: true; letters: readonly [Letter, ...Letter[]] }
  | { found: false; why: NotFound };

/**
 * Takes the letters of one order in hand, lets `use` decide, and gives back whatever is then still there. SQS cannot
 * search, so the queue is looked through; what is not this order's is given back at the end, too, or SQS would show it
 * again and again.
 */
export async function withLettersOf<T>(
  externalId: string,
  { deadLetters, countLetters, remainingMs }: LetterSearch,
  use: (letters: LettersOf) => Promise<T>,
): Promise<T> {
  // Asked first: afterwards it would count what we hold.
  const { elsewhere } = await countLetters();
  const held = new Map<string, Letter>();
  try {
    let isWholeQueue = false;
    while (remainingMs() > RESERVE_MS) {
      const received = await deadLetters.receive(LOOK_SECONDS);
      const news = received.filter(({ messageId }) => !held.has(messageId));
      for (const letter of received) held.set(letter.messageId, letter);
      isWholeQueue = news.length === 0;
      if (isWholeQueue) break;
    }
    const ofNumber = [...held.values()]
      .filter(({ external_id }) => external_id === externalId)
      .sort((a, b) => b.parkedAt - a.parkedAt);
    const ofOrder = ofNumber.filter((letter) => !isOfStatus(letter));
    const [first, ...others] = ofOrder.length > 0 ? ofOrder : ofNumber;
    if (first !== undefined) return await use({ found: true, letters: [first, ...others] });
    if (!isWholeQueue) return await use({ found: false, why: 'not_looked_through' });
    return await use({ found: false, why: elsewhere > 0 ? 'in_other_hands' : 'no_letter' });
  } finally {
    // What was deleted meanwhile cannot be given back, and need not be.
    await deadLetters.hide([...held.values()], 0);
  }
}
