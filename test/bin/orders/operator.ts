import { expect } from 'vitest';
import type * as z from 'zod';
import type { HttpServer } from '../../kit/http-server.ts';
import { type Relay, startRelay } from '../../kit/relay.ts';
import {
  type Ended,
  type Running,
  stageOutputs,
  startCloudFormation,
  startOrders,
  startWarmShell,
} from './cli.ts';
import { allIsWell, startFunctionsStandIn } from './functions-stand-in.ts';

export interface RunOptions {
  /** On standard input. */
  input?: string;
  /** The exit code that it must have, 0 unless told. */
  code?: number;
  env?: Record<string, string>;
}

/** A deployed stage, played by stand-ins of AWS's services, and somebody to type commands. */
export interface Operator {
  relay: Relay;
  /** The outputs of the stage's stack; may be changed. */
  outputs: Record<string, string>;
  /** Begins a command in a process of its own, so that it can be interrupted. */
  begin(args: string[], input?: string): Running;
  /** Runs a command to its end, and sees to it that it tells nothing personal. */
  orders(args: string[], options?: RunOptions): Promise<Ended>;
  /** The same with `--json`. */
  json<T>(schema: z.ZodType<T>, args: string[], options?: RunOptions): Promise<T>;
  /** As after the start, but for the ledger; nothing is fed to the consumer. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

const PERSONAL_DATA = /Олена|Коваленко|671234567|123 45|example\.com|Таємна/;

export async function startOperator(): Promise<Operator> {
  // With no attempt to spare, a machine that stalls for longer than a call may take would park an order.
  const settings = { MAX_RETRIES: '0', CRM_TIMEOUT_MS: '2000' };
  const relay = await startRelay({ settings, visibilitySeconds: 1, feed: false });
  const { stack } = relay;
  const outputs = stageOutputs(stack);
  const cloudFormation: HttpServer = await startCloudFormation('sitniks-orders-test', () => outputs);

  const lambda = await startFunctionsStandIn(allIsWell);

  const shell = startWarmShell();
  const environment = {
    ...stack.environment,
    AWS_ENDPOINT_URL_CLOUDFORMATION: cloudFormation.url,
    AWS_ENDPOINT_URL_LAMBDA: lambda.url,
    AWS_ENDPOINT_URL_CLOUDWATCH: lambda.url,
  };
  const onStage = (args: string[]) => [...args, '--stage', 'test'];
  const orders = async (args: string[], { input, code = 0, env }: RunOptions = {}) => {
    const ended = await shell.orders(onStage(args), { ...environment, ...env }, input);
    expect([ended.code, ended.stderr]).toEqual([code, ended.stderr]);
    const mayTell = args.includes('--reveal') || args[0] === 'submit';
    if (!mayTell) expect(ended.stdout + ended.stderr).not.toMatch(PERSONAL_DATA);
    return ended;
  };
  return {
    relay,
    outputs,
    begin: (args, input) => startOrders(onStage(args), environment, input),
    orders,
    json: async (schema, args, options) =>
      schema.parse(JSON.parse((await orders([...args, '--json'], options)).stdout)),
    async reset() {
      await relay.stopFeeding();
      stack.sandbox.reset();
      stack.secrets.set('test/api-key', 'sandbox-key');
      await relay.takeDeadLetters();
    },
    async stop() {
      shell.stop();
      await Promise.all([cloudFormation.stop(), lambda.stop()]);
      await relay.stop();
    },
  };
}
