import { text } from 'node:stream/consumers';
import { type HttpServer, startHttpServer } from '../kit/http-server.ts';
import type { Relay } from '../kit/relay.ts';

export interface Bridge extends HttpServer {
  /** The next order is taken, and the connection breaks before that is said: what makes duplicates. */
  loseNextAnswer(): void;
}

/** The relay's exported handlers behind HTTP, as API Gateway would have them, for clients of any language. */
export async function startBridge(relay: Relay): Promise<Bridge> {
  let isLost = false;
  const server = await startHttpServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    const answer =
      request.method === 'POST'
        ? await relay.post(await text(request), headers, Object.fromEntries(searchParams))
        : await relay.get(pathname.replace('/orders/', ''), headers);
    if (isLost) response.destroy();
    else response.writeHead(answer.statusCode, answer.headers).end(JSON.stringify(answer.body));
    isLost = false;
  });
  return {
    ...server,
    loseNextAnswer() {
      isLost = true;
    },
  };
}
