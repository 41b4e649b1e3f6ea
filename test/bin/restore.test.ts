/** `npm run sandbox -- callbacks` and `restore`, against the stand-ins that `npm start` runs. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { callbacks, restore } from '../../bin/restore.ts';
import {
  LOCAL_OPERATORS,
  LOCAL_SECRET_NAMES,
  LOCAL_SIGNING_SECRET,
  LOCAL_TOKENS,
} from '../../local/local-secrets.ts';
import { freePorts } from '../../local/run.ts';
import { type Stack, startStack } from '../../local/stack.ts';

const OWN = 'http://localhost:5000/callbacks';
const { apiKey, intakeTokens, callbacks: endpoints, operators } = LOCAL_SECRET_NAMES;

let stack: Stack;
let nowhere: string;
beforeAll(async () => {
  const [callbacksPort = 0, nobody = 0] = await freePorts(2);
  nowhere = String(nobody);
  stack = await startStack({
    template: { Resources: {} },
    region: 'eu-central-1',
    apiKeySecret: apiKey,
    callbacksSecret: endpoints,
    secrets: { [intakeTokens]: LOCAL_TOKENS, [operators]: LOCAL_OPERATORS },
    ports: { callbacks: callbacksPort },
  });
});
afterAll(() => stack.stop());

const said: string[] = [];
beforeEach(() => {
  said.length = 0;
  vi.spyOn(console, 'log').mockImplementation((line) => void said.push(line));
  vi.spyOn(console, 'error').mockImplementation((line) => void said.push(line));
  const { sandbox, secrets, receiver, telegram } = stack;
  for (const [name, port] of Object.entries({
    SANDBOX_PORT: sandbox.port,
    SECRETS_PORT: secrets.port,
    CALLBACKS_PORT: receiver.port,
    TELEGRAM_PORT: new URL(telegram.url).port,
  })) {
    vi.stubEnv(name, String(port));
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  process.exitCode = undefined;
});

const output = () => said.join('\n');
const secretsNow = () => Object.values(LOCAL_SECRET_NAMES).map((name) => stack.secrets.get(name));
const put = (url: string, body: object, method = 'PUT') =>
  fetch(url, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
const json = async (url: string): Promise<unknown> => (await fetch(url)).json();
const statusOf = async (response: Promise<Response>) => (await response).status;

test('callbacks says where they go, what signs them, how to have them oneself, and how to put all back', async () => {
  await callbacks(undefined);
  expect(output()).toContain(
    `Callbacks of the caller demo go to ${stack.receiver.endpoint}, which npm start runs.`,
  );
  expect(output()).toContain(`signed with ${LOCAL_SIGNING_SECRET}`);
  expect(output()).toContain(`npm run sandbox -- callbacks ${OWN}`);
  expect(output()).toContain('npm run sandbox -- restore');
});

test('callbacks URL points them at a receiver of one’s own, signed as before, and says so; restore takes it back', async () => {
  const before = stack.secrets.get(endpoints);
  await callbacks(OWN);
  expect(output()).toContain(`Callbacks of the caller demo go to ${OWN}.`);
  expect(stack.secrets.get(endpoints)).toBe(before?.replace(stack.receiver.endpoint, OWN));
  await restore();
  expect(stack.secrets.get(endpoints)).toBe(before);
});

test.each([
  'http://shop.example/callbacks',
  'https://user:word@shop.example/',
  'localhost:5000',
  'ftp://localhost/',
])('a URL that no callback may go to is refused, and changes nothing: %s', async (url) => {
  const before = secretsNow();
  await callbacks(url);
  expect(said).toEqual([expect.stringMatching(/must be/)]);
  expect(process.exitCode).toBe(1);
  expect(secretsNow()).toEqual(before);
});

test('restore puts back whatever was broken on purpose, and leaves the orders where they are', async () => {
  const { sandbox, secrets, receiver, telegram } = stack;
  const control = `${sandbox.url}/_sandbox`;
  const create = (key = 'sandbox-key') =>
    fetch(`${sandbox.url}/api/orders?external_id=1`, { headers: { authorization: `Bearer ${key}` } });
  const tell = () => put(receiver.endpoint, {}, 'POST');
  const chat = () =>
    put(
      `${telegram.url}/bot${'1:no-secret-for-this-machine-only'}/sendMessage`,
      { chat_id: '42', text: 'x' },
      'POST',
    );
  const look = async () => ({
    secrets: secretsNow(),
    faults: await json(`${control}/faults`),
    habits: await json(`${control}/open-api`),
    list: await (await create()).text(),
    mode: await json(`${receiver.url}/_receiver/mode`),
    bot: await statusOf(tell()),
    chat: await statusOf(chat()),
    calls: [await statusOf(create()), await statusOf(create())],
  });
  const atFirst = await look();
  expect(atFirst).toMatchObject({ faults: [], bot: 401, chat: 200, calls: [200, 200] });

  await put(`${control}/faults`, { fault: 'reset', times: 9, external_id: 'never' }, 'POST');
  await put(`${control}/chaos`, { every: 1, faults: ['unauthorized'], seed: 1 });
  await put(`${control}/api-key`, { key: 'another' });
  await put(`${control}/list-shape`, { shape: 'bare' });
  await put(`${control}/open-api`, { echo: 'ignored', throttle: { calls: 1, window_ms: 1, shut_ms: 1 } });
  await put(`${receiver.url}/_receiver/mode`, { status: 410 });
  await put(`${telegram.url}/_telegram/mode`, { status: 403 });
  for (const name of Object.values(LOCAL_SECRET_NAMES)) secrets.set(name, 'broken');
  const broken = await look();
  for (const [name, value] of Object.entries(broken))
    expect({ [name]: value }).not.toEqual({ [name]: Reflect.get(atFirst, name) });
  const calls = sandbox.calls().length;

  await restore();
  expect(output()).toMatch(/^As at the start: .* Orders stay where they are\.$/);
  expect(sandbox.calls()).toHaveLength(calls);
  expect(await look()).toEqual(atFirst);
});

test.each(['SANDBOX_PORT', 'CALLBACKS_PORT', 'TELEGRAM_PORT', 'SECRETS_PORT'])(
  'where nobody answers on %s, restore says so in a line, and does not say that all is well',
  async (name) => {
    vi.stubEnv(name, nowhere);
    await restore();
    expect(said).toEqual([
      `Nobody answers at http://localhost:${nowhere}: run npm start in another terminal`,
    ]);
    expect(process.exitCode).toBe(1);
  },
);

test('where nobody keeps the secrets, callbacks says so in a line', async () => {
  vi.stubEnv('SECRETS_PORT', nowhere);
  await callbacks(undefined);
  expect(said).toEqual([
    `Nobody answers on port ${nowhere} (SECRETS_PORT): run npm start in another terminal`,
  ]);
  expect(process.exitCode).toBe(1);
});
