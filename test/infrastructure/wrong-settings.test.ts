import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import InfrastructurePlugin from '../../infrastructure/plugin.ts';
import { wrongSettings } from '../../infrastructure/wrong-settings.ts';
import { readServiceFile } from '../../local/service-file.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const endpoints = {
  OUTCOMES_QUEUE_URL: { Ref: 'OutcomesQueue' },
  STOPPED_ENDPOINTS_TABLE: { Ref: 'StoppedEndpoints' },
  CALLBACKS_SECRET: 'a secret',
};
const intake = {
  ORDERS_QUEUE_URL: { Ref: 'OrdersQueue' },
  LEDGER_TABLE: { Ref: 'Ledger' },
  INTAKE_TOKENS_SECRET: 'a secret',
};

test('settings that make sense are let by, with what only CloudFormation knows', () => {
  expect(
    wrongSettings({ acceptOrder: { environment: intake }, notifySubmitter: { environment: endpoints } }),
  ).toEqual([]);
});

test('all that make no sense are named at once, of all functions, and no value', () => {
  const wrong = wrongSettings({
    acceptOrder: { environment: { ...intake, INTAKE_TOKENS_TTL_SECONDS: 'plenty' } },
    notifySubmitter: {
      environment: { ...endpoints, CALLBACK_TIMEOUT_MS: 60_000, CALLBACK_MAX_RECEIVES: 'lots' },
    },
  }).join('\n');
  for (const name of ['INTAKE_TOKENS_TTL_SECONDS', 'CALLBACK_MAX_RECEIVES']) expect(wrong).toContain(name);
  expect(wrong).not.toMatch(/plenty|lots/);
});

test('every function of serverless.yml is looked at', async () => {
  const { functions } = await readServiceFile();
  const names = Object.keys(Object(functions));
  expect(names.length).toBeGreaterThan(4);
  const broken = Object.fromEntries(names.map((name) => [name, { environment: {} }]));
  expect(wrongSettings(broken).map((line) => line.split(':')[0])).toEqual(names);
});

test('packaging stops at them, before anything is built', async () => {
  const serverless = fileURLToPath(new URL('../../node_modules/.bin/serverless', import.meta.url));
  const args = [
    'package',
    '--package',
    '.serverless/never',
    '--param',
    'maxRetries=lots',
    '--param',
    'returnBaseSeconds=0',
  ];
  const failed = await promisify(execFile)(process.execPath, [serverless, ...args], { cwd: ROOT }).then(
    () => undefined,
    (error: { stdout: string; stderr: string }) => `${error.stdout}${error.stderr}`,
  );
  expect(failed).toContain('syncOrders: Wrong settings: MAX_RETRIES');
  expect(failed).toContain('tendDeadLetters: Wrong settings: RETURN_BASE_SECONDS');
}, 180_000);

test('a removal says what stays', () => {
  const said: string[] = [];
  const Resources = {
    Ledger: { DeletionPolicy: 'Retain' },
    Queue: { DeletionPolicy: 'RetainExceptOnCreate' },
    Role: {},
  };
  const { hooks } = new InfrastructurePlugin(
    { service: { functions: {}, resources: { Resources } }, serviceDir: ROOT, classes: { Error } },
    {},
    { log: { notice: (line) => void said.push(line) } },
  );
  hooks['after:remove:remove']?.();
  expect(said).toEqual([expect.stringContaining('What stays: Ledger, Queue, with all')]);
});
