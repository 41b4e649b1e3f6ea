import { text } from 'node:stream/consumers';
import { handOn } from '../kit/echoing-proxy.ts';
import { type HttpServer, startHttpServer } from '../kit/http-server.ts';

/** A request on its way to a service. */
export interface Sent {
  /** Of AWS, such as `SendMessage`. */
  action: string;
  method: string;
  /** With escapes as they are written in JSON. */
  body: string;
  /** Its connection has served another before. */
  isReused: boolean;
}

/**
 * What becomes of it. `refused`: a 503 instead. `reset`: the connection breaks, and nothing has come through. `lost`: it has
 * come through, and its answer does not. Or the answer that is given in place of the service's.
 */
export type Breakage = 'refused' | 'reset' | 'lost' | ((answer: string) => string) | undefined;

/** Stands before a service, and is where everything can be broken that the service itself never does. */
export interface Breakable extends HttpServer {
  /** Where it hands requests on. */
  target: string;
  /** From now on. */
  breakWhen(breakage: (sent: Sent) => Breakage): void;
  /** How often something was broken since it was last told to. */
  broken(): number;
  mend(): void;
}

export async function startBreakable(): Promise<Breakable> {
  const used = new WeakSet<object>();
  const mended = (): Breakage => undefined;
  let breakageOf: (sent: Sent) => Breakage = mended;
  let broken = 0;

  const server = await startHttpServer(async (request, response) => {
    const { socket, headers, method = '' } = request;
    const isReused = used.has(socket);
    used.add(socket);
    const body = await text(request);
    const action = String(headers['x-amz-target']).replace(/^.*\./, '');
    const breakage = breakageOf({ action, method, body, isReused });
    if (breakage !== undefined) broken += 1;
    if (breakage === 'refused') return response.writeHead(503).end('{}');
    if (breakage === 'reset') return socket.resetAndDestroy();
    try {
      const answer = await handOn(request, body, breakable.target);
      if (breakage === 'lost') return socket.destroy();
      const given = breakage === undefined ? answer.body : breakage(answer.body.toString());
      return response.writeHead(answer.status, answer.headers).end(given);
    } catch {
      // As the service behind did: closed without an answer.
      return socket.destroy();
    }
  });
  const breakable: Breakable = {
    ...server,
    target: '',
    breakWhen(breakage) {
      breakageOf = breakage;
      broken = 0;
    },
    broken: () => broken,
    mend() {
      breakageOf = mended;
    },
  };
  return breakable;
}
