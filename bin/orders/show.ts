import type { Command } from 'commander';
import { decide } from '../../lib/dead-letter-verdict.ts';
import { isExternalId } from '../../lib/external-id.ts';
import type { LedgerRecord } from '../../lib/ledger-record.ts';
import type { Letter } from '../../lib/letter.ts';
import { ADVICE, STATE_WORDS, todoFor } from './advice.ts';
import { age } from './duration.ts';
import { Refusal, WrongUsage } from './failure.ts';
import { withDeadLetters } from './letters.ts';
import { messageOf } from './masked.ts';
import { against } from './session.ts';

export function showCommand(program: Command): void {
  program
    .command('show')
    .description('one order: where it is, why, and what to do')
    .argument('<external_id>', 'the number under which it was sent')
    .action((externalId: string, _options: object, command: Command) => {
      if (!isExternalId(externalId)) {
        throw new WrongUsage('This cannot be an external_id: those have 1 to 128 of A-Z a-z 0-9 _ . : -');
      }
      return against(command, async (session) => {
        const letters = await withDeadLetters(session, async (inHand) =>
          inHand.letters.filter(({ external_id }) => external_id === externalId),
        );
        const record = await session.relay.ledger.get(externalId);
        if (record === undefined && letters.length === 0) {
          throw new Refusal(
            `Nothing is known of ${externalId}: no order came in under it in the last 90 days.`,
          );
        }
        const now = Date.now();
        session.out.result(
          toDocument(externalId, record, letters, now),
          toText(externalId, record, letters, now),
        );
        return true;
      });
    });
}

function toDocument(
  externalId: string,
  record: LedgerRecord | undefined,
  letters: readonly Letter[],
  now: number,
) {
  return {
    external_id: externalId,
    state: record?.state ?? null,
    attempts: record?.attempts ?? null,
    crm_order_id: record?.crm_order_id ?? null,
    in_doubt: record?.doubt !== undefined,
    error: record?.error ?? null,
    history: record?.history ?? [],
    dead_letters: letters.map((letter) => ({
      reason: letter.reason,
      message: messageOf(letter.error_message, letter.body, false),
      parked_at: new Date(letter.parkedAt).toISOString(),
      returns: letter.redriven,
      verdict: decide(letter, record, now),
      what: ADVICE[letter.reason].what,
      todo: todoFor(letter.reason, decide(letter, record, now), letter.redriven),
    })),
  };
}

function toText(
  externalId: string,
  record: LedgerRecord | undefined,
  letters: readonly Letter[],
  now: number,
): string {
  const lines = [
    `Order ${externalId}: ${record === undefined ? 'not in the ledger' : STATE_WORDS[record.state]}`,
  ];
  const say = (label: string, text: string) => lines.push(`  ${label.padEnd(12)}${text}`);

  if (record !== undefined) {
    if (record.crm_order_id !== undefined) say('In Sitniks', `as order ${record.crm_order_id}`);
    say('Attempts', String(record.attempts));
    if (record.doubt !== undefined) say('In doubt', 'Sitniks may have it, although it never said so');
    if (record.error !== undefined && letters.length === 0) {
      say('Error', `${record.error.type}: ${record.error.message}`);
    }
  }
  for (const letter of letters) {
    const { reason, error_message, body, redriven, parkedAt } = letter;
    lines.push(
      '',
      `  On the dead-letter queue for ${age(now - parkedAt)}, ${redriven === 0 ? 'not sent back yet' : `sent back ${redriven}×`}`,
    );
    say('Reason', `${ADVICE[reason].what} (${reason})`);
    const message = messageOf(error_message, body, false);
    if (message !== null) say('', message);
    say(
      'What now',
      todoFor(reason, decide(letter, record, now), redriven).replaceAll('<external_id>', externalId),
    );
  }
  if (record !== undefined) {
    lines.push('', '  History');
    for (const { at, step, attempt, error_type } of record.history) {
      const more = [attempt === undefined ? '' : `attempt ${attempt}`, error_type ?? ''].filter(
        (part) => part !== '',
      );
      lines.push(`    ${at.slice(0, 19).replace('T', ' ')}  ${step.padEnd(10)}${more.join(', ')}`.trimEnd());
    }
  }
  return lines.join('\n');
}
