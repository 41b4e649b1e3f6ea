import type { Command } from 'commander';
import type { Letter } from '../../lib/dead-letters/letter.ts';
import { countLetters, countLines } from './counts.ts';
import { age } from './duration.ts';
import { withDeadLetters } from './letters.ts';
import { customerOf, messageOf } from './masked.ts';
import { table } from './output.ts';
import { type Selection, selects, sinceOption, typeOption } from './selection.ts';
import { against } from './session.ts';

interface ListOptions extends Selection {
  reveal?: true;
}

const HEAD = ['order', 'type', 'reason', 'attempts', 'returns', 'age', 'customer', 'phone'];

export function listCommand(program: Command): void {
  program
    .command('list')
    .description('the dead letters: number, reason, attempts, age; and how many there are of each reason')
    .addOption(typeOption())
    .addOption(sinceOption())
    .option('--reveal', 'names and phones in full')
    .action((options: ListOptions, command: Command) =>
      against(command, async (session) => {
        const { reveal = false } = options;
        const now = Date.now();
        const isWanted = (letter: Letter) => selects(options, letter, now);
        const { found, unseen } = await withDeadLetters(session, isWanted, async ({ letters, unseen }) => ({
          unseen,
          found: letters.map((letter) => ({
            external_id: letter.external_id ?? null,
            type: letter.reason,
            reasons: letter.reasons.map(({ code }) => code),
            message: messageOf(letter.error_message, letter.body, reveal),
            attempts: letter.attempts ?? null,
            returns: letter.redriven,
            parked_at: new Date(letter.parkedAt).toISOString(),
            age_seconds: Math.round((now - letter.parkedAt) / 1000),
            customer: customerOf(letter.body, reveal),
            message_id: letter.messageId,
          })),
        }));
        const rows = found.map(({ external_id, type, reasons, attempts, returns, age_seconds, customer }) => [
          external_id ?? '(none)',
          type,
          reasons.join(', '),
          String(attempts ?? '—'),
          String(returns),
          age(age_seconds * 1000),
          customer.name ?? '—',
          customer.phone ?? '—',
        ]);
        const counts = countLetters(found);
        session.out.result(
          { letters: found, counts, not_seen: unseen },
          rows.length === 0
            ? unseen === 0
              ? 'No dead letters.'
              : 'None among those that were looked at.'
            : [table(HEAD, rows), ...countLines(rows.length, counts)].join('\n'),
        );
        return true;
      }),
    );
}
