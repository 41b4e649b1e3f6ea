import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import { closedPort } from './http-server.ts';

/** What this needs of serverless-offline, which has no types. */
interface Lambda {
  create(functions: Array<{ functionKey: string; functionDefinition: object }>): void;
  start(): Promise<void>;
  stop(timeoutMs: number): Promise<void>;
  cleanup(): Promise<void>;
}
const lambdaModule = z.object({
  default: z.custom<new (serverless: object, options: object) => Lambda>(
    (value) => typeof value === 'function',
  ),
});

export interface OfflineLambda {
  /** Of its Invoke API. */
  url: string;
  /** The deployed name of a function. */
  nameOf(key: string): string;
  stop(): Promise<void>;
}

/**
 * serverless-offline's Lambda with these functions, each the source of a handler in a module of its own: one that cannot
 * be loaded is alone with that.
 *
 * @param timeouts in seconds; 5 unless told
 */
export async function startOfflineLambda(
  handlers: Record<string, string>,
  timeouts: Record<string, number> = {},
): Promise<OfflineLambda> {
  const folder = await mkdtemp(join(tmpdir(), 'lambda-'));
  for (const [key, code] of Object.entries(handlers)) {
    await writeFile(join(folder, `${key}.mjs`), `export const handler = ${code};`);
  }
  // Told to take any, serverless-offline would not say which port it took.
  const port = await closedPort();
  const name = 'serverless-offline/lambda';
  const { default: ServerlessOffline } = lambdaModule.parse(await import(name));
  const service = {
    service: 'orders',
    provider: { region: 'eu-central-1', runtime: 'nodejs24.x', timeout: 5 },
  };
  const lambda = new ServerlessOffline(
    { service, config: { servicePath: folder }, serviceDir: folder },
    { host: '127.0.0.1', lambdaPort: port, terminateIdleLambdaTime: 60 },
  );
  const nameOf = (key: string) => `orders-local-${key}`;
  lambda.create(
    Object.keys(handlers).map((key) => ({
      functionKey: key,
      functionDefinition: {
        name: nameOf(key),
        handler: `${key}.handler`,
        ...(timeouts[key] !== undefined && { timeout: timeouts[key] }),
      },
    })),
  );
  await lambda.start();
  return {
    url: `http://127.0.0.1:${port}`,
    nameOf,
    async stop() {
      await lambda.stop(100);
      await lambda.cleanup();
      await rm(folder, { recursive: true });
    },
  };
}
