import type { Explanation } from '../../lib/explanations/explanation.ts';

/** The language of an explanation's words. */
export type Language = 'en' | 'uk';

const WHO: Record<Explanation['who'], string> = {
  customer: 'the customer must act',
  manager: "the shop's manager must act",
  developer: 'the developer must act',
  nobody: 'nobody need act',
};

/** A line with a label before it. */
export const labelled = (label: string, text: string): string => `  ${label.padEnd(12)}${text}`;

/** Explanations for a person to read, each with an empty line before it. */
export const explanationLines = (explanations: readonly Explanation[], language: Language): string[] =>
  explanations.flatMap(({ reason, pointers, who, [language]: words }) => [
    '',
    `  ${words.title} (${reason}): ${WHO[who]}`,
    ...(pointers.length === 0 ? [] : [labelled('Where', pointers.join(', '))]),
    labelled('Cause', words.cause),
    labelled('To do', words.todo),
    labelled('Customer', words.customer),
  ]);
