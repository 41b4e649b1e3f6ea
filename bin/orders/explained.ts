import type { Explanation } from '../../lib/explanations/explanation.ts';
import { labelled, wrapped } from './layout.ts';
import { type Language, WHO_WORDS } from './words.ts';

const LABELS = {
  where: { en: 'Where', uk: 'Де' },
  cause: { en: 'Cause', uk: 'Причина' },
  todo: { en: 'To do', uk: 'Що робити' },
  customer: { en: 'Customer', uk: 'Покупцю' },
} as const;

/** Explanations for a person to read, each with an empty line before it. */
export const explanationLines = (
  explanations: readonly Explanation[],
  language: Language,
  width: number,
): string[] =>
  explanations.flatMap(({ reason, pointers, who, [language]: words }) => [
    '',
    ...wrapped(`  ${words.title} (${reason}): ${WHO_WORDS[who][language]}`, width, 4),
    ...(pointers.length === 0 ? [] : labelled(LABELS.where[language], pointers.join(', '), width)),
    ...labelled(LABELS.cause[language], words.cause, width),
    ...labelled(LABELS.todo[language], words.todo, width),
    ...labelled(LABELS.customer[language], words.customer, width),
  ]);
