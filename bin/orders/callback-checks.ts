import { setTimeout as pause } from 'node:timers/promises';
import { type Endpoints, readEndpoints } from '../../lib/callbacks/endpoints.ts';
import { nameOf } from '../../lib/lambda/observability.ts';
import { sizeOf } from '../../local/queue-depth.ts';
import { type Check, type Finding, fine, wrong } from './check.ts';
import type { Relay } from './connect.ts';
import { wrongSecret } from './crm-checks.ts';
import { pasteFor } from './paste.ts';

/** A callback that nothing is the matter with is made in this time. */
const TOLD_WITHIN_MS = 3_000;
const LOOK_MS = 250;

/** Is there somewhere to tell outcomes, does it answer, and has everything been told? */
export async function callbackChecks(relay: Relay): Promise<Check[]> {
  const { checks, endpoints } = await readable(relay);
  return [
    ...checks,
    ...(endpoints === undefined ? [] : [{ name: 'endpoints', ...(await answering(endpoints, relay)) }]),
    { name: 'untold outcomes', ...(await untold(relay)) },
    { name: 'outcomes', ...(await givenUp(relay)) },
  ];
}

async function readable(relay: Relay): Promise<{ checks: Check[]; endpoints?: Endpoints }> {
  const { secrets, callbacksSecret: id } = relay;
  const name = 'callbacks';
  try {
    const endpoints = await readEndpoints(secrets, id);
    const detail = `${id} is readable; callers that are told: ${endpoints.byCaller.size}`;
    return { checks: [{ name, ...fine(detail) }], endpoints };
  } catch (error) {
    const finding = wrongSecret(
      error,
      'mend it ({} for nobody): until then outcomes wait',
      pasteFor(relay).editSecret(id),
      relay,
    );
    return { checks: [{ name, ...finding }] };
  }
}

/** A caller's name is no secret, and stands in every log line of its callbacks. */
async function answering({ byCaller, version }: Endpoints, relay: Relay): Promise<Finding> {
  const paste = pasteFor(relay);
  const { stopped, health } = relay;
  try {
    const callers = [...byCaller.keys()];
    const states = await Promise.all(
      callers.map(async (caller) => ({
        caller,
        isStopped: await stopped.has(caller, version),
        isSpared: await health.isSpared(caller),
      })),
    );
    const gone = states.filter(({ isStopped }) => isStopped).map(({ caller }) => caller);
    if (gone.length > 0) {
      return wrong(
        `stopped, because it has answered 410: ${gone.join(', ')}`,
        'once it is mended, write the secret anew, with another address or the same: it is called again then',
        paste.touchSecret(relay.callbacksSecret),
      );
    }
    const deaf = states.filter(({ isSpared }) => isSpared).map(({ caller }) => caller);
    return deaf.length === 0
      ? fine(callers.length === 0 ? 'none' : 'none has stopped, or is spared for being slow')
      : wrong(
          `no answer from: ${deaf.join(', ')}`,
          'see whether it runs; what it has not been told it is told for three days',
          paste.log('notifySubmitter'),
        );
  } catch (error) {
    return wrong(
      `the table of endpoints cannot be read (${nameOf(error)})`,
      'check that you may read it, and that the stack is deployed',
      paste.deploy(),
    );
  }
}

const cannotAsk = (queue: string, error: unknown, relay: Relay): Finding =>
  wrong(
    `${queue} cannot be asked (${nameOf(error)})`,
    'check that you may call sqs:GetQueueAttributes, and that the stack is deployed',
    pasteFor(relay).deploy(),
  );

/** What waits for longer than a call takes has failed at least once. */
async function untold(relay: Relay): Promise<Finding> {
  try {
    const until = Date.now() + TOLD_WITHIN_MS;
    for (;;) {
      const waiting = await sizeOf(relay.sqs, relay.outcomesQueueUrl);
      if (waiting === 0) return fine('none waits');
      if (Date.now() >= until) {
        return wrong(
          `${waiting} wait to be told: an endpoint does not take them`,
          'see whose, and with which answer; each is tried for three days',
          pasteFor(relay).log('notifySubmitter'),
        );
      }
      await pause(LOOK_MS);
    }
  } catch (error) {
    return cannotAsk('OutcomesQueue', error, relay);
  }
}

/** What could not be told in three days waits on a queue of its own. */
async function givenUp(relay: Relay): Promise<Finding> {
  try {
    const left = await sizeOf(relay.sqs, relay.outcomesDeadLetterQueueUrl);
    return left === 0
      ? fine('none has been given up')
      : wrong(
          `${left} could not be told: an endpoint was down for three days, or has said 410`,
          'mend the endpoint, or the callbacks secret; then have them told again',
          pasteFor(relay).orders('tell --given-up'),
        );
  } catch (error) {
    return cannotAsk('OutcomesDeadLetterQueue', error, relay);
  }
}
