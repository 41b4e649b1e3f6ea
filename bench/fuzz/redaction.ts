import fc from 'fast-check';
import { withoutPersonalData } from '../../lib/lambda/redact.ts';
import { type SpeltBack, speltBack, survivors } from './spelt-back.ts';

export interface RedactionResult {
  pairs: number;
  survived: readonly SpeltBack[];
}

/** Names, each in a way to spell it back: which of them, or what part, is still to be read in what would be kept. */
export function fuzzRedaction(pairs: number, seed: number): RedactionResult {
  const survived = fc
    .sample(speltBack, { numRuns: pairs, seed })
    .filter((one) => survivors(one, withoutPersonalData(one.text, [one.name])) !== '');
  return { pairs, survived };
}
