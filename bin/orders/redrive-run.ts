import { setTimeout as pause } from 'node:timers/promises';
import type { Letter } from '../../lib/dead-letters/letter.ts';
import { planFor, type Step } from '../../lib/dead-letters/resend-plan.ts';
import type { InHand } from './letters.ts';
import { afterLookUp, crmOf } from './look-up.ts';
import type { Session } from './session.ts';

/** One order of the selection: its letters, which are copies of each other, and what is done with them. */
export interface Planned {
  letters: readonly [Letter, ...Letter[]];
  step: Step;
  /** The ledger's version that the step was planned by. */
  version: number;
}

/** Beyond the time that sending at the given rate takes: calls take time, too. */
const KEEP_MARGIN_SECONDS = 120;
/** The longest that SQS keeps a message invisible, with a reserve. */
const MOST_KEEP_SECONDS = 11 * 3600;

/** What is to be done with each order; what is in doubt is looked up. Nothing is changed by it. */
export async function plan(
  { relay, out, goOn }: Session,
  selected: readonly Letter[],
  patch: object | undefined,
  now: number,
): Promise<Planned[]> {
  const crm = crmOf(relay);
  const planned: Planned[] = [];
  // A crash between sending and deleting can leave two letters of one order: it is sent once, and both go.
  const copies = Map.groupBy(selected, ({ external_id, content_hash, messageId }) =>
    content_hash === undefined ? messageId : `${external_id} ${content_hash}`,
  );
  const progress = out.progress(copies.size);
  try {
    for (const [letter, ...others] of copies.values()) {
      if (letter === undefined) continue;
      goOn();
      const record =
        letter.external_id === undefined ? undefined : await relay.ledger.get(letter.external_id);
      const step = planFor(letter, record, patch, now);
      const doubt = record?.doubt;
      planned.push({
        letters: [letter, ...others],
        version: record?.version ?? 0,
        step: step.action === 'send' && doubt !== undefined ? await afterLookUp(step, doubt, crm) : step,
      });
      progress.step();
    }
  } finally {
    progress.stop();
  }
  return planned;
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
        const { external_id, submitted_by, traceparent } = letters[0];
        const record = external_id === undefined ? undefined : await relay.ledger.get(external_id);
        if ((record?.version ?? 0) !== version) {
          done.push({ ...one, step: { action: 'refuse', why: 'it has moved on meanwhile: look again' } });
          continue;
        }
        await relay.ordersQueue.send(step.body, {
          // Not 0: the consumer is to look it up first. Not one more: a person has seen to the cause.
          redriven: 1,
          submitted_by,
          traceparent,
        });
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
