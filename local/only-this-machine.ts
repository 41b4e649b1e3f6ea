import { type IncomingMessage, Server, type ServerResponse } from 'node:http';

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Lets every HTTP server of this process answer this machine's own programs and pages, and no page from elsewhere that
 * a developer's browser shows: not by a name that points here (DNS rebinding), and not by a request that needs no
 * leave of ours, as a POST of `text/plain` does. In one place, because half of the servers are other people's.
 *
 * @returns takes it back
 */
export function serveOnlyThisMachine(): () => void {
  const { emit } = Server.prototype;
  Server.prototype.emit = function (this: Server, event: string | symbol, ...args: unknown[]): boolean {
    const [request, response] = args as [IncomingMessage, ServerResponse];
    const why = event === 'request' ? refusal(request.headers) : undefined;
    if (why === undefined) return Reflect.apply(emit, this, [event, ...args]);
    response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
    response.end(`${why}\n`);
    return true;
  };
  return () => {
    Server.prototype.emit = emit;
  };
}

/** Why a request is none of this machine's; `undefined` where it is. */
export function refusal(headers: IncomingMessage['headers']): string | undefined {
  const { host, origin } = headers;
  if (host !== undefined && !LOOPBACK.test(hostnameOf(`http://${host}`))) {
    return 'The local stack answers as localhost or 127.0.0.1 only.';
  }
  const site = headers['sec-fetch-site'];
  // A link that somebody follows to here shows them a page, and hands nothing to the page it was on.
  const isLink = headers['sec-fetch-mode'] === 'navigate' && origin === undefined;
  const isAnothers = site === 'cross-site' || site === 'same-site';
  if ((origin !== undefined && origin !== `http://${host}`) || (isAnothers && !isLink)) {
    return 'The local stack answers no page of another origin.';
  }
  return undefined;
}

const hostnameOf = (url: string): string => (URL.canParse(url) ? new URL(url).hostname : '');
