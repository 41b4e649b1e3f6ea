import { GetQueueUrlCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { type EventSourceMapping, startEventSourceMapping } from './event-source-mapping.ts';
import { withFewThreads } from './few-threads.ts';
import { readEvent } from './function-events.ts';
import { readFunctions, surviveCrashes } from './function-threads.ts';
import { isRoute, type Route, routesOf } from './http-api/routes.ts';
import { type HttpApi, startHttpApi } from './http-api/server.ts';
import { invokeFunction } from './invoke.ts';
import { LOCAL_OPERATORS, LOCAL_TOKENS } from './local-secrets.ts';
import { serveOnlyThisMachine } from './only-this-machine.ts';
import { createOutput, type Output } from './output.ts';
import { type Ports, readPorts, requireFree } from './ports.ts';
import { type MadeResource, queueNames, reachable, tableNames } from './resources.ts';
import { type Schedule, startSchedule } from './schedule.ts';
import { environmentOf, type Stack, startStack } from './stack.ts';
import { welcome } from './welcome.ts';
import { startWorkshop, type WorkshopServer } from './workshop/server.ts';

/** What this plugin reads and sets of the Serverless Framework's service. */
interface Serverless {
  service: {
    provider: { region: string };
    resources: unknown;
    custom?: unknown;
    functions: Record<
      string,
      { name: string; timeout?: number; environment?: Record<string, unknown>; events: unknown[] }
    >;
  };
  processedInput: { commands: string[] };
  classes: { Error: new (message: string) => Error };
}

/** A schedule knows minutes at the least, and nobody wants to wait for them here. */
const customSchema = z.object({ localSchedule: z.object({ everySeconds: z.number().min(1) }) });

/** Longer than most calls take, and less than it takes to load a thread. */
const PATIENCE_MS = 200;

const refSchema = z.object({ Ref: z.string() });

/**
 * Stage `local`: starts SQS, DynamoDB, Secrets Manager, the sandbox CRM and the receiver of callbacks before
 * serverless-offline, points the functions at them, serves the HTTP API, and feeds those that read from a queue. Gives `serverless invoke
 * local --stage local` the running stack's addresses.
 */
export default class LocalStackPlugin {
  readonly hooks: Record<string, () => Promise<void>>;
  readonly #serverless: Serverless;
  readonly #output: Output;
  #stack: Stack | undefined;
  #mappings: EventSourceMapping[] = [];
  #schedules: Schedule[] = [];
  #routes: Route[] = [];
  #api: HttpApi | undefined;
  #workshop: WorkshopServer | undefined;

  constructor(serverless: Serverless, options: { stage?: string; verbose?: boolean }) {
    this.#serverless = serverless;
    this.#output = createOutput({
      isVerbose: options.verbose === true,
      print: (line) => console.log(line),
      hasHeard: (id) => this.#stack?.receiver.events().some(({ event }) => event.id === id) ?? false,
    });
    this.hooks =
      options.stage === 'local'
        ? {
            'before:offline:start:init': () => this.#clearly(() => this.#start()),
            'before:offline:start:ready': () => this.#clearly(() => this.#feed()),
            'before:offline:start:end': () => this.#stop(),
            // Not before:invoke:local:loadEnvVars, at which the framework asks CloudFormation before it asks us.
            initialize: async () => {
              if (serverless.processedInput.commands.join(' ') === 'invoke local') {
                await this.#clearly(() => this.#attach());
              }
            },
          }
        : {
            'before:offline:start:init': () =>
              this.#clearly(async () => {
                throw new Error('Only stage local runs on this machine: npm start');
              }),
          };
  }

  async #start(): Promise<void> {
    const ports = readPorts();
    await requireFree(ports);
    serveOnlyThisMachine();
    const { print, say, mention, fromFunction } = this.#output;
    print('Starting: this takes a few seconds.');
    surviveCrashes(print);
    readFunctions(fromFunction);
    this.#takeRoutes();
    const { service } = this.#serverless;
    this.#stack = await startStack({
      template: service.resources,
      region: service.provider.region,
      apiKeySecret: String(service.functions['syncOrders']?.environment?.['SITNIKS_API_KEY_SECRET']),
      callbacksSecret: String(service.functions['notifySubmitter']?.environment?.['CALLBACKS_SECRET']),
      secrets: {
        [String(service.functions['acceptOrder']?.environment?.['INTAKE_TOKENS_SECRET'])]: LOCAL_TOKENS,
        [String(service.functions['managerPage']?.environment?.['OPERATORS_SECRET'])]: LOCAL_OPERATORS,
      },
      ports: {
        sqs: ports.SQS_PORT,
        dynamodb: ports.DYNAMODB_PORT,
        secrets: ports.SECRETS_PORT,
        sandbox: ports.SANDBOX_PORT,
        callbacks: ports.CALLBACKS_PORT,
        telegram: ports.TELEGRAM_PORT,
      },
      log: (speaker, line) => (speaker === 'sandbox CRM' ? mention : say)(speaker, line),
    });
    Object.assign(process.env, this.#stack.environment);
    this.#resolve(this.#stack.resources, ports);
  }

  /** The API in front of the functions is ours: serverless-offline would start one of its own for these. */
  #takeRoutes(): void {
    const { functions } = this.#serverless.service;
    this.#routes = routesOf(functions);
    for (const one of Object.values(functions)) one.events = one.events.filter((event) => !isRoute(event));
  }

  /** Replaces what only CloudFormation could resolve, and the addresses of others, by what is on this machine. */
  #resolve(resources: ReadonlyMap<string, MadeResource>, ports: Ports): void {
    for (const { environment = {} } of Object.values(this.#serverless.service.functions)) {
      for (const [name, value] of Object.entries(environment)) {
        const reference = refSchema.safeParse(value);
        if (reference.success) environment[name] = resources.get(reference.data.Ref)?.ref;
      }
      if ('SITNIKS_BASE_URL' in environment) {
        environment['SITNIKS_BASE_URL'] = `http://localhost:${ports.SANDBOX_PORT}`;
      }
      if ('TELEGRAM_API_URL' in environment) {
        environment['TELEGRAM_API_URL'] = `http://localhost:${ports.TELEGRAM_PORT}`;
        environment['PAGE_URL'] = `http://localhost:${ports.PAGE_PORT}`;
      }
    }
  }

  async #feed(): Promise<void> {
    const stack = this.#stack;
    if (stack === undefined) return;
    const ports = readPorts();
    const { service } = this.#serverless;
    const { print, say, mention } = this.#output;
    const warmUps: Promise<unknown>[] = [];
    const invokeByName = new Map<string, ReturnType<typeof invokeFunction>>();
    for (const { name, timeout = 6, events } of Object.values(service.functions)) {
      const invoke = withFewThreads(
        invokeFunction({
          url: `http://localhost:${ports.LAMBDA_PORT}`,
          functionName: name,
          timeoutMs: (timeout + 5) * 1000,
        }),
        { patienceMs: PATIENCE_MS },
      );
      invokeByName.set(name, invoke);
      for (const event of events.map(readEvent)) {
        switch (event.by) {
          case 'rate': {
            const { everySeconds } = customSchema.parse(service.custom).localSchedule;
            this.#schedules.push(
              startSchedule({ everySeconds, invoke, log: (line) => print(`${name}  ${line}`) }),
            );
            break;
          }
          case 'queue': {
            const queue = stack.resources.get(event.queue);
            if (queue === undefined)
              throw new Error(`${name} reads from a queue that is not in the resources`);
            // Loads the function, or the first order would wait for one cold start after another.
            warmUps.push(invoke({ Records: [] }));
            this.#mappings.push(
              startEventSourceMapping({
                ...event,
                sqs: stack.sqs,
                queueUrl: queue.ref,
                queueArn: queue.arn,
                region: service.provider.region,
                invoke,
                log: (line, kind) => (kind === 'routine' ? mention : say)('event source', line),
              }),
            );
            break;
          }
          case 'cron':
          case 'other':
        }
      }
    }
    // Where one cannot be loaded, its first message will say so.
    await Promise.allSettled(warmUps);
    this.#api = await startHttpApi({
      port: ports.API_PORT,
      routes: this.#routes,
      invoke: (name, event) =>
        invokeByName.get(name)?.(event) ?? Promise.reject(new Error(`No function ${name}`)),
      log: print,
    });
    this.#workshop = await startWorkshop(stack, {
      port: ports.PAGE_PORT,
      api: `http://localhost:${ports.API_PORT}`,
      apiKeySecret: String(service.functions['syncOrders']?.environment?.['SITNIKS_API_KEY_SECRET']),
    });
    print(welcome(ports, stack));
  }

  /** Points one invocation at the stack that `npm start` runs in another terminal. */
  async #attach(): Promise<void> {
    const ports = readPorts();
    const { service } = this.#serverless;
    const environment = environmentOf(ports, service.provider.region);
    Object.assign(process.env, environment);
    const sqs = new SQSClient({ endpoint: environment.AWS_ENDPOINT_URL_SQS, maxAttempts: 1 });
    const resources = new Map<string, MadeResource>();
    try {
      for (const [id, name] of queueNames(service.resources)) {
        const { QueueUrl = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName: name }));
        resources.set(id, { ref: await reachable(sqs, QueueUrl), arn: '' });
      }
    } catch (cause) {
      throw new Error(
        `No local stack on port ${ports.SQS_PORT} (SQS_PORT): run npm start in another terminal`,
        {
          cause,
        },
      );
    } finally {
      sqs.destroy();
    }
    for (const name of tableNames(service.resources)) resources.set(name, { ref: name, arn: '' });
    this.#resolve(resources, ports);
  }

  async #stop(): Promise<void> {
    await this.#workshop?.stop();
    await this.#api?.stop();
    for (const schedule of this.#schedules) schedule.stop();
    await Promise.allSettled(this.#mappings.map((mapping) => mapping.stop({ deadlineMs: 2000 })));
    await this.#stack?.stop();
  }

  /** An error of the framework's own class is shown as one line, without its stack. */
  async #clearly(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      await this.#stop();
      throw new this.#serverless.classes.Error(error instanceof Error ? error.message : String(error));
    }
  }
}
