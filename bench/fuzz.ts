import { SingleBar } from 'cli-progress';
import { Command, InvalidArgumentError } from 'commander';
import fc from 'fast-check';
import * as z from 'zod';
import { readOrder } from '../lib/order/order.ts';
import { apiEvent } from '../local/api-event.ts';
import { invokeHandler } from '../local/invoke.ts';
import { startSecrets } from '../local/secrets.ts';
import { startDoubles } from './fuzz/doubles.ts';
import { fuzzRedaction } from './fuzz/redaction.ts';
import { FUZZ_TOKENS, type FuzzRequest, fuzzRequest } from './fuzz/requests.ts';
import { leaksIn } from './fuzz/tell-tales.ts';

const wholeNumber = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('a whole number, please');
  return Number(text);
};
const options = z
  .object({ requests: z.number().min(1), names: z.number().min(1), seed: z.number() })
  .parse(
    new Command('fuzz')
      .description(
        'Requests of all sorts against the exported acceptOrder: no 5xx, no hang, no leak, no 202 for nothing. And names, in ways to spell them back: none is kept.',
      )
      .option('--requests <n>', 'how many', wholeNumber, 100_000)
      .option('--names <n>', 'how many pairs of a name and a way to spell it back', wholeNumber, 100_000)
      .option('--seed <n>', 'of what is sent', wholeNumber, 1)
      .parse()
      .opts(),
  );

const CHUNK = 1000;
const HANG_MS = 1000;
const SECRET = 'fuzz/intake-tokens';
const EXPECTED = new Set([202, 400, 401, 409, 413, 415]);
const answerSchema = z.object({ statusCode: z.number(), body: z.string() });
const acceptedSchema = z.object({ external_id: z.string(), duplicate: z.boolean() });

const doubles = await startDoubles();
const secrets = await startSecrets({ secrets: { [SECRET]: FUZZ_TOKENS } });
Object.assign(process.env, doubles.environment, {
  AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  INTAKE_TOKENS_SECRET: SECRET,
  INTAKE_TOKENS_LEAST_LENGTH: '1',
  POWERTOOLS_LOG_LEVEL: 'SILENT',
});
// Imported only now, because a function reads its settings when it is loaded.
const { handler } = await import('../functions/accept-order.ts');
const invoke = invokeHandler<ReturnType<typeof apiEvent>>((event, context) => handler(event, context), {
  timeoutMs: 10_000,
});

const failures: { what: string; request: FuzzRequest; answer: unknown }[] = [];
const statuses = new Map<number, number>();
const times: number[] = [];
/** What each 202 promises to be on the queue: the order, as it was read. */
const promised = new Set<string>();
let count = 0;

async function send(request: FuzzRequest): Promise<void> {
  const { body, isBase64Encoded, headers } = request;
  const event = { ...apiEvent('POST', '/orders', body, undefined), headers, isBase64Encoded };
  const started = performance.now();
  const invocation = await invoke(event);
  const ms = performance.now() - started;
  times.push(ms);
  const fail = (what: string) => void failures.push({ what, request, answer: invocation });

  if (ms > HANG_MS) fail(`took ${ms.toFixed(0)} ms`);
  if (invocation.outcome === 'failed') return fail('threw, or never answered');
  const { statusCode, body: told } = answerSchema.parse(JSON.parse(invocation.payload));
  statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1);
  if (!EXPECTED.has(statusCode)) fail(`answered ${statusCode}`);
  if (leaksIn(invocation.payload).length > 0) fail('told something personal');
  if (request.isGood && statusCode !== 202) fail('refused a good order');
  if (statusCode !== 202) return;

  if (!request.mayPost) fail('accepted from a stranger');
  const bytes = Buffer.from(body ?? '', isBase64Encoded ? 'base64' : 'utf8');
  const reading = readOrder(bytes.toString('utf8'));
  const { external_id } = acceptedSchema.parse(JSON.parse(told));
  if (!reading.ok || reading.order.external_id !== external_id) return fail('accepted what is no order');
  promised.add(JSON.stringify(reading.order));
}

const { pairs, survived } = fuzzRedaction(options.names, options.seed);

const bar = new SingleBar({ format: '{bar} {value}/{total}, {eta_formatted} to go', noTTYOutput: false });
bar.start(options.requests, 0);
const begun = performance.now();
for (let from = 0; from < options.requests; from += CHUNK) {
  const requests = fc.sample(
    fuzzRequest(() => `fuzz-${++count}`),
    { numRuns: Math.min(CHUNK, options.requests - from), seed: options.seed * 1_000_003 + from },
  );
  // One after the other, as Lambda gives them to a container: else each waits for the others' work.
  for (const request of requests) await send(request);
  bar.update(from + requests.length);
}
bar.stop();
const seconds = (performance.now() - begun) / 1000;

// As the consumer reads them: a letter may be escaped in a message.
const queued = new Set(
  doubles.queued.map(({ body }) => {
    const reading = readOrder(body);
    return reading.ok ? JSON.stringify(reading.order) : body;
  }),
);
const missing = [...promised].filter((body) => !queued.has(body));
const nobodys = doubles.queued.filter(({ submittedBy }) => submittedBy === undefined).length;
const surplus = [...queued].filter((body) => !promised.has(body));
const isPolluted = 'polluted' in {};
times.sort((a, b) => a - b);
const at = (share: number) => times[Math.floor(share * (times.length - 1))]?.toFixed(1);
const accepted = statuses.get(202) ?? 0;
const isGood =
  failures.length === 0 &&
  survived.length === 0 &&
  missing.length === 0 &&
  surplus.length === 0 &&
  nobodys === 0 &&
  !isPolluted &&
  accepted > 0;

for (const { what, request, answer } of failures.slice(0, 5)) {
  console.error(what, JSON.stringify(request).slice(0, 2000), JSON.stringify(answer).slice(0, 500));
}
for (const { name, way, text } of survived.slice(0, 5)) console.error('A name survived', name, way, text);
console.log(`seed ${options.seed}: ${isGood ? 'nothing found' : 'SOMETHING FOUND'}
  requests          ${times.length} in ${seconds.toFixed(0)} s, one after the other
  answers           ${[...statuses]
    .sort(([a], [b]) => a - b)
    .map(([status, n]) => `${status}: ${n}`)
    .join(', ')}
  time, ms          median ${at(0.5)}, 99 % ${at(0.99)}, longest ${at(1)}
  failures          ${failures.length}
  names spelt back  ${pairs}, of which something is kept: ${survived.length}
  orders accepted   ${promised.size}, of which not on the queue: ${missing.length}
  on the queue      ${doubles.queued.length} messages, ${queued.size} orders, promised to nobody: ${surplus.length}, nobody's: ${nobodys}`);
process.exitCode = isGood ? 0 : 1;
await secrets.stop();
doubles.stop();
