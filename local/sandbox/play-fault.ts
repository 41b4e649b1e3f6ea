import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';
import * as z from 'zod';
import type { FaultName, FaultSettings } from './faults.ts';

/** What the CRM would answer: a status and a JSON body. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Changes an order in the answer, not in the CRM. */
export type EditOrder = (order: Record<string, unknown>) => Record<string, unknown>;

/** One CRM call that is still without an answer. */
export interface Exchange {
  readonly reply: FastifyReply;
  /** What was sent, before any check. */
  readonly body: unknown;
  /** Does what the call asks for, an order created included, and says what to answer. */
  process(edit?: EditOrder): Answer;
  /** Like `setTimeout`, but ends with the sandbox. Milliseconds. */
  later(action: () => void, ms: number): void;
  /** How this dialect refuses an order, where it is not with a 422 and `errors` by field. */
  refuse?: (message: string) => Answer;
}

const JSON_TYPE = 'application/json; charset=utf-8';
const HUGE_BODY_BYTES = 50 * 1024 * 1024;
// White space: the answer stays valid JSON, whatever its shape, for a client that would read it all.
const PADDING = Buffer.alloc(1024 * 1024, ' ');

/** Whatever can be read of the customer, even in an order that is wrong. */
const sender = z
  .union([
    z
      .object({ customer: z.object({ name: z.string().catch('?'), phone: z.string().catch('?') }) })
      .transform(({ customer }) => customer),
    z
      .object({ client: z.object({ fullname: z.string().catch('?'), phone: z.string().catch('?') }) })
      .transform(({ client }) => ({ name: client.fullname, phone: client.phone })),
  ])
  .catch({ name: '?', phone: '?' });

const players: Record<FaultName, (exchange: Exchange, settings: FaultSettings) => void> = {
  // Answered without any processing: nothing is created.
  status({ reply }, { status = 500, retry_after }) {
    if (retry_after !== undefined) reply.header('retry-after', String(retry_after));
    answer(reply, { status, body: { message: `Fault: ${status}` } });
  },
  rate_limit({ reply }, { retry_after = 1 }) {
    reply.header('retry-after', String(retry_after));
    answer(reply, { status: 429, body: { message: 'Too many requests' } });
  },
  unauthorized: ({ reply }) => answer(reply, { status: 401, body: { message: 'Invalid API key' } }),
  validation({ reply, body, refuse }, { status = 422, message, errors }) {
    const refused = { status, body: refusal(body, message, errors) };
    answer(reply, refuse?.(refused.body.message) ?? refused);
  },
  redirect: ({ reply }) => reply.redirect('/login', 302),
  bad_gateway: ({ reply }) =>
    reply.code(502).type('text/html; charset=utf-8').send('<h1>502 Bad Gateway</h1>'),
  empty_ok: ({ reply }) => reply.code(200).send(),
  html_ok: ({ reply }) => reply.type('text/html; charset=utf-8').send('<h1>Технічні роботи</h1>'),
  error_ok: ({ reply }) => answer(reply, { status: 200, body: { error: 'Something went wrong' } }),
  timeout: ({ reply }) => reply.hijack(),
  // A reset packet, where `lost_response` is an orderly close: the client must cope with both.
  reset: ({ reply }) => reply.hijack().raw.socket?.resetAndDestroy(),

  // Processed; the client does not learn it, or not soon, or not in a form that it can use.
  lost_response({ reply, process }) {
    process();
    reply.hijack().raw.socket?.destroy();
  },
  late_commit({ reply, process, later }, { latency_ms = 1_500 }) {
    reply.hijack();
    later(process, latency_ms);
  },
  slow({ reply, process, later }, { latency_ms = 1_000 }) {
    const late = process();
    later(() => answer(reply, late), latency_ms);
  },
  stalled_body({ reply, process }) {
    const { status, body } = process();
    const bytes = Buffer.from(JSON.stringify(body));
    const stalling = new Readable({ read() {} });
    stalling.push(bytes.subarray(0, bytes.length / 2));
    reply.code(status).type(JSON_TYPE).header('content-length', bytes.length).send(stalling);
  },
  huge_body({ reply, process }) {
    const { status, body } = process();
    reply
      .code(status)
      .type(JSON_TYPE)
      .send(Readable.from(padded(JSON.stringify(body)), { objectMode: false }));
  },
  no_id({ reply, process }) {
    const edited = process((order) => ({ ...order, id: undefined }));
    answer(reply, edited);
  },
  wrong_id({ reply, process }) {
    const edited = process((order) => ({ ...order, external_id: 'another-order' }));
    answer(reply, edited);
  },
};

/** In the words that were asked for, or as real CRMs do: with the value, and whose it is. */
function refusal(body: unknown, message: string | undefined, errors: FaultSettings['errors']) {
  if (message !== undefined) return { message, errors };
  if (errors !== undefined) return { message: 'Validation failed', errors };
  const { name, phone } = sender.parse(body);
  const problem = `The phone ${phone} of ${name} is not valid`;
  return { message: problem, errors: { 'customer.phone': [problem] } };
}

/** Answers, or does not answer, in the way that the fault says. */
export function playFault(exchange: Exchange, settings: FaultSettings): void {
  players[settings.fault](exchange, settings);
}

/** Sends the answer, unless the client has gone in the meantime. */
export function answer(reply: FastifyReply, { status, body }: Answer): void {
  if (!reply.raw.destroyed) reply.code(status).send(body);
}

function* padded(json: string): Generator<string | Buffer> {
  yield json.slice(0, -1);
  for (let sent = 0; sent < HUGE_BODY_BYTES; sent += PADDING.length) yield PADDING;
  yield json.slice(-1);
}
