import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { outsideUrl } from '../lib/http-calls/outside-url.ts';
import { parseJson } from '../lib/order/parse-json.ts';
import {
  LOCAL_API_KEY,
  LOCAL_OPERATORS,
  LOCAL_SECRET_NAMES,
  LOCAL_SIGNING_SECRET,
  LOCAL_TOKENS,
  localCallbacks,
} from '../local/local-secrets.ts';
import { type Ports, readPorts } from '../local/ports.ts';

const START = 'run npm start in another terminal';

/** Where `npm start` has its own receiver of callbacks. */
const ownReceiver = ({ CALLBACKS_PORT }: Ports): string => `http://127.0.0.1:${CALLBACKS_PORT}/callbacks`;

/** Says where callbacks go, and how to change that; with a URL, changes it. */
export async function callbacks(url: string | undefined): Promise<void> {
  const ports = readPorts();
  if (url !== undefined) {
    const parsed = outsideUrl.safeParse(url);
    if (!parsed.success) return fail(`${url} ${parsed.error.issues[0]?.message}`);
    if (!(await putSecret(ports, 'callbacks', localCallbacks(url)))) return;
  }
  const to = await endpointOf(ports);
  if (to === undefined) return;
  const receiver = `http://localhost:${ports.CALLBACKS_PORT}`;
  console.log(
    [
      `Callbacks of the caller demo go to ${to}${to === ownReceiver(ports) ? ', which npm start runs' : ''}.`,
      `They are signed with ${LOCAL_SIGNING_SECRET}`,
      '',
      'What the receiver of npm start has been told, and how it is to fail:',
      `  curl -s ${receiver}/_receiver/events`,
      `  curl -s ${receiver}/_receiver/mode`,
      'To a receiver of your own, within five seconds:',
      '  npm run sandbox -- callbacks http://localhost:5000/callbacks',
      'Back to this one, and everything else as it was at the start, but for orders:',
      '  npm run sandbox -- restore',
    ].join('\n'),
  );
}

/** Everything that can be broken on purpose as it was at the start: the CRM, the receivers, and every secret. */
export async function restore(): Promise<void> {
  const ports = readPorts();
  const steps = [
    () => call(`http://localhost:${ports.SANDBOX_PORT}/_sandbox/mend`, 'POST'),
    () => call(`http://localhost:${ports.CALLBACKS_PORT}/_receiver/mode`, 'PUT', '{}'),
    () => call(`http://localhost:${ports.TELEGRAM_PORT}/_telegram/mode`, 'PUT', '{}'),
    () => putSecret(ports, 'apiKey', LOCAL_API_KEY),
    () => putSecret(ports, 'intakeTokens', LOCAL_TOKENS),
    () => putSecret(ports, 'operators', LOCAL_OPERATORS),
    () => putSecret(ports, 'callbacks', localCallbacks(ownReceiver(ports))),
  ];
  for (const step of steps) if (!(await step())) return;
  console.log(
    'As at the start: the CRM, who is told and how they answer, the key, and the tokens. Orders stay where they are.',
  );
}

const putSecret = (ports: Ports, name: keyof typeof LOCAL_SECRET_NAMES, value: string) =>
  call(
    `http://localhost:${ports.SECRETS_PORT}/_local/secrets/${encodeURIComponent(LOCAL_SECRET_NAMES[name])}`,
    'PUT',
    value,
  );

async function endpointOf(ports: Ports): Promise<string | undefined> {
  const secrets = new SecretsManagerClient({
    region: 'eu-central-1',
    endpoint: `http://127.0.0.1:${ports.SECRETS_PORT}`,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const { SecretString = '' } = await secrets
    .send(new GetSecretValueCommand({ SecretId: LOCAL_SECRET_NAMES.callbacks }))
    .catch(() => ({ SecretString: undefined }));
  secrets.destroy();
  if (SecretString === '') {
    fail(`Nobody answers on port ${ports.SECRETS_PORT} (SECRETS_PORT): ${START}`);
    return undefined;
  }
  return (
    z.object({ demo: z.object({ url: z.string() }) }).safeParse(parseJson(SecretString)).data?.demo.url ??
    'nobody: the secret holds no endpoint'
  );
}

/** @returns false, and has said so, where nobody answers or it is refused. */
async function call(url: string, method: string, body?: string): Promise<boolean> {
  const response = await fetch(url, {
    method,
    ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body }),
  }).catch(() => undefined);
  if (response === undefined) fail(`Nobody answers at ${new URL(url).origin}: ${START}`);
  else if (!response.ok) fail(`${method} ${url}: HTTP ${response.status}`);
  return response?.ok ?? false;
}

function fail(line: string): void {
  console.error(line);
  process.exitCode = 1;
}
