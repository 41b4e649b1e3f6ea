import * as z from 'zod/mini';
import type { Chat } from '../callbacks/endpoints.ts';
import type { Log } from '../lambda/observability.ts';
import { type Day, dayBefore, dayNamed } from '../manager/kyiv-day.ts';
import type { Telegram } from '../shop-chat/telegram.ts';
import { newProof, type Proof, tallyOf, unprovenIn } from './proof.ts';
import { proofLine, whenWas } from './proof-line.ts';
import type { ProofMemory } from './proof-memory.ts';
import { type ProveDeps, proveDay, type Stop } from './prove-day.ts';
import { tellProof } from './tell-proof.ts';

export interface DailyProofDeps extends Omit<ProveDeps, 'mayGoOn' | 'save'> {
  memory: ProofMemory;
  /** Of the shops that are told. Only asked for once there is something to tell. */
  chats: () => Promise<ReadonlyMap<string, Chat>>;
  telegram: Telegram;
  /** What an invocation must have left to begin a look-up. */
  timeToLookUpMs: number;
  log: Log;
  now?: () => number;
}

/** What a schedule sends is none of ours; a person may name a day. */
const eventSchema = z.catch(z.looseObject({ day: z.catch(z.optional(z.string()), undefined) }), {});

/**
 * One run of the daily proof: goes on with yesterday's orders (in Kyiv) where the last run has stopped, says once what
 * has come of them, and tells the shops' chats. Runs that find nothing left to do cost one read.
 *
 * @param event `{ day: '2026-01-31' }` for another day
 */
export async function dailyProof(
  event: unknown,
  context: { getRemainingTimeInMillis(): number },
  deps: DailyProofDeps,
): Promise<{ proof: Proof; stop: Stop }> {
  const { memory, timeToLookUpMs, log, now = Date.now } = deps;
  const yesterday = dayBefore(now());
  const { day: asked } = eventSchema.parse(event);
  const day = asked === undefined ? yesterday : dayNamed(asked);
  if (day === undefined) throw new Error('day must be one such as 2026-01-31');

  const known = await memory.get(day.name);
  if (known?.is_complete && !isTooEarly(known, day)) {
    return { proof: await told(known, day, yesterday, deps), stop: 'complete' };
  }
  const begun =
    known === undefined || isTooEarly(known, day) ? newProof(day.name, now(), known?.version) : known;
  const { proof, stop } = await proveDay(begun, day, {
    ...deps,
    save: memory.put,
    mayGoOn: (pauseMs) => context.getRemainingTimeInMillis() > pauseMs + deps.gapMs + timeToLookUpMs,
  });
  const tally = tallyOf(proof);
  if (stop !== 'complete') {
    const { accepted, there } = tally;
    log.warn('Day not proven yet: the next run goes on', { day: day.name, stop, accepted, there });
    return { proof, stop };
  }
  for (const { external_id, caller, finding } of proof.findings) {
    log.error('Order unproven', { external_id, submitted_by: caller, finding });
  }
  const line = proofLine(whenWas(day, yesterday), tally);
  log.info('Day proven', { day: day.name, ...tally, unproven: unprovenIn(tally), line });
  return { proof: await told(proof, day, yesterday, deps), stop };
}

/** Of a day that was not over yet: it proves nothing of the rest. */
const isTooEarly = ({ begun_at }: Proof, { until }: Day): boolean => begun_at < until;

/** The chats hear of yesterday only. */
async function told(
  proof: Proof,
  day: Day,
  yesterday: Day,
  { chats, memory, telegram, log }: DailyProofDeps,
): Promise<Proof> {
  if (day.name !== yesterday.name) return proof;
  const next = await tellProof(proof, whenWas(day, yesterday), { chats: await chats(), telegram, log });
  return next.told.length === proof.told.length ? proof : ((await memory.put(next)) ?? next);
}
