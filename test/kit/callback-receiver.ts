import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { type Callback, callbackSchema } from '../../lib/intake/contract.ts';
import { startHttpServer } from './http-server.ts';

/** A POST as it came, to the byte. */
export interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  callback: Callback;
}

export interface CallbackReceiver {
  /** Without a slash at the end. */
  url: string;
  /** Everything that came, whatever was answered. */
  received: Received[];
  /** How it answers; 204 until told otherwise. */
  answer: (response: ServerResponse, received: Received) => void;
  /** Forgets what came, and answers 204 again. */
  reset(): void;
  stop(): Promise<void>;
}

const accept = (response: ServerResponse): void => void response.writeHead(204).end();

/** A submitter's endpoint. What is no callback by the contract's schema gets 400, and is not received. */
export async function startCallbackReceiver(): Promise<CallbackReceiver> {
  const server = await startHttpServer(async (request, response) => {
    const body = await text(request);
    const { headers, method, url: path = '' } = request;
    const parsed = callbackSchema.safeParse(method === 'POST' ? JSON.parse(body) : undefined);
    if (!parsed.success) return void response.writeHead(400).end();
    const received = { path, headers, body, callback: parsed.data };
    receiver.received.push(received);
    receiver.answer(response, received);
  });
  const receiver: CallbackReceiver = {
    url: server.url,
    received: [],
    answer: accept,
    reset() {
      receiver.received = [];
      receiver.answer = accept;
    },
    stop: () => server.stop(),
  };
  return receiver;
}

/** A signing secret of 32 bytes that are all the same. */
export const whsec = (fill: number): string => `whsec_${Buffer.alloc(32, fill).toString('base64')}`;

/** Whether a receiver that has this secret takes the request for ours, by the standard's own package. */
export function isSignedBy(secret: string, { headers, body }: Pick<Received, 'headers' | 'body'>): boolean {
  const given = Object.entries(headers).map(([name, value]) => [name, String(value)]);
  try {
    new Webhook(secret).verify(body, Object.fromEntries(given), { jsonParse: false });
    return true;
  } catch {
    return false;
  }
}
