import { TEXTS } from '../../lib/explanations/texts.ts';
import { age } from './duration.ts';
import { timeWithZone, widthOf, wrapped } from './layout.ts';
import type { Customer } from './masked.ts';
import type { Counted, Group } from './summary.ts';
import { type InEach, type Language, WHO_WORDS } from './words.ts';

interface Summary {
  total: number;
  seen: number;
  in_other_hands: number;
  not_seen: number;
  selected: number;
  groups: readonly Group[];
  unreadable: number;
  unknown_texts: readonly { text: string; count: number }[];
}

const W = {
  none: { en: 'No dead letters.', uk: 'Відкладених замовлень немає.' },
  noneSelected: { en: 'None of them is meant.', uk: 'Жодне з них не підходить.' },
  mends: { en: 'comes back by itself', uk: 'надсилається знову само' },
  since: { en: 'since', uk: 'з' },
  unknown: {
    en: 'Refused in words that are not known here:',
    uk: 'Відмови словами, яких тут ще не знають:',
  },
  each: {
    en: 'One by one: orders list --letters, with --type, --reason or --since. Why, and what to do: orders show <external_id>',
    uk: 'Кожне окремо: orders list --letters, також із --type, --reason чи --since. Чому і що робити: orders show <external_id> --lang uk',
  },
} as const satisfies Record<string, InEach>;

const inOtherHands = (count: number): InEach => ({
  en: `${count} in other hands just now (tendDeadLetters may be at work)`,
  uk: `${count} зараз у чужих руках (мабуть, працює tendDeadLetters)`,
});
const notLookedAt = (count: number): InEach => ({
  en: `${count} not looked at: too many for one command`,
  uk: `${count} не переглянуто: забагато для однієї команди`,
});
const onTheQueue = (count: number): InEach => ({
  en: `On the dead-letter queue: ${count}`,
  uk: `У черзі відкладених: ${count}`,
});
const meant = (count: number): InEach => ({ en: `meant: ${count}`, uk: `підходить: ${count}` });
const unreadable = (count: number): InEach => ({
  en: `${count} cannot be read: orders list --letters, then orders show --message <id>`,
  uk: `${count} не вдається прочитати: orders list --letters, а тоді orders show --message <id>`,
});
const more = (count: number, all: number): InEach => ({
  en: `… and ${count} more: --limit ${all}`,
  uk: `… і ще ${count}: --limit ${all}`,
});

/** How many there are, by type and reason, as wide as the terminal. */
export function summaryLines(summary: Summary, language: Language): string[] {
  const { total, seen, in_other_hands, not_seen, selected, groups, unknown_texts } = summary;
  const width = widthOf();
  const of = (words: InEach) => words[language];
  if (total === 0) return [of(W.none)];
  const parts = [
    of(onTheQueue(total)),
    ...(in_other_hands > 0 ? [of(inOtherHands(in_other_hands))] : []),
    ...(not_seen > 0 ? [of(notLookedAt(not_seen))] : []),
    ...(selected < seen ? [of(meant(selected))] : []),
  ];
  if (selected === 0 && seen > 0) parts.push(of(W.noneSelected));
  return [
    ...wrapped(parts.join('; '), width, 2),
    ...groups.flatMap(({ type, reason, count, since, who, mends_itself }) => [
      '',
      ...wrapped(`${String(count).padStart(5)}  ${type} ${reason}`, width, 7),
      ...wrapped(
        `       ${TEXTS[reason][language].title}: ${of(mends_itself ? W.mends : WHO_WORDS[who])}`,
        width,
        7,
      ),
      `       ${of(W.since)} ${timeWithZone(since, language)}`,
    ]),
    '',
    ...(unknown_texts.length === 0
      ? []
      : [
          of(W.unknown),
          ...unknown_texts.flatMap(({ text, count }) => wrapped(`  ${count} × ${text}`, width, 4)),
        ]),
    ...(summary.unreadable > 0 ? wrapped(of(unreadable(summary.unreadable)), width, 2) : []),
    ...wrapped(of(W.each), width, 2),
  ];
}

interface Shown extends Counted {
  external_id: string | null;
  attempts: number | null;
  returns: number;
  age_seconds: number;
  customer: Customer;
  message_id: string;
}

const facts = ({ attempts, returns }: Shown, since: string): InEach => ({
  en: `for ${since}; attempts ${attempts ?? '—'}, sent back ${returns}`,
  uk: `уже ${since}; спроб ${attempts ?? '—'}, надсилалося знову ${returns}`,
});

/** Each letter in two lines: whose it is and why, and for how long. */
export function letterLines(letters: readonly Shown[], limit: number, language: Language): string[] {
  const width = widthOf();
  return [
    ...letters.slice(0, limit).flatMap((letter) => {
      const { external_id, type, reasons, customer, age_seconds, message_id } = letter;
      const name = external_id ?? `--message ${message_id}`;
      const who = [customer.name, customer.phone].filter((text) => text !== null);
      return [
        '',
        ...wrapped(`${name}  ${type} ${reasons.join(', ')}`, width, 2),
        ...wrapped(
          `  ${[facts(letter, age(age_seconds * 1000, language))[language], ...who].join('; ')}`,
          width,
          2,
        ),
      ];
    }),
    ...(letters.length > limit ? ['', more(letters.length - limit, letters.length)[language]] : []),
  ];
}
