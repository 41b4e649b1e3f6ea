import { setTimeout as pause } from 'node:timers/promises';
import { Command } from 'commander';
import pMap from 'p-map';
import * as z from 'zod';
import { type RunningStack, runLocalStack } from '../local/run.ts';
import { arrivals, dialect, order, send, wholeNumber } from './shop.ts';

const options = z
  .object({ orders: z.number(), outage: z.number(), minutes: z.number(), dialect: z.string() })
  .parse(
    new Command('outage')
      .description(
        'Orders posted to a local stack of its own while the CRM is down. Up again, each must arrive once, with no command typed.',
      )
      .option('--orders <n>', 'how many', wholeNumber, 200)
      .option('--outage <s>', 'how long the CRM is down, in seconds', wholeNumber, 60)
      .option('--minutes <n>', 'how long to wait for the last', wholeNumber, 5)
      .addOption(dialect())
      .parse()
      .opts(),
  );

const tendLine = z.object({
  message: z.string().startsWith('Dead letters'),
  sent_back: z.number(),
  probe: z.enum(['succeeded', 'failed', 'none']),
});
const orderAnswer = z.object({ state: z.string(), error: z.object({ type: z.string() }).nullish() });
/** Nobody but a person can say whether the CRM has it. */
const FOR_A_PERSON = 'parked, for a person';

const stack = await runLocalStack({ SITNIKS_DIALECT: options.dialect }, {}, ['--verbose']);
try {
  process.exitCode = (await demonstrate(stack)) ? 0 : 1;
} catch (error) {
  console.error(error, stack.output().split('\n').slice(-40).join('\n'));
  throw error;
} finally {
  await stack.stop();
}

async function demonstrate({ api, sandbox, output }: RunningStack): Promise<boolean> {
  const ids = Array.from({ length: options.orders }, (_, n) => `outage-${n + 1}`);
  await send('POST', `${sandbox}/_sandbox/faults`, {
    fault: 'status',
    status: 503,
    times: 1_000_000,
    on: 'any',
  });
  const upAt = Date.now() + options.outage * 1000;

  const answers = await pMap(ids, (id) => send('POST', `${api}/orders`, order(id)), { concurrency: 5 });
  const accepted = answers.filter((status) => status === 202).length;
  console.log(`The CRM is down. Posted ${ids.length} orders, of which accepted with 202: ${accepted}`);

  await pause(Math.max(0, upAt - Date.now()));
  const states = await pMap(ids, (id) => stateOf(api, id), { concurrency: 5 });
  const inVain = runsOf(output());
  const before = await arrivals(sandbox);
  console.log(`After ${options.outage} s: ${tally(states)}; in the CRM: ${before.length}`);
  console.log(
    `tendDeadLetters tried ${inVain.filter(({ probe }) => probe === 'failed').length} probes, in vain`,
  );

  const since = Date.now();
  await fetch(`${sandbox}/_sandbox/faults`, { method: 'DELETE' });
  console.log('The CRM is up again.\n');
  const deadline = since + options.minutes * 60_000;
  let left = ids;
  let forAPerson = 0;
  while (left.length > forAPerson && Date.now() < deadline) {
    await pause(1000);
    const now = await pMap(left, async (id) => ({ id, state: await stateOf(api, id) }), { concurrency: 5 });
    left = now.filter(({ state }) => state !== 'synced').map(({ id }) => id);
    forAPerson = now.filter(({ state }) => state === FOR_A_PERSON).length;
  }

  const arrived = await arrivals(sandbox);
  const perSecond = countPerSecond(arrived.map(({ at }) => at - since));
  const sentBack = runsOf(output()).slice(inVain.length);
  for (const [second, count] of perSecond.entries()) {
    console.log(`${String(second + 1).padStart(4)} s ${String(count).padStart(4)} ${'█'.repeat(count)}`);
  }
  const distinct = new Set(arrived.map(({ id }) => id));
  const startsSlow = (perSecond.find((count) => count > 0) ?? 0) <= Math.max(...perSecond) / 2;
  // With open-api it is the key's pace that spares the CRM, from the first second to the last.
  const isGentle = startsSlow || options.dialect === 'open-api';
  const isGood =
    accepted === ids.length &&
    before.length === 0 &&
    left.length === 0 &&
    arrived.length === ids.length &&
    ids.every((id) => distinct.has(id)) &&
    isGentle;
  console.log(`
${isGood ? 'Every order is in the CRM once, and nobody typed a command' : 'NOT every order came back as it should'}
  in the CRM        ${arrived.length} of ${ids.length}, twice: ${arrived.length - distinct.size}, missing: ${ids.length - distinct.size}
  synced in ledger  ${ids.length - left.length}
  for a person      ${forAPerson}
  sent back         ${sentBack.map(({ sent_back }) => sent_back).join(', ')} a run, in waves that double
  starts slow       ${startsSlow}`);
  return isGood;
}

/** What the runs of tendDeadLetters so far say of themselves. */
function runsOf(output: string): z.output<typeof tendLine>[] {
  return output
    .split('\n')
    .filter((line) => line.includes('"service":"tendDeadLetters"'))
    .map((line) => tendLine.safeParse(JSON.parse(line.slice(line.indexOf('{')))))
    .flatMap(({ data }) => (data === undefined ? [] : [data]))
    .filter(({ probe }) => probe !== 'none');
}

/** How many fall into each second, from 0 to the last. */
function countPerSecond(milliseconds: readonly number[]): number[] {
  const counts: number[] = [];
  for (const ms of milliseconds) {
    const second = Math.max(0, Math.floor(ms / 1000));
    counts[second] = (counts[second] ?? 0) + 1;
  }
  return Array.from(counts, (count) => count ?? 0);
}

function tally(states: readonly string[]): string {
  const byState = Map.groupBy(states, (state) => state);
  return [...byState].map(([state, all]) => `${all.length} ${state}`).join(', ');
}

/** Asked again where the busy machine let the function run out of time, which serverless-offline answers with 200. */
async function stateOf(api: string, id: string): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    const response = await fetch(`${api}/orders/${id}`, { headers: { authorization: 'Bearer local' } });
    const answer = orderAnswer.safeParse(await response.json());
    if (answer.success) {
      const { state, error } = answer.data;
      return state === 'parked' && error?.type === 'UNPROVEN' ? FOR_A_PERSON : state;
    }
    if (tries === 5) return `unknown (${response.status})`;
  }
}
