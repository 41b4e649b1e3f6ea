import type { ReasonCode } from '../../lib/explanations/reasons.ts';

/** What the CRM said where nobody here knows what it means: each wording, without personal data, the most frequent first. */
export const unknownTexts = (
  letters: readonly { reasons: readonly ReasonCode[]; message: string | null }[],
): { text: string; count: number }[] =>
  tally(
    letters
      .filter(({ reasons }) => reasons.includes('refused_unknown'))
      .map(({ message }) => message ?? '(no words)'),
  ).map(([text, count]) => ({ text, count }));

function tally<T extends string>(values: readonly T[]): [T, number][] {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, countOfA], [b, countOfB]) => countOfB - countOfA || (a < b ? -1 : 1));
}
