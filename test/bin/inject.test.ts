/** `bin/inject.ts` in a process of its own, against a queue that is there, or is not. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Stack, startStack } from '../../local/stack.ts';
import { BARE_ENVIRONMENT } from '../kit/bare-environment.ts';
import { closedPort } from '../kit/http-server.ts';
import { testTemplate } from '../kit/template.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MESSAGE_ID = '[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}';

let stack: Stack;
let folder: string;
let sqsPort: string;

beforeAll(async () => {
  const template = testTemplate({ visibilitySeconds: 600 });
  template.Resources.OrdersQueue.Properties.QueueName = 'sitniks-orders-local-orders';
  stack = await startStack({ template, region: 'eu-central-1', apiKeySecret: 'unused' });
  sqsPort = new URL(stack.environment['AWS_ENDPOINT_URL_SQS'] ?? '').port;
  folder = await mkdtemp(join(tmpdir(), 'inject-'));
});
afterAll(async () => {
  await stack.stop();
  await rm(folder, { recursive: true });
});

interface Run {
  code: number;
  stdout: string;
  stderr: string;
}

/** As `npm run inject -- …`, which runs in the root of the repository. */
function inject(args: string[], env: Record<string, string> = {}): Promise<Run> {
  return new Promise((resolve) => {
    const options = { cwd: ROOT, env: { ...BARE_ENVIRONMENT, SQS_PORT: sqsPort, ...env } };
    execFile(process.execPath, ['bin/inject.ts', ...args], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

/** All bodies on the queue, sorted. */
async function bodies(): Promise<(string | undefined)[]> {
  const QueueUrl = stack.resources.get('OrdersQueue')?.ref;
  const all: (string | undefined)[] = [];
  for (;;) {
    const { Messages = [] } = await stack.sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
    );
    if (Messages.length === 0) return all.sort();
    for (const { Body, MessageAttributes } of Messages) {
      expect(MessageAttributes).toBeUndefined();
      all.push(Body);
    }
  }
}

describe('a file', () => {
  test('is one message, byte for byte, whatever is in it', async () => {
    const contents = {
      'order.json': '{\r\n\t"name": "Дар’я"\n}\n',
      'list.json': '[{"external_id":"1"},{"external_id":"2"}]',
      'poison.txt': 'not JSON at all',
      'marked.json': '\uFEFF{}',
      'blank.txt': ' ',
    };
    const paths = await Promise.all(Object.entries(contents).map(([name, text]) => file(name, text)));
    const { code, stdout, stderr } = await inject(paths);

    expect(code).toBe(0);
    expect(stderr).toBe('No number can be read: where it ends up, say npm run orders -- list\n');
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(paths.length);
    lines.forEach((line, i) => {
      expect(line).toMatch(new RegExp(`^${RegExp.escape(paths[i] ?? '')}  ${MESSAGE_ID}$`));
    });
    expect(await bodies()).toEqual(Object.values(contents).sort());
  });

  test('is sent as often as --count says', async () => {
    const { code, stdout, stderr } = await inject(['events/order.json', '--count', '3']);
    expect(code).toBe(0);
    expect(stderr).toBe('Where it is: npm run orders -- show 1042\n');
    expect(stdout).toMatch(new RegExp(`^(events/order\\.json  ${MESSAGE_ID}\n){3}$`));
    expect(new Set(stdout.trim().split('\n')).size).toBe(3);
    expect(await bodies()).toHaveLength(3);
  });

  test('goes to the queue that --queue-url names', async () => {
    const queueUrl = stack.resources.get('DeadLetterQueue')?.ref ?? '';
    // As with a deployed queue: region and credentials are those of the environment.
    const { code, stderr } = await inject(['events/order.json', '--queue-url', queueUrl], {
      ...stack.environment,
      AWS_ENDPOINT_URL_SQS: '',
    });
    expect(code).toBe(0);
    expect(stderr).toContain('Where it is: npm run orders -- --stage <stage> show 1042\n');
    expect(await bodies()).toEqual([]);
    const { Messages = [] } = await stack.sqs.send(new ReceiveMessageCommand({ QueueUrl: queueUrl }));
    expect(Messages).toHaveLength(1);
  });
});

describe('one clear line, and exit code 1,', () => {
  // Once for all of them: none has sent anything.
  afterAll(async () => expect(await bodies()).toEqual([]));

  const complaint = async (args: string[], env?: Record<string, string>) => {
    const { code, stdout, stderr } = await inject(args, env);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    return stderr.trimEnd();
  };

  test('is what a file that is not there gets, and nothing is sent', async () => {
    expect(await complaint(['events/order.json', 'missing.json'])).toBe(
      'missing.json cannot be read (ENOENT)',
    );
  });

  test('is what a file gets that SQS cannot carry', async () => {
    const binary = await file('binary', Uint8Array.from([0xff, 0xfe]));
    expect(await complaint(['events/order.json', binary])).toBe(
      `${binary} is not UTF-8, and SQS carries nothing but text`,
    );
    const empty = await file('empty', '');
    expect(await complaint([empty])).toMatch(/empty was not taken by SQS \(\S+\)$/);
  });

  test('is what a stack that does not run gets', async () => {
    const port = String(await closedPort());
    expect(await complaint(['events/order.json'], { SQS_PORT: port })).toBe(
      `No local stack on port ${port} (SQS_PORT): run npm start in another terminal, or name a queue by --queue-url`,
    );
  });

  test.each([
    [['events/order.json', '--count', '0'], /whole number/],
    [['events/order.json', '--queue-url', 'orders'], /--queue-url must be a URL/],
    [[], /missing required argument/],
  ])('is what wrong usage gets: %j', async (args, words) => {
    expect(await complaint(args)).toMatch(words);
  });

  test('is what a wrong port gets', async () => {
    expect(await complaint(['events/order.json'], { SQS_PORT: 'x' })).toMatch(/^Not a port number: SQS_PORT/);
  });
});

test("a caller's name goes along, where one is given that can be one", async () => {
  const path = await file('named.json', '{"external_id":"7-b","named":true}');
  const { code, stderr } = await inject([path, '--submitted-by', 'demo']);
  expect(code).toBe(0);
  expect(stderr).toBe('Where it is: npm run orders -- show 7-b (as demo: npm run where -- 7-b)\n');
  const { Messages = [] } = await stack.sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: stack.resources.get('OrdersQueue')?.ref,
      MessageAttributeNames: ['All'],
    }),
  );
  expect(Messages).toMatchObject([{ MessageAttributes: { submitted_by: { StringValue: 'demo' } } }]);
  const refused = await inject([path, '--submitted-by', 'no name']);
  expect(refused.code).not.toBe(0);
  expect(refused.stderr).toContain('Must be 1 to 64');
});
