import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import fastify from 'fastify';
import { CONTENT_SECURITY_POLICY } from '../../lib/manager/page-files.ts';
import type { Stack } from '../stack.ts';
import { actSchema, workshop } from './acts.ts';
import { workshopState } from './state.ts';

export interface WorkshopOptions {
  port: number;
  /** Base of the API, which serves the page itself. */
  api: string;
  /** Name of the secret with the CRM's API key. */
  apiKeySecret: string;
}

export interface WorkshopServer {
  stop(): Promise<void>;
}

/** What is passed on to the API, and back. */
const REQUEST_HEADERS = ['authorization', 'content-type'] as const;

/** Of the answer as it came over the wire: fetch has unpacked it. */
const OF_THE_CONNECTION = new Set([
  'content-length',
  'content-encoding',
  'transfer-encoding',
  'connection',
  'keep-alive',
]);

/**
 * The manager's page as the API serves it, with a second half below it: the workshop, in which a developer breaks the
 * sandbox CRM and watches. Of this machine only: nothing in here is deployed.
 */
export async function startWorkshop(stack: Stack, options: WorkshopOptions): Promise<WorkshopServer> {
  const { port, api, apiKeySecret } = options;
  const { act } = workshop(stack, api, apiKeySecret);
  const script = await bundle('workshop.tsx');
  const styles = await bundle('workshop.css');

  const app = fastify({ forceCloseConnections: true });
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.get('/', (_request, reply) => reply.redirect('/manager'));
  app.get('/workshop/workshop.js', (_request, reply) => reply.type('text/javascript').send(script));
  app.get('/workshop/workshop.css', (_request, reply) => reply.type('text/css').send(styles));
  app.get('/workshop/api/state', (_request, reply) =>
    workshopState(stack).then((state) => reply.header('cache-control', 'no-store').send(state)),
  );
  app.post('/workshop/api/act', (request) => act(actSchema.parse(request.body)));
  app.all('/manager*', async (request, reply) => {
    const headers = new Headers();
    for (const name of REQUEST_HEADERS) {
      const value = request.headers[name];
      if (value !== undefined) headers.set(name, value);
    }
    const response = await fetch(`${api}${request.url}`, {
      method: request.method,
      headers,
      ...(request.method === 'POST' && { body: JSON.stringify(request.body) }),
    });
    const text = await response.text();
    for (const [name, value] of response.headers) {
      if (!OF_THE_CONNECTION.has(name)) reply.header(name, value);
    }
    const isPage = response.headers.get('content-security-policy') === CONTENT_SECURITY_POLICY;
    return reply.code(response.status).send(isPage ? withWorkshop(text) : text);
  });
  await app.listen({ port, host: '127.0.0.1' });
  return { stop: () => app.close() };
}

const withWorkshop = (html: string): string =>
  html.replace(
    '</head>',
    '<link rel="stylesheet" href="/workshop/workshop.css"><script type="module" src="/workshop/workshop.js"></script></head>',
  );

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2024',
    charset: 'utf8',
    jsx: 'automatic',
    jsxImportSource: 'preact',
  });
  return outputFiles[0]?.text ?? '';
}
