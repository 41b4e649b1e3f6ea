import { AWS_CLIENT_OPTIONS } from '../../lib/lambda/aws.ts';
import { nameOf } from '../../lib/lambda/observability.ts';
import { readServiceFile } from '../../local/service-file.ts';
import { type Check, type Finding, fine, NOT_HERE, wrong } from './check.ts';
import type { Relay } from './connect.ts';
import type { Functions, Mapping } from './functions.ts';

/** Fed from a queue: without its mapping nobody works. */
const FED = ['syncOrders', 'notifySubmitter'] as const;
/** By a schedule, every five minutes: three in a row do not fail to come by chance. */
const TENDS = { functionName: 'tendDeadLetters', minutes: 16 };
const THROTTLED_MINUTES = 60;
/** What the door needs beside the queues, and what tends the dead letters (docs/deploy.md, "Concurrency"). */
const LEAST_FOR_THE_DOOR = 5;
const FOR_THE_SCHEDULE = 1;
/** Lambda's own, for a mapping without a most. */
const MOST_OF_A_MAPPING = 1000;

/** Does whoever should work do so, and is there room for them? On AWS only: the local stack has no such thing. */
export async function functionChecks({ stage, region }: Relay): Promise<Check[]> {
  const names = ['mappings', 'throttles', 'concurrency', 'schedule'] as const;
  if (stage === 'local') return names.map((name) => ({ name, ...NOT_HERE }));
  // Loaded only here: the other commands need not wait for it.
  const { functionsOf } = await import('./functions.ts');
  const functions = functionsOf({ ...AWS_CLIENT_OPTIONS, region });
  try {
    return await judgeFunctions(functions, { stage, region }, await functionNames());
  } catch (error) {
    return [
      {
        name: 'functions',
        ...wrong(
          `Lambda or CloudWatch cannot be asked (${nameOf(error)})`,
          'see who you are, and that docs/policies/operator.json is yours',
          'aws sts get-caller-identity',
        ),
      },
    ];
  } finally {
    functions.close();
  }
}

const functionNames = async (): Promise<string[]> =>
  Object.keys(Object((await readServiceFile())['functions']));

/** @param names of the functions, as serverless.yml has them */
export async function judgeFunctions(
  functions: Omit<Functions, 'close'>,
  { stage, region }: Pick<Relay, 'stage' | 'region'>,
  names: readonly string[],
): Promise<Check[]> {
  const full = (name: string) => `sitniks-orders-${stage}-${name}`;
  const aws = (command: string) => `aws lambda ${command} --region ${region}`;

  const mappings = await Promise.all(
    FED.map(async (name) => ({ name, found: await functions.mappingsOf(full(name)) })),
  );
  const reserved = await Promise.all(
    names.map(async (name) => ({ name, most: await functions.reservedOf(full(name)) })),
  );
  const sums = await functions.sums([
    ...names.map((name) => ({
      metric: 'Throttles' as const,
      functionName: full(name),
      minutes: THROTTLED_MINUTES,
    })),
    { metric: 'Invocations', functionName: full(TENDS.functionName), minutes: TENDS.minutes },
  ]);
  const throttled = names
    .map((name, i) => ({ name, times: sums[i] ?? 0 }))
    .filter(({ times }) => times > 0)
    .map(({ name, times }) => `${name} ${times} times`);

  return [
    ...mappings.map(
      ({ name, found }): Check => ({
        name: `mapping of ${name}`,
        ...judgeMapping(name, found, aws, full(name)),
      }),
    ),
    ...reserved
      .filter(({ most }) => most === 0)
      .map(
        ({ name }): Check => ({
          name: `throttle of ${name}`,
          ...wrong(
            'it may not run at all: somebody has reserved 0 for it',
            'take that back',
            aws(`delete-function-concurrency --function-name ${full(name)}`),
          ),
        }),
      ),
    {
      name: 'throttles',
      ...(throttled.length === 0
        ? fine('none in the last hour')
        : wrong(
            `in the last hour: ${throttled.join(', ')}`,
            'see who uses up the concurrency (docs/deploy.md, "Concurrency")',
            aws('get-account-settings --query AccountLimit'),
          )),
    },
    {
      name: 'concurrency',
      ...judgeConcurrency(
        await functions.account(),
        mappings.flatMap(({ found }) => found),
        reserved.find(({ name }) => name === 'acceptOrder')?.most,
        aws,
      ),
    },
    {
      name: 'schedule',
      ...((sums.at(-1) ?? 0) > 0
        ? fine(`${TENDS.functionName} has run in the last ${TENDS.minutes} minutes`)
        : wrong(
            `${TENDS.functionName} has not run for ${TENDS.minutes} minutes: nothing comes back by itself`,
            'deploy again; if its rule is disabled, enable it',
            `aws events list-rules --region ${region} --name-prefix sitniks-orders-${stage} --query "Rules[].[Name,State]" --output text`,
          )),
    },
  ];
}

function judgeMapping(
  name: string,
  found: readonly Mapping[],
  aws: (command: string) => string,
  functionName: string,
): Finding {
  const off = found.find(({ state }) => !['Enabled', 'Enabling', 'Updating', 'Creating'].includes(state));
  if (off !== undefined) {
    return wrong(
      `${off.state}: ${name} gets nothing from its queue`,
      'switch it on',
      aws(`update-event-source-mapping --enabled --uuid ${off.uuid}`),
    );
  }
  return found.length > 0
    ? fine(found.map(({ state }) => state).join(', '))
    : wrong(
        `none: ${name} gets nothing from its queue`,
        'deploy again',
        aws(`list-event-source-mappings --function-name ${functionName}`),
      );
}

/** Two mappings may fill a small account, and then the door has nothing, which shows as 503 and no alarm of ours. */
function judgeConcurrency(
  { all, unreserved }: { all: number; unreserved: number },
  mappings: readonly Mapping[],
  forTheDoor: number | undefined,
  aws: (command: string) => string,
): Finding {
  const fed = mappings.reduce(
    (sum, { maximumConcurrency }) => sum + (maximumConcurrency ?? MOST_OF_A_MAPPING),
    FOR_THE_SCHEDULE,
  );
  const needed = fed + (forTheDoor === undefined ? LEAST_FOR_THE_DOOR : 0);
  const detail = `${unreserved} of ${all}; the queues and the dead letters may take ${fed}, the door ${forTheDoor === undefined ? 'the rest' : `has ${forTheDoor} of its own`}`;
  return unreserved >= needed
    ? fine(detail)
    : wrong(
        detail,
        `have a higher quota, or syncConcurrency=2 and notifyConcurrency=2, so that it is ${needed} or less (docs/deploy.md, "Concurrency")`,
        aws('get-account-settings --query AccountLimit'),
      );
}
