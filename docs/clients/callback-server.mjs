/**
 * Takes the relay's callbacks:
 *
 *     CALLBACK_SECRETS='whsec_…' PORT=8080 node docs/clients/callback-server.mjs
 *
 * Two secrets, with a space between them, while one is being changed for the other.
 */
import { createServer } from 'node:http';
import { customerText, verifyCallback } from './relay.mjs';

const secrets = (process.env['CALLBACK_SECRETS'] ?? '').split(' ').filter((secret) => secret !== '');
if (secrets.length === 0) throw new Error('Set CALLBACK_SECRETS to the secret that the relay signs with');

/**
 * The `timestamp` of the newest event of each order. A bot notes as well when it last sent the order: see bot.py.
 *
 * @type {Map<string, string>}
 */
const newest = new Map();

/** Here is what a bot does with it: find the chat of `external_id`, and send the text there. */
async function handle(/** @type {import('./relay.mjs').Callback} */ { id, type, timestamp, data }) {
  const order = data.external_id ?? id;
  // A rejection, say, that comes late: the order has got further since.
  if (data.crm_order_id === null && timestamp < (newest.get(order) ?? '')) return;
  newest.set(order, timestamp);
  console.log(`${data.external_id} ${type}: ${data.crm_order_id ?? customerText(data)}`);
}

/**
 * The same event may come again, under the same id: it is handled once. A real receiver keeps the ids for two days in
 * its database; these are forgotten at a restart.
 *
 * @type {Map<string, Promise<void>>}
 */
const handled = new Map();

/** @param {import('./relay.mjs').Callback} event */
function handleOnce(event) {
  const handling = handled.get(event.id) ?? handle(event);
  handled.set(event.id, handling);
  // What has failed may be tried anew when it comes again.
  handling.catch(() => handled.delete(event.id));
  return handling;
}

const MOST_BYTES = 1_000_000;

/** Whoever has not signed may send anything: not more of it is read than a callback can have. */
async function read(/** @type {import('node:http').IncomingMessage} */ request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new Error('Too much for a callback');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const server = createServer(async (request, response) => {
  try {
    if (request.method !== 'POST' || request.url !== '/callbacks') return response.writeHead(404).end();
    const event = verifyCallback(await read(request), request.headers, secrets);
    if (event === undefined) return response.writeHead(401).end();
    // Within 10 s, or the relay takes it for unanswered: what takes longer goes into a queue of your own.
    await handleOnce(event);
    return response.writeHead(204).end();
  } catch (error) {
    console.error(error);
    // The relay sends it again, later each time, for three days.
    return response.writeHead(500).end();
  }
});
server.listen(Number(process.env['PORT'] ?? 8080), () => console.log('Listening', server.address()));
