import type { Chat } from '../callbacks/endpoints.ts';
import type { Log } from '../lambda/observability.ts';
import type { Telegram } from '../shop-chat/telegram.ts';
import { type Proof, tallyOf } from './proof.ts';
import { findingsText, proofLine } from './proof-line.ts';

export interface TellProofDeps {
  chats: ReadonlyMap<string, Chat>;
  telegram: Telegram;
  log: Log;
}

/**
 * Tells each shop's chat how the day's orders of its own callers have fared; nothing, where there were none.
 *
 * @returns the proof with who has been told: what could not be sent is for the next run.
 */
export async function tellProof(
  proof: Proof,
  when: string,
  { chats, telegram, log }: TellProofDeps,
): Promise<Proof> {
  const told = new Set(proof.told);
  const callers = [...chats].filter(([caller]) => caller in proof.by_caller && !told.has(caller));
  for (const sharing of Map.groupBy(callers, ([, { botToken, chat }]) => `${botToken} ${chat}`).values()) {
    const [first] = sharing;
    if (first === undefined) continue;
    const [caller, chat] = first;
    const names = sharing.map(([name]) => name);
    const findings = findingsText(proof.findings.filter((one) => names.includes(one.caller)));
    const line = `${proofLine(when, tallyOf(proof, names))}.`;
    const text = findings === '' ? line : `${line}\n${findings}`;
    const { result } = await telegram.send(chat, { text });
    switch (result) {
      case 'sent':
        log.info('Shop told of the day', { submitted_by: caller });
        break;
      case 'later':
        log.warn('Shop not told of the day: the next run will', { submitted_by: caller });
        continue;
      case 'stopped':
        log.error('Shop chat does not take what is sent', { submitted_by: caller });
        break;
    }
    for (const name of names) told.add(name);
  }
  return { ...proof, told: [...told] };
}
