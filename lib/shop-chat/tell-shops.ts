import type { Chat, Endpoints } from '../callbacks/endpoints.ts';
import { explain } from '../explanations/explain.ts';
import { reasonsOf } from '../explanations/failure.ts';
import { type Log, nameOf } from '../lambda/observability.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Listing } from '../ledger/listing.ts';
import type { LedgerRecord } from '../ledger/record.ts';
import { phaseOf } from '../ledger/states.ts';
import type { ChatMemory } from './chat-memory.ts';
import { type Message, newsFor, type WaitingOrder } from './news.ts';
import type { Telegram } from './telegram.ts';

export interface TellShopsDeps {
  /** Chats by caller, and the version of the secret that they are from. */
  endpoints: Pick<Endpoints, 'chats' | 'version'>;
  listing: Pick<Listing, 'inPhase'>;
  ledger: Pick<Ledger, 'get'>;
  telegram: Telegram;
  memory: ChatMemory;
  /** Where the manager's page is; buttons lead there. */
  pageUrl: string | undefined;
  log: Log;
  now?: () => number;
}

/** A message of Telegram's has 4,096 characters, and an item of DynamoDB 400 KB: beyond this a number says it as well. */
const MOST_WAITING = 2_000;

/**
 * One run: each shop's chat is told of what waits for somebody, and of what is over. It goes by what the ledger has now,
 * not by events: a burst is one message, what has passed before anybody looked is none, and what could not be sent is
 * tried again by the next run.
 */
export async function tellShops(deps: TellShopsDeps): Promise<void> {
  const { endpoints, listing, ledger } = deps;
  if (endpoints.chats.size === 0) return;
  const waiting = new Map<string, WaitingOrder[]>();
  let seen = 0;
  for await (const { external_id } of listing.inPhase('waiting')) {
    if (seen === MOST_WAITING) break;
    seen += 1;
    const record = await ledger.get(external_id);
    const caller = record?.submitted_by;
    const order = record === undefined ? undefined : toAct(record);
    if (caller === undefined || order === undefined) continue;
    waiting.set(caller, [...(waiting.get(caller) ?? []), order]);
  }
  for (const [caller, chat] of endpoints.chats) {
    await tellShop(caller, chat, waiting.get(caller) ?? [], deps).catch((error) => {
      // The other shops' chats are told all the same, and this one by the next run.
      deps.log.error('Shop not told', { submitted_by: caller, error_name: nameOf(error) });
    });
  }
}

/** What somebody has to do something about; what passes by itself is nobody's. */
function toAct({
  external_id,
  state,
  error,
  restarts,
  settled_at,
  history,
}: LedgerRecord): WaitingOrder | undefined {
  if (phaseOf(state) !== 'waiting' || error === undefined) return undefined;
  const [first] = explain(reasonsOf(error));
  if (first === undefined || first.who === 'nobody') return undefined;
  const { reason } = first;
  // What is parked comes back by itself now and then, and each time it is the same cause; a refusal is a new one.
  const begun = history.filter(({ step }) => step === 'restarted').length;
  const occurrence = state === 'rejected' ? `${reason} ${settled_at ?? restarts}` : `${reason} ${begun}`;
  return { external_id, reason, occurrence };
}

async function tellShop(
  caller: string,
  chat: Chat,
  waiting: readonly WaitingOrder[],
  { endpoints, ledger, telegram, memory, pageUrl, log, now = Date.now }: TellShopsDeps,
): Promise<void> {
  const known = await memory.get(caller);
  if (known.stoppedVersion === endpoints.version || now() < known.notBefore) return;

  const waits = new Set(waiting.map(({ external_id }) => external_id));
  const inCrm = new Set<string>();
  for (const external_id of known.told.keys()) {
    if (waits.has(external_id)) continue;
    const record = await ledger.get(external_id);
    if (record === undefined) known.told.delete(external_id);
    else if (record.state === 'synced') inCrm.add(external_id);
  }

  for (const message of newsFor(known.told, waiting, (id) => inCrm.has(id))) {
    const delivery = await telegram.send(chat, { text: message.text, button: buttonOf(message, pageUrl) });
    switch (delivery.result) {
      case 'sent':
        for (const { external_id, occurrence } of message.tells) {
          if (occurrence === undefined) known.told.delete(external_id);
          else known.told.set(external_id, occurrence);
        }
        // Noted at once: a crash can repeat one message, not all of them.
        await memory.put(caller, known);
        log.info('Shop told', { submitted_by: caller, seen: message.tells.length });
        break;
      case 'later':
        log.warn('Shop not told: the next run will', { submitted_by: caller });
        if (delivery.retryAfterMs !== undefined) {
          await memory.put(caller, { ...known, notBefore: now() + delivery.retryAfterMs });
        }
        return;
      case 'stopped':
        log.error('Shop chat stopped: write the callbacks secret anew to start it', { submitted_by: caller });
        await memory.put(caller, { ...known, stoppedVersion: endpoints.version });
        return;
    }
  }
}

function buttonOf({ external_id }: Message, pageUrl: string | undefined) {
  if (pageUrl === undefined) return undefined;
  const url =
    external_id === undefined
      ? `${pageUrl}/manager`
      : `${pageUrl}/manager#/${encodeURIComponent(external_id)}`;
  return { text: external_id === undefined ? 'Відкрити список' : 'Відкрити замовлення', url };
}
