import { type Command, Option } from 'commander';
import type { Telling } from '../../lib/callbacks/tellings.ts';
import type { Letter } from '../../lib/dead-letters/letter.ts';
import { decide } from '../../lib/dead-letters/verdict.ts';
import { explain } from '../../lib/explanations/explain.ts';
import { reasonsOf } from '../../lib/explanations/failure.ts';
import type { LedgerRecord } from '../../lib/ledger/record.ts';
import { isExternalId } from '../../lib/order/external-id.ts';
import { todoFor } from './advice.ts';
import { Refusal, WrongUsage } from './failure.ts';
import { withDeadLetters } from './letters.ts';
import { messageOf } from './masked.ts';
import { against } from './session.ts';
import { toText } from './shown.ts';
import { LANGUAGES, type Language } from './words.ts';

export function showCommand(program: Command): void {
  program
    .command('show')
    .description('one order: where it is, why, what its submitter was told, and what to do')
    .argument('<external_id>', 'the number under which it was sent')
    .addOption(new Option('--lang <language>', 'of the words').choices(LANGUAGES).default('en'))
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
        const tellings = await session.relay.tellingsOf(externalId);
        const shown = toDocument(externalId, record, letters, tellings, Date.now());
        session.out.result(shown, toText(shown, lang));
        return true;
      });
    });
}

export type Shown = ReturnType<typeof toDocument>;

function toDocument(
  externalId: string,
  record: LedgerRecord | undefined,
  letters: readonly Letter[],
  tellings: readonly Telling[],
  now: number,
) {
  const { error } = record ?? {};
  return {
    external_id: externalId,
    state: record?.state ?? null,
    attempts: record?.attempts ?? null,
    crm_order_id: record?.crm_order_id ?? null,
    in_doubt: record?.doubt !== undefined,
    /** Only a person can say whether Sitniks has it. */
    to_settle: record?.state === 'parked' && error?.type === 'UNPROVEN',
    error:
      error === undefined
        ? null
        : { type: error.type, message: error.message, explanations: explain(reasonsOf(error)) },
    submitted_by: record?.submitted_by ?? null,
    /** What its submitter has still to be told. */
    untold: record?.outbox?.map(({ type }) => type) ?? [],
    /** How it was told, each kind of outcome once: the last try. */
    told: tellings,
    history: record?.history ?? [],
    dead_letters: letters.map((letter) => {
      const { reason, reasons, error_message, body, redriven, parkedAt } = letter;
      const verdict = decide(letter, record, now);
      const { en, uk } = todoFor(reason, verdict, redriven);
      return {
        type: reason,
        message: messageOf(error_message, body, false),
        explanations: explain(reasons),
        parked_at: new Date(parkedAt).toISOString(),
        age_seconds: Math.round((now - parkedAt) / 1000),
        returns: redriven,
        verdict,
        what_now: named(en, externalId),
        what_now_uk: named(uk, externalId),
      };
    }),
  };
}

const named = (text: string, externalId: string) => text.replaceAll('<external_id>', externalId);
