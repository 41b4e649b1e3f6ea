/**
 * Run with `--expose-gc`, by client.test.ts: 200 calls that are never answered, under garbage collection. Prints how
 * many of them the deadline has ended.
 */
import { exchange } from '../../../../lib/http-calls/exchange.ts';
import { startHttpServer } from '../../../kit/http-server.ts';

const CALLS = 200;
const TIMEOUT_MS = 400;
/** What is not over by then has lost its deadline. */
const PATIENCE_MS = 3_000;

const { url, stop } = await startHttpServer((request, response) => {
  request.resume();
  // Every second one gets a head and half a body: the deadline must outlive the head.
  if (request.url === '/half') response.writeHead(201, { 'content-length': '100' }).write('{');
});

let ended = 0;
for (let i = 0; i < CALLS; i += 1) {
  const path = i % 2 === 0 ? '/nothing' : '/half';
  exchange(globalThis.fetch, new URL(path, url), { method: 'POST', body: '{}' }, TIMEOUT_MS).then(
    (answer) => {
      if (answer.answered ? answer.body === undefined : answer.reason.startsWith('no answer')) ended += 1;
    },
  );
}

const started = performance.now();
while (ended < CALLS && performance.now() - started < PATIENCE_MS) {
  globalThis.gc?.();
  await new Promise((resolve) => setTimeout(resolve, 5));
}
process.stdout.write(`${typeof globalThis.gc === 'function' ? ended : 'no gc'} of ${CALLS}\n`);
await stop();
