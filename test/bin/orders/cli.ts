import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { refOf } from '../../kit/dlq.ts';
import { type HttpServer, startHttpServer } from '../../kit/http-server.ts';
import type { Relay } from '../../kit/relay.ts';

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
    // Nothing of this machine's own: neither its ports nor its AWS account.
    env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE: join(tmpdir(), 'sitniks-orders-test'), ...env },
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
