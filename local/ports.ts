import { createServer } from 'node:net';
import * as z from 'zod';

/** Where each part of the local stack listens; each can be set, so that two stacks can run side by side. */
const portsSchema = z.object({
  API_PORT: port(3000),
  LAMBDA_PORT: port(3002),
  SANDBOX_PORT: port(4010),
  SECRETS_PORT: port(4011),
  CALLBACKS_PORT: port(4012),
  TELEGRAM_PORT: port(4013),
  PAGE_PORT: port(4020),
  DYNAMODB_PORT: port(8000),
  SQS_PORT: port(9324),
});

export type Ports = z.output<typeof portsSchema>;

function port(fallback: number) {
  return z.coerce.number().int().min(1).max(65_535).default(fallback);
}

/** @throws {Error} naming the variables that are no port numbers. */
export function readPorts(env: Record<string, string | undefined> = process.env): Ports {
  const parsed = portsSchema.safeParse(env);
  if (parsed.success) return parsed.data;
  const names = parsed.error.issues.map(({ path }) => path.join('.'));
  throw new Error(`Not a port number: ${names.join(', ')}. Use 1 to 65535, or leave it out.`);
}

/** @throws {Error} with one line for each port that two settings name, and one for those that somebody else listens on. */
export async function requireFree(ports: Ports): Promise<void> {
  const byNumber = Map.groupBy(Object.entries(ports), ([, number]) => number);
  const twice = [...byNumber].filter(([, settings]) => settings.length > 1);
  if (twice.length > 0) {
    throw new Error(
      twice
        .map(([number, settings]) =>
          givenTwice(
            number,
            settings.map(([name]) => name),
          ),
        )
        .join('\n'),
    );
  }

  const taken: [string, number][] = [];
  for (const [name, number] of Object.entries(ports)) {
    if (!(await isFree(number))) taken.push([name, number]);
  }
  const [first] = taken;
  if (first !== undefined) {
    const named = taken.map(([name, number]) => `${number} (${name})`).join(', ');
    throw new Error(
      `Taken: port ${named}. Is the stack running already? Else choose another: ${first[0]}=<port> npm start`,
    );
  }
}

const givenTwice = (number: number, names: readonly string[]): string =>
  `Given twice: port ${number}, to ${names.join(' and ')}. Choose another for one of them: ${names[0]}=<port> npm start`;

/** Does nothing listen there on this machine? */
export const isFree = (number: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .once('listening', () => server.close(() => resolve(true)))
      .listen(number, '127.0.0.1');
  });
