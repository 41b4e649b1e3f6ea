import type { ReasonCode } from '../../lib/explanations/reasons.ts';

/** How many of each kind there are, the most frequent first. */
export interface Counts {
  /** Letters by reason; one that has several counts for each. */
  reasons: Record<string, number>;
  /** What the CRM said where nobody here knows what it means: each wording, without personal data. */
  unknown_texts: { text: string; count: number }[];
}

export function countLetters(
  letters: readonly { reasons: readonly ReasonCode[]; message: string | null }[],
): Counts {
  const unknown = letters.filter(({ reasons }) => reasons.includes('refused_unknown'));
  return {
    reasons: Object.fromEntries(tally(letters.flatMap(({ reasons }) => reasons))),
    unknown_texts: tally(unknown.map(({ message }) => message ?? '(no words)')).map(([text, count]) => ({
      text,
      count,
    })),
  };
}

/** As lines beneath a list. */
export function countLines(all: number, { reasons, unknown_texts }: Counts): string[] {
  const byReason = Object.entries(reasons).map(([code, count]) => `${code} ${count}`);
  return [
    `${all} in all: ${byReason.join(', ')}`,
    ...(unknown_texts.length === 0 ? [] : ['Refused in words that are not known here:']),
    ...unknown_texts.map(({ text, count }) => `  ${count} × ${text}`),
    'Why, and what to do: orders show <external_id>',
  ];
}

function tally<T extends string>(values: readonly T[]): [T, number][] {
  const counts = new Map<T, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, countOfA], [b, countOfB]) => countOfB - countOfA || (a < b ? -1 : 1));
}
