import * as z from 'zod/mini';
import type { Chat } from '../callbacks/endpoints.ts';
import { exchange } from '../http-calls/exchange.ts';

/** What came of a message: sent; later, after so long where Telegram said; or never again as things stand. */
export type Delivery =
  | { result: 'sent' }
  | { result: 'later'; retryAfterMs?: number }
  | { result: 'stopped' };

export interface Telegram {
  send(
    chat: Chat,
    message: { text: string; button?: { text: string; url: string } | undefined },
  ): Promise<Delivery>;
}

export interface TelegramOptions {
  /** Ends before `/bot<token>`. */
  baseUrl: string;
  timeoutMs: number;
  fetch?: typeof globalThis.fetch;
}

const answerSchema = z.object({
  ok: z.boolean(),
  parameters: z.optional(
    z.object({ retry_after: z.optional(z.number().check(z.minimum(0), z.maximum(86_400))) }),
  ),
});

/** The Bot API's `sendMessage` (https://core.telegram.org/bots/api#sendmessage): plain text, so that nothing in it is markup. */
export function createTelegram({ baseUrl, timeoutMs, fetch = globalThis.fetch }: TelegramOptions): Telegram {
  return {
    async send({ botToken, chat }, { text, button }) {
      const answer = await exchange(
        fetch,
        // The token is part of the address, so the address is in no error and no log.
        new URL(`/bot${botToken}/sendMessage`, baseUrl),
        {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({
            chat_id: chat,
            text,
            link_preview_options: { is_disabled: true },
            ...(button !== undefined && { reply_markup: { inline_keyboard: [[button]] } }),
          }),
        },
        timeoutMs,
      );
      if (!answer.answered) return { result: 'later' };
      const said = answerSchema.safeParse(parsed(answer.body));
      if (answer.status === 200 && said.data?.ok) return { result: 'sent' };
      const retryAfter = said.data?.parameters?.retry_after;
      if (answer.status === 429) {
        return { result: 'later', ...(retryAfter !== undefined && { retryAfterMs: retryAfter * 1000 }) };
      }
      // 403: put out of the chat. 401, 404: no such bot. 400: no such chat. Only a person can mend these.
      const isFinal = [400, 401, 403, 404].includes(answer.status) && said.data?.ok === false;
      return { result: isFinal ? 'stopped' : 'later' };
    },
  };
}

function parsed(body: string | undefined): unknown {
  try {
    return JSON.parse(body ?? '');
  } catch {
    return undefined;
  }
}
