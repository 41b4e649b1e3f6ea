import { WrongSettings } from '../../lib/config.ts';
import { nameOf } from '../../lib/lambda/observability.ts';
import type { Order } from '../../lib/order/order.ts';
import { UnusableSecret } from '../../lib/secrets/secret.ts';
import { readApiKey } from '../../lib/sitniks/api-key.ts';
import { callbackChecks } from './callback-checks.ts';
import type { Check } from './check.ts';
import type { Relay } from './connect.ts';
import { crmOf } from './look-up.ts';
import { queueChecks } from './queue-checks.ts';
import { settingsOf } from './settings.ts';

/** An operator's clock that is off spoils signatures (at 5 minutes) and `--since`. */
const MOST_SKEW_MS = 60_000;
const ASK_MS = 5_000;

/** The doctor's checks, in the order in which one explains the next. None of them writes anything. */
export const checks = (relay: Relay): (() => Promise<Check[]>)[] => [
  () => crmChecks(relay),
  async () => [await ledger(relay)],
  () => queueChecks(relay),
  () => callbackChecks(relay),
  async () => [await clock(relay)],
];

/** The key is not sent anywhere while the settings, or the secret, are wrong: it could only be told what they say. */
async function crmChecks(relay: Relay): Promise<Check[]> {
  const before = [settings(relay), await secret(relay)];
  const wrong = before.find(({ ok }) => !ok);
  return [
    ...before,
    wrong === undefined
      ? await key(relay)
      : { name: 'key', ok: false, detail: `not tried: see ${wrong.name}`, fix: `mend ${wrong.name} first` },
  ];
}

function settings(relay: Relay): Check {
  const name = 'settings';
  try {
    settingsOf(relay);
    return {
      name,
      ok: true,
      detail: `stage ${relay.stage}, Sitniks at ${new URL(relay.sitniksBaseUrl).host}`,
    };
  } catch (error) {
    if (!(error instanceof WrongSettings)) throw error;
    return {
      name,
      ok: false,
      detail: error.message,
      fix: 'set it in infrastructure/params.yml, and deploy',
    };
  }
}

async function secret(relay: Relay): Promise<Check> {
  const name = 'secret';
  try {
    await readApiKey(relay.secrets, relay.apiKeySecret);
    return { name, ok: true, detail: `${relay.apiKeySecret} is readable, and holds a key that can be sent` };
  } catch (error) {
    // An UnusableSecret says why, and nothing of what the secret holds.
    return error instanceof UnusableSecret
      ? {
          name,
          ok: false,
          detail: error.message,
          fix: `aws secretsmanager put-secret-value --secret-id ${relay.apiKeySecret} --secret-string file://key.txt (create-secret --name, if there is none)`,
        }
      : {
          name,
          ok: false,
          detail: `Secrets Manager cannot be asked (${nameOf(error)})`,
          fix: 'try again in a minute',
        };
  }
}

/** Only its number is sent. */
const NOBODYS_ORDER: Order = {
  external_id: 'orders-doctor',
  source: 'doctor',
  customer: { name: 'doctor', phone: '+380000000000' },
  delivery: { method: 'none', city: 'none', address: 'none' },
  items: [],
  payment_method: 'none',
  status: 'NEW',
};

async function key(relay: Relay): Promise<Check> {
  const name = 'key';
  const found = await crmOf(relay).find(NOBODYS_ORDER);
  if (found.ok) return { name, ok: true, detail: 'Sitniks takes it, and finds orders by external_id' };
  const detail = found.message;
  switch (found.type) {
    case 'AUTHENTICATION':
      return { name, ok: false, detail, fix: `put a valid key into the secret ${relay.apiKeySecret}` };
    case 'RATE_LIMIT':
      return { name, ok: false, detail, fix: 'try again in a minute' };
    case 'CONNECTION':
      return {
        name,
        ok: false,
        detail,
        fix: 'check that sitniksBaseUrl is right; else wait until Sitniks is back',
      };
    case 'CONFIGURATION':
    case 'VALIDATION':
    case 'CONFLICT':
      return {
        name,
        ok: false,
        detail,
        fix: 'check sitniksBaseUrl in infrastructure/params.yml, and the secret',
      };
  }
}

async function ledger(relay: Relay): Promise<Check> {
  const name = 'ledger';
  try {
    await relay.ledger.get(NOBODYS_ORDER.external_id);
    return { name, ok: true, detail: `${relay.ledgerTable} is readable` };
  } catch (error) {
    return {
      name,
      ok: false,
      detail: `${relay.ledgerTable} cannot be read (${nameOf(error)})`,
      fix: 'check that you may read the table, and that the stack is deployed',
    };
  }
}

/** By the `Date` of whatever SQS answers: it keeps the time by which messages are ordered. */
async function clock(relay: Relay): Promise<Check> {
  const name = 'clock';
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), ASK_MS);
  try {
    const { headers } = await fetch(new URL('/', relay.ordersQueueUrl), {
      redirect: 'manual',
      signal: abort.signal,
    });
    const skewMs = Math.abs(Date.now() - Date.parse(headers.get('date') ?? ''));
    if (Number.isNaN(skewMs))
      return { name, ok: true, detail: 'not compared: SQS did not say what time it is' };
    const detail = `${Math.round(skewMs / 1000)} s from that of SQS`;
    return skewMs <= MOST_SKEW_MS
      ? { name, ok: true, detail }
      : { name, ok: false, detail, fix: 'set the clock of this machine, or let it be set (NTP)' };
  } catch (error) {
    return { name, ok: false, detail: `SQS cannot be asked (${nameOf(error)})`, fix: 'check the network' };
  } finally {
    clearTimeout(timer);
    abort.abort();
  }
}
