import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Letter } from '../../lib/dead-letters/letter.ts';
import { mendsItself } from './advice.ts';
import { surveyLetters } from './letters.ts';
import { letterLines, summaryLines } from './list-text.ts';
import { customerOf, messageOf } from './masked.ts';
import { reasonOption, type Selection, selects, sinceOption, typeOption } from './selection.ts';
import { against } from './session.ts';
import { groupsOf } from './summary.ts';
import { unknownTexts } from './unknown-texts.ts';
import { LANGUAGES, type Language } from './words.ts';

interface ListOptions extends Selection {
  letters?: true;
  limit: number;
  reveal?: true;
  lang: Language;
}

export function listCommand(program: Command): void {
  program
    .command('list')
    .description('the dead letters: how many of each type and reason, since when, and who must act')
    .option('--letters', 'each letter, and not only how many there are')
    .addOption(typeOption())
    .addOption(reasonOption())
    .addOption(sinceOption())
    .addOption(
      new Option('--limit <count>', 'letters at most, the longest there first')
        .argParser(wholeNumber)
        .default(50),
    )
    .option('--reveal', 'names and phones in full')
    .addOption(new Option('--lang <language>', 'of the words').choices(LANGUAGES).default('en'))
    .action((options: ListOptions, command: Command) =>
      against(command, async (session) => {
        const now = Date.now();
        const { facts, elsewhere, unseen } = await surveyLetters(session, (letter) =>
          listedOf(letter, selects(options, letter, now), options.reveal ?? false, now),
        );
        const selected = facts.filter(({ isSelected }) => isSelected).map(({ listed }) => listed);
        const groups = groupsOf(selected);
        const document = {
          /** All that there are, whatever was asked for; SQS counts those that were not seen roughly. */
          total: facts.length + elsewhere + unseen,
          seen: facts.length,
          in_other_hands: elsewhere,
          not_seen: unseen,
          selected: selected.length,
          groups,
          unreadable: selected.filter(({ external_id }) => external_id === null).length,
          unknown_texts: unknownTexts(selected),
          ...(options.letters && { letters: selected.slice(0, options.limit) }),
        };
        session.out.result(
          document,
          [
            ...summaryLines(document, options.lang),
            ...(options.letters ? letterLines(selected, options.limit, options.lang) : []),
          ].join('\n'),
        );
        return true;
      }),
    );
}

/** A letter without its body, as the list has it. */
export type Listed = ReturnType<typeof listedOf>['listed'];

function listedOf(letter: Letter, isSelected: boolean, reveal: boolean, now: number) {
  const { reason, reasons, body, parkedAt } = letter;
  return {
    parkedAt,
    isSelected,
    listed: {
      external_id: letter.external_id ?? null,
      type: reason,
      reasons: reasons.map(({ code }) => code),
      mends_itself: mendsItself(letter),
      message: messageOf(letter.error_message, body, reveal),
      attempts: letter.attempts ?? null,
      returns: letter.redriven,
      parked_at: new Date(parkedAt).toISOString(),
      age_seconds: Math.round((now - parkedAt) / 1000),
      customer: customerOf(body, reveal),
      message_id: letter.messageId,
    },
  };
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('Use a whole number of at least 1.');
  return Number(text);
}
