import { type Command, Option } from 'commander';
import type { Letter } from '../../lib/dead-letters/letter.ts';
import { decide } from '../../lib/dead-letters/verdict.ts';
import { explain } from '../../lib/explanations/explain.ts';
import { reasonsOf } from '../../lib/explanations/failure.ts';
import type { LedgerRecord } from '../../lib/ledger/record.ts';
import { isExternalId } from '../../lib/order/external-id.ts';
import { STATE_WORDS, todoFor } from './advice.ts';
import { age } from './duration.ts';
import { explanationLines, type Language, labelled } from './explained.ts';
import { Refusal, WrongUsage } from './failure.ts';
import { withDeadLetters } from './letters.ts';
import { messageOf } from './masked.ts';
import { against } from './session.ts';

export function showCommand(program: Command): void {
  program
    .command('show')
    .description('one order: where it is, why, and what to do')
    .argument('<external_id>', 'the number under which it was sent')
    .addOption(new Option('--lang <language>', 'of the explanations').choices(['en', 'uk']).default('en'))
    .action((externalId: string, { lang }: { lang: Language }, command: Command) => {
      if (!isExternalId(externalId)) {
        throw new WrongUsage('This cannot be an external_id: those have 1 to 128 of A-Z a-z 0-9 _ . : -');
      }
      return against(command, async (session) => {
        const { letters, unseen } = await withDeadLetters(
          session,
          ({ external_id }) => external_id === externalId,
          async (inHand) => inHand,
        );
        const record = await session.relay.ledger.get(externalId);
        if (record === undefined && letters.length === 0) {
          throw new Refusal(
            unseen === 0
              ? `Nothing is known of ${externalId}: no order came in under it in the last 90 days.`
              : `The ledger does not know ${externalId}, and not all dead letters could be looked at.`,
          );
        }
        const shown = toDocument(externalId, record, letters, Date.now());
        session.out.result(shown, toText(shown, lang));
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
  const { error } = record ?? {};
  return {
    external_id: externalId,
    state: record?.state ?? null,
    attempts: record?.attempts ?? null,
    crm_order_id: record?.crm_order_id ?? null,
    in_doubt: record?.doubt !== undefined,
    error:
      error === undefined
        ? null
        : { type: error.type, message: error.message, explanations: explain(reasonsOf(error)) },
    /** What its submitter has still to be told. */
    untold: record?.outbox?.map(({ type }) => type) ?? [],
    history: record?.history ?? [],
    dead_letters: letters.map((letter) => {
      const { reason, reasons, error_message, body, redriven, parkedAt } = letter;
      const verdict = decide(letter, record, now);
      return {
        type: reason,
        message: messageOf(error_message, body, false),
        explanations: explain(reasons),
        parked_at: new Date(parkedAt).toISOString(),
        age_seconds: Math.round((now - parkedAt) / 1000),
        returns: redriven,
        verdict,
        what_now: todoFor(reason, verdict, redriven).replaceAll('<external_id>', externalId),
      };
    }),
  };
}

function toText(order: ReturnType<typeof toDocument>, language: Language): string {
  const { state, attempts, crm_order_id, in_doubt, error, untold, history, dead_letters } = order;
  const lines = [`Order ${order.external_id}: ${state === null ? 'not in the ledger' : STATE_WORDS[state]}`];
  const say = (label: string, text: string) => lines.push(labelled(label, text));

  if (crm_order_id !== null) say('In Sitniks', `as order ${crm_order_id}`);
  if (attempts !== null) say('Attempts', String(attempts));
  if (in_doubt) say('In doubt', 'Sitniks may have it, although it never said so');
  if (untold.length > 0) say('Not told', `its submitter, that it was ${untold.join(', ')}`);
  // A letter of the same kind says it all, and more.
  if (error !== null && !dead_letters.some(({ type }) => type === error.type)) {
    say('Error', `${error.type}: ${error.message}`);
    lines.push(...explanationLines(error.explanations, language));
  }
  for (const { type, message, explanations, age_seconds, returns, what_now } of dead_letters) {
    const sentBack = returns === 0 ? 'not sent back yet' : `sent back ${returns}×`;
    lines.push('', `  On the dead-letter queue for ${age(age_seconds * 1000)}, ${sentBack}`);
    say('Error', message === null ? type : `${type}: ${message}`);
    say('What now', what_now);
    lines.push(...explanationLines(explanations, language));
  }
  if (history.length > 0) {
    lines.push('', '  History');
    for (const { at, step, attempt, error_type } of history) {
      const more = [attempt === undefined ? '' : `attempt ${attempt}`, error_type ?? ''].filter(
        (part) => part !== '',
      );
      lines.push(`    ${at.slice(0, 19).replace('T', ' ')}  ${step.padEnd(10)}${more.join(', ')}`.trimEnd());
    }
  }
  return lines.join('\n');
}
