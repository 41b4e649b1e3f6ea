import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { type HttpServer, startHttpServer } from './http-server.ts';

export interface EchoingProxy extends HttpServer {
  /** Where it hands requests on. */
  target: string;
  /**
   * Instead of handing on: `error` answers 400 with an AWS error whose message is all that was sent, `html` and `crm`
   * 200 and `status` with the same in their own ways. Each is the worst that a service could put into an exception.
   */
  mode: { echo: 'error' | 'html' } | { echo: 'crm'; status: number } | undefined;
}

/** Stands before a service, and can answer in its place with everything that it was told. */
export async function startEchoingProxy(): Promise<EchoingProxy> {
  const server = await startHttpServer(async (request, response) => {
    const sent = await text(request);
    const { mode } = proxy;
    const all = `${sent} ${JSON.stringify(request.headers)}`;
    switch (mode?.echo) {
      case 'error': {
        const body = JSON.stringify({ __type: 'ValidationException', message: all, Message: all });
        return response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' }).end(body);
      }
      case 'html':
        return response.writeHead(200, { 'content-type': 'text/html' }).end(`<html>${all}</html>`);
      case 'crm': {
        const body = JSON.stringify({ message: all, errors: { 'customer.phone': [all], [sent]: sent } });
        return response.writeHead(mode.status, { 'content-type': 'application/json' }).end(body);
      }
      case undefined:
        return (
          handOn(request, sent, proxy.target)
            .then(({ status, headers, body }) => response.writeHead(status, headers).end(body))
            // As the service behind did: closed without an answer.
            .catch(() => response.destroy())
        );
    }
  });
  const proxy: EchoingProxy = { ...server, target: '', mode: undefined };
  return proxy;
}

/** Sends what has come to the service behind. @throws where that gives no answer. */
export async function handOn(
  { url, method = 'GET', headers }: IncomingMessage,
  sent: string,
  target: string,
): Promise<{ status: number; headers: Record<string, string>; body: Buffer }> {
  const { host: _, connection: __, 'content-length': ___, ...kept } = headers;
  const answer = await fetch(`${target}${url}`, {
    method,
    headers: Object.fromEntries(Object.entries(kept).map(([name, value]) => [name, String(value)])),
    redirect: 'manual',
    ...(sent === '' ? {} : { body: sent }),
  });
  const body = Buffer.from(await answer.arrayBuffer());
  const {
    'content-encoding': _e,
    'transfer-encoding': _t,
    'content-length': _l,
    ...given
  } = Object.fromEntries(answer.headers);
  return { status: answer.status, headers: given, body };
}
