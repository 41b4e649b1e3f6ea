import { MAX_RETURNS, type Verdict } from '../../lib/dead-letters/verdict.ts';
import { FAILURES, type FailureType } from '../../lib/explanations/failure.ts';
import { ADVICE, ANOTHER, IN_SITNIKS, type InEach, inVain, ON_ITS_WAY } from './words.ts';

/** What to do about a letter, given what will become of it by itself. */
export function todoFor(reason: FailureType, verdict: Verdict, redriven: number): InEach {
  switch (verdict) {
    case 'copy':
      return IN_SITNIKS;
    case 'on_its_way':
      return ON_ITS_WAY;
    case 'may_return':
      return ADVICE[reason];
    case 'for_a_person':
      if (redriven >= MAX_RETURNS) return inVain(redriven);
      return reason === 'CONNECTION' || reason === 'RATE_LIMIT' ? ANOTHER : ADVICE[reason];
  }
}

/** Whether a letter is sent back by itself, as far as it says so itself. */
export const mendsItself = (letter: {
  reason: FailureType;
  redriven: number;
  content_hash: string | undefined;
}): boolean =>
  FAILURES[letter.reason].comesBack && letter.redriven < MAX_RETURNS && letter.content_hash !== undefined;
