import { describe, expect, test, vi } from 'vitest';
import LocalStackPlugin from '../../local/plugin.ts';
import { readPorts, requireFree } from '../../local/ports.ts';
import { freePorts } from '../../local/run.ts';
import { startHttpServer } from '../kit/http-server.ts';

const NAMES = Object.keys(readPorts({}));

/** Ports on which nothing listens, but for those that are set. */
async function freeBut(set: Record<string, number>) {
  const free = await freePorts(NAMES.length);
  return readPorts(Object.fromEntries(NAMES.map((name, index) => [name, String(set[name] ?? free[index])])));
}

test('ports of its own that are all free are let pass', async () => {
  await expect(requireFree(await freeBut({}))).resolves.toBeUndefined();
});

test.each([
  [
    { SANDBOX_PORT: 4999, CALLBACKS_PORT: 4999 },
    ['4999, to SANDBOX_PORT and CALLBACKS_PORT', 'SANDBOX_PORT'],
  ],
  [{ LAMBDA_PORT: 4999, SQS_PORT: 4999 }, ['4999, to LAMBDA_PORT and SQS_PORT', 'LAMBDA_PORT']],
  [
    { API_PORT: 4999, PAGE_PORT: 4999, SECRETS_PORT: 4999 },
    ['4999, to API_PORT and SECRETS_PORT and PAGE_PORT', 'API_PORT'],
  ],
])('a port given to two of its own is told with both settings: %j', async (set, [what, first]) => {
  await expect(requireFree(await freeBut(set))).rejects.toThrow(
    new Error(`Given twice: port ${what}. Choose another for one of them: ${first}=<port> npm start`),
  );
});

test('two such ports are told at once, also where one of them is a default', () => {
  const ports = readPorts({ SANDBOX_PORT: '4012', DYNAMODB_PORT: '9324' });
  return expect(requireFree(ports)).rejects.toThrow(
    new Error(
      [
        'Given twice: port 4012, to SANDBOX_PORT and CALLBACKS_PORT. Choose another for one of them: SANDBOX_PORT=<port> npm start',
        'Given twice: port 9324, to DYNAMODB_PORT and SQS_PORT. Choose another for one of them: DYNAMODB_PORT=<port> npm start',
      ].join('\n'),
    ),
  );
});

test.each(['0', '65536', '80a', '3000.5', '-1'])('%j is no port number', (text) => {
  expect(() => readPorts({ SQS_PORT: text, API_PORT: text })).toThrow(
    'Not a port number: API_PORT, SQS_PORT. Use 1 to 65535, or leave it out.',
  );
});

describe('npm start', () => {
  class FrameworkError extends Error {}
  const start = () => {
    const serverless = {
      service: { provider: { region: 'eu-central-1' }, resources: {}, functions: {} },
      processedInput: { commands: ['offline', 'start'] },
      classes: { Error: FrameworkError },
    };
    return new LocalStackPlugin(serverless, { stage: 'local' }).hooks['before:offline:start:init']?.();
  };

  test('says in one line, as an error of the framework, that a port is taken, and starts nothing', async () => {
    const other = await startHttpServer(() => undefined);
    for (const [name, port] of Object.entries(await freeBut({ SANDBOX_PORT: other.port }))) {
      vi.stubEnv(name, String(port));
    }
    await expect(start()).rejects.toStrictEqual(
      new FrameworkError(
        `Taken: port ${other.port} (SANDBOX_PORT). Is the stack running already? Else choose another: SANDBOX_PORT=<port> npm start`,
      ),
    );
    vi.unstubAllEnvs();
    await other.stop();
  });
});
