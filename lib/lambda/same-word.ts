import { joined, type Span, type Word } from './spelling.ts';

/** So much may follow on a name: `-ovich`, `-skaya`. */
const LONGEST_ENDING = 5;

/** The last of a declined word, in Latin letters. */
const ENDING = /^(?:[aeiou]{0,3}|[aeiou][vm]i?|ogo|omu|eg?o|imi?|ig|[aeo]g|ami|ga|m)$/;

/** Ольга, Ользі; Яків, Якова: what Ukrainian changes within a word when it is declined. */
export function formsOf(key: string): string[] {
  const others = [
    key.replace(/g(?=[aeiou]?$)/, 'z'),
    key.replace(/k(?=[aeiou]?$)/, 'c'),
    key.replace(/g(?=[aeiou]?$)/, 's'),
    key.replace(/i(?=[^aeiou]+$)/, 'o'),
    key.replace(/i(?=[^aeiou]+$)/, 'e'),
    // As Germans write it.
    key.replaceAll('z', 's'),
  ];
  return [...new Set([key, ...others])];
}

/** Where a word is, or has within it, a secret one: the same, a form of it, or with more around it. */
export function placesIn({ key, spans, start, end }: Word, secret: string): Span[] {
  if (secret.length < 4 || !key.includes(secret)) return isFormOf(key, secret) ? [{ start, end }] : [];
  const places: Span[] = [];
  for (let at = key.indexOf(secret); at >= 0; at = key.indexOf(secret, at + 1)) {
    const after = at + secret.length;
    const isEnding = key.length - after <= LONGEST_ENDING;
    places.push({ start: spans[at]?.start ?? start, end: isEnding ? end : (spans[after - 1]?.end ?? end) });
  }
  return places;
}

function isFormOf(told: string, secret: string): boolean {
  if (told === secret) return true;
  if (/\d/.test(secret)) return false;
  const same = commonStart(told, secret);
  const isDeclined = (word: string): boolean => ENDING.test(word.slice(same));
  if (secret.length === 3) return same >= 2 && told.length >= 3 && isDeclined(told) && isDeclined(secret);
  if (secret.length < 6) return same >= 3 && isDeclined(told);
  if (same >= Math.max(4, secret.length - 3) && told.length - same <= LONGEST_ENDING) return true;
  return told.length <= secret.length + LONGEST_ENDING && isNearly(told, secret);
}

/**
 * Whether a word begins like another but for a letter, of long ones two: Snamjanska, Znamyanskaya, and what somebody has
 * mistyped. No list of transliterations would be whole.
 */
function isNearly(told: string, secret: string): boolean {
  const most = secret.length >= 9 ? 2 : 1;
  if (told.length < secret.length - most) return false;
  // The distances (Levenshtein) of what has been read of the secret to each start of the word.
  let row = Array.from({ length: told.length + 1 }, (_, at) => at);
  for (const [read, letter] of [...secret].entries()) {
    let distance = read + 1;
    let least = distance;
    const next = [distance];
    for (let at = 1; at <= told.length; at += 1) {
      const replaced = (row[at - 1] ?? 0) + (told[at - 1] === letter ? 0 : 1);
      distance = Math.min(replaced, (row[at] ?? 0) + 1, distance + 1);
      least = Math.min(least, distance);
      next.push(distance);
    }
    if (least > most) return false;
    row = next;
  }
  return true;
}

function commonStart(a: string, b: string): number {
  let same = 0;
  while (same < b.length && a[same] === b[same]) same += 1;
  return same;
}

/** A word may be in so many parts, if they are no single letters. */
export const MOST_PARTS = 6;
/** What is shorter is in many words. */
const LEAST_IN_PARTS = 4;

/** A secret word with something between its parts, the first of these words being where it begins. */
export function brokenUp(words: readonly Word[], secrets: readonly string[]): Span[] {
  const [first] = words;
  if (first === undefined) return [];
  const candidates = secrets.filter(
    (secret) => secret.length >= LEAST_IN_PARTS && secret.startsWith(first.key.slice(0, 2)),
  );
  if (candidates.length === 0) return [];
  // So many words and no more: what follows may change how the last of them sounds (сій Юхим).
  return words.slice(1).flatMap((_, at) => {
    const parts = words.slice(0, at + 2);
    const { key, spans } = joined(parts);
    return candidates.flatMap((secret) => {
      const last = spans[secret.length - 1];
      if (!key.startsWith(secret) || last === undefined) return [];
      const end = Math.min(...parts.map((part) => part.end).filter((one) => one >= last.end));
      return end === first.end ? [] : [{ start: first.start, end }];
    });
  });
}

const isPiece = ({ letters, key, start, end }: Word): boolean =>
  // An apostrophe is none of them: `ам'ян` is a piece.
  (letters.length <= 3 || (letters.length === 4 && end - start > 4)) && !/\d/.test(key);

const START_OF_SECRET = 3;

/** Letters that stand alone or nearly so, several in a row, are words in pieces: all go where one begins like a secret. */
export function inPieces(words: readonly Word[], secrets: readonly string[]): Span[] {
  const runs: Word[][] = [[]];
  for (const word of words) {
    if (isPiece(word)) runs.at(-1)?.push(word);
    else runs.push([]);
  }
  const long = secrets.filter(({ length }) => length >= START_OF_SECRET);
  const starts = new Set(long.map((secret) => secret.slice(0, START_OF_SECRET)));
  const tells = (run: readonly Word[]): boolean =>
    run.slice(0, -1).some((piece, at) => {
      const { key } = joined(run.slice(at, at + 2 * START_OF_SECRET));
      return !secrets.includes(piece.key) && starts.has(key.slice(0, START_OF_SECRET));
    });
  return runs.filter(tells).map((run) => {
    const { start, end } = joined(run);
    return { start, end };
  });
}
