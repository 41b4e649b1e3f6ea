import fastify from 'fastify';
import * as z from 'zod';

export interface TelegramOptions {
  /** 0, the default, takes a free one. */
  port?: number;
  /** The bot that there is, and the chat that it is in. */
  botToken: string;
  chat: string;
  /** Gets one line for each message. */
  log?: (line: string) => void;
}

const messageInput = z.looseObject({
  chat_id: z.string(),
  text: z.string().min(1).max(4096),
  reply_markup: z
    .object({ inline_keyboard: z.array(z.array(z.object({ text: z.string(), url: z.url() }))) })
    .optional(),
});

/** A message that has got into the chat. */
export interface ChatMessage {
  /** ISO 8601, UTC. */
  at: string;
  text: string;
  button: { text: string; url: string } | undefined;
}

/** How it is to refuse; nothing of it set, it takes messages. */
const modeInput = z.strictObject({
  /** 429: too many; 403: the bot was put out of the chat; 500: Telegram itself is down. */
  status: z.literal([429, 403, 500]).optional(),
  /** Seconds, of 429. */
  retry_after: z.int().min(1).optional(),
});
export type TelegramMode = z.output<typeof modeInput>;

/** A running stand-in. Its functions do what the endpoints under `/_telegram` do. */
export interface Telegram {
  /** Without a slash at the end. */
  readonly url: string;
  messages(): readonly ChatMessage[];
  /** @throws {z.ZodError} for settings that do not exist. */
  setMode(mode: TelegramMode): void;
  stop(): Promise<void>;
}

const REFUSALS = {
  429: 'Too Many Requests: retry later',
  403: 'Forbidden: bot was kicked from the group chat',
  500: 'Internal Server Error',
} as const;

/** Starts what plays Telegram's Bot API, as far as the relay uses it. All is in memory. */
export async function startTelegram({
  port = 0,
  botToken,
  chat,
  log = () => {},
}: TelegramOptions): Promise<Telegram> {
  let mode: TelegramMode = {};
  const messages: ChatMessage[] = [];
  const setMode = (input: unknown) => {
    mode = modeInput.parse(input);
  };

  const app = fastify({ forceCloseConnections: true });
  app.post<{ Params: { bot: string } }>('/:bot/sendMessage', (request, reply) => {
    const no = (error_code: number, description: string, parameters?: object) =>
      reply.code(error_code).send({ ok: false, error_code, description, ...(parameters && { parameters }) });
    if (request.params.bot !== `bot${botToken}`) return no(401, 'Unauthorized');
    if (mode.status !== undefined) {
      const { status, retry_after } = mode;
      return no(status, REFUSALS[status], retry_after === undefined ? undefined : { retry_after });
    }
    const input = messageInput.safeParse(request.body);
    if (!input.success) return no(400, 'Bad Request: message text is empty');
    if (input.data.chat_id !== chat) return no(400, 'Bad Request: chat not found');
    const { text, reply_markup } = input.data;
    messages.push({ at: new Date().toISOString(), text, button: reply_markup?.inline_keyboard[0]?.[0] });
    log(text.replaceAll('\n', ' '));
    return { ok: true, result: { message_id: messages.length } };
  });
  app.get('/_telegram/messages', () => messages);
  app.put('/_telegram/mode', (request, reply) => {
    setMode(request.body);
    return reply.code(204).send();
  });
  const url = await app.listen({ port, host: '127.0.0.1' });
  return { url, messages: () => [...messages], setMode, stop: () => app.close() };
}
