import { setTimeout as pause } from 'node:timers/promises';
import type { Letter } from '../../lib/dead-letters/letter.ts';
import { onlyFailsAgain, planFor, type Step } from '../../lib/dead-letters/resend-plan.ts';
import { sendBack } from '../../lib/dead-letters/send-back.ts';
import type { LedgerRecord } from '../../lib/ledger/record.ts';
import type { Crm } from '../../lib/sitniks/crm.ts';
import type { InHand } from './letters.ts';
import { afterLookUp, crmOf } from './look-up.ts';
import type { Session } from './session.ts';

/** One order of the selection: its letters, which are copies of each other, and what is done with them. */
export interface Planned {
  letters: readonly [Letter, ...Letter[]];
  step: Step;
  /** The ledger's version that the step was planned by. */
  version: number;
  /** Who will be told of what becomes of it, and what of: `demo: recovered`. */
  tells: string | undefined;
}

/** How it is to be sent. */
export interface Manner {
  patch: object | undefined;
  /** Sent as it is even where it can only fail again. */
  asIs: boolean;
}

/** As there are letters that are no copies of each other. */
export const apart = (letters: readonly Letter[]): Map<string, Letter[]> =>
  Map.groupBy(letters, ({ external_id, content_hash, asks, pays = '', submitted_by = '', messageId }) =>
    content_hash === undefined && asks === undefined
      ? messageId
      : `${external_id} ${content_hash ?? asks} ${pays} ${submitted_by}`,
  );

/** Beyond the time that sending at the given rate takes: calls take time, too. */
const KEEP_MARGIN_SECONDS = 120;
/** The longest that SQS keeps a message invisible, with a reserve. */
const MOST_KEEP_SECONDS = 11 * 3600;

/** What is to be done with each order; what is in doubt is looked up. Nothing is changed by it. */
export async function plan(
  { relay, out, goOn }: Session,
  selected: readonly Letter[],
  { patch, asIs }: Manner,
  now: number,
): Promise<Planned[]> {
  // Only where it is needed: what is not in doubt asks nobody.
  let crm: Crm | undefined;
  const planned: Planned[] = [];
  // A crash between sending and deleting can leave two letters of one order: it is sent once, and both go.
  const copies = apart(selected);
  const progress = out.progress(copies.size);
  try {
    for (const [letter, ...others] of copies.values()) {
      if (letter === undefined) continue;
      goOn();
      const record =
        letter.external_id === undefined ? undefined : await relay.ledger.get(letter.external_id);
      let step = planFor(letter, record, patch, now);
      if (step.action === 'send' && patch === undefined && !asIs && onlyFailsAgain(letter))
        step = inVain(letter);
      if (step.action === 'send' && step.order !== undefined && record?.doubt !== undefined) {
        crm ??= crmOf(relay);
        step = await afterLookUp(step, record.doubt, crm);
      }
      planned.push({
        letters: [letter, ...others],
        version: record?.version ?? 0,
        step,
        tells: step.action === 'send' ? tellsOf(letter, record) : undefined,
      });
      progress.step();
    }
  } finally {
    progress.stop();
  }
  return planned;
}

const inVain = ({ reason, external_id, pays }: Letter): Step => ({
  action: 'refuse',
  why:
    reason === 'UNPROVEN' && pays === undefined
      ? `Sitniks may have it: look there, then orders settle ${external_id} --there-as <its number there>, or --create`
      : 'as it is it would fail again, and whoever sent it be told so again: mend it (--patch), or say --as-is',
});

function tellsOf(letter: Letter, record: LedgerRecord | undefined): string {
  const submitter = record?.submitted_by ?? letter.submitted_by;
  if (submitter === undefined) return 'nobody';
  if (letter.pays !== undefined) return `${submitter}: payment_booked, or payment_not_booked`;
  if (letter.content_hash === undefined) return `${submitter}: status_changed, or status_not_changed`;
  const good = record?.history.some(({ step }) => step === 'parked') ? 'recovered' : 'synced';
  return `${submitter}: ${good}, or ${onlyFailsAgain(letter) ? 'rejected again' : 'rejected'}`;
}

/** Sends and removes what is planned. What was lost meanwhile is refused: somebody else has it in hand. */
export async function carryOut(
  { relay, out, goOn }: Session,
  inHand: InHand,
  planned: readonly Planned[],
  gapMs: number,
): Promise<Planned[]> {
  const sends = planned.filter(({ step }) => step.action === 'send');
  const seconds = Math.ceil((sends.length * gapMs) / 1000) + KEEP_MARGIN_SECONDS;
  const kept = new Set(
    await inHand.keep(
      sends.flatMap(({ letters }) => letters),
      Math.min(MOST_KEEP_SECONDS, seconds),
    ),
  );
  const progress = out.progress(sends.length);
  const done: Planned[] = [];
  let nextAt = 0;
  try {
    for (const one of planned) {
      const { letters, step, version } = one;
      if (step.action === 'send' && letters.every((letter) => kept.has(letter))) {
        await pause(Math.max(0, nextAt - performance.now()));
        goOn();
        nextAt = performance.now() + gapMs;
        const { external_id } = letters[0];
        const record = external_id === undefined ? undefined : await relay.ledger.get(external_id);
        if ((record?.version ?? 0) !== version) {
          done.push({ ...one, step: { action: 'refuse', why: 'it has moved on meanwhile: look again' } });
          continue;
        }
        // Not one more: a person has seen to the cause.
        await sendBack(letters[0], record, { body: step.body, redriven: 1 }, relay.ordersQueue);
        if (!(await inHand.remove(letters)))
          out.note('A letter could not be deleted: it is removed by itself later.');
        progress.step();
        done.push(one);
      } else if (step.action === 'send') {
        done.push({ ...one, step: { action: 'refuse', why: 'somebody else has it in hand: try again' } });
      } else {
        if (step.action === 'remove') await inHand.remove(letters);
        done.push(one);
      }
    }
  } finally {
    progress.stop();
    if (done.length < planned.length) out.note(`${done.length} of ${planned.length} done before it stopped.`);
  }
  return done;
}
