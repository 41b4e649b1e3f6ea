import fastify, { type FastifyInstance } from 'fastify';
import { Webhook } from 'standardwebhooks';
import * as z from 'zod';
import { type Callback, callbackSchema } from '../lib/intake/contract.ts';
import { parseJson } from '../lib/order/parse-json.ts';
import { fieldErrors } from './sandbox/field-errors.ts';

export interface CallbackReceiverOptions {
  /** 0, the default, takes a free one. */
  port?: number;
  /** Default `127.0.0.1`. */
  host?: string;
  /** What every callback has to be signed with: `whsec_` and base64. */
  signingSecret: string;
  /** Gets one line for each callback: the order, what became of it, and the sentence for the customer. */
  log?: (line: string) => void;
}

/** How the receiver is down; nothing of it set, it is up. */
const modeInput = z.strictObject({
  /** Answers with it and takes nothing: 503 is down for now, 410 gone for good. */
  status: z.int().min(300).max(599).optional(),
  /** Takes the event and never answers, so that it comes again. */
  hang: z.boolean().optional(),
});
export type ReceiverMode = z.input<typeof modeInput>;

/** A callback that was signed and understood, whether or not it was answered. */
export interface ReceivedEvent {
  /** ISO 8601, UTC. */
  readonly received_at: string;
  /** An event of this id has come before. */
  readonly is_repeat: boolean;
  readonly event: Callback;
}

/** A running receiver. Its functions do what the endpoints under `/_receiver` do. */
export interface CallbackReceiver {
  /** Without a slash at the end, e.g. `http://127.0.0.1:4012`. */
  readonly url: string;
  /** Where callbacks are to be posted. */
  readonly endpoint: string;
  readonly port: number;
  /** What has come, oldest first, repeats among it. */
  events(): readonly ReceivedEvent[];
  /** Forgets what has come: an event that comes again is no repeat. */
  clear(): void;
  /** @throws {z.ZodError} for settings that do not exist. */
  setMode(mode: ReceiverMode): void;
  /** Ends at once, whatever is still open. */
  stop(): Promise<void>;
}

/**
 * Starts what plays the submitter's bot: it takes callbacks as a careful bot should, checks the signature before it reads
 * a word, knows an event that it has had by its id, and says what it would send to the customer. All is in memory.
 */
export async function startCallbackReceiver({
  port = 0,
  host = '127.0.0.1',
  signingSecret,
  log = () => {},
}: CallbackReceiverOptions): Promise<CallbackReceiver> {
  const webhook = new Webhook(signingSecret);
  let mode: z.output<typeof modeInput> = {};
  let events: ReceivedEvent[] = [];

  const take = (event: Callback): void => {
    const received: ReceivedEvent = {
      received_at: new Date().toISOString(),
      is_repeat: events.some((known) => known.event.id === event.id),
      event,
    };
    events.push(received);
    log(lineOf(received));
  };
  const clear = () => {
    events = [];
  };
  const setMode = (input: unknown) => {
    mode = modeInput.parse(input);
  };

  const app = fastify({ forceCloseConnections: true });

  app.register(async (bot) => {
    acceptRawBodies(bot);
    bot.post('/callbacks', (request, reply) => {
      const refuse = (status: number, why: string) => {
        log(`refused with ${status}: ${why}`);
        return reply.code(status).send();
      };
      if (mode.status !== undefined) return refuse(mode.status, 'as it was told to');
      const headers = signedHeaders.safeParse(request.headers);
      if (!headers.success) return refuse(401, 'it is not signed');
      const body = z.instanceof(Buffer).parse(request.body);
      try {
        webhook.verify(body, headers.data, { jsonParse: false });
      } catch (error) {
        return refuse(401, error instanceof Error ? error.message : 'the signature is wrong');
      }
      const callback = readCallback(body.toString());
      if (callback === undefined) return refuse(400, 'it is signed, but not a callback by the contract');
      if (callback.id !== headers.data['webhook-id']) return refuse(400, 'webhook-id is not its id');
      take(callback);
      return mode.hang === true ? reply.hijack() : reply.code(204).send();
    });
  });

  app.register(
    async (control) => {
      control.setErrorHandler((error, _request, reply) => {
        if (!(error instanceof z.ZodError)) return reply.send(error);
        return reply.code(400).send({ message: 'Wrong input', errors: fieldErrors(error) });
      });
      control.get('/events', () => events);
      control.delete('/events', (_request, reply) => {
        clear();
        return reply.code(204).send();
      });
      control.get('/mode', () => mode);
      control.put('/mode', (request) => {
        setMode(request.body);
        return mode;
      });
    },
    { prefix: '/_receiver' },
  );

  const url = await app.listen({ port, host });
  return {
    url,
    endpoint: `${url}/callbacks`,
    port: Number(new URL(url).port),
    events: () => [...events],
    clear,
    setMode,
    async stop() {
      await app.close();
    },
  };
}

/** The signature is of the bytes as they were sent: whatever is parsed and written again differs. */
function acceptRawBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, async (_request: unknown, body: unknown) => body);
}

/** Standard Webhooks: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
const signedHeaders = z.object({
  'webhook-id': z.string(),
  'webhook-timestamp': z.string(),
  'webhook-signature': z.string(),
});

const readCallback = (text: string): Callback | undefined => callbackSchema.safeParse(parseJson(text)).data;

function lineOf({ event: { type, data }, is_repeat }: ReceivedEvent): string {
  const order = data.external_id ?? '(no number)';
  const outcome = `${type.replace('order.', '')}${is_repeat ? ' (repeat)' : ''}`;
  const sentence = data.error?.explanations[0]?.uk.customer;
  if (sentence) return `${order} ${outcome}: «${sentence}»`;
  return `${order} ${outcome}${data.crm_order_id === null ? '' : `, in the CRM as ${data.crm_order_id}`}`;
}
