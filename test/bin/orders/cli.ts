import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { BARE_ENVIRONMENT } from '../../kit/bare-environment.ts';
import { refOf } from '../../kit/dlq.ts';
import { type HttpServer, startHttpServer } from '../../kit/http-server.ts';
import type { Relay } from '../../kit/relay.ts';
import { type Asked, endedSchema } from './warm-shell-messages.ts';

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Running {
  /** Everything it has said on standard error so far. */
  stderr(): string;
  interrupt(): void;
  ended: Promise<Ended>;
}

/** `npm run orders -- …` in a process of its own, without npm between. */
export function startOrders(args: readonly string[], env: Record<string, string>, input?: string): Running {
  const child = spawn(process.execPath, ['bin/orders.ts', ...args], {
    cwd: new URL('../../..', import.meta.url).pathname,
    env: { ...BARE_ENVIRONMENT, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
  });
  child.stdin.end(input);
  return {
    stderr: () => stderr,
    interrupt: () => child.kill('SIGINT'),
    ended: once(child, 'close').then(() => ({ code: child.exitCode, stdout, stderr })),
  };
}

/** One process for many commands, one after the other: {@link startOrders} without its second of loading. */
export interface WarmShell {
  orders(args: readonly string[], env: Record<string, string>, input?: string): Promise<Ended>;
  stop(): void;
}

export function startWarmShell(): WarmShell {
  const child = fork(new URL('warm-shell.ts', import.meta.url), { env: BARE_ENVIRONMENT });
  const died = once(child, 'exit').then(([code]) => Promise.reject(new Error(`The shell died (${code})`)));
  died.catch(() => undefined);
  let last: Promise<unknown> = Promise.resolve();
  return {
    orders(args, env, input = '') {
      const ended = last.then(async () => {
        child.send({ args, env: { ...BARE_ENVIRONMENT, ...env }, input } satisfies Asked);
        const [message] = await Promise.race([once(child, 'message'), died]);
        return endedSchema.parse(message);
      });
      last = ended.catch(() => undefined);
      return ended;
    },
    stop: () => child.disconnect(),
  };
}

/** What a deployed stage's stack says of itself. */
export const stageOutputs = (stack: Relay['stack']): Record<string, string> => ({
  OrdersQueueUrl: refOf(stack, 'OrdersQueue'),
  DeadLetterQueueUrl: refOf(stack, 'DeadLetterQueue'),
  OutcomesQueueUrl: refOf(stack, 'OutcomesQueue'),
  OutcomesDeadLetterQueueUrl: refOf(stack, 'OutcomesDeadLetterQueue'),
  LedgerTable: refOf(stack, 'Ledger'),
  SitniksBaseUrl: stack.sandbox.url,
  SitniksApiKeySecret: 'test/api-key',
  CallbacksSecret: 'test/callbacks',
  StoppedEndpointsTable: refOf(stack, 'StoppedEndpoints'),
  IntakeTokensSecret: 'test/intake-tokens',
  IntakeTokensLeastLength: '1',
  SyncTimeout: '60s',
});

/** CloudFormation, knowing one stack: what `--stage` is resolved from. */
export const startCloudFormation = (
  name: string,
  outputs: () => Record<string, string>,
): Promise<HttpServer> =>
  startHttpServer(async (request, response) => {
    const asked = new URLSearchParams(await text(request)).get('StackName');
    const members = Object.entries(outputs()).map(
      ([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
    );
    response.setHeader('content-type', 'text/xml');
    if (asked === name) {
      response.end(
        `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>${name}</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
      );
    } else {
      response.statusCode = 400;
      response.end(
        `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id ${asked} does not exist</Message></Error></ErrorResponse>`,
      );
    }
  });
