import { FAILURES } from '../explanations/failure.ts';
import type { LetterFacts } from './judge.ts';
import type { Letter } from './letter.ts';

/** A letter in hand, with its body only where that was kept. */
export type Held = LetterFacts & { body: string | undefined };

/** In UTF-16: a run of 10,000 letters has room for this, whatever is in them. */
const MOST_CHARACTERS = 32 * 1024 * 1024;

/**
 * Keeps the bodies that may be sent back, as many as fit in memory. The others stay where they are: their letters are
 * judged all the same, and have their turn in a later run.
 */
export function bodyKeeper(most = MOST_CHARACTERS): (letter: Letter) => Held {
  let kept = 0;
  return (letter) => {
    const isOurs = letter.content_hash !== undefined || letter.asks !== undefined;
    const mayReturn = FAILURES[letter.reason].comesBack && isOurs;
    if (!mayReturn || kept + letter.body.length > most) return { ...letter, body: undefined };
    kept += letter.body.length;
    return letter;
  };
}
