import type { Telling } from '../../lib/callbacks/tellings.ts';
import type { Letter } from '../../lib/dead-letters/letter.ts';
import { decide } from '../../lib/dead-letters/verdict.ts';
import { explain } from '../../lib/explanations/explain.ts';
import { reasonsOf } from '../../lib/explanations/failure.ts';
import type { LedgerRecord } from '../../lib/ledger/record.ts';
import { todoFor } from './advice.ts';
import { messageOf } from './masked.ts';

/** All that is known of an order, as `show --json` has it. */
export type Shown = ReturnType<typeof toDocument>;

/** @param now epoch ms */
export function toDocument(
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
    status: record?.status ?? null,
    payments: record?.payments ?? [],
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
