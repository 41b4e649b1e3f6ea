import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { freePorts } from '../../local/run.ts';

export interface HttpServer {
  /** Without a slash at the end. */
  url: string;
  port: number;
  server: Server;
  /** Ends at once, whatever is still open. */
  stop(): Promise<void>;
}

/** A server of node:http on a free port of this machine, for answers that no stand-in gives. */
export async function startHttpServer(listener: RequestListener): Promise<HttpServer> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server listens on no port');
  const { port } = address;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    server,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A port of this machine on which nothing listens. */
export async function closedPort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}
