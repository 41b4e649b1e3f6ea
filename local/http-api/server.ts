import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { Invocation } from '../batch-response.ts';
import { type Answer, answerOf, gatewayAnswer } from './answer.ts';
import { eventOf } from './event.ts';
import { matchOf, type Route } from './routes.ts';

export interface HttpApi {
  /** Where it listens. */
  port: number;
  stop(): Promise<void>;
}

export interface HttpApiOptions {
  port: number;
  routes: readonly Route[];
  /** Invokes a function by its deployed name. It may reject: nobody is there. */
  invoke(functionName: string, event: unknown): Promise<Invocation>;
  /** A line for each function that gave no answer. */
  log(line: string): void;
}

/** What API Gateway takes, and what Lambda takes of it. */
const MAX_BODY_BYTES = 10 * 1024 * 1024;
const MAX_EVENT_BYTES = 6 * 1024 * 1024;

/**
 * API Gateway's HTTP API in front of functions, by its own rules and not serverless-offline's, which finds routes that
 * are none and tells a client of errors what AWS keeps to itself. What it leaves out stands in docs/local-stack.md.
 */
export async function startHttpApi({ port, routes, invoke, log }: HttpApiOptions): Promise<HttpApi> {
  async function answer(request: IncomingMessage, requestId: string): Promise<Answer> {
    const [path = '', ...query] = (request.url ?? '').split('?');
    const parts = partsOf(path);
    if (parts === undefined) return gatewayAnswer(400);
    const match = matchOf(routes, request.method ?? '', parts);
    if (match === undefined) return gatewayAnswer(404);
    const body = await bodyOf(request);
    if (body === undefined) return gatewayAnswer(413);
    const place = { path: `/${parts.join('/')}`, query: query.join('?') };
    const event = eventOf(request, match, place, body, { requestId, now: Date.now() });
    if (Buffer.byteLength(JSON.stringify(event)) > MAX_EVENT_BYTES) return gatewayAnswer(413);
    const invocation = await invoke(match.functionName, event).catch(() => undefined);
    if (invocation === undefined) return gatewayAnswer(503);
    const told = answerOf(invocation);
    if (told.why !== undefined) log(`${match.functionName}  answered 500: ${told.why}`);
    return told;
  }

  const server = createServer(async (request, response) => {
    const requestId = randomUUID();
    const { status, headers, body } = await answer(request, requestId);
    response.writeHead(status, { ...headers, 'apigw-requestid': requestId }).end(body);
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The parts of a path, decoded; `undefined` where it is none. */
function partsOf(path: string): string[] | undefined {
  if (!path.startsWith('/')) return undefined;
  try {
    return path.slice(1).split('/').map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    // Read to its end all the same: who is still writing does not hear what is answered.
    if (size <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  return size > MAX_BODY_BYTES ? undefined : Buffer.concat(chunks);
}
