import { setTimeout as pause } from 'node:timers/promises';
import { SingleBar } from 'cli-progress';
import { Command } from 'commander';
import pMap from 'p-map';
import * as z from 'zod';
import { type RunningStack, runLocalStack } from '../local/run.ts';
import { arrivals, dialect, order, send, wholeNumber } from './shop.ts';

const options = z
  .object({ orders: z.number(), seed: z.number(), minutes: z.number(), dialect: z.string() })
  .parse(
    new Command('soak')
      .description(
        'Orders, each sent twice at once, through a local stack of its own while the CRM fails and the bot is down. One each must arrive, and be told.',
      )
      .option('--orders <n>', 'how many', wholeNumber, 1000)
      .option('--seed <n>', 'of the faults', wholeNumber, 1)
      .option('--minutes <n>', 'how long to wait for the last', wholeNumber, 15)
      .addOption(dialect())
      .parse()
      .opts(),
  );

const FAULTS = [
  'lost_response',
  'stalled_body',
  'timeout',
  'reset',
  { fault: 'status', status: 500 },
  'rate_limit',
];

const sandboxCalls = z.array(z.object({ method: z.string(), fault: z.string().optional() }));
const toldEvents = z.array(
  z.object({
    event: z.object({ id: z.string(), type: z.string(), data: z.object({ external_id: z.string() }) }),
  }),
);
const orderAnswer = z.object({
  state: z.string(),
  attempts: z.number(),
  error: z.object({ type: z.string() }).nullish(),
});

const started = Date.now();
const seconds = () => ((Date.now() - started) / 1000).toFixed(0);
const stack = await runLocalStack({ SITNIKS_DIALECT: options.dialect });
try {
  process.exitCode = (await soak(stack)) ? 0 : 1;
} catch (error) {
  console.error(error, stack.output().split('\n').slice(-40).join('\n'));
  throw error;
} finally {
  await stack.stop();
}

async function soak({ api, sandbox, receiver }: RunningStack): Promise<boolean> {
  const ids = Array.from({ length: options.orders }, (_, n) => `soak-${options.seed}-${n + 1}`);
  await send('PUT', `${sandbox}/_sandbox/chaos`, { every: 10, faults: FAULTS, seed: options.seed });
  await send('PUT', `${receiver}/_receiver/mode`, { status: 503 });

  const bar = new SingleBar({
    format: '{bar} {value}/{total} in the CRM, {duration_formatted}',
    noTTYOutput: true,
    notTTYSchedule: 10_000,
  });
  bar.start(ids.length, 0);
  let running = true;
  const watching = (async () => {
    while (running) {
      bar.update((await arrived(sandbox)).length);
      await pause(500);
    }
    bar.update((await arrived(sandbox)).length);
  })();

  // Each order twice at the same moment, ten orders at a time.
  const answers = await pMap(
    ids,
    (id) => Promise.all([send('POST', `${api}/orders`, order(id)), send('POST', `${api}/orders`, order(id))]),
    { concurrency: 10 },
  );
  const accepted = answers.flat().filter((status) => status === 202).length;
  await send('PUT', `${receiver}/_receiver/mode`, {});

  // Done when the ledger says so of every order; what is parked on the way comes back by itself.
  const deadline = Date.now() + options.minutes * 60_000;
  let left = ids;
  /** Nobody but a person can say whether the CRM has it. */
  let unproven: string[] = [];
  const attempts = new Map<number, number>();
  while (left.length > unproven.length && Date.now() < deadline) {
    await pause(500);
    const states = await pMap(left, async (id) => ({ id, ...(await stateOf(api, id)) }), { concurrency: 10 });
    for (const { state, attempts: n } of states) {
      if (state === 'synced') attempts.set(n, (attempts.get(n) ?? 0) + 1);
    }
    const others = states.filter(({ state }) => state !== 'synced');
    left = others.map(({ id }) => id);
    unproven = others
      .filter(({ state, error }) => state === 'parked' && error?.type === 'UNPROVEN')
      .map(({ id }) => id);
  }
  let told = await lastTold(receiver);
  while (ids.some((id) => !told.has(id)) && Date.now() < deadline) {
    await pause(500);
    told = await lastTold(receiver);
  }
  running = false;
  await watching;
  bar.stop();

  const inCrm = await arrived(sandbox);
  const twice = inCrm.length - new Set(inCrm).size;
  const missing = ids.filter((id) => !inCrm.includes(id) && !unproven.includes(id)).length;
  const toldWell = ids.filter((id) => /^order\.(synced|recovered)$/.test(told.get(id) ?? '')).length;
  const calls = sandboxCalls.parse(await (await fetch(`${sandbox}/_sandbox/calls`)).json());
  const isGood =
    accepted === 2 * ids.length &&
    inCrm.length >= ids.length - unproven.length &&
    twice === 0 &&
    missing === 0 &&
    left.length === unproven.length &&
    toldWell === ids.length - unproven.length;
  console.log(`
seed ${options.seed}: ${isGood ? 'every order is in the CRM once' : 'NOT every order is in the CRM once'}
  posts             ${answers.flat().length}, of which 202: ${accepted}
  in the CRM        ${inCrm.length} of ${ids.length}, twice: ${twice}, missing: ${missing}
  synced in ledger  ${ids.length - left.length}
  for a person      ${unproven.length}
  told to the bot   ${toldWell}, which was down until all were posted
  attempts          ${[...attempts]
    .sort()
    .map(([n, count]) => `${n}: ${count}`)
    .join(', ')}
  calls of the CRM  ${calls.length}, with a fault: ${calls.filter(({ fault }) => fault !== undefined).length}
  time              ${seconds()} s`);
  return isGood;
}

async function stateOf(api: string, id: string) {
  const response = await fetch(`${api}/orders/${id}`, { headers: { authorization: 'Bearer local' } });
  const answer = orderAnswer.safeParse(await response.json());
  return answer.success ? answer.data : { state: `unknown (${response.status})`, attempts: 0 };
}

/** Of each order what the bot was told last. */
async function lastTold(receiver: string): Promise<Map<string, string>> {
  const events = toldEvents.parse(await (await fetch(`${receiver}/_receiver/events`)).json());
  return new Map(events.map(({ event }) => [event.data.external_id, event.type]));
}

async function arrived(sandbox: string): Promise<string[]> {
  return (await arrivals(sandbox)).map(({ id }) => id);
}
